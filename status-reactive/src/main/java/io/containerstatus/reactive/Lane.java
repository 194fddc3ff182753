package io.containerstatus.reactive;

import io.containerstatus.PendingUpdatesExceededException;
import io.containerstatus.StoreClosedException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The lane in which the operations of one container run one after the other; what they do is the subclass's matter.
 *
 * <p>There is no lock and no thread of its own: the thread whose operation finds the lane idle takes a turn, and a
 * durable step under way keeps the lane until it ends. Fields that only the owner touches are handed over with it.
 */
abstract class Lane {
    /** How many operations a caller's thread runs before a thread of the store takes over. */
    private static final int CALLER_BUDGET = 256;

    @SuppressWarnings("rawtypes") // A class literal has no type arguments.
    private static final AtomicReferenceFieldUpdater<Lane, Operation> ARRIVED =
            AtomicReferenceFieldUpdater.newUpdater(Lane.class, Operation.class, "arrived");

    private static final AtomicIntegerFieldUpdater<Lane> WORK =
            AtomicIntegerFieldUpdater.newUpdater(Lane.class, "work");
    private static final AtomicIntegerFieldUpdater<Lane> PENDING =
            AtomicIntegerFieldUpdater.newUpdater(Lane.class, "pending");

    private final CheckpointStore store;
    private final String id;
    /** Those that have arrived since the owner looked last, the latest first; the others are linked to it. */
    private volatile @Nullable Operation<?> arrived;
    /** 0 when idle; else a thread, a durable step or a batch held back owns the lane, and more than 1 if operations came since its turn began. */
    @SuppressWarnings("unused") // Through WORK.
    private volatile int work;

    @SuppressWarnings("unused") // Through PENDING.
    private volatile int pending;

    /** The operation whose turn is next, before those that wait. The owner's alone. */
    private @Nullable Operation<?> next;
    /** Those whose turn comes before that of the arrived, linked in this order. The owner's alone. */
    private @Nullable Operation<?> waiting;

    /** Whether and how long the next batch may be held back; null for not at all. Set by the owner. */
    private volatile @Nullable CommitDelay delay;

    Lane(CheckpointStore store, String id) {
        this.store = store;
        this.id = id;
    }

    public final String id() {
        return id;
    }

    final CheckpointStore store() {
        return store;
    }

    /** Starts a batch on what is committed. */
    abstract Batch newBatch();

    /** Runs and ends an operation that no batch is open for, if it needs no disk; else returns false. */
    abstract boolean executeInMemory(Operation<?> operation, Turn turn);

    /** Runs a claimed operation: ends it, or lets it join the batch. */
    abstract void execute(Operation<?> operation, Batch batch, Turn turn);

    /** Makes the outcome of a durable step the container's, and ends its operations. */
    abstract void settle(DiskStep step, Turn turn);

    final void submit(Operation<?> operation) {
        if (store.isClosing()) {
            operation.fail(new StoreClosedException());
            operation.signal();
        } else if (WORK.compareAndSet(this, 0, 1)) {
            takeTurn(operation);
        } else if (PENDING.incrementAndGet(this) > store.settings().maxPendingUpdates()) {
            PENDING.decrementAndGet(this);
            store.settings().metrics().refused();
            operation.fail(
                    new PendingUpdatesExceededException(id, store.settings().maxPendingUpdates()));
            operation.signal();
        } else {
            offer(operation);
        }
    }

    /** Begins with the operation that found the lane idle; in memory, its turn has come with that. */
    private void takeTurn(Operation<?> operation) {
        Turn turn = Turn.ofCaller(operation, CALLER_BUDGET);
        // A cancelled one goes the way of all others, on which nobody can claim it any more.
        boolean ended = !operation.isTaken() && executeInMemory(operation, turn);
        if (ended && WORK.compareAndSet(this, 1, 0)) {
            turn.end(store.settings().signals());
            return;
        }
        if (!ended) {
            next = operation;
        }
        run(turn);
    }

    /** As submit, but never refused: the end of a lane must get in. */
    final void submitLast(CloseOperation operation) {
        PENDING.incrementAndGet(this);
        offer(operation);
    }

    /** Takes an operation that an earlier lane of this id had accepted: not refused, and not signalled on this thread. */
    final void adopt(Operation<?> operation) {
        PENDING.incrementAndGet(this);
        if (enters(operation)) {
            run(Turn.ofStore());
        }
    }

    private void offer(Operation<?> operation) {
        if (enters(operation)) {
            run(Turn.ofCaller(operation, CALLER_BUDGET));
        }
    }

    /** Queues the operation; returns whether the lane was idle, so that this thread owns it now. */
    private boolean enters(Operation<?> operation) {
        Operation<?> latest;
        do {
            latest = arrived;
            operation.neighbour = latest;
        } while (!ARRIVED.compareAndSet(this, latest, operation));
        return WORK.getAndIncrement(this) == 0 || takesHeldBack();
    }

    private boolean takesHeldBack() {
        CommitDelay now = delay;
        return now != null && now.take();
    }

    private @Nullable Operation<?> take() {
        Operation<?> operation = next;
        if (operation != null) {
            next = null;
            return operation;
        }
        operation = waiting != null ? waiting : takeArrived();
        if (operation != null) {
            waiting = operation.neighbour;
            operation.neighbour = null;
            PENDING.decrementAndGet(this);
        }
        return operation;
    }

    /** Links the arrived the other way round, and returns the first of them to come. */
    private @Nullable Operation<?> takeArrived() {
        Operation<?> first = null;
        Operation<?> operation = arrived == null ? null : ARRIVED.getAndSet(this, null);
        while (operation != null) {
            Operation<?> earlier = operation.neighbour;
            operation.neighbour = first;
            first = operation;
            operation = earlier;
        }
        return first;
    }

    private void run(Turn turn) {
        while (advance(turn) && !WORK.compareAndSet(this, 1, 0)) {
            work = 1;
        }
        turn.end(store.settings().signals());
    }

    /** Goes on with the lane when a durable step has ended. */
    final void resume(DiskStep step) {
        Turn turn = Turn.ofStore();
        end(step, turn);
        goOn(turn);
    }

    /** Returns whether the delay is not over yet, nor has given way to a later one. */
    final boolean isIn(CommitDelay one) {
        return delay == one;
    }

    /** Takes over a lane that is not idle. */
    final void goOn(Turn turn) {
        // Started anew: under load the lane is never idle, and the count of all operations would overflow.
        work = 1;
        run(turn);
    }

    /**
     * Runs operations until none is left. Returns false when the lane has passed on: to a durable step under way, to a
     * thread of the store, or to whoever comes while a batch is held back.
     */
    private boolean advance(Turn turn) {
        while (true) {
            Batch batch = gather(turn);
            if (batch.isOpen()) {
                CommitDelay now = delay;
                if (now != null && mayGrow(batch, turn) && now.prepare(batch)) {
                    now.hold(batch);
                    // Who came before that, or the timer, looked for the batch in vain.
                    if ((arrived == null && !now.isOver()) || !now.take()) {
                        return false;
                    }
                    continue;
                }
                delay = null;
                DiskStep step = new DiskStep(this, batch);
                if (!step.start(store.checkpoints())) {
                    return false;
                }
                turn.touchedDisk();
                if (turn.isSpent()) {
                    store.settings().signals().run(() -> resume(step));
                    return false;
                }
                end(step, turn);
            } else if (turn.isSpent()) {
                store.settings().signals().run(() -> goOn(Turn.ofStore()));
                return false;
            } else {
                return true;
            }
        }
    }

    private boolean mayGrow(Batch batch, Turn turn) {
        return next == null && !turn.isSpent() && !batch.isFull(store.settings().maxBatch());
    }

    private void end(DiskStep step, Turn turn) {
        settle(step, turn);
        delay = CommitDelay.after(step, this, store.settings().commitTimer());
    }

    /** Runs operations until none is left, the turn is spent, or a batch is complete. */
    private Batch gather(Turn turn) {
        CommitDelay now = delay;
        Batch heldBack = now == null ? null : now.batch();
        Batch batch = heldBack != null ? heldBack : newBatch();
        Operation<?> operation;
        while (!batch.isFull(store.settings().maxBatch()) && turn.spend() && (operation = take()) != null) {
            if (batch.isOpen() && operation.isExclusive()) {
                next = operation;
                break;
            }
            if (operation.claim()) {
                execute(operation, batch, turn);
            }
        }
        return batch;
    }
}
