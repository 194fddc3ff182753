package io.containerstatus.reactive;

import io.containerstatus.Status;

/**
 * What one container is at one revision. Lanes replace it as a whole, so that a reader sees all of it or none.
 *
 * @param durable whether the disk is known to hold this status, or a later one, whatever happens; of a status that was
 *     recovered nobody knows
 */
record Commit(long revision, Status status, Phase phase, boolean durable) {
    private static final Commit NEW = new Commit(0, Status.builder().build(), Phase.NEW, false);

    enum Phase {
        /** No such container; a creation may be under way. */
        NEW,
        LIVE,
        DELETED,
        /** The creation failed; the lane is out of use, and what it still gets goes to a new one. */
        ABANDONED
    }

    /** Returns the state of a container that does not exist yet. */
    static Commit none() {
        return NEW;
    }

    static Commit first(Status status, boolean durable) {
        return new Commit(1, status, Phase.LIVE, durable);
    }

    Commit next(Status status, boolean durable) {
        return new Commit(revision + 1, status, Phase.LIVE, durable);
    }

    Commit deleted() {
        return new Commit(revision + 1, status, Phase.DELETED, true);
    }

    Commit abandoned() {
        return new Commit(revision, status, Phase.ABANDONED, false);
    }

    Commit withDurable(boolean durable) {
        return new Commit(revision, status, phase, durable);
    }

    boolean isLive() {
        return phase == Phase.LIVE;
    }
}
