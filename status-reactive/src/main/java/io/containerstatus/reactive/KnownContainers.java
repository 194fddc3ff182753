package io.containerstatus.reactive;

import io.containerstatus.Status;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The containers that a subscriber to every change knows. They decide which changes are news to it. A commit
 * from before the snapshot may be published after it. It is no news if the snapshot contains it, or if its
 * container was deleted before the snapshot.
 *
 * <p>The containers are found by id, not by lane. If a change comes from another lane of a known id, that
 * lane is an older one, which was replaced before the snapshot. It cannot be a newer one: a newer lane
 * publishes only after the deletion of the known container, which removes that container from here. Covered
 * by LateSnapshotTest.
 */
final class KnownContainers {
    private final Map<String, Known> known = new HashMap<>();
    private final boolean leavesOut;

    private static final class Known {
        final ContainerLane lane;
        /** A change is news if its revision is higher. */
        long revision;
        /**
         * The status that the subscriber knows. Kept only if the filter may leave out updates, because
         * otherwise the change itself has it.
         */
        @Nullable
        Status status;

        Known(ContainerLane lane) {
            this.lane = lane;
        }
    }

    /**
     * Creates an empty object. If the filter may leave out updates, each change is related to the status that
     * was emitted before.
     */
    KnownContainers(ChangeFilter filter) {
        leavesOut = filter.leavesOutUpdates();
    }

    boolean isEmpty() {
        return known.isEmpty();
    }

    void add(ContainerLane lane, long revision, Status status) {
        Known added = new Known(lane);
        note(added, revision, status);
        known.put(lane.id(), added);
    }

    private void note(Known container, long revision, Status status) {
        container.revision = revision;
        container.status = leavesOut ? status : null;
    }

    /** Returns the change as it is to be emitted, or null if it is no news. */
    @Nullable
    StatusChange news(ContainerLane lane, StatusChange change) {
        Known before = known.get(lane.id());
        if (change.kind() == StatusChange.Kind.CREATED) {
            if (before != null) {
                return null;
            }
            add(lane, change.revision(), change.current());
            return change;
        }
        if (before == null || before.lane != lane || change.revision() <= before.revision) {
            return null;
        }
        StatusChange news = since(before, change);
        if (change.kind() == StatusChange.Kind.DELETED) {
            known.remove(lane.id());
        } else {
            note(before, change.revision(), change.current());
        }
        return news;
    }

    private StatusChange since(Known before, StatusChange change) {
        long skipped = change.revision() - before.revision - 1;
        return skipped == 0
                ? change
                : new StatusChange(
                        change.id(),
                        change.revision(),
                        change.kind(),
                        before.status,
                        change.current(),
                        change.durable(),
                        skipped);
    }
}
