package io.containerstatus.reactive;

import io.containerstatus.CorruptStatusException;
import io.containerstatus.StatusException;
import io.containerstatus.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/**
 * How one container came out of a recovery: it was recovered, it has no status, or its status could not be used. These
 * three are all there are. For {@link Missing} and {@link Failed} the status is UNKNOWN, with exit code 255 and reason
 * {@code Unknown}, until an update says otherwise.
 *
 * <pre>{@code
 * if (one instanceof RecoveredContainer.Failed failed) {
 *     report(failed.id(), failed.failure());
 * }
 * }</pre>
 *
 * <p>Only the library creates them: the constructors and the number of components of the records below are not covered
 * by compatibility.
 */
public sealed interface RecoveredContainer {
    /** Returns the container's id. */
    String id();

    /** Returns what was found. */
    Outcome outcome();

    /** Returns what is wrong and where; null unless this is {@link Failed}. */
    default @Nullable StatusException failure() {
        return null;
    }

    /**
     * A status, now in memory as it was stored; durable from the first synced update on.
     *
     * @param id the container's id
     * @param fromJournal whether it comes from a journal, as after a crash: the file may be older, and follows
     */
    record Recovered(String id, boolean fromJournal) implements RecoveredContainer {
        /** Creates it with a status that comes from its file. */
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
     * A status that could not be used.
     *
     * @param id the container's id
     * @param failure what is wrong and where: {@link CorruptStatusException}, {@link UnsupportedVersionException}, or
     *     another one for a status that could not be read, as a rule {@link
     *     io.containerstatus.UnreadableStatusException}
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

    /** What was found. */
    enum Outcome {
        /** A status. */
        RECOVERED,
        /** A document that is no status. */
        CORRUPT,
        /** A document of another version. */
        UNSUPPORTED_VERSION,
        /** A container without a status. */
        MISSING,
        /** A status that could not be read. */
        UNREADABLE
    }
}
