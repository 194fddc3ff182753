package io.containerstatus.etcd.faults;

import org.jspecify.annotations.Nullable;

/** An observation of one container. Times are those of {@link System#nanoTime}. */
sealed interface HistoryEntry {
    /** The outcome of a write, as the adapter reported it. */
    enum Outcome {
        /** The write has completed. */
        ACKNOWLEDGED,
        /** The write certainly had no effect. */
        NOT_WRITTEN,
        /** The outcome is unknown, or was not received. */
        UNKNOWN
    }

    /** A write or a deletion by the owner of an epoch. If it was not answered, it has no end. */
    record Write(WriteNumber stamp, boolean deletes, long start, long end, Outcome outcome) implements HistoryEntry {}

    /**
     * The next owner has taken over: no write of an earlier owner may take effect later.
     *
     * @param stamp its epoch, with number 0
     */
    record Takeover(WriteNumber stamp, long start, long end) implements HistoryEntry {}

    /** A linearizable read; {@code found} is null if nothing was stored. */
    record Read(@Nullable WriteNumber found, long start, long end) implements HistoryEntry {}

    /**
     * An event of a watch that began before the first write, in order of arrival.
     *
     * @param put null for a deletion
     * @param revision the revision of the change
     * @param version the version of the key: 1 when it was created, and one more with each change; 0 for a
     *     deletion
     */
    record Event(@Nullable WriteNumber put, long revision, long version) implements HistoryEntry {}
}
