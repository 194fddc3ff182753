package io.containerstatus.spring;

import io.containerstatus.fs.StatusFollower;

/**
 * Customizes the builder of the follower that the starter creates, for example with a scheduler of the
 * application. Beans of this type are called in their order, after the properties were applied. They are not
 * called if the application defines a {@link StatusFollower} itself.
 */
@FunctionalInterface
public interface StatusFollowerBuilderCustomizer {
    /** Called once, at the start. An exception that this method throws fails the start. */
    void customize(StatusFollower.Builder builder);
}
