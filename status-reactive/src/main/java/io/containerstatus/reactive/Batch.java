package io.containerstatus.reactive;

import java.util.ArrayList;
import java.util.List;

/**
 * Operations that share one durable step, and the commits that they make if it succeeds. Until then the commits are
 * speculative: the next operation builds on them, and no reader sees them.
 */
final class Batch {
    private final OperationList operations = new OperationList();
    /** A list is made for the first commit: most runs through a lane need none. */
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

    /** Adds an operation with its result set; it shares the fate of the batch. */
    void join(Operation<?> operation) {
        if (operations.isEmpty()) {
            kind = operation.kind();
            exclusive = operation.isExclusive();
            waitingSince = operation.submittedAt();
        }
        operations.add(operation);
    }

    /** Adds an operation that makes this commit. */
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

    /** Has all of its operations fail. */
    void fail(Throwable failure) {
        for (Operation<?> one = operations.first(); one != null; one = one.neighbour) {
            one.fail(failure);
        }
    }

    /** Starts anew from this commit; only while nothing has joined. */
    void rebase(Commit commit) {
        base = commit;
        tip = commit;
    }

    /** Returns whether an operation waits for the disk. */
    boolean isOpen() {
        return !operations.isEmpty();
    }

    /** Returns whether no other operation may join. */
    boolean isFull(int maxBatch) {
        return operations.size() >= maxBatch || exclusive;
    }

    /** Returns how many synced operations share the write; an update in memory that joined a synced one does not count. */
    int callers() {
        return callers;
    }

    /** Returns what the operations do: all of a batch do the same. */
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

    /** Returns the commits to publish, in order; none when only the disk was behind. */
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
