package io.containerstatus.spring;

import io.containerstatus.reactive.StatusStore;

/**
 * Customizes the builder of the store that the starter opens, for example with schedulers of the application.
 * Beans of this type are called in their order, after the properties were applied. They are not called if the
 * application defines a {@link StatusStore} itself.
 */
@FunctionalInterface
public interface StatusStoreBuilderCustomizer {
    /** Called once, at the start. An exception that this method throws fails the start. */
    void customize(StatusStore.FileBuilder builder);
}
