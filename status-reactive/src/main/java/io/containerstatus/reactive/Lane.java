package io.containerstatus.reactive;

import io.containerstatus.ContainerOutOfUseException;
import io.containerstatus.PendingUpdatesExceededException;
import io.containerstatus.StatusException;
import io.containerstatus.StoreClosedException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * Decides which thread works for one container. The operations of a container run one at a time, without a
 * lock and without a thread of their own. The thread that runs them is the owner of the lane. One variable
 * holds the state.
 *
 * <pre>
 * state          owner of the lane               transitions: which thread, to which state
 *
 * IDLE           none                            the thread of the next operation: RUNNING
 * RUNNING        one thread; or none yet, if a   the owner: IDLE if no operation waits, or if its run breaks off;
 *                lane thread was asked to        WRITING if it starts a write; HOLDING if it delays a write;
 *                become the owner                the thread of an arriving operation: RUNNING_AGAIN
 * RUNNING_AGAIN  the same owner; an operation    the owner: RUNNING, after which it reads the queue again; or WRITING,
 *                has arrived since it last       or HOLDING, or IDLE if its run breaks off
 *                read the queue
 * WRITING        none; a durable step is in      the thread on which the step ends, which may be the one that started
 *                progress                        it: RUNNING; an arriving operation is queued and keeps the state
 * HOLDING        none; a batch waits for more    the thread of the next operation, or the timer: RUNNING
 *                callers before its write
 * </pre>
 *
 * <p>The thread of an arriving operation first queues it and then reads the state. The owner first sets the
 * state and then reads the queue. So either that thread becomes the owner, or the owner finds the operation.
 *
 * <p><b>If the virtual machine fails</b> in the middle of a run (no memory, no stack, a class that cannot be
 * loaded), the container goes out of use. Every operation that waits or arrives later fails with a reason,
 * and the streams of the container fail. Only the close of the store still succeeds. The thread of the failed
 * run ends the waiting operations and the streams itself. If its stack is full, it cannot do that. Then the
 * next thread that comes to this container does it, at the latest the thread that closes the store. There is
 * one exception: if the run had deleted the container, no thread comes any more, and operations that waited
 * behind the deletion may get no result.
 */
abstract class Lane extends OperationQueue {
    private static final AtomicIntegerFieldUpdater<Lane> STATE =
            AtomicIntegerFieldUpdater.newUpdater(Lane.class, "state");

    private static final AtomicReferenceFieldUpdater<Lane, LaneRun> UNEMITTED =
            AtomicReferenceFieldUpdater.newUpdater(Lane.class, LaneRun.class, "unemitted");

    private static final int IDLE = 0;
    private static final int RUNNING = 1;
    private static final int RUNNING_AGAIN = 2;
    private static final int WRITING = 3;
    private static final int HOLDING = 4;

    private final CheckpointStore store;
    private final String id;
    private volatile int state = IDLE;
    /** The last run that broke off; null while the container is in use. Set by the owner only, and never reset. */
    private volatile @Nullable LaneRun brokenOff;
    /**
     * The runs that had no stack left to emit all results. Any thread adds its run, and the next owner emits
     * the results.
     */
    private volatile @Nullable LaneRun unemitted;

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

    /** Executes an operation that found the lane idle, if it needs no disk. Otherwise returns false. */
    abstract boolean executeInMemory(Operation<?> operation, LaneRun run);

    /** Executes the waiting operations, until none waits, see {@link #leave}, or the lane is passed on. */
    abstract void work(LaneRun run);

    /** Returns the container of this lane. */
    abstract ContainerLane container();

    /** The ways in which a run becomes the owner of the lane. */
    private enum Entry {
        /** The lane must be idle. The run may have an operation or none. */
        IF_IDLE,
        /** The run queues an operation, or one was queued for it before. No thread may own the lane. */
        BY_ARRIVAL,
        /** The timer of a delay has expired. A batch must still be delayed. */
        BY_TIMER,
        /** The run is the owner already: a durable step has ended, or another run has passed the lane on. */
        AS_OWNER
    }

    /**
     * Runs the operation now if the lane is idle; otherwise queues it. Rejects it if the store is closing, or
     * if too many operations wait.
     */
    final void submit(Operation<?> operation) {
        if (store.isClosing()) {
            reject(operation, new StoreClosedException());
            return;
        }
        if (state == IDLE && !hasArrived() && !CallDepth.ofThread().isAtLimit()) {
            if (run(LaneRun.ofCaller(operation), Entry.IF_IDLE, operation)) {
                return;
            }
        }
        int limit = store.context().maxPendingUpdates();
        if (admit(limit)) {
            enqueue(operation, LaneRun.ofCaller(operation));
        } else {
            store.context().metrics().recordRefused(id);
            reject(operation, new PendingUpdatesExceededException(id, limit));
        }
    }

    /** Queues the end of the lane. It is never rejected. */
    final void submitLast(CloseOperation operation) {
        admit();
        enqueue(operation, LaneRun.ofCaller(operation));
    }

    /**
     * Takes an operation that an earlier lane of this id had accepted. It is never rejected, and its result
     * is not emitted on this thread.
     */
    final void adopt(Operation<?> operation) {
        admit();
        enqueue(operation, LaneRun.ofStore());
    }

    private static void reject(Operation<?> operation, StatusException reason) {
        operation.fail(reason);
        operation.signal();
    }

    /**
     * Queues an admitted operation. Then this thread becomes the owner, if there is none. If calls are nested
     * too deeply on this thread, a lane thread does so instead.
     */
    private void enqueue(Operation<?> operation, LaneRun run) {
        if (CallDepth.ofThread().isAtLimit()) {
            LaneRun next = LaneRun.ofStore();
            Runnable task = () -> run(next, Entry.BY_ARRIVAL, null);
            offer(operation);
            store.context().laneThreads().run(task);
        } else {
            run(run, Entry.BY_ARRIVAL, operation);
        }
    }

    /**
     * Makes this thread the owner if there is none. Otherwise, the owner will find the operation that has arrived.
     */
    private boolean arrive() {
        while (true) {
            int now = state;
            if (now == IDLE || now == HOLDING) {
                if (STATE.compareAndSet(this, now, RUNNING)) {
                    return true;
                }
            } else if (now != RUNNING || STATE.compareAndSet(this, RUNNING, RUNNING_AGAIN)) {
                return false;
            }
        }
    }

    /**
     * Leaves the lane idle. If an operation has arrived meanwhile, returns false, and this thread stays the owner.
     */
    final boolean leave() {
        if (STATE.compareAndSet(this, RUNNING, IDLE)) {
            return true;
        }
        state = RUNNING;
        return false;
    }

    /** Starts a durable step. Returns true if it has ended already; otherwise, its end resumes the lane. */
    final boolean start(DurableStep step, LaneRun run) {
        run.step = step;
        state = WRITING;
        if (step.start(store.checkpoints())) {
            state = RUNNING;
            return true;
        }
        run.step = null;
        run.batch = null;
        return false;
    }

    /** Resumes the lane when a durable step has ended, on the thread on which it ended. */
    final void resume(LaneRun run) {
        run(run, Entry.AS_OWNER, null);
    }

    /**
     * Leaves a batch to the next operation, or to the timer of the delay. If one of them came before the lane
     * was left, and so could not become the owner, returns false, and this thread stays the owner.
     */
    final boolean hold(CommitDelay delay, LaneRun run) {
        run.owns = false;
        state = HOLDING;
        if ((hasArrived() || delay.isOver()) && STATE.compareAndSet(this, HOLDING, RUNNING)) {
            run.owns = true;
            return false;
        }
        return true;
    }

    /**
     * Resumes the lane with the delayed batch, on the timer's thread, unless an operation has become the owner.
     */
    final void release(LaneRun run) {
        if (!run(run, Entry.BY_TIMER, null) && outOfUseBecause() != null) {
            run(run, Entry.IF_IDLE, null);
        }
    }

    /** Passes the lane on to a lane thread. If a durable step has ended, passes that on, too. */
    final void passOn(LaneRun run) {
        LaneRun next = LaneRun.ofStore();
        Runnable task = () -> run(next, Entry.AS_OWNER, null);
        next.step = run.step;
        next.batch = run.batch;
        run.step = null;
        run.batch = null;
        run.owns = false;
        store.context().laneThreads().run(task);
    }

    /**
     * Returns whether commits from before this call may still be published after it. The calling thread must
     * have read the last commit before.
     */
    final boolean mayBePublishing() {
        int now = state;
        return now == RUNNING || now == RUNNING_AGAIN;
    }

    /** Returns why the container is out of use, or null while it is in use. */
    final @Nullable ContainerOutOfUseException outOfUse() {
        Throwable reason = outOfUseBecause();
        return reason == null ? null : new ContainerOutOfUseException(id, reason);
    }

    private @Nullable Throwable outOfUseBecause() {
        LaneRun last = brokenOff;
        return last == null ? null : last.outOfUseBecause;
    }

    /**
     * Becomes the owner, runs until the lane is idle or passed on, and then emits the results. If it does not
     * become the owner, it only queues the operation, and returns false.
     *
     * <p>This method catches everything that is thrown while this thread owns the lane, because the ownership
     * began here. In between, any call may overflow the stack.
     */
    private boolean run(LaneRun run, Entry entry, @Nullable Operation<?> operation) {
        CallDepth depth = null;
        boolean entered = false;
        try {
            if (entry == Entry.AS_OWNER) {
                state = RUNNING;
                run.owns = true;
            } else {
                run.owns = enters(entry, operation);
            }
            entered = run.owns;
            if (!entered) {
                return false;
            }
            depth = CallDepth.ofThread();
            depth.runs++;
            runAll(run, entry == Entry.IF_IDLE ? operation : null);
        } catch (Throwable thrown) {
            if (!entered) {
                throw thrown;
            }
            run.brokenBy = thrown;
            if (run.owns) {
                // This code only assigns fields and calls nothing, because the stack may be full.
                LaneRun before = brokenOff;
                run.before = before;
                run.outOfUseBecause = before == null ? thrown : before.outOfUseBecause;
                brokenOff = run;
                state = IDLE;
            }
        }
        try {
            end(run);
        } finally {
            if (depth != null) {
                depth.runs--;
            }
        }
        return true;
    }

    /**
     * Emits the results of a run. If the run broke off while it owned the lane, starts another run instead,
     * unless the stack was full. Throws the error that the run broke off with, if it is fatal.
     */
    private void end(LaneRun run) {
        Throwable reason = run.brokenBy;
        if (reason == null) {
            emit(run);
            return;
        }
        try {
            if (!run.owns) {
                emit(run);
            } else if (!(reason instanceof StackOverflowError)) {
                run(store.spareRun(), Entry.IF_IDLE, null);
            }
        } finally {
            Exceptions.throwIfFatal(reason);
        }
    }

    private boolean enters(Entry entry, @Nullable Operation<?> operation) {
        if (entry == Entry.BY_ARRIVAL) {
            if (operation != null) {
                offer(operation);
            }
            return arrive();
        }
        return STATE.compareAndSet(this, entry == Entry.IF_IDLE ? IDLE : HOLDING, RUNNING);
    }

    private void runAll(LaneRun run, @Nullable Operation<?> first) {
        if (unemitted != null) {
            adoptUnemitted(run);
        }
        Throwable reason = outOfUseBecause();
        if (reason != null) {
            refuseAll(run, first, reason);
        } else if (first == null || !endsInMemory(first, run)) {
            work(run);
        }
    }

    private void adoptUnemitted(LaneRun run) {
        LaneRun left;
        while ((left = unemitted) != null) {
            run.adoptResults(left);
            UNEMITTED.compareAndSet(this, left, left.before);
        }
    }

    /**
     * Ends all operations, including those that earlier runs left when they broke off. If this breaks off,
     * too, the next owner continues.
     */
    private void refuseAll(LaneRun run, @Nullable Operation<?> first, Throwable reason) {
        for (LaneRun broken = brokenOff; broken != null; broken = broken.before) {
            if (!broken.isRefused) {
                run.adoptResults(broken);
                OutOfUse.refuseUnfinished(container(), broken, run, reason);
                broken.isRefused = true;
            }
        }
        if (first != null) {
            admit();
            offer(first);
        }
        do {
            OutOfUse.refuseWaiting(container(), run, reason);
        } while (!leave());
    }

    /** Executes the operation if it needs no disk. Returns whether it has ended and the lane is idle again. */
    private boolean endsInMemory(Operation<?> operation, LaneRun run) {
        run.current = operation;
        // A cancelled operation takes the ordinary path, where the claim fails.
        if (!operation.isTaken() && executeInMemory(operation, run)) {
            return leave();
        }
        putBack(operation);
        run.current = null;
        return false;
    }

    private void emit(LaneRun run) {
        try {
            run.emit(store, id);
        } finally {
            if (run.hasResults()) {
                keep(run);
            }
        }
    }

    /** Keeps results that could not be emitted, because the stack was full, for the next owner. */
    private void keep(LaneRun run) {
        do {
            run.before = unemitted;
        } while (!UNEMITTED.compareAndSet(this, run.before, run));
    }
}
