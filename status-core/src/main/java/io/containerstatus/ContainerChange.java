package io.containerstatus;

import org.jspecify.annotations.Nullable;

/**
 * One step in the life of a container, as one subscriber is told it, from whichever source: a store of its own, a
 * follower of another process's root, or a fleet of nodes. What is written for this type works for all of them. Each
 * source has a type of its own as well, which tells more.
 *
 * <p>Not meant to be implemented by users: methods may be added, each with a default. Implementations are immutable.
 */
public interface ContainerChange {
    /** Returns the container's id. */
    String id();

    /**
     * Returns the name of the node that the container is on, where the source tells of several nodes: there, the same id on
     * two nodes is two containers. Null where it tells of one node only, as a store and a follower of a root do.
     */
    default @Nullable String node() {
        return null;
    }

    /** Returns what happened. */
    Kind kind();

    /**
     * Returns the last status of this container that this subscriber was told before. If it was told none: the status
     * that stood at its subscription, if it chose changes only; otherwise null.
     */
    @Nullable
    Status previous();

    /**
     * Returns the status after this change; for {@link Kind#DELETED} the last one that is known from before the deletion.
     * Null if there is a {@link #failure}, or if a container was deleted of which no status is known.
     */
    @Nullable
    Status current();

    /**
     * Returns why the container has no status that can be used, with the place; null if there is nothing wrong. A store
     * always has a status, so this is always null there.
     */
    default @Nullable StatusException failure() {
        return null;
    }

    /** Returns the state of the {@link #current} status; UNKNOWN if there is none. */
    default ContainerState state() {
        Status current = current();
        return current == null ? ContainerState.UNKNOWN : current.state();
    }

    /** What a change tells. */
    enum Kind {
        /**
         * The container exists: the first thing that a subscriber hears of one that was there before it, unless it
         * chose changes only.
         */
        SNAPSHOT,
        /** The container is new since the subscription; the first thing that a subscriber hears of it. */
        CREATED,
        /** The status was replaced by another one, cannot be used any more, or can be used again. */
        UPDATED,
        /**
         * The container is gone; the last thing that a subscriber hears of it. One that is created under the same id later
         * is another one, told as {@link #CREATED}.
         */
        DELETED
    }
}
