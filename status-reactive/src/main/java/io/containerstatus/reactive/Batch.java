package io.containerstatus.reactive;

import java.util.ArrayList;
import java.util.List;

/**
 * The operations that share one durable step, and the commits that are published if the step succeeds. Until
 * then the commits are speculative: the next operation builds on them, and no reader sees them.
 */
final class Batch {
    private final OperationList operations = new OperationList();
    /** Allocated for the first commit, because most runs through a lane need no list. */
    private List<Commit> commits = List.of();

    private Commit base;
    private Commit tip;
    private int callers;
    private long waitingSince;
    private boolean exclusive;
    private OperationKind kind = OperationKind.UPDATE;

    Batch(Commit base) {
        this.base = base;
        this.tip = base;
    }

    /** Adds an operation whose result is set. If the batch fails, the operation fails with it. */
    void join(Operation<?> operation) {
        if (operations.isEmpty()) {
            kind = operation.kind();
            exclusive = operation.isExclusive();
            waitingSince = operation.submittedAt();
        }
        operations.add(operation);
    }

    /** Adds an operation that results in this commit. */
    void join(Operation<?> operation, Commit commit) {
        if (commit.revision() != tip.revision()) {
            if (commits.isEmpty()) {
                commits = new ArrayList<>();
            }
            commits.add(commit);
        }
        tip = commit;
        if (operation.isSynced()) {
            callers++;
        }
        join(operation);
    }

    /** Sets this failure as the result of all operations. */
    void fail(Throwable failure) {
        for (Operation<?> one = operations.first(); one != null; one = one.neighbour) {
            one.fail(failure);
        }
    }

    /** Sets the commit that the batch starts from. Called only while the batch is empty. */
    void rebase(Commit commit) {
        base = commit;
        tip = commit;
    }

    /** Returns whether an operation has joined, and so waits for the disk. */
    boolean isOpen() {
        return !operations.isEmpty();
    }

    /** Returns whether no other operation may join. */
    boolean isFull(int maxBatch) {
        return operations.size() >= maxBatch || exclusive;
    }

    /**
     * Returns how many synced operations share the write. Updates in memory and failed operations do not count.
     */
    int callers() {
        return callers;
    }

    /** Returns the kind of the operations. All operations of a batch are of one kind. */
    OperationKind kind() {
        return kind;
    }

    /** Returns when the first of the operations was submitted, in nanoseconds of the store's timer. */
    long waitingSince() {
        return waitingSince;
    }

    OperationList operations() {
        return operations;
    }

    /**
     * Returns the commits to publish, in order. The list is empty if the statuses were committed before and
     * only had to be written.
     */
    List<Commit> commits() {
        return commits;
    }

    Commit base() {
        return base;
    }

    Commit tip() {
        return tip;
    }
}
