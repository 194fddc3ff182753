package io.containerstatus.spring;

import io.containerstatus.fs.StatusFollower;

/**
 * Changes how the follower is built that the starter makes, as for a scheduler of the application. Beans of this type are called
 * in their order, after the properties were applied. Not called for a {@link StatusFollower} that the application defines.
 */
@FunctionalInterface
public interface StatusFollowerBuilderCustomizer {
    /** Is called once, at the start; what it throws fails the start. */
    void customize(StatusFollower.Builder builder);
}
