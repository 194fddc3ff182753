package io.containerstatus.reactive;

import io.containerstatus.Status;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The containers that a subscriber to every change knows of, and so what is news to it. What was committed before the
 * look at what stands may still be published after it: it is no news when the look has seen it already, nor when its
 * container was gone by then.
 *
 * <p>By id, not by lane: a lane other than the known one of the same id is an older one, gone before the look. For a
 * younger one is published only after the deletion of the known one, which takes that out. LateLookTest
 */
final class KnownContainers {
    private final Map<String, Known> known = new HashMap<>();
    private final boolean leavesOut;

    private static final class Known {
        final ContainerLane lane;
        /** Later ones are news. */
        long revision;
        /** Kept only where changes are left out, so that the one before is not always the one told before. */
        @Nullable
        Status told;

        Known(ContainerLane lane) {
            this.lane = lane;
        }
    }

    /** Creates it without any; with a filter that leaves out updates, each change is related to the one told before. */
    KnownContainers(ChangeFilter filter) {
        leavesOut = filter.statesOnly();
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
        container.told = leavesOut ? status : null;
    }

    /** Returns the change as it is to be told, or null if it is no news. */
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
                        before.told,
                        change.current(),
                        change.durable(),
                        skipped);
    }
}
