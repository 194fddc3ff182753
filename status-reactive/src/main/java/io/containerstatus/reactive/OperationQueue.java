package io.containerstatus.reactive;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The operations that wait for one container, in the order of their arrival. Any thread adds operations, and
 * only the owner of the lane removes them. The queue is linked through the operations, and is a superclass of
 * the lane instead of an object of its own: a store has one for each container, and most are empty.
 */
abstract class OperationQueue {
    @SuppressWarnings("rawtypes") // A class literal has no type arguments.
    private static final AtomicReferenceFieldUpdater<OperationQueue, Operation> ARRIVED =
            AtomicReferenceFieldUpdater.newUpdater(OperationQueue.class, Operation.class, "arrived");

    private static final AtomicIntegerFieldUpdater<OperationQueue> PENDING =
            AtomicIntegerFieldUpdater.newUpdater(OperationQueue.class, "pending");

    /** A stack: the operation that arrived last, linked to the one that arrived before it. */
    private volatile @Nullable Operation<?> arrived;

    private volatile int pending;
    /** The operation that was put back. It precedes all others. Used by the owner only. */
    private @Nullable Operation<?> next;
    /** The operations that precede the arrived ones, linked in order. Used by the owner only. */
    private @Nullable Operation<?> waiting;

    /** Counts one more waiting operation. Returns false if as many as the limit wait already. */
    final boolean admit(int limit) {
        if (PENDING.incrementAndGet(this) > limit) {
            PENDING.decrementAndGet(this);
            return false;
        }
        return true;
    }

    /** Counts one more waiting operation, whatever the limit. */
    final void admit() {
        PENDING.incrementAndGet(this);
    }

    /** Returns how many operations wait. */
    final int pending() {
        return pending;
    }

    /** Adds an operation that was admitted. */
    final void offer(Operation<?> operation) {
        Operation<?> latest;
        do {
            latest = arrived;
            operation.neighbour = latest;
        } while (!ARRIVED.compareAndSet(this, latest, operation));
    }

    /** Puts an operation before all others; at most one at a time, and it does not count as pending. */
    final void putBack(Operation<?> operation) {
        next = operation;
    }

    /** Returns whether no operation waits, as far as the owner can see. */
    final boolean isEmpty() {
        return next == null && waiting == null && arrived == null;
    }

    final boolean hasPutBack() {
        return next != null;
    }

    /** Returns whether an operation has arrived since the owner last took the arrivals. */
    final boolean hasArrived() {
        return arrived != null;
    }

    /**
     * Removes the next operation, and makes it the current one of the run. So it is not lost if the run
     * breaks off. Returns null if no operation waits.
     */
    final @Nullable Operation<?> poll(LaneRun run) {
        Operation<?> operation = next;
        if (operation != null) {
            run.current = operation;
            next = null;
            return operation;
        }
        operation = waiting != null ? waiting : takeArrived();
        if (operation != null) {
            run.current = operation;
            waiting = operation.neighbour;
            operation.neighbour = null;
            PENDING.decrementAndGet(this);
        }
        return operation;
    }

    /** Empties the stack of arrivals. Returns the earliest one, linked to those that came after it. */
    private @Nullable Operation<?> takeArrived() {
        Operation<?> earliest = null;
        Operation<?> operation = arrived == null ? null : ARRIVED.getAndSet(this, null);
        while (operation != null) {
            Operation<?> earlier = operation.neighbour;
            operation.neighbour = earliest;
            earliest = operation;
            operation = earlier;
        }
        // Kept here, so that nothing is lost if the run breaks off before the owner takes the first one.
        waiting = earliest;
        return earliest;
    }
}
