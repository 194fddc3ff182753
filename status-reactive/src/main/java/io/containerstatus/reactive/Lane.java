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
 * Whose turn it is at one container. Its operations run one after the other, without a lock and without a thread of its
 * own: whoever owns the lane runs them. One variable says who that is.
 *
 * <pre>
 * state          who owns the lane               who leaves the state, and to where
 *
 * IDLE           nobody                          the thread of the next operation: RUNNING
 * RUNNING        one thread; or nobody yet: a    the owner: IDLE when no operation waits, or when its run breaks off,
 *                lane thread was asked to        WRITING when it starts a write, HOLDING when it delays one;
 *                take it                         the thread of an arriving operation: RUNNING_AGAIN
 * RUNNING_AGAIN  the same owner; an operation    the owner: RUNNING, and it looks at the queue once more; or WRITING,
 *                has arrived since it looked     or HOLDING, or IDLE when its run breaks off
 * WRITING        a durable step under way        the thread on which the step ends, also the one that starts it:
 *                                                RUNNING; an arriving operation is queued, and leaves the state
 * HOLDING        nobody; a batch waits for       the thread of the next operation, or the timer: RUNNING
 *                more callers before its write
 * </pre>
 *
 * <p>An arriving operation is in the queue before its thread looks at the state, and the owner looks at the queue after it
 * has set the state. So either the thread becomes the owner, or the owner finds the operation.
 *
 * <p><b>When the virtual machine fails</b> (no memory, no stack, a class that cannot be loaded) in the midst of a run, the
 * container is out of use: everything that waits and everything that comes fails with a reason, its streams fail, and only
 * the end of the store still succeeds. The thread in which it failed ends these itself. If its stack was full, it
 * cannot; then the next thread that comes to this container does, at the latest the one that closes the store. Only
 * where the run had deleted the container does nobody come: what waited behind the deletion may stay unanswered then.
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
    /** The runs that had no stack left for all of their results. Any thread adds its run, and the next owner emits them. */
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

    /** Executes an operation that found the lane idle, if it needs no disk; otherwise returns false. */
    abstract boolean executeInMemory(Operation<?> operation, LaneRun run);

    /** Executes the waiting operations until none waits, see {@link #leave}, or the lane has passed on. */
    abstract void work(LaneRun run);

    /** Returns the container that this is the lane of. */
    abstract ContainerLane container();

    /** How a run becomes the owner of the lane. */
    private enum Entry {
        /** With an operation, if the lane is idle. */
        IF_IDLE,
        /** By queueing an operation, or for one that is queued, if nobody owns the lane. */
        BY_ARRIVAL,
        /** By the timer of a delay, if a batch is still held. */
        BY_TIMER,
        /** It is the owner already: a durable step has ended, or another run has passed the lane on. */
        AS_OWNER
    }

    /** Runs the operation now if the lane is idle; otherwise queues it. */
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

    /** Queues the end of the lane. It is never refused. */
    final void submitLast(CloseOperation operation) {
        admit();
        enqueue(operation, LaneRun.ofCaller(operation));
    }

    /** Takes an operation that an earlier lane of this id had accepted: not refused, and not emitted on this thread. */
    final void adopt(Operation<?> operation) {
        admit();
        enqueue(operation, LaneRun.ofStore());
    }

    private static void reject(Operation<?> operation, StatusException reason) {
        operation.fail(reason);
        operation.signal();
    }

    /** Queues an operation that was admitted. This thread takes the lane for it, a lane thread if this one is deep in calls. */
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

    /** Makes this thread the owner if there is none; otherwise the owner will find what has arrived. */
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

    /** Leaves the lane idle. Returns false, and stays the owner, if an operation has arrived meanwhile. */
    final boolean leave() {
        if (STATE.compareAndSet(this, RUNNING, IDLE)) {
            return true;
        }
        state = RUNNING;
        return false;
    }

    /** Starts a durable step. Returns true if it has ended already; otherwise its end goes on with the lane. */
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

    /** Goes on with the lane when a durable step has ended, on the thread on which it ended. */
    final void resume(LaneRun run) {
        run(run, Entry.AS_OWNER, null);
    }

    /**
     * Leaves a batch to the next operation, or to the timer of the delay. Returns false, and stays the owner, if one of
     * them came before the lane was left, and so found nothing to take.
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

    /** Goes on with a batch that is held, on the timer's thread, unless an operation has taken it. */
    final void release(LaneRun run) {
        if (!run(run, Entry.BY_TIMER, null) && outOfUseBecause() != null) {
            run(run, Entry.IF_IDLE, null);
        }
    }

    /** Passes the lane on to a thread of the store, with a durable step that has ended, if there is one. */
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
     * Returns whether commits that were made before this call may still be published after it. A thread that asks has to
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
     * Becomes the owner, runs until the lane is idle or has passed on, and then emits the results. Returns false, and has
     * done nothing but queue the operation, if it does not become the owner.
     *
     * <p>Whatever is thrown while this thread owns the lane is caught in this method, in which the ownership began: in
     * between, every call may be the one that there is no stack for.
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
                // Assignments only, see above.
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

    /** Emits the results of a run, or has the lane taken over after one that broke off. Throws what the run broke off with. */
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

    /** Ends everything, what runs that broke off have left included. If that breaks off, too, the next owner goes on. */
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

    /** Returns whether the operation is through and the lane is idle again. */
    private boolean endsInMemory(Operation<?> operation, LaneRun run) {
        run.current = operation;
        // A cancelled operation goes the way of all others, on which it is claimed.
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

    /** Keeps results that could not be emitted, for want of stack, for the next owner. */
    private void keep(LaneRun run) {
        do {
            run.before = unemitted;
        } while (!UNEMITTED.compareAndSet(this, run.before, run));
    }
}
