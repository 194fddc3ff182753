package io.containerstatus.reactive;

import static reactor.core.publisher.Operators.toCoreSubscriber;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.ContainerOutOfUseException;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.StatusTooLargeException;
import io.containerstatus.StoreClosedException;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One container: its last commit, and what its operations do to it.
 *
 * <p>The way of a synced update: it is claimed, executed on the tip of the batch, written, committed, published, emitted.
 */
final class ContainerLane extends Lane implements StatusStorage {
    private final Subscribers subscribers = new Subscribers();
    private volatile Commit committed;
    private volatile boolean closed;
    /** How long the next batch may be held; null for not at all. Only the owner sets it. */
    private volatile @Nullable CommitDelay delay;

    private ContainerLane(CheckpointStore store, String id, Commit committed) {
        super(store, id);
        this.committed = committed;
    }

    /** Returns the lane of an id of which nothing is known. */
    static ContainerLane ofNew(CheckpointStore store, String id) {
        return new ContainerLane(store, id, Commit.none());
    }

    /**
     * Returns the lane of a container that was found. It is not known to be durable, and its first synced update writes
     * in any case: the process before may have died between the rename that made this status visible and the sync that
     * makes it last.
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
        return update(update, /* synced= */ false, UpdateOperation.ANY_REVISION);
    }

    @Override
    public Mono<Status> updateSync(UnaryOperator<Status> update) {
        return update(update, /* synced= */ true, UpdateOperation.ANY_REVISION);
    }

    @Override
    public Mono<Status> updateSync(long expectedRevision, UnaryOperator<Status> update) {
        if (expectedRevision < 1) {
            throw new IllegalArgumentException("expectedRevision " + expectedRevision + " is less than 1");
        }
        return update(update, /* synced= */ true, expectedRevision);
    }

    private Mono<Status> update(UnaryOperator<Status> update, boolean synced, long expectedRevision) {
        Objects.requireNonNull(update, "update");
        return Mono.fromDirect(subscriber ->
                new UpdateOperation(toCoreSubscriber(subscriber), update, synced, expectedRevision).start(() -> this));
    }

    @Override
    public Mono<Void> delete() {
        return Mono.fromDirect(subscriber -> new DeleteOperation(toCoreSubscriber(subscriber)).start(() -> this));
    }

    /** Completes when all that was accepted has ended; nothing is accepted afterwards. */
    Mono<Void> close() {
        return Mono.fromDirect(subscriber -> new CloseOperation(toCoreSubscriber(subscriber)).start(() -> this));
    }

    @Override
    public Flux<StatusChange> changes() {
        return changes(Delivery.latest());
    }

    @Override
    public Flux<StatusChange> changes(Delivery delivery) {
        return Changes.ofContainer(this, delivery);
    }

    @Override
    public Mono<Status> await(Predicate<Status> predicate) {
        return Changes.await(this, predicate);
    }

    Commit committed() {
        return committed;
    }

    /** Returns whether no commit will follow, and all are published. */
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

    /** Returns whether this delay is not over, nor has given way to a later one. */
    boolean isIn(CommitDelay one) {
        return delay == one;
    }

    @Override
    public String toString() {
        Commit now = committed;
        return "container \"" + id() + "\" (" + now.status().state() + ", revision " + now.revision() + ")";
    }

    @Override
    boolean executeInMemory(Operation<?> operation, LaneRun run) {
        if (closed || !(operation instanceof UpdateOperation update) || update.isSynced()) {
            return false;
        }
        Commit tip = committed;
        Status status = apply(update, tip, run);
        if (status != null) {
            commitInMemory(tip, status, run);
        }
        run.ended(update);
        return true;
    }

    @Override
    void work(LaneRun run) {
        if (run.step != null) {
            settle(run.step, run);
        }
        do {
            if (!gatherAndWrite(run)) {
                return;
            }
            abandonIfNothingCameOfIt();
        } while (!leave());
    }

    /** Executes what waits. Returns false when the lane has passed on: to a write, to a delay, or to a thread of the store. */
    private boolean gatherAndWrite(LaneRun run) {
        while (true) {
            Batch batch = gather(run);
            if (!batch.isOpen()) {
                run.batch = null;
                if (run.isSpent() && !isEmpty()) {
                    passOn(run);
                    return false;
                }
                return true;
            }
            CommitDelay now = delay;
            if (now != null && mayGrow(batch, run) && now.prepare(batch)) {
                run.batch = null;
                if (hold(now, run)) {
                    return false;
                }
                continue;
            }
            delay = null;
            if (!write(batch, run)) {
                return false;
            }
        }
    }

    private boolean mayGrow(Batch batch, LaneRun run) {
        return !hasPutBack()
                && !run.isSpent()
                && !batch.isFull(store().settings().maxBatch());
    }

    /** Executes operations until none waits, the run is spent, or a batch is complete. */
    private Batch gather(LaneRun run) {
        CommitDelay now = delay;
        Batch held = now == null ? null : now.batch();
        Batch batch = held != null ? held : new Batch(committed);
        run.batch = batch;
        Operation<?> operation;
        while (!batch.isFull(store().settings().maxBatch()) && run.spend() && (operation = poll(run)) != null) {
            if (batch.isOpen() && operation.isExclusive()) {
                putBack(operation);
                run.current = null;
                break;
            }
            if (operation.claim()) {
                execute(operation, batch, run);
            }
            run.current = null;
        }
        return batch;
    }

    /** Writes the batch. Returns false if the write goes on; its end then goes on with the lane. */
    private boolean write(Batch batch, LaneRun run) {
        DiskStep step = new DiskStep(this, batch);
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

    /** Takes a lane out of use in which no container came into being, as when its creation was cancelled. */
    private void abandonIfNothingCameOfIt() {
        if (committed.phase() == Commit.Phase.NEW && !closed) {
            committed = committed.abandoned();
            store().remove(this);
        }
    }

    private void execute(Operation<?> operation, Batch batch, LaneRun run) {
        if (closed && !(operation instanceof CloseOperation)) {
            run.failed(operation, new StoreClosedException());
        } else if (operation instanceof UpdateOperation update) {
            executeUpdate(update, batch, run);
        } else {
            executeAlone(operation, batch, run);
        }
    }

    private void executeUpdate(UpdateOperation update, Batch batch, LaneRun run) {
        Commit tip = batch.tip();
        Status status = apply(update, tip, run);
        if (status == null) {
            endOrJoin(update, batch, run);
        } else if (batch.isOpen() || (update.isSynced() && !tip.isStored(status))) {
            batch.join(update, tip.written(status));
        } else {
            batch.rebase(commitInMemory(tip, status, run));
            run.ended(update);
        }
    }

    /** Sets the result of the update; returns the new status, or null when the update failed. */
    @SuppressWarnings(
            "ReferenceEquality") // An unchanged status is the same object, and needs no second check of its size.
    private @Nullable Status apply(UpdateOperation update, Commit tip, LaneRun run) {
        try {
            Status status = update.apply(id(), tip);
            if (status != tip.status()) {
                store().checkpoints().requireStorable(id(), status);
            }
            update.succeed(status);
            return status;
        } catch (Throwable thrown) {
            run.noteIfFatal(thrown);
            update.fail(thrown);
            return null;
        }
    }

    /** Commits a status that does not wait for the disk; returns what is committed then. */
    private Commit commitInMemory(Commit tip, Status status, LaneRun run) {
        if (status.equals(tip.status())) {
            return tip;
        }
        Commit next = tip.inMemory(status);
        committed = next;
        publish(tip, next, run);
        return next;
    }

    /**
     * Ends an update that failed. If it was executed on a status that is not written yet, it joins the batch instead, and
     * fails with the batch if that fails: the status that it saw was never committed then.
     */
    private static void endOrJoin(UpdateOperation update, Batch batch, LaneRun run) {
        if (batch.isOpen()) {
            batch.join(update);
        } else {
            run.ended(update);
        }
    }

    /** Executes an operation that shares its durable step with no other. */
    private void executeAlone(Operation<?> operation, Batch batch, LaneRun run) {
        Commit now = batch.tip();
        boolean deleted = now.phase() == Commit.Phase.DELETED;
        if (now.phase() == Commit.Phase.ABANDONED || (deleted && !(operation instanceof DeleteOperation))) {
            // The end of the lane moves on, too: it comes after what waited here and was accepted before it.
            run.moved(operation);
        } else if (operation instanceof CloseOperation) {
            end(operation, run);
        } else if (operation instanceof CreateOperation create) {
            executeCreate(create, batch, run);
        } else if (deleted) {
            run.ended(operation);
        } else {
            batch.join(operation, now.deleted());
        }
    }

    private void end(Operation<?> close, LaneRun run) {
        closed = true;
        subscribers.end();
        run.ended(close);
    }

    private void executeCreate(CreateOperation create, Batch batch, LaneRun run) {
        if (batch.tip().isLive()) {
            run.failed(create, new AlreadyExistsException(id()));
            return;
        }
        try {
            store().checkpoints().requireStorable(id(), create.status());
        } catch (Throwable thrown) {
            run.noteIfFatal(thrown);
            run.failed(create, thrown);
            return;
        }
        create.succeed(this);
        batch.join(create, Commit.created(create.status()));
    }

    /** Makes the outcome of a durable step the container's, and ends its operations. */
    private void settle(DiskStep step, LaneRun run) {
        Batch batch = step.batch();
        run.batch = batch;
        Throwable failure = step.failure();
        StatusException reported = failure == null ? null : asStatusException(failure, batch);
        step.record(reported);
        delay = CommitDelay.after(step, this, store().settings().commitTimer());
        if (reported == null) {
            commit(batch, run);
        } else {
            fail(batch, reported);
        }
        run.ended(batch.operations());
        run.batch = null;
        run.step = null;
        if (committed.phase() == Commit.Phase.DELETED || committed.phase() == Commit.Phase.ABANDONED) {
            // After the publishing: subscribers to the store receive the deletion before a new container of this id.
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
        for (Operation<?> one = batch.operations().first(); one != null; one = one.neighbour) {
            one.fail(failure);
        }
    }

    private StatusException asStatusException(Throwable failure, Batch batch) {
        if (failure instanceof NotWrittenException
                || failure instanceof IndeterminateWriteException
                || failure instanceof StatusTooLargeException
                || (failure instanceof AlreadyExistsException && batch.kind() == OperationKind.CREATE)) {
            return (StatusException) failure;
        }
        return new IndeterminateWriteException(id(), "the adapter failed unexpectedly", failure);
    }

    private void publish(Commit previous, Commit commit, LaneRun run) {
        if (!previous.isLive() && !commit.isLive()) {
            return; // The deletion of a container that never was.
        }
        store().settings().metrics().recordCommit(id());
        Subscribers storeWide = store().subscribers();
        if (subscribers.isEmpty() && storeWide.isEmpty()) {
            return;
        }
        try {
            StatusChange change = StatusChanges.between(id(), previous, commit);
            subscribers.publish(this, change);
            storeWide.publish(this, change);
        } catch (Throwable thrown) {
            // There is no change to hear of: whoever should have heard it must not go on over the gap.
            run.noteIfFatal(thrown);
            failStreams(thrown);
        }
    }

    private void failStreams(Throwable reason) {
        subscribers.fail(id(), reason);
        store().subscribers().fail(id(), reason);
    }

    @Override
    void refuseUnfinished(LaneRun broken, LaneRun run, Throwable reason) {
        Batch batch = broken.batch;
        Operation<?> current = broken.current;
        if (batch != null) {
            refuse(batch, broken.step, run, reason);
            broken.batch = null;
        }
        if (current != null && !current.hasEnded) {
            refuse(current, run, reason);
        }
        broken.current = null;
        failStreams(refusal(reason));
    }

    /** Ends the operations of a batch. What was committed stays, what was given to the disk is uncertain. */
    private void refuse(Batch batch, @Nullable DiskStep step, LaneRun run, Throwable reason) {
        boolean isCommitted = step != null && step.hasSucceeded() && committed.equals(batch.tip());
        if (!isCommitted) {
            Throwable failure = step == null ? refusal(reason) : uncertainty(step, batch, reason);
            for (Operation<?> one = batch.operations().first(); one != null; one = one.neighbour) {
                one.fail(failure);
            }
        }
        run.ended(batch.operations());
    }

    @Override
    void refuseWaiting(LaneRun run, Throwable reason) {
        CommitDelay now = delay;
        Batch held = now == null ? null : now.batch();
        if (held != null) {
            refuse(held, null, run, reason);
        }
        delay = null;
        Operation<?> operation;
        while ((operation = poll(run)) != null) {
            if (operation.claim()) {
                refuse(operation, run, reason);
            } else {
                run.current = null;
            }
        }
    }

    /** Ends an operation of a container that is out of use. Only its end succeeds. */
    private void refuse(Operation<?> operation, LaneRun run, Throwable reason) {
        if (operation instanceof CloseOperation) {
            end(operation, run);
        } else {
            run.failed(operation, refusal(reason));
        }
    }

    /** Returns the failure of an operation that wrote nothing; the reason itself where no memory is left for another one. */
    private Throwable refusal(Throwable reason) {
        try {
            return new ContainerOutOfUseException(id(), reason);
        } catch (Throwable noMemory) {
            return reason;
        }
    }

    /** Returns the failure of an operation that was given to the disk. */
    private Throwable uncertainty(DiskStep step, Batch batch, Throwable reason) {
        try {
            Throwable failure = step.failure();
            StatusException reported = failure != null
                    ? asStatusException(failure, batch)
                    : new IndeterminateWriteException(id(), "the write was interrupted by " + reason, reason);
            if (reported instanceof IndeterminateWriteException) {
                store().writeHealth().becomesUncertain(id());
            }
            return reported;
        } catch (Throwable noMemory) {
            return reason;
        }
    }
}
