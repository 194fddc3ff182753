package io.containerstatus.reactive;

import org.jspecify.annotations.Nullable;

/** Creates changes from the commits of a lane. */
final class StatusChanges {
    private StatusChanges() {}

    /** Returns the change from one commit to the next one. */
    static StatusChange between(String id, Commit previous, Commit commit) {
        return of(id, kind(previous, commit), previous.isLive() ? previous : null, commit);
    }

    /**
     * Returns the change from the commit that a subscriber knows to a later one. The commits between are
     * left out.
     */
    static StatusChange since(String id, Commit known, Commit commit) {
        return of(id, kind(known, commit), known, commit);
    }

    /** Returns the first change of a container that a subscriber receives. */
    static StatusChange first(String id, StatusChange.Kind kind, Commit commit) {
        return of(id, commit.isLive() ? kind : StatusChange.Kind.DELETED, null, commit);
    }

    /** Returns the change as durable if its status, or a newer one, has reached the disk by now. */
    static StatusChange withDurability(StatusChange change, Commit now) {
        if (change.durable() || now.durableRevision() < change.revision()) {
            return change;
        }
        return new StatusChange(
                change.id(),
                change.revision(),
                change.kind(),
                change.previous(),
                change.current(),
                /* durable= */ true,
                change.skipped());
    }

    private static StatusChange.Kind kind(Commit previous, Commit commit) {
        if (!commit.isLive()) {
            return StatusChange.Kind.DELETED;
        }
        return previous.isLive() ? StatusChange.Kind.UPDATED : StatusChange.Kind.CREATED;
    }

    private static StatusChange of(String id, StatusChange.Kind kind, @Nullable Commit known, Commit commit) {
        return new StatusChange(
                id,
                commit.revision(),
                kind,
                known == null ? null : known.status(),
                commit.status(),
                commit.durable(),
                skipped(kind, known, commit));
    }

    /**
     * If there is no earlier commit, a snapshot skips nothing, and a creation that is emitted late skips the
     * changes that followed it.
     */
    private static long skipped(StatusChange.Kind kind, @Nullable Commit known, Commit commit) {
        if (known != null) {
            return commit.revision() - known.revision() - 1;
        }
        return kind == StatusChange.Kind.CREATED ? commit.revision() - 1 : 0;
    }
}
