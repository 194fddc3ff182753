package io.containerstatus.reactive;

import io.containerstatus.ContainerState;
import io.containerstatus.CorruptStatusException;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/**
 * The result of the recovery for one container: its status was recovered, is missing, or could not be used.
 * There are no other cases. For {@link Missing} and {@link Failed}, the status is UNKNOWN, with exit code 255
 * and reason {@code Unknown}, until an update changes it.
 *
 * <pre>{@code
 * if (one instanceof RecoveredContainer.Failed failed) {
 *     report(failed.id(), failed.failure());
 * }
 * }</pre>
 *
 * <p>Only the library creates instances. Compatibility does not cover the constructors and the number of
 * components of the records below.
 */
public sealed interface RecoveredContainer {
    /** Returns the container's id. */
    String id();

    /** Returns the outcome. */
    Outcome outcome();

    /** Returns the failure, which names the location of the status; null unless this is {@link Failed}. */
    default @Nullable StatusException failure() {
        return null;
    }

    /**
     * Returns whether the container is as the opening found it: without a usable status, and not changed since then.
     * After a deletion, a container that is created under the same id counts as changed, unless its first status is
     * UNKNOWN.
     *
     * @param revision a revision of the container, at least 1. If it comes from {@link StatusStorage#revision()}, read
     *     it before the status. Otherwise, a status that was committed in between may be taken for the recovered one
     * @param current the status of this revision
     * @return always false for {@link Recovered}
     */
    default boolean isStillUnusable(long revision, Status current) {
        return revision == 1 && current.state() == ContainerState.UNKNOWN && !(this instanceof Recovered);
    }

    /**
     * A container whose status was recovered. The status is in memory as it was stored, and is durable from
     * the first synced update on.
     *
     * @param id the container's id
     * @param fromJournal whether the status comes from a journal, as after a crash. The file may then hold an
     *     older status until it is updated
     */
    record Recovered(String id, boolean fromJournal) implements RecoveredContainer {
        /** Creates the result for a status that comes from its file. */
        public Recovered(String id) {
            this(id, false);
        }

        @Override
        public Outcome outcome() {
            return Outcome.RECOVERED;
        }
    }

    /**
     * A container without a status.
     *
     * @param id the container's id
     */
    record Missing(String id) implements RecoveredContainer {
        @Override
        public Outcome outcome() {
            return Outcome.MISSING;
        }
    }

    /**
     * A container whose status could not be used.
     *
     * @param id the container's id
     * @param failure the failure, with the location of the status: {@link CorruptStatusException} or
     *     {@link UnsupportedVersionException}; if the status could not be read, another failure,
     *     usually {@link io.containerstatus.UnreadableStatusException}
     */
    record Failed(String id, StatusException failure) implements RecoveredContainer {
        @Override
        public Outcome outcome() {
            if (failure instanceof CorruptStatusException) {
                return Outcome.CORRUPT;
            }
            return failure instanceof UnsupportedVersionException ? Outcome.UNSUPPORTED_VERSION : Outcome.UNREADABLE;
        }
    }

    /** The outcomes of the recovery of one container. */
    enum Outcome {
        /** The status was recovered. */
        RECOVERED,
        /** The stored document is not a status. */
        CORRUPT,
        /** The stored document has a version that is not supported. */
        UNSUPPORTED_VERSION,
        /** A container without a status. */
        MISSING,
        /** The status could not be read. */
        UNREADABLE
    }
}
