package io.containerstatus;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One change of a container, as one subscriber receives it. The source is a store, a follower of another process's
 * root, or a follower of a fleet of nodes. Code that uses only this type works with each of these sources. Each
 * source also has a type of its own, with more details.
 *
 * <p>Only the library implements this interface: a later version may add methods, each with a default.
 * Implementations are immutable.
 */
public interface ContainerChange extends StatusEvent {
    /** Returns the container's id. */
    String id();

    /**
     * Returns the name of the node that the container is on. Null if the source has only one node, as a store and a
     * follower of a root have. If a source has several nodes, the same id on two nodes means two containers.
     */
    default @Nullable String node() {
        return null;
    }

    /** Returns what happened. */
    Kind kind();

    /**
     * Returns the last status of this container that this subscriber has received. If it has received none, and has
     * chosen to leave out some changes or the snapshot, returns the status that was left out first. Otherwise null.
     */
    @Nullable
    Status previous();

    /**
     * Returns the status after this change. For {@link Kind#DELETED}, returns the last known status from before the
     * deletion. Null if there is a {@link #failure}, or if no status of a deleted container is known.
     */
    @Nullable
    Status current();

    /**
     * Returns why the container has no usable status, with the location of the document. Null if nothing is wrong. In
     * a store, every container has a status, so a change of a store never has a failure.
     */
    default @Nullable StatusException failure() {
        return null;
    }

    /**
     * Returns when the status was written last, if the source knows it; otherwise null. A follower of a root returns
     * the modification time of the file, which comes from the clock of its writer or of its file system. A store and
     * a fleet return null.
     */
    default @Nullable Instant at() {
        return null;
    }

    /** Returns the state of the {@link #current} status; {@code UNKNOWN} if there is no such status. */
    default ContainerState state() {
        Status current = current();
        return current == null ? ContainerState.UNKNOWN : current.state();
    }

    /** The kinds of changes. */
    enum Kind {
        /**
         * The container exists. This is the first change of a container that existed at the subscription, unless the
         * subscriber leaves it out.
         */
        SNAPSHOT,
        /**
         * The container was created after the subscription. This is its first change, unless the subscriber leaves
         * it out.
         */
        CREATED,
        /** The status was replaced by another one, can no longer be used, or can be used again. */
        UPDATED,
        /**
         * The container was deleted. This is its last change. A container that is created later under the same id is
         * another container, whose first change is {@link #CREATED}.
         */
        DELETED
    }
}
