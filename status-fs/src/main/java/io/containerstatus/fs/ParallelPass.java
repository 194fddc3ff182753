package io.containerstatus.fs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Computes a result for each of many entries, by several tasks in parallel: the calling thread, and one more
 * task for each 64 entries, up to a limit. Each task takes one entry after the other until none is left. So no
 * entry needs a hand-over to another thread, and a slow entry in one task does not delay the others. Each task
 * sorts its results, so that only a merge is left at the end.
 *
 * <p>The calling thread is one of the tasks. In the end, it waits for the tasks that have begun, and for no others.
 * If a task never runs, nothing changes; if it comes late, it finds nothing to do. One object performs one pass.
 *
 * @param <E> the entries
 * @param <R> the results
 */
final class ParallelPass<E, R> {
    /**
     * The limit of tasks: two per processor, but at least 4 and at most 64. A disk is faster with several reads in
     * progress at once. But in a virtual machine that has just started, more tasks take the processors from its
     * compiler. There, 20,000 containers on 2 processors were measured, as a share of the speed of a bare loop: 4
     * tasks had 0.83 from the page cache and 0.99 from the disk, and 64 tasks had 0.71 and 0.78.
     * {@code benchmarks/run --group restart} measures it again.
     */
    static final int TASKS = Math.max(4, Math.min(64, 2 * Runtime.getRuntime().availableProcessors()));

    /** The number of entries for which one more thread is worth its start. */
    static final int WORTH_A_TASK = 64;

    private final List<E> entries;
    private final Comparator<R> order;
    private final Consumer<Runnable> assistants;
    private final AtomicInteger next = new AtomicInteger();
    /** The calling thread, and the tasks that have begun and not ended. */
    private final Phaser active = new Phaser(1);

    private final List<R> made = new ArrayList<>();
    private @Nullable Throwable failure;

    /**
     * Prepares a pass.
     *
     * @param order the order of the results
     * @param assistants runs a task that it is given, on another thread, at once, or never
     */
    ParallelPass(List<E> entries, Comparator<R> order, Consumer<Runnable> assistants) {
        this.entries = entries;
        this.order = order;
        this.assistants = assistants;
    }

    /**
     * Performs the pass, and returns the results in order. If a task throws, throws the first such throwable;
     * no task is running then, and none begins another entry.
     *
     * @param makers creates for each task its own function, which returns null for an entry without a result
     */
    List<R> run(Supplier<Function<E, @Nullable R>> makers) {
        int others = Math.min(entries.size() / WORTH_A_TASK, TASKS - 1);
        for (int i = 0; i < others; i++) {
            assistants.accept(() -> assist(makers));
        }
        work(makers);
        active.arriveAndAwaitAdvance();
        return result();
    }

    private void assist(Supplier<Function<E, @Nullable R>> makers) {
        active.register();
        try {
            work(makers);
        } finally {
            active.arriveAndDeregister();
        }
    }

    private void work(Supplier<Function<E, @Nullable R>> makers) {
        if (next.get() >= entries.size()) {
            return;
        }
        try {
            List<R> mine = make(makers.get());
            mine.sort(order);
            add(mine);
        } catch (Throwable e) {
            // No task begins another entry, especially not a late task: after the end, the lock is given up.
            next.set(Integer.MAX_VALUE / 2);
            add(e);
        }
    }

    private List<R> make(Function<E, @Nullable R> maker) {
        List<R> mine = new ArrayList<>();
        for (int index = next.getAndIncrement(); index < entries.size(); index = next.getAndIncrement()) {
            R result = maker.apply(entries.get(index));
            if (result != null) {
                mine.add(result);
            }
        }
        return mine;
    }

    private synchronized void add(List<R> results) {
        made.addAll(results);
    }

    private synchronized void add(Throwable e) {
        if (failure == null) {
            failure = e;
        }
    }

    private synchronized List<R> result() {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        // The results of each task are sorted already, so this only merges.
        List<R> all = new ArrayList<>(made);
        all.sort(order);
        return all;
    }
}
