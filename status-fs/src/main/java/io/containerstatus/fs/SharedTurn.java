package io.containerstatus.fs;

import io.containerstatus.Status;
import org.jspecify.annotations.Nullable;

/** An element of the queue of a subscriber to a shared root. */
sealed interface SharedTurn {

    /** Marks the end of the snapshot. */
    enum SnapshotEnd implements SharedTurn {
        MARK
    }

    /**
     * How far one subscriber has followed one container. When the subscriber is ready, it reads the newest known
     * state, instead of receiving each change. So nothing is buffered, and the newest state is never missed.
     */
    final class Cursor implements SharedTurn {
        private final SharedEntry entry;
        private final FollowedChange.Kind first;
        /**
         * Whether this cursor was taken from the queue, so that the container may have been emitted. Guarded by the
         * subscription's lock.
         */
        private boolean known;

        // Used only by the drain.
        private @Nullable Observation emitted;
        private @Nullable Status lastStatus;
        private boolean finished;

        Cursor(SharedEntry entry, FollowedChange.Kind first) {
            this.entry = entry;
            this.first = first;
        }

        SharedEntry entry() {
            return entry;
        }

        boolean isKnown() {
            return known;
        }

        void setKnown() {
            known = true;
        }

        /** Returns the change from the emitted state to the known one; null if there is no change. */
        @Nullable
        FollowedChange read() {
            SharedEntry.State now = entry.now();
            if (finished || (now == null && emitted == null)) {
                return null;
            }
            if (now == null) {
                finished = true;
                return new FollowedChange.Deleted(entry.id(), lastStatus);
            }
            if (emitted != null && emitted.saysTheSameAs(now.observation())) {
                return null;
            }
            FollowedChange.Kind kind = emitted == null ? first : FollowedChange.Kind.UPDATED;
            FollowedChange change = now.observation().change(entry.id(), kind, lastStatus, now.at());
            emitted = now.observation();
            lastStatus = emitted.status() == null ? lastStatus : emitted.status();
            return change;
        }
    }
}
