package io.containerstatus.reactive;

import java.util.ArrayList;
import java.util.List;

/**
 * Operations that share one durable step, and the commits that they make if it succeeds. Until then the commits are
 * speculative: the next operation builds on them, no reader sees them.
 */
final class Batch {
    /** Lists are made for the first that joins: most turns at a lane need neither. */
    private List<Operation<?>> operations = List.of();

    private List<Commit> commits = List.of();
    private Commit base;
    private Commit tip;
    private int callers;

    Batch(Commit base) {
        this.base = base;
        this.tip = base;
    }

    /** Adds an operation with its result set; it shares the fate of the batch. */
    void join(Operation<?> operation) {
        operations = with(operations, operation);
    }

    /** Adds an operation that makes this commit. */
    void join(Operation<?> operation, Commit commit) {
        join(operation);
        if (commit.revision() != tip.revision()) {
            commits = with(commits, commit);
        }
        tip = commit;
        if (operation.isSynced()) {
            callers++;
        }
    }

    private static <T> List<T> with(List<T> list, T element) {
        List<T> longer = list.isEmpty() ? new ArrayList<>() : list;
        longer.add(element);
        return longer;
    }

    /** Starts anew from this commit; only while nothing has joined. */
    void rebase(Commit commit) {
        base = commit;
        tip = commit;
    }

    /** Returns whether something waits for the disk. */
    boolean isOpen() {
        return !operations.isEmpty();
    }

    /** Returns whether no other operation may join. */
    boolean isFull(int maxBatch) {
        return operations.size() >= maxBatch || (isOpen() && operations.get(0).isExclusive());
    }

    /** Returns for how many callers it is written: not for those of updates in memory that came behind a synced one. */
    int callers() {
        return callers;
    }

    int size() {
        return operations.size();
    }

    List<Operation<?>> operations() {
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
