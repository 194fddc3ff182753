package io.containerstatus.reactive;

import io.containerstatus.Status;
import org.jspecify.annotations.Nullable;

/**
 * The state of one container at one revision. A lane replaces it as a whole, so a reader never sees a mix of
 * two states.
 *
 * @param stored the status that is known to survive a power cut. Null if that is unknown, as for a recovered
 *     status, or after a write whose outcome is uncertain
 * @param durableRevision the last revision whose status, or a newer one, is known to survive a power cut; 0
 *     for none
 */
record Commit(
        long revision, Status status, Phase phase, @Nullable Status stored, long durableRevision) {
    private static final Commit NEW = new Commit(0, Status.builder().build(), Phase.NEW, null, 0);

    enum Phase {
        /** The container does not exist. A creation may be in progress. */
        NEW,
        /** The container exists. */
        LIVE,
        /** The container was deleted. */
        DELETED,
        /**
         * No container was created in this lane. A new lane has replaced it, and gets the operations that
         * still arrive here.
         */
        ABANDONED
    }

    /** Returns the state of a container that does not exist yet. */
    static Commit none() {
        return NEW;
    }

    /**
     * Returns the first commit of a container that was found on the disk. It is unknown whether its status is durable.
     */
    static Commit recovered(Status status) {
        return new Commit(1, status, Phase.LIVE, null, 0);
    }

    /** Returns the first commit of a new container, for publishing once it is written. */
    static Commit created(Status status) {
        return new Commit(1, status, Phase.LIVE, status, 1);
    }

    /** Returns the next commit, with this status, which is not written for now. */
    Commit inMemory(Status next) {
        boolean isStored = stored != null && sameDocument(stored, next);
        return new Commit(revision + 1, next, Phase.LIVE, stored, isStored ? revision + 1 : durableRevision);
    }

    /**
     * Returns the commit of this status, for publishing once it is written. An equal status keeps the revision.
     */
    Commit written(Status next) {
        long nextRevision = next.equals(status) ? revision : revision + 1;
        return new Commit(nextRevision, next, Phase.LIVE, next, nextRevision);
    }

    Commit deleted() {
        return new Commit(revision + 1, status, Phase.DELETED, null, revision + 1);
    }

    Commit abandoned() {
        return new Commit(revision, status, Phase.ABANDONED, null, 0);
    }

    /** Returns this commit without any knowledge of what the disk holds. */
    Commit uncertain() {
        return new Commit(revision, status, phase, null, 0);
    }

    boolean isLive() {
        return phase == Phase.LIVE;
    }

    /** Returns whether a new lane replaces the lane of this commit. */
    boolean isGone() {
        return phase == Phase.DELETED || phase == Phase.ABANDONED;
    }

    /** Returns whether this status, or a newer one, is known to survive a power cut. */
    boolean durable() {
        return durableRevision >= revision;
    }

    /** Returns whether the disk is known to hold the document of this status now. */
    boolean isStored(Status other) {
        return stored != null && sameDocument(stored, other);
    }

    /** Returns whether two statuses have the same document. The three flags are not part of the document. */
    private static boolean sameDocument(Status one, Status other) {
        if (one.equals(other)) {
            return true;
        }
        return (hasFlags(one) || hasFlags(other)) && withoutFlags(one).equals(withoutFlags(other));
    }

    private static boolean hasFlags(Status status) {
        return status.starting() || status.removing() || status.unknown();
    }

    private static Status withoutFlags(Status status) {
        return status.toBuilder().starting(false).removing(false).unknown(false).build();
    }
}
