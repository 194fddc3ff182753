package io.containerstatus.reactive;

import io.containerstatus.Status;
import org.jspecify.annotations.Nullable;

/**
 * What one container is at one revision. Lanes replace it as a whole, so that a reader sees all of it or none.
 *
 * @param stored the status that the disk is known to hold after a power cut; null when that is not known, as for a
 *     recovered status, or after a write whose outcome is uncertain
 * @param durableRevision the last revision whose status, or that of a later one, the disk is known to hold; 0 for none
 */
record Commit(
        long revision, Status status, Phase phase, @Nullable Status stored, long durableRevision) {
    private static final Commit NEW = new Commit(0, Status.builder().build(), Phase.NEW, null, 0);

    enum Phase {
        /** There is no such container; a creation may be under way. */
        NEW,
        /** The container exists. */
        LIVE,
        /** The container was deleted. */
        DELETED,
        /** No container came into being here. The lane is out of use, and what it still gets goes to a new one. */
        ABANDONED
    }

    /** Returns the state of a container that does not exist yet. */
    static Commit none() {
        return NEW;
    }

    /** Returns the first commit of a container that was found on the disk; whether it is durable is not known. */
    static Commit recovered(Status status) {
        return new Commit(1, status, Phase.LIVE, null, 0);
    }

    /** Returns the first commit of a new container, once it was written. */
    static Commit created(Status status) {
        return new Commit(1, status, Phase.LIVE, status, 1);
    }

    /** Returns the next commit for this status, which is not written for now. */
    Commit inMemory(Status next) {
        boolean isStored = stored != null && sameDocument(stored, next);
        return new Commit(revision + 1, next, Phase.LIVE, stored, isStored ? revision + 1 : durableRevision);
    }

    /** Returns the commit for this status once it was written; an equal status makes no new revision. */
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

    /** Returns this commit with nothing known of the disk. */
    Commit uncertain() {
        return new Commit(revision, status, phase, null, 0);
    }

    boolean isLive() {
        return phase == Phase.LIVE;
    }

    /** Returns whether the lane is out of use, and a new one serves its id. */
    boolean isGone() {
        return phase == Phase.DELETED || phase == Phase.ABANDONED;
    }

    /** Returns whether the disk is known to hold this status, or a later one. */
    boolean durable() {
        return durableRevision >= revision;
    }

    /** Returns whether the disk is known to hold the document of this status now. */
    boolean isStored(Status other) {
        return stored != null && sameDocument(stored, other);
    }

    /** Returns whether two statuses have the same document: the three flags have no place in it. */
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
