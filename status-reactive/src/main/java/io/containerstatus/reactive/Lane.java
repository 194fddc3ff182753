package io.containerstatus.reactive;

import io.containerstatus.PendingUpdatesExceededException;
import io.containerstatus.StoreClosedException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

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
    private static final AtomicReferenceFieldUpdater<Lane, Turn> PARKED =
            AtomicReferenceFieldUpdater.newUpdater(Lane.class, Turn.class, "parked");

    private final CheckpointStore store;
    private final String id;
    /** Those that have arrived since the owner looked last, the latest first; the others are linked to it. */
    private volatile @Nullable Operation<?> arrived;
    /**
     * 0 when idle; else a thread, a durable step, a batch held back or a parked turn owns the lane, and more than 1 if
     * operations came since its turn began.
     */
    private volatile int work;

    @SuppressWarnings("unused") // Through PENDING.
    private volatile int pending;

    /** The operation whose turn is next, before those that wait. The owner's alone. */
    private @Nullable Operation<?> next;
    /** Those whose turn comes before that of the arrived, linked in this order. The owner's alone. */
    private @Nullable Operation<?> waiting;

    /** Whether and how long the next batch may be held back; null for not at all. Set by the owner. */
    private volatile @Nullable CommitDelay delay;

    /** The turn of an owner that could not go on; whoever takes it owns the lane. */
    private volatile @Nullable Turn parked;

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

    /** Ends what was under way in a turn that broke off, and leaves the container with what the disk is known to hold. */
    abstract void abort(Turn turn, Throwable thrown);

    final void submit(Operation<?> operation) {
        if (store.isClosing()) {
            operation.fail(new StoreClosedException());
            operation.signal();
        } else if (work != 0 || !run(Turn.ofCaller(operation, CALLER_BUDGET), operation, /* onlyIfIdle= */ true)) {
            submitBehind(operation);
        }
    }

    private void submitBehind(Operation<?> operation) {
        if (PENDING.incrementAndGet(this) > store.settings().maxPendingUpdates()) {
            PENDING.decrementAndGet(this);
            store.settings().metrics().refused();
            operation.fail(
                    new PendingUpdatesExceededException(id, store.settings().maxPendingUpdates()));
            operation.signal();
        } else {
            run(Turn.ofCaller(operation, CALLER_BUDGET), operation, /* onlyIfIdle= */ false);
        }
    }

    /** As submit, but never refused: the end of a lane must get in. */
    final void submitLast(CloseOperation operation) {
        PENDING.incrementAndGet(this);
        run(Turn.ofCaller(operation, CALLER_BUDGET), operation, /* onlyIfIdle= */ false);
    }

    /** Takes an operation that an earlier lane of this id had accepted: not refused, and not signalled on this thread. */
    final void adopt(Operation<?> operation) {
        PENDING.incrementAndGet(this);
        run(Turn.ofStore(), operation, /* onlyIfIdle= */ false);
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

    /** Goes on with the lane when a durable step has ended. */
    final void resume(DiskStep step) {
        goOn(Turn.ofStore(step));
    }

    /** Takes over a lane that is not idle. */
    final void goOn(Turn turn) {
        run(turn, null, /* onlyIfIdle= */ false);
    }

    /** Takes over a turn that was parked, to run so many operations; does nothing if someone else was faster. */
    private void takeParked(int budget) {
        Turn turn = PARKED.getAndSet(this, null);
        if (turn != null) {
            turn.isCalled = false;
            turn.budget = budget;
            goOn(turn);
        }
    }

    /** Returns whether the delay is not over yet, nor has given way to a later one. */
    final boolean isIn(CommitDelay one) {
        return delay == one;
    }

    /**
     * Owns the lane until it is idle or has been passed on, and signals what came of it. With an operation, it first brings
     * that in, which makes this thread the owner if the lane is idle or holds a batch back; if it is to find the lane idle
     * and does not, it leaves all as it is, and returns false.
     *
     * <p>What is thrown between is the virtual machine's, which has no memory or no stack to give. Then the turn is parked,
     * and goes on on a thread of the store; or, where this one's stack is full, on that of whoever comes next: no scheduler
     * is called on a full stack, since what breaks off there can be an executor that has just locked its queue.
     */
    private boolean run(Turn turn, @Nullable Operation<?> operation, boolean onlyIfIdle) {
        boolean owns = false;
        Throwable brokenBy = null;
        try {
            if (operation == null) {
                owns = true;
                own(turn);
            } else if (!onlyIfIdle) {
                owns = enters(operation);
                if (owns) {
                    own(turn);
                }
            } else {
                turn.running = operation;
                owns = WORK.compareAndSet(this, 0, 1);
                if (owns && !runsInMemory(operation, turn)) {
                    own(turn);
                }
            }
        } catch (Throwable thrown) {
            if (!owns) {
                throw thrown;
            }
            // Assignments only: a call would need what there is none of.
            brokenBy = thrown;
            turn.brokenBy = thrown;
            parked = turn;
        }
        try {
            if (parked != null && !(brokenBy instanceof StackOverflowError)) {
                goOnWithParked(owns);
            }
        } finally {
            if (owns && brokenBy == null) {
                turn.end(store.settings().signals());
            }
        }
        if (brokenBy != null) {
            throw Exceptions.propagate(brokenBy);
        }
        return owns;
    }

    /** Calls a thread of the store for what this one has parked; takes over what is parked and nobody was called for. */
    private void goOnWithParked(boolean byThisThread) {
        Turn turn = parked;
        if (turn == null || turn.isCalled) {
            return;
        }
        if (!byThisThread) {
            takeParked(CALLER_BUDGET);
            return;
        }
        turn.isCalled = true;
        boolean called = false;
        try {
            store.settings().signals().run(() -> takeParked(Integer.MAX_VALUE));
            called = true;
        } finally {
            if (!called) {
                turn.isCalled = false;
            }
        }
    }

    /**
     * Begins with the operation that found the lane idle; in memory, its turn has come with that. Returns whether it is
     * idle again.
     */
    private boolean runsInMemory(Operation<?> operation, Turn turn) {
        // A cancelled one goes the way of all others, on which nobody can claim it any more.
        boolean ended = !operation.isTaken() && executeInMemory(operation, turn);
        if (!ended) {
            next = operation;
        }
        turn.running = null;
        return ended && WORK.compareAndSet(this, 1, 0);
    }

    private void own(Turn turn) {
        // Also because the count of all operations would overflow: under load the lane is never idle.
        work = 1;
        begin(turn);
        while (advance(turn) && !WORK.compareAndSet(this, 1, 0)) {
            work = 1;
        }
    }

    /** Does what an owner before has left: a durable step that has ended, or a turn that broke off. */
    private void begin(Turn turn) {
        if (turn.brokenBy != null) {
            delay = null;
            abort(turn, turn.brokenBy);
            turn.mended();
        } else if (turn.step != null) {
            end(turn.step, turn);
        }
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
                turn.step = step;
                turn.batch = null;
                if (!step.start(store.checkpoints())) {
                    return false;
                }
                turn.touchedDisk();
                if (turn.isSpent()) {
                    parked = Turn.ofStore(step);
                    return false;
                }
                end(step, turn);
            } else if (turn.isSpent()) {
                parked = Turn.ofStore();
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
        turn.step = null;
        delay = CommitDelay.after(step, this, store.settings().commitTimer());
    }

    /** Runs operations until none is left, the turn is spent, or a batch is complete. */
    private Batch gather(Turn turn) {
        CommitDelay now = delay;
        Batch heldBack = now == null ? null : now.batch();
        Batch batch = heldBack != null ? heldBack : newBatch();
        turn.batch = batch;
        Operation<?> operation;
        while (!batch.isFull(store.settings().maxBatch()) && turn.spend() && (operation = take()) != null) {
            if (batch.isOpen() && operation.isExclusive()) {
                next = operation;
                break;
            }
            turn.running = operation;
            if (operation.claim()) {
                execute(operation, batch, turn);
            }
            turn.running = null;
        }
        return batch;
    }
}
