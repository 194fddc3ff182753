package io.containerstatus.etcd;

import io.containerstatus.Status;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * What a subscriber of a fleet wants to be told, and on which thread. This class is immutable and threadsafe; each method
 * returns a new object, and in which order they are called makes no difference. What a view leaves out takes no place in a
 * queue.
 */
public final class FleetView {
    private static final FleetView ALL = new FleetView("", "", /* statesOnly= */ false, null);

    private final String nodes;
    private final String ids;
    private final boolean statesOnly;
    private final @Nullable Scheduler scheduler;

    private FleetView(String nodes, String ids, boolean statesOnly, @Nullable Scheduler scheduler) {
        this.nodes = nodes;
        this.ids = ids;
        this.statesOnly = statesOnly;
        this.scheduler = scheduler;
    }

    /** Returns the view of everything, on the follower's signal scheduler. */
    public static FleetView all() {
        return ALL;
    }

    /**
     * Returns this view without the nodes whose name begins otherwise, and their containers.
     *
     * @param prefix the beginning of the names; empty for all, which also undoes an earlier call
     */
    public FleetView nodesStartingWith(String prefix) {
        return new FleetView(Objects.requireNonNull(prefix, "prefix"), ids, statesOnly, scheduler);
    }

    /**
     * Returns this view without the containers whose id begins otherwise. It makes no difference to nodes.
     *
     * @param prefix the beginning of the ids; empty for all, which also undoes an earlier call
     */
    public FleetView idsStartingWith(String prefix) {
        return new FleetView(nodes, Objects.requireNonNull(prefix, "prefix"), statesOnly, scheduler);
    }

    /**
     * Returns this view without the updates that leave the {@linkplain FleetChange#state() state} as it was told last.
     * Snapshots, creations and deletions are told in any case, and so is a document that has become bad, or good again.
     */
    public FleetView stateChangesOnly() {
        return new FleetView(nodes, ids, /* statesOnly= */ true, scheduler);
    }

    /**
     * Returns this view with its signals on the scheduler, one task at a time and nothing queued behind it: so what is
     * newest is decided when the subscriber is ready. It is never disposed of. If it does not take work, signals come on
     * the thread that caused them. With {@link reactor.core.scheduler.Schedulers#immediate()} that is the rule: one that
     * blocks there holds up the follower, and all its subscribers.
     */
    public FleetView on(Scheduler newScheduler) {
        return new FleetView(nodes, ids, statesOnly, Objects.requireNonNull(newScheduler, "scheduler"));
    }

    boolean shows(FleetNode node) {
        return node.name().startsWith(nodes);
    }

    boolean shows(FleetPlace place) {
        return shows(place.node()) && place.id().startsWith(ids);
    }

    /** Returns whether to tell a container's update from the one status to the other; null for one that is bad. */
    boolean tells(@Nullable Status before, @Nullable Status after) {
        if (!statesOnly) {
            return true;
        }
        if (before == null || after == null) {
            return (before == null) != (after == null);
        }
        return before.state() != after.state();
    }

    @Nullable
    Scheduler scheduler() {
        return scheduler;
    }
}
