package io.containerstatus.fs;

import io.containerstatus.Status;
import org.jspecify.annotations.Nullable;

/** An entry in the queue of a subscriber to a shared root. */
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
        private final SharedPlace place;
        private final FollowedChange.Kind first;
        /**
         * Whether this cursor was taken from the queue, so that the container may have been emitted. Guarded by the
         * subscription's lock.
         */
        private boolean known;

        // Used only by the drain.
        private @Nullable Observation told;
        private @Nullable Status lastStatus;
        private boolean finished;

        Cursor(SharedPlace place, FollowedChange.Kind first) {
            this.place = place;
            this.first = first;
        }

        SharedPlace place() {
            return place;
        }

        boolean isKnown() {
            return known;
        }

        void setKnown() {
            known = true;
        }

        /** Returns the change from the emitted state to the known one; null if there is no change. */
        @Nullable
        FollowedChange look() {
            SharedPlace.Seen now = place.now();
            if (finished || (now == null && told == null)) {
                return null;
            }
            if (now == null) {
                finished = true;
                return new FollowedChange.Deleted(place.id(), lastStatus);
            }
            if (told != null && told.saysTheSameAs(now.observation())) {
                return null;
            }
            FollowedChange.Kind kind = told == null ? first : FollowedChange.Kind.UPDATED;
            FollowedChange change = now.observation().change(place.id(), kind, lastStatus, now.at());
            told = now.observation();
            lastStatus = told.status() == null ? lastStatus : told.status();
            return change;
        }
    }
}
