package io.containerstatus.spring;

import io.containerstatus.reactive.StatusStore;

/**
 * Changes how the store is built that the starter opens, as for schedulers of the application. Beans of this type are called in
 * their order, after the properties were applied. Not called for a {@link StatusStore} that the application defines.
 */
@FunctionalInterface
public interface StatusStoreBuilderCustomizer {
    /** Is called once, at the start; what it throws fails the start. */
    void customize(StatusStore.FileBuilder builder);
}
