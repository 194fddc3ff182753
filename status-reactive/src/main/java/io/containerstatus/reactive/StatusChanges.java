package io.containerstatus.reactive;

import org.jspecify.annotations.Nullable;

/** Makes changes from the commits of a lane. */
final class StatusChanges {
    private StatusChanges() {}

    /** Returns the change from one commit to the one after it. */
    static StatusChange between(String id, Commit previous, Commit commit) {
        return of(id, kind(previous, commit), previous.isLive() ? previous : null, commit);
    }

    /** Returns the change from what a subscriber has seen to a commit, with those between left out. */
    static StatusChange since(String id, Commit seen, Commit commit) {
        return of(id, kind(seen, commit), seen, commit);
    }

    /** Returns the first thing that a subscriber hears of a container. */
    static StatusChange first(String id, StatusChange.Kind kind, Commit commit) {
        return of(id, commit.isLive() ? kind : StatusChange.Kind.DELETED, null, commit);
    }

    /** Returns the change as durable if it is by now: its status, or a later one, has reached the disk since. */
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

    private static StatusChange of(String id, StatusChange.Kind kind, @Nullable Commit seen, Commit commit) {
        return new StatusChange(
                id,
                commit.revision(),
                kind,
                seen == null ? null : seen.status(),
                commit.status(),
                commit.durable(),
                skipped(kind, seen, commit));
    }

    /** A snapshot begins where it stands; a creation that is told late leaves out what came after it. */
    private static long skipped(StatusChange.Kind kind, @Nullable Commit seen, Commit commit) {
        if (seen != null) {
            return commit.revision() - seen.revision() - 1;
        }
        return kind == StatusChange.Kind.CREATED ? commit.revision() - 1 : 0;
    }
}
