package io.containerstatus.reactive;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * How a stream of changes treats its subscriber: what happens when it is slower than the changes come, which of them it
 * is told, and on which thread. This class is immutable and threadsafe; each method returns a new object, and in which
 * order they are called makes no difference.
 *
 * <p>What holds for each delivery, and for each subscriber by itself:
 *
 * <ol>
 *   <li>What stands at the subscription comes first, as a {@link StatusChange.Kind#SNAPSHOT} of each container, then
 *       what changes; for each container in commit order and without a duplicate; each gap is told by {@link
 *       StatusChange#skipped()}.
 *   <li>Nothing is signalled before it is requested, except the end: completion needs no demand once everything was
 *       told, an error needs none at all. A demand that is not positive ends the stream with an {@link
 *       IllegalArgumentException}: at once; only with {@code on(immediate())}, after everything was demanded, with the
 *       next change or the end.
 *   <li>{@code onSubscribe} comes on the subscribing thread, and so does the refusal of a subscription: {@link
 *       io.containerstatus.StoreClosedException}, or {@link io.containerstatus.ContainerOutOfUseException} on the
 *       stream of one container. Everything else comes on the delivery's scheduler, one signal after the other. If the
 *       scheduler does not take work, because it refuses it or fails, signals come on the thread that caused them: that
 *       of a subscription, of a commit, of a request or of the store's end.
 *   <li>A stream that could not receive a change, because the virtual machine failed (no memory, no stack), fails with
 *       that error. A stream about a container that is {@linkplain io.containerstatus.ContainerOutOfUseException out of
 *       use} fails, too. No stream goes on over a gap.
 *   <li>The deletion is the last change. On the container's own stream completion follows it; one who subscribes later
 *       is told the deletion and the end, with {@link #changesOnly()} just the end. The store's stream goes on, and a
 *       container created later under the same id is another one.
 *   <li>When the store closes, what was committed before is still told, as far as it is requested and whenever that is;
 *       then the stream completes.
 *   <li>Cancelling has no effect but that nothing more comes, apart from one signal that may be under way.
 *   <li>No subscriber slows down an update or another subscriber, except with {@code on(immediate())}. One that blocks
 *       keeps a thread of its scheduler; one that throws is cancelled, and what it threw goes to Reactor's hook for
 *       dropped errors.
 *   <li>What a subscriber costs is bounded, also one that sleeps for ever.
 * </ol>
 *
 * <p>Why not one of Reactor's sinks: {@code directBestEffort} loses the final state of a slow subscriber in silence,
 * {@code onBackpressureBuffer} lets the slowest subscriber stall all, {@code replay().latest()} keeps every value that a
 * stalled subscriber has not taken, an emission at the same time as another one fails, and {@code publishOn} fills its
 * queue with states that are stale when they arrive.
 */
public final class Delivery {
    private static final Delivery LATEST = new Delivery(0, null, /* snapshot= */ true, ChangeFilter.NONE);

    private final int maxLag;
    private final @Nullable Scheduler scheduler;
    private final boolean snapshot;
    private final ChangeFilter filter;

    private Delivery(int maxLag, @Nullable Scheduler scheduler, boolean snapshot, ChangeFilter filter) {
        this.maxLag = maxLag;
        this.scheduler = scheduler;
        this.snapshot = snapshot;
        this.filter = filter;
    }

    /**
     * Returns the default: nothing is buffered, a slow subscriber skips to the newest.
     *
     * <p>Whenever it is ready for one, it is told the status that is newest then, the status that it was told before,
     * and how many it skipped between. So it never misses the final one, and {@link #changesOnly()} counts from what
     * stood at the subscription. On the store's stream each container has its own newest; those with news wait in one
     * queue, each once, in the order of their first untold change. There,
     *
     * <ul>
     *   <li>a container that was created and deleted while the subscriber slept may vanish, as may one that was deleted
     *       before its snapshot was told;
     *   <li>one that it was told of, or that stood at a subscription with {@link #changesOnly()}, is reported deleted,
     *       and before a later container of the same id;
     *   <li>one that was created and changed is told as {@link StatusChange.Kind#CREATED} with its newest status.
     * </ul>
     */
    public static Delivery latest() {
        return LATEST;
    }

    /**
     * Returns a delivery of every single change. Those that the subscriber has not taken wait for it; when more than
     * {@code maxLag} would wait, the stream fails with {@link io.containerstatus.SubscriberLaggedException}, which says
     * how many changes were missed by then and which revision was told last.
     *
     * <p>The changes that wait are dropped, and the error comes at once, or when a blocking subscriber returns.
     * Snapshots do not count, and changes that the delivery leaves out do not either.
     *
     * @param maxLag how many changes may wait for the subscriber, at least 1; on the store's stream, of all containers
     *     together. Updates that share one durable write are published together, so choose more than the store's {@code
     *     maxBatch} for a subscriber that must keep up with a container under load
     * @throws IllegalArgumentException if {@code maxLag} is less than 1
     */
    public static Delivery everyWithMaxLag(int maxLag) {
        if (maxLag < 1) {
            throw new IllegalArgumentException("maxLag " + maxLag + " is less than 1");
        }
        return new Delivery(maxLag, null, /* snapshot= */ true, ChangeFilter.NONE);
    }

    /** The same as {@link #everyWithMaxLag}, under a shorter name. */
    public static Delivery every(int maxLag) {
        return everyWithMaxLag(maxLag);
    }

    /**
     * Returns this delivery with its signals on the scheduler instead of the store's signal scheduler. The hop is made
     * inside the subscription, with one task at a time and nothing queued behind it: so with {@link #latest()}, what is
     * newest is decided when the subscriber is ready. The scheduler is not disposed by the store; if it does not take
     * work, signals come on the thread that caused them. Subscribers that share a thread wait for each other.
     *
     * <p>With {@link reactor.core.scheduler.Schedulers#immediate()} signals come on the thread that commits, requests
     * or subscribes. This costs no hop, but a subscriber that blocks there holds up the container's updates, as a
     * predicate of {@link StatusStorage#await} does that blocks. One that blocks there on an operation of the same
     * container waits for itself, for ever; {@code subscribe()} to it instead.
     */
    public Delivery on(Scheduler scheduler) {
        return new Delivery(maxLag, Objects.requireNonNull(scheduler, "scheduler"), snapshot, filter);
    }

    /**
     * Returns this delivery without what stands at the subscription: without the first {@link
     * StatusChange.Kind#SNAPSHOT} of each container.
     */
    public Delivery changesOnly() {
        return new Delivery(maxLag, scheduler, /* snapshot= */ false, filter);
    }

    /**
     * Returns this delivery without the containers whose id begins otherwise. They take no place in any queue, wake
     * nobody and do not count as lag. For the stream of a store: that of one container refuses such a delivery with an
     * {@link IllegalArgumentException}.
     *
     * @param prefix the beginning of the ids to be told; empty for all, which also undoes an earlier call. Text that no
     *     id can begin with is no error: no container has such an id
     */
    public Delivery idsStartingWith(String prefix) {
        return new Delivery(maxLag, scheduler, snapshot, filter.withPrefix(Objects.requireNonNull(prefix, "prefix")));
    }

    /**
     * Returns this delivery without the updates that leave {@link StatusChange#state()} as it is. Snapshots, creations
     * and deletions are told in any case. What is left out takes no place in any queue, wakes nobody and does not count
     * as lag; {@link StatusChange#skipped()} counts it, and {@link StatusChange#previous()} is what was told before.
     *
     * <p>With {@link #everyWithMaxLag} each change of the state is told. With {@link #latest} the newest state is compared with the
     * one that this subscriber was told last, or that stood at its subscription with {@link #changesOnly()}: a container
     * that left RUNNING and is RUNNING again when the subscriber is ready has not changed its state for it.
     */
    public Delivery stateChangesOnly() {
        return new Delivery(maxLag, scheduler, snapshot, filter.withStatesOnly());
    }

    boolean isLatest() {
        return maxLag == 0;
    }

    int maxLag() {
        return maxLag;
    }

    boolean withSnapshot() {
        return snapshot;
    }

    ChangeFilter filter() {
        return filter;
    }

    @Nullable
    Scheduler scheduler() {
        return scheduler;
    }
}
