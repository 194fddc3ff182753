package io.containerstatus.etcd;

import io.containerstatus.Status;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * Selects the events that a subscriber of a fleet receives, and the scheduler of its signals. This class is
 * immutable and threadsafe. Each method returns a new view. The order of the calls makes no difference. Nodes
 * and containers that a view leaves out by name are never queued for the subscriber.
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

    /** Returns the view of everything. Its signals come on the follower's scheduler. */
    public static FleetView all() {
        return ALL;
    }

    /**
     * Returns this view, limited to the nodes whose name begins with the prefix, and to their containers.
     *
     * @param prefix the beginning of the names; empty for all nodes, which also undoes an earlier call
     */
    public FleetView nodesStartingWith(String prefix) {
        return new FleetView(Objects.requireNonNull(prefix, "prefix"), ids, statesOnly, scheduler);
    }

    /**
     * Returns this view, limited to the containers whose id begins with the prefix. Changes of nodes are not affected.
     *
     * @param prefix the beginning of the ids; empty for all containers, which also undoes an earlier call
     */
    public FleetView idsStartingWith(String prefix) {
        return new FleetView(nodes, Objects.requireNonNull(prefix, "prefix"), statesOnly, scheduler);
    }

    /**
     * Returns this view without the updates that leave the {@linkplain FleetChange#state() state} as it was
     * last emitted. Snapshots, creations and deletions are always emitted. So is an update by which a
     * document becomes unusable, or usable again.
     */
    public FleetView stateChangesOnly() {
        return new FleetView(nodes, ids, /* statesOnly= */ true, scheduler);
    }

    /**
     * Returns this view with its signals on this scheduler. At most one task is submitted to the scheduler at
     * a time, and no change is queued behind that task. So the newest status is chosen when the subscriber is
     * ready. The scheduler is never disposed of. If it rejects a task, the signals come on the thread that
     * caused them. On {@link reactor.core.scheduler.Schedulers#immediate()}, they always come on that thread:
     * a subscriber that blocks there blocks the follower and all its subscribers.
     */
    public FleetView on(Scheduler newScheduler) {
        return new FleetView(nodes, ids, statesOnly, Objects.requireNonNull(newScheduler, "scheduler"));
    }

    boolean shows(FleetNode node) {
        return node.name().startsWith(nodes);
    }

    boolean shows(FleetEntry entry) {
        return shows(entry.node()) && entry.id().startsWith(ids);
    }

    /**
     * Returns whether an update from one status to the other is emitted. Null means a document without a
     * usable status.
     */
    boolean accepts(@Nullable Status before, @Nullable Status after) {
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
