package io.containerstatus.reactive;

import static reactor.core.publisher.Operators.toCoreSubscriber;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.Status;
import io.containerstatus.StatusEvent;
import io.containerstatus.StatusException;
import io.containerstatus.StoreClosedException;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One container: its last commit, and the execution of its operations.
 *
 * <p>The path of a synced update: it is claimed; executed on the newest status, committed or not (the tip of
 * the batch); written; committed; published; and its result is emitted.
 */
final class ContainerLane extends Lane implements StatusStorage {
    private final Subscribers subscribers = new Subscribers();
    private volatile Commit committed;
    private volatile boolean closed;
    /** The delay of the next batch; null for no delay. Only the owner sets it. */
    private volatile @Nullable CommitDelay delay;

    private ContainerLane(CheckpointStore store, String id, Commit committed) {
        super(store, id);
        this.committed = committed;
    }

    /** Returns the lane of an id that has no container. */
    static ContainerLane ofNew(CheckpointStore store, String id) {
        return new ContainerLane(store, id, Commit.none());
    }

    /**
     * Returns the lane of a recovered container. Its status is not known to be durable, so its first synced
     * update always writes: the previous process may have died between the rename that made this status
     * visible and the sync that makes it durable.
     */
    static ContainerLane ofRecovered(CheckpointStore store, String id, Status status) {
        return new ContainerLane(store, id, Commit.recovered(status));
    }

    @Override
    public Status current() {
        return committed.status();
    }

    @Override
    public long revision() {
        return committed.revision();
    }

    @Override
    public Mono<Status> update(UnaryOperator<Status> update) {
        Objects.requireNonNull(update, "update");
        Sources.Update source =
                subscriber -> start(subscriber, update, /* synced= */ false, UpdateOperation.ANY_REVISION);
        return Mono.fromDirect(source);
    }

    @Override
    public Mono<Status> updateSync(UnaryOperator<Status> update) {
        return updateSync(update, UpdateOperation.ANY_REVISION);
    }

    @Override
    public Mono<Status> updateSync(long expectedRevision, UnaryOperator<Status> update) {
        if (expectedRevision < 1) {
            throw new IllegalArgumentException("expectedRevision " + expectedRevision + " is less than 1");
        }
        return updateSync(update, expectedRevision);
    }

    private Mono<Status> updateSync(UnaryOperator<Status> update, long expectedRevision) {
        Objects.requireNonNull(update, "update");
        Sources.UpdateSync source = subscriber -> start(subscriber, update, /* synced= */ true, expectedRevision);
        return Mono.fromDirect(source);
    }

    private void start(
            Subscriber<? super Status> subscriber,
            UnaryOperator<Status> update,
            boolean synced,
            long expectedRevision) {
        new UpdateOperation(toCoreSubscriber(subscriber), update, synced, expectedRevision).start(() -> this);
    }

    @Override
    public Mono<Void> delete() {
        Sources.Delete source = subscriber -> new DeleteOperation(toCoreSubscriber(subscriber)).start(() -> this);
        return Mono.fromDirect(source);
    }

    /** Completes once every accepted operation has ended. No operation is accepted afterwards. */
    Mono<Void> close() {
        return Mono.fromDirect(subscriber -> new CloseOperation(toCoreSubscriber(subscriber)).start(() -> this));
    }

    @Override
    public Flux<StatusChange> changes() {
        return changes(Delivery.latest());
    }

    @Override
    public Flux<StatusChange> changes(Delivery delivery) {
        return ChangeStreams.ofContainer(this, delivery);
    }

    @Override
    public Flux<StatusEvent> events(Delivery delivery) {
        return ChangeStreams.eventsOfContainer(this, delivery);
    }

    @Override
    public Mono<Status> await(Predicate<Status> predicate) {
        return ChangeStreams.await(this, predicate);
    }

    Commit committed() {
        return committed;
    }

    /** Returns whether no commit will follow, and all commits are published. */
    boolean isClosed() {
        return closed;
    }

    /** Returns whether no commit will follow. */
    boolean hasEnded() {
        return closed || committed.phase() == Commit.Phase.DELETED;
    }

    Subscribers subscribers() {
        return subscribers;
    }

    /** Returns whether this is the current delay of the lane. */
    boolean isIn(CommitDelay one) {
        return delay == one;
    }

    @Override
    public String toString() {
        Commit now = committed;
        return "container \"" + id() + "\" (" + now.status().state() + ", revision " + now.revision() + ")";
    }

    @Override
    ContainerLane container() {
        return this;
    }

    @Override
    boolean executeInMemory(Operation<?> operation, LaneRun run) {
        if (closed || !(operation instanceof UpdateOperation update) || update.isSynced()) {
            return false;
        }
        update.executeInMemory(this, run);
        return true;
    }

    /**
     * Executes the waiting operations, until none waits or the lane is left: to a write, to a delay, or to a
     * lane thread.
     */
    @Override
    void work(LaneRun run) {
        if (run.step != null) {
            settle(run.step, run);
        }
        do {
            for (Batch batch = gather(run); batch.isOpen(); batch = gather(run)) {
                CommitDelay longer = delayOf(batch, run);
                boolean hasPassedOn = longer != null ? hold(longer, run) : !write(batch, run);
                if (hasPassedOn) {
                    return;
                }
            }
            run.batch = null;
            if (run.isSpent() && !isEmpty()) {
                passOn(run);
                return;
            }
            abandonIfNothingCameOfIt();
        } while (!leave());
    }

    /** Returns the delay in which more callers may join the batch; null if the batch is to be written now. */
    private @Nullable CommitDelay delayOf(Batch batch, LaneRun run) {
        CommitDelay now = delay;
        boolean mayGrow = !hasPutBack()
                && !run.isSpent()
                && !batch.isFull(store().context().maxBatch());
        if (now == null || !mayGrow || !now.prepare(batch)) {
            delay = null;
            return null;
        }
        run.batch = null;
        return now;
    }

    /** Returns the delayed batch, or null. Only the owner calls this. */
    @Nullable
    Batch heldBatch() {
        CommitDelay now = delay;
        return now == null ? null : now.batch();
    }

    /** Ends the delay, and forgets its batch. Only the owner calls this. */
    void endDelay() {
        delay = null;
    }

    /** Executes operations until none waits, the run is spent, or a batch is complete. */
    private Batch gather(LaneRun run) {
        Batch held = heldBatch();
        Batch batch = held != null ? held : new Batch(committed);
        run.batch = batch;
        Operation<?> operation;
        while (!batch.isFull(store().context().maxBatch()) && run.spend() && (operation = poll(run)) != null) {
            if (batch.isOpen() && operation.isExclusive()) {
                putBack(operation);
                run.current = null;
                break;
            }
            if (operation.claim()) {
                if (closed && !(operation instanceof CloseOperation)) {
                    run.failed(operation, new StoreClosedException());
                } else {
                    operation.execute(this, batch, run);
                }
            }
            run.current = null;
        }
        return batch;
    }

    /**
     * Writes the batch. Returns false if this run no longer owns the lane: either the write is in progress,
     * and its end resumes the lane, or a lane thread has taken over.
     */
    private boolean write(Batch batch, LaneRun run) {
        DurableStep step = new DurableStep(this, batch);
        if (!start(step, run)) {
            return false;
        }
        run.touchedDisk();
        if (run.isSpent()) {
            passOn(run);
            return false;
        }
        settle(step, run);
        return true;
    }

    /** Abandons the lane if no container was created in it, for example because the creation was cancelled. */
    private void abandonIfNothingCameOfIt() {
        if (committed.phase() == Commit.Phase.NEW && !closed) {
            committed = committed.abandoned();
            store().remove(this);
        }
    }

    /** Commits a status without the disk. Returns the new commit; the tip, if its status is equal. */
    Commit commitInMemory(Commit tip, Status status, LaneRun run) {
        if (status.equals(tip.status())) {
            return tip;
        }
        Commit next = tip.inMemory(status);
        committed = next;
        publish(tip, next, run);
        return next;
    }

    /** Throws if the status is too large to be stored. */
    void requireStorable(Status status) {
        store().checkpoints().requireStorable(id(), status);
    }

    /** Notifies the subscribers that no commit will follow. Of later operations, only a close is executed. */
    void end() {
        closed = true;
        subscribers.end();
    }

    /** Applies the outcome of a durable step to the container, and ends the operations of the step. */
    private void settle(DurableStep step, LaneRun run) {
        Batch batch = step.batch();
        run.batch = batch;
        StatusException failure = step.failure();
        step.record(failure);
        delay = CommitDelay.after(step, this, store().context().commitTimer());
        if (failure == null) {
            commit(batch, run);
        } else {
            fail(batch, failure);
        }
        run.ended(batch.operations());
        run.batch = null;
        run.step = null;
        if (committed.isGone()) {
            // After the publishing, so that subscribers to the store receive the deletion before a new
            // container of this id.
            store().remove(this);
        }
    }

    private void commit(Batch batch, LaneRun run) {
        store().writeHealth().becomesCertain(id());
        committed = batch.tip();
        Commit previous = batch.base();
        for (Commit commit : batch.commits()) {
            publish(previous, commit, run);
            previous = commit;
        }
    }

    private void fail(Batch batch, StatusException failure) {
        if (failure instanceof IndeterminateWriteException) {
            store().writeHealth().becomesUncertain(id());
            committed = batch.base().uncertain();
        }
        if (batch.base().phase() == Commit.Phase.NEW) {
            committed = batch.base().abandoned();
        }
        batch.fail(failure);
    }

    private void publish(Commit previous, Commit commit, LaneRun run) {
        if (!previous.isLive() && !commit.isLive()) {
            return; // The container never existed, so this is no change.
        }
        store().context().metrics().recordCommit(id());
        Subscribers storeWide = store().subscribers();
        if (subscribers.isEmpty() && storeWide.isEmpty()) {
            return;
        }
        try {
            StatusChange change = StatusChanges.between(id(), previous, commit);
            subscribers.publish(this, change);
            storeWide.publish(this, change);
        } catch (Throwable thrown) {
            // The change is lost. A stream that should have received it must not continue over the gap.
            run.noteIfFatal(thrown);
            failStreams(thrown);
        }
    }

    /** Fails every stream that is about this container. */
    void failStreams(Throwable reason) {
        subscribers.fail(id(), reason);
        store().subscribers().fail(id(), reason);
    }
}
