package io.containerstatus.etcd.faults;

import org.jspecify.annotations.Nullable;

/** Something that was seen of one container; times are those of {@link System#nanoTime}. */
sealed interface Operation {
    /** What the adapter has said of a write. */
    enum Outcome {
        /** It has completed. */
        ACKNOWLEDGED,
        /** It had no effect, for certain. */
        NOT_WRITTEN,
        /** Nobody knows, or nobody has heard. */
        UNKNOWN
    }

    /** A write or a deletion by the owner of an epoch. One that was not answered has no end. */
    record Write(Stamp stamp, boolean deletes, long start, long end, Outcome outcome) implements Operation {}

    /**
     * The next owner has taken over: nothing of an earlier one may come later.
     *
     * @param stamp its epoch, with number 0
     */
    record Takeover(Stamp stamp, long start, long end) implements Operation {}

    /** A linearizable read; null if nothing was there. */
    record Read(@Nullable Stamp found, long start, long end) implements Operation {}

    /**
     * An event of a watch that began before the first write, in the order in which they came.
     *
     * @param put null for a deletion
     * @param revision of the change
     * @param version of the key: 1 when it was created, and one more with each change; 0 for a deletion
     */
    record Event(@Nullable Stamp put, long revision, long version) implements Operation {}
}
