package io.containerstatus.reactive;

import io.containerstatus.ContainerState;
import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * The settings of a stream of changes: what a slow subscriber receives, which changes are emitted, and on
 * which scheduler. This class is immutable and threadsafe. Each method returns a new object. The order of the
 * calls makes no difference.
 *
 * <p>These rules hold for every delivery, and for each subscriber separately:
 *
 * <ol>
 *   <li>The snapshot comes first, with one exception in {@link #latest()}: for each container that exists at
 *       the subscription, its status as a {@link StatusChange.Kind#SNAPSHOT}. Then come the changes: for each
 *       container in commit order and without duplicates. If updates were left out,
 *       {@link StatusChange#skipped()} of the next change counts them.
 *   <li>Nothing is emitted before it is requested, except the end of the stream. Completion needs no demand
 *       once everything was emitted, and an error needs no demand at all. If a request is not positive, the
 *       stream ends at once with an {@link IllegalArgumentException}. With {@code on(immediate())} and
 *       unbounded demand, that error may come with the next change or the end instead.
 *   <li>{@code onSubscribe} comes on the subscribing thread, and so does the error of a subscription that is
 *       refused: {@link io.containerstatus.StoreClosedException}, or, on the stream of one container,
 *       {@link io.containerstatus.ContainerOutOfUseException}. Every other signal comes on the delivery's
 *       scheduler, one at a time. If the scheduler rejects a task or fails, signals come on the thread that
 *       caused them: the thread that subscribes, commits, requests or closes the store.
 *   <li>If a stream could not receive a change because of an error of the virtual machine, such as an
 *       {@link OutOfMemoryError} or a {@link StackOverflowError}, the stream fails with that error. If a
 *       container is {@linkplain io.containerstatus.ContainerOutOfUseException out of use}, every stream
 *       about it fails, too. No stream continues over a gap.
 *   <li>The deletion is the last change of a container. The container's own stream then completes. A later
 *       subscriber to it receives the deletion and the completion, or, with {@link #changesOnly()}, only the
 *       completion. The store's stream continues. A container that is created later under the same id is a
 *       different container.
 *   <li>When the store closes, all changes that were committed before are still emitted when they are
 *       requested, however late that is. Then the stream completes.
 *   <li>After a cancellation, no signal follows, apart from one that may be in progress. Cancelling has no
 *       other effect.
 *   <li>No subscriber delays an update or another subscriber, except with {@code on(immediate())}. If a
 *       subscriber blocks, it occupies a thread of its scheduler. If it throws, it is cancelled, and its
 *       exception goes to Reactor's hook for dropped errors.
 *   <li>The memory for a subscriber is bounded, even if it never requests anything again.
 * </ol>
 *
 * <p>Reactor's sinks do not meet these rules. {@code directBestEffort} silently loses the final state of a
 * slow subscriber. {@code onBackpressureBuffer} lets the slowest subscriber stall all others.
 * {@code replay().latest()} keeps every value that a stalled subscriber has not taken. If two threads emit to
 * a sink at the same time, one of them fails. {@code publishOn} fills its queue with states that are stale
 * when they arrive.
 */
public final class Delivery {
    private static final Delivery LATEST =
            new Delivery(0, null, /* snapshot= */ true, ChangeFilter.NONE, /* snapshotEnd= */ false);

    private final int maxLag;
    private final @Nullable Scheduler scheduler;
    private final boolean snapshot;
    private final ChangeFilter filter;
    private final boolean snapshotEnd;

    private Delivery(
            int maxLag, @Nullable Scheduler scheduler, boolean snapshot, ChangeFilter filter, boolean snapshotEnd) {
        this.maxLag = maxLag;
        this.scheduler = scheduler;
        this.snapshot = snapshot;
        this.filter = filter;
        this.snapshotEnd = snapshotEnd;
    }

    /**
     * Returns the default delivery: nothing is buffered, and a slow subscriber skips to the newest status.
     *
     * <p>Whenever the subscriber is ready, it receives the newest status, together with the status that it
     * received before, and the number of changes that it skipped in between. So it never misses the final
     * status. With {@link #changesOnly()}, the first change is relative to the status at the subscription.
     *
     * <p>On the store's stream, each container has its own newest status. The containers with changes that
     * are not emitted yet wait in one queue. Each of them waits there once, in the order of its first such
     * change. On this stream:
     *
     * <ul>
     *   <li>If a container is created and deleted while the subscriber is not ready, it may be left out
     *       altogether. So may a container that is deleted before its snapshot is emitted.
     *   <li>If the subscriber has received a change of a container, or if the container existed at a
     *       subscription with {@link #changesOnly()}, its deletion is emitted, before any later container of
     *       the same id.
     *   <li>If a container is created and then changed, it is emitted as {@link StatusChange.Kind#CREATED}
     *       with its newest status.
     *   <li>If a container is created while the subscription begins, it may be emitted before the snapshots
     *       of other containers.
     * </ul>
     */
    public static Delivery latest() {
        return LATEST;
    }

    /**
     * Returns a delivery of every single change. Changes wait until the subscriber takes them. If more than
     * {@code maxLag} changes would wait, the stream fails with
     * {@link io.containerstatus.SubscriberLaggedException}, which says how many changes were missed by then,
     * and which revision was emitted last.
     *
     * <p>The waiting changes are then dropped. The error comes at once, or, if a signal is in progress, after
     * the subscriber has returned from it. Snapshots do not count as lag. Neither do changes that the
     * delivery leaves out, except some creations and deletions, see {@link #kinds}.
     *
     * @param maxLag how many changes may wait for the subscriber, at least 1. On the store's stream, this
     *     counts the changes of all containers together. Updates that share one durable write are published
     *     together. So for a subscriber that must keep up with a container under load, choose more than the
     *     store's {@code maxBatch}
     * @throws IllegalArgumentException if {@code maxLag} is less than 1
     */
    public static Delivery everyWithMaxLag(int maxLag) {
        if (maxLag < 1) {
            throw new IllegalArgumentException("maxLag " + maxLag + " is less than 1");
        }
        return new Delivery(maxLag, null, /* snapshot= */ true, ChangeFilter.NONE, /* snapshotEnd= */ false);
    }

    /** Returns the same as {@link #everyWithMaxLag}, under a shorter name. */
    public static Delivery every(int maxLag) {
        return everyWithMaxLag(maxLag);
    }

    /**
     * Returns this delivery with its signals on this scheduler, instead of the store's signal scheduler. At
     * most one task of the subscription is submitted to the scheduler at a time, and no change is queued
     * behind that task. So with {@link #latest()}, the newest status is chosen when the subscriber is ready.
     * The store does not dispose the scheduler. If the scheduler rejects a task or fails, signals come on the
     * thread that caused them. Subscribers that share a thread wait for each other.
     *
     * <p>With {@link reactor.core.scheduler.Schedulers#immediate()}, signals come on the thread that commits,
     * requests or subscribes. This saves a change of threads. But if the subscriber blocks, it delays the
     * updates of the container, just as a blocking predicate of {@link StatusStorage#await} does. If it
     * blocks on an operation of the same container, it waits for itself forever; call {@code subscribe()} on
     * the operation instead.
     */
    public Delivery on(Scheduler scheduler) {
        return new Delivery(maxLag, Objects.requireNonNull(scheduler, "scheduler"), snapshot, filter, snapshotEnd);
    }

    /**
     * Returns this delivery without the snapshot: without the first {@link StatusChange.Kind#SNAPSHOT} of
     * each container.
     */
    public Delivery changesOnly() {
        return new Delivery(maxLag, scheduler, /* snapshot= */ false, filter, snapshotEnd);
    }

    /**
     * Returns this delivery with only the containers whose id begins with the prefix. Changes of other
     * containers are not queued, do not wake the subscriber, and do not count as lag. This is for the stream of
     * a store: the stream of one container rejects such a delivery with an {@link IllegalArgumentException}.
     *
     * @param prefix the beginning of the ids; empty for all ids, which also undoes an earlier call. A prefix
     *     that no valid id can have is no error: no container matches it
     */
    public Delivery idsStartingWith(String prefix) {
        return filtered(filter.withPrefix(Objects.requireNonNull(prefix, "prefix")));
    }

    /**
     * Returns this delivery without the updates that do not change {@link StatusChange#state()}. Snapshots,
     * creations and deletions are emitted in any case. Updates that are left out are not queued, do not wake
     * the subscriber, and do not count as lag. {@link StatusChange#skipped()} counts them, and
     * {@link StatusChange#previous()} is the status that was emitted before.
     *
     * <p>With {@link #everyWithMaxLag}, each change of the state is emitted. With {@link #latest}, the newest
     * state is compared with the state that this subscriber received last. If it has received none because of
     * {@link #changesOnly()}, the newest state is compared with the state at its subscription. So if a
     * container left RUNNING, and is RUNNING again when the subscriber is ready, nothing is emitted.
     */
    public Delivery stateChangesOnly() {
        return filtered(filter.withStatesOnly());
    }

    /**
     * Returns this delivery with only the containers that have one of these ids. For changes of other
     * containers, the same holds as for {@link #idsStartingWith}. If both methods are called, a container
     * must match both. The snapshot reads only the containers with these ids.
     *
     * @param ids the ids, in any order; if there are none, no container is selected. The collection is
     *     copied, and replaces the ids of an earlier call. A text that is no valid id is no error: no
     *     container has it
     */
    public Delivery idsIn(Collection<String> ids) {
        return filtered(filter.withIds(ids));
    }

    /**
     * Returns this delivery with only the changes of these kinds. After changes were left out,
     * {@link StatusChange#previous()} of the next change is the status that was emitted before. If none was
     * emitted before, it is the status of the first change that was left out, for example of the creation.
     * {@link StatusChange#skipped()} counts the changes after that status. Without
     * {@link StatusChange.Kind#SNAPSHOT}, the delivery is also {@link #changesOnly()}.
     *
     * <p>Updates that are left out are not queued. Creations and deletions that are left out are queued until
     * the subscriber is ready for a change, and until then they count as lag with {@link #everyWithMaxLag}.
     *
     * @param kinds the kinds to emit; an empty set emits no change. Replaces the kinds of an earlier call
     */
    public Delivery kinds(Set<StatusChange.Kind> kinds) {
        return filtered(filter.withKinds(kinds));
    }

    /**
     * Returns this delivery with only the containers that are in one of these states. It emits their
     * snapshots, creations, updates and deletions in such a state, and the update by which a container leaves
     * these states. So a program that displays the containers of a state can see when to remove one. If a
     * container enters such a state by an update, it is emitted as {@link StatusChange.Kind#UPDATED}. The
     * previous status is then the status that was emitted last. If none was emitted, it is the first status
     * that was left out.
     *
     * <p>With {@link #latest}, only the newest status counts: if a container enters and leaves such a state
     * while the subscriber is not ready, nothing is emitted.
     *
     * @param states the states; an empty set selects no container. Replaces the states of an earlier call
     */
    public Delivery states(Set<ContainerState> states) {
        return filtered(filter.withStates(states));
    }

    private Delivery filtered(ChangeFilter other) {
        return new Delivery(maxLag, scheduler, snapshot, other, snapshotEnd);
    }

    /** Returns this delivery with the end of the snapshot, for a stream of events. */
    Delivery withSnapshotEnd() {
        return new Delivery(maxLag, scheduler, snapshot, filter, /* snapshotEnd= */ true);
    }

    /** Returns whether the end of the snapshot is emitted. */
    boolean emitsSnapshotEnd() {
        return snapshotEnd;
    }

    boolean isLatest() {
        return maxLag == 0;
    }

    int maxLag() {
        return maxLag;
    }

    boolean withSnapshot() {
        return snapshot && filter.hasKind(StatusChange.Kind.SNAPSHOT);
    }

    ChangeFilter filter() {
        return filter;
    }

    @Nullable
    Scheduler scheduler() {
        return scheduler;
    }
}
