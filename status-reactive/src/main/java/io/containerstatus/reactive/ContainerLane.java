package io.containerstatus.reactive;

import static reactor.core.publisher.Operators.toCoreSubscriber;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
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
 * <p>The way of a synced update: claimed, run on the tip of the batch, written, committed, published, signalled.
 */
final class ContainerLane extends Lane implements StatusStorage {
    private final Subscribers subscribers = new Subscribers();
    private volatile Commit committed;
    private volatile boolean closed;
    /** Whether a write or deletion left it open what the disk holds, or nothing is known of it. The owner's alone. */
    private boolean diskUncertain;

    private ContainerLane(CheckpointStore store, String id, Commit committed, boolean diskUncertain) {
        super(store, id);
        this.committed = committed;
        this.diskUncertain = diskUncertain;
    }

    /** Returns the lane of an id of which nothing is known. */
    static ContainerLane ofNew(CheckpointStore store, String id) {
        return new ContainerLane(store, id, Commit.none(), /* diskUncertain= */ true);
    }

    /**
     * Returns the lane of a container that was found. It is not known to be durable, and its first synced update writes
     * in any case: the process before may have died between the rename that made this status visible and the sync that
     * makes it last.
     */
    static ContainerLane ofRecovered(CheckpointStore store, String id, Status status) {
        return new ContainerLane(store, id, Commit.first(status, /* durable= */ false), /* diskUncertain= */ false);
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

    @Override
    public String toString() {
        Commit now = committed;
        return "container \"" + id() + "\" (" + now.status().state() + ", revision " + now.revision() + ")";
    }

    @Override
    Batch newBatch() {
        return new Batch(committed);
    }

    @Override
    void execute(Operation<?> operation, Batch batch, Turn turn) {
        if (closed && !(operation instanceof CloseOperation)) {
            turn.failed(operation, new StoreClosedException());
        } else if (operation instanceof UpdateOperation update) {
            runUpdate(update, batch, turn);
        } else {
            runAlone(operation, batch, turn);
        }
    }

    @Override
    boolean executeInMemory(Operation<?> operation, Turn turn) {
        if (closed || !(operation instanceof UpdateOperation update) || update.isSynced()) {
            return false;
        }
        Commit tip = committed;
        Status status = apply(update, tip, turn);
        if (status != null) {
            commitInMemory(tip, status, turn);
        }
        turn.ended(update);
        return true;
    }

    private void runUpdate(UpdateOperation update, Batch batch, Turn turn) {
        Commit tip = batch.tip();
        Status status = apply(update, tip, turn);
        if (status == null) {
            endOrJoin(update, batch, turn);
            return;
        }
        boolean changed = !status.equals(tip.status());
        if (batch.isOpen() || (update.isSynced() && (changed || !tip.durable()))) {
            batch.join(update, changed ? tip.next(status, /* durable= */ true) : tip.withDurable(true));
            return;
        }
        batch.rebase(commitInMemory(tip, status, turn));
        turn.ended(update);
    }

    /** Sets the result of the update; returns the new status, or null when it failed. */
    private @Nullable Status apply(UpdateOperation update, Commit tip, Turn turn) {
        try {
            Status status = update.apply(id(), tip);
            update.succeed(status);
            return status;
        } catch (Throwable thrown) {
            turn.noteIfFatal(thrown);
            update.fail(thrown);
            return null;
        }
    }

    /** Commits a status that waits for no disk; returns what is committed then. */
    private Commit commitInMemory(Commit tip, Status status, Turn turn) {
        if (status.equals(tip.status())) {
            return tip;
        }
        Commit next = tip.next(status, /* durable= */ false);
        committed = next;
        publish(tip, next, turn);
        return next;
    }

    /** Ends a refused operation; but if it was judged on a status that is not yet durable, it shares that one's fate. */
    private static void endOrJoin(UpdateOperation update, Batch batch, Turn turn) {
        if (batch.isOpen()) {
            batch.join(update);
        } else {
            turn.ended(update);
        }
    }

    /** Runs an operation that shares its durable step with no other. */
    private void runAlone(Operation<?> operation, Batch batch, Turn turn) {
        Commit now = batch.tip();
        boolean gone = now.phase() == Commit.Phase.DELETED;
        if (now.phase() == Commit.Phase.ABANDONED || (gone && !(operation instanceof DeleteOperation))) {
            // The end of the lane too: it comes after what waited here and was accepted before it.
            turn.then(() -> store().resubmit(id(), operation));
        } else if (operation instanceof CloseOperation) {
            closed = true;
            subscribers.end();
            turn.ended(operation);
        } else if (operation instanceof CreateOperation create) {
            if (now.isLive()) {
                turn.failed(create, new AlreadyExistsException(id()));
            } else {
                create.succeed(this);
                batch.join(create, Commit.first(create.status(), /* durable= */ true));
            }
        } else if (gone) {
            turn.ended(operation);
        } else {
            batch.join(operation, now.deleted());
        }
    }

    @Override
    void settle(DiskStep step, Turn turn) {
        Batch batch = step.batch();
        Throwable failure = step.failure();
        store().settings().metrics().written(batch.size(), step.elapsed(), failure);
        if (failure == null) {
            commit(batch, turn);
        } else {
            fail(batch, asStatusException(failure));
        }
        batch.operations().forEach(turn::ended);
    }

    @Override
    void abort(Turn turn, Throwable thrown) {
        DiskStep step = turn.step;
        Batch batch = step != null ? step.batch() : turn.batch;
        if (batch != null && batch.isOpen()) {
            if (step == null) {
                fail(batch, notWritten(thrown));
            } else if (!step.hasEnded()) {
                fail(batch, asStatusException(thrown));
            } else if (step.failure() != null) {
                fail(batch, asStatusException(step.failure()));
            } else if (!committed.equals(batch.tip())) {
                commit(batch, turn);
            }
            batch.operations().forEach(operation -> endUnlessEnded(operation, turn));
        }
        Operation<?> running = turn.running;
        if (running != null && !turn.hasEnded(running)) {
            turn.failed(running, notWritten(thrown));
        }
    }

    private static void endUnlessEnded(Operation<?> operation, Turn turn) {
        if (!turn.hasEnded(operation)) {
            turn.ended(operation);
        }
    }

    private StatusException notWritten(Throwable thrown) {
        String reason = "the virtual machine could not go on";
        return diskUncertain
                ? new IndeterminateWriteException(id(), reason, thrown)
                : new NotWrittenException(id(), reason, thrown);
    }

    private void commit(Batch batch, Turn turn) {
        diskUncertain = false;
        committed = batch.tip();
        Commit previous = batch.base();
        for (Commit commit : batch.commits()) {
            publish(previous, commit, turn);
            previous = commit;
        }
        if (batch.tip().phase() == Commit.Phase.DELETED) {
            // After the publishing: whoever watches all hears of the deletion before a new container of the same id.
            store().remove(this);
        }
    }

    private void fail(Batch batch, StatusException failure) {
        if (!(failure instanceof NotWrittenException)) {
            diskUncertain = true;
            committed = batch.base().withDurable(false);
        }
        if (batch.base().phase() == Commit.Phase.NEW) {
            committed = batch.base().abandoned();
            store().remove(this);
        }
        batch.operations().forEach(operation -> operation.fail(failure));
    }

    private StatusException asStatusException(Throwable failure) {
        return failure instanceof NotWrittenException || failure instanceof IndeterminateWriteException
                ? (StatusException) failure
                : new IndeterminateWriteException(id(), "the adapter failed unexpectedly", failure);
    }

    private void publish(Commit previous, Commit commit, Turn turn) {
        if (!previous.isLive() && !commit.isLive()) {
            return; // The deletion of a container that never was.
        }
        store().settings().metrics().committed(1);
        Subscribers storeWide = store().subscribers();
        if (subscribers.isEmpty() && storeWide.isEmpty()) {
            return;
        }
        try {
            StatusChange change = StatusChanges.between(id(), previous, commit);
            subscribers.publish(this, change);
            storeWide.publish(this, change);
        } catch (Throwable thrown) {
            turn.noteIfFatal(thrown);
        }
    }
}
