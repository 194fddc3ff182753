package io.containerstatus.fs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes something of each of many entries, by several tasks side by side. Each task takes one entry after the other
 * until none is left, so that no hand-over is made for an entry, and none waits for a slow one; and each brings what it
 * made in order, which leaves little to do at the end.
 *
 * <p>There is a task a processor at first: more would only cost where everything is in the kernel's cache. An entry that
 * takes long has waited for the disk, which likes to have many such waits under way at once: it brings in one more task.
 *
 * <p>No task waits for another one. A task that never runs changes nothing: the one that began the pass would do it all.
 * One object makes one pass.
 *
 * @param <E> the entries
 * @param <R> what is made of them
 */
final class ParallelPass<E, R> {
    /** At most this many tasks. */
    static final int TASKS = 64;

    /** What is worth the start of a thread at the beginning, in entries. */
    static final int WORTH_A_TASK = 64;

    /** Well above what an entry takes that is in the cache, and below what a disk takes. */
    static final long SLOW_NANOS = 500_000;

    /** Takes the end of a pass: one call of one of the two. */
    interface Ending<R> {
        /** Tells everything that was made, in order. */
        void succeed(List<R> made);

        /** Tells the first failure of a task. */
        void fail(Throwable failure);
    }

    /** Let go at the end: who takes the result must not keep them in memory with it. */
    private List<E> entries;

    private final Comparator<R> order;
    private final Ending<R> ending;
    private final Consumer<Runnable> assistants;
    private final LongSupplier nanoTime;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger tasks = new AtomicInteger(1);
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicBoolean ended = new AtomicBoolean();
    private List<R> made = new ArrayList<>();
    private @Nullable Throwable failure;

    /**
     * Prepares a pass.
     *
     * @param order of the result
     * @param ending is called by the task that ends last
     * @param assistants runs a further task, on another thread or at once, or not at all
     * @param nanoTime a clock, in nanoseconds
     */
    ParallelPass(
            List<E> entries,
            Comparator<R> order,
            Ending<R> ending,
            Consumer<Runnable> assistants,
            LongSupplier nanoTime) {
        this.entries = entries;
        this.order = order;
        this.ending = ending;
        this.assistants = assistants;
        this.nanoTime = nanoTime;
    }

    /**
     * Makes the pass, together with the tasks that it brings in.
     *
     * @param makers gives each task its own function, which returns null for an entry of which nothing is made
     */
    void run(Supplier<Function<E, @Nullable R>> makers) {
        Runnable task = () -> work(makers);
        int worthwhile = entries.size() / WORTH_A_TASK;
        if (worthwhile > 0) {
            // Not asked where it does not matter: the virtual machine may look into files of the kernel for it.
            int others = Math.min(worthwhile, Runtime.getRuntime().availableProcessors() - 1);
            for (int i = 0; i < others; i++) {
                bringIn(task);
            }
        }
        task.run();
    }

    private void bringIn(Runnable task) {
        if (next.get() < entries.size() && tasks.incrementAndGet() <= TASKS) {
            assistants.accept(task);
        }
    }

    private void work(Supplier<Function<E, @Nullable R>> makers) {
        active.incrementAndGet();
        try {
            List<R> mine = make(makers.get(), () -> bringIn(() -> work(makers)));
            mine.sort(order);
            add(mine);
        } catch (Throwable e) {
            // Nothing is begun any more, by late tasks least of all: the end gives up the lock.
            next.set(Integer.MAX_VALUE / 2);
            add(e);
        }
        // Every entry was taken, and who took one is active until it is done with it. A task that comes late finds
        // nothing to take, and may be the one that ends last.
        if (active.decrementAndGet() == 0 && ended.compareAndSet(false, true)) {
            end();
        }
    }

    private List<R> make(Function<E, @Nullable R> maker, Runnable help) {
        List<R> mine = new ArrayList<>();
        List<E> all = entries;
        for (int index = next.getAndIncrement(); index < all.size(); index = next.getAndIncrement()) {
            long began = nanoTime.getAsLong();
            R result = maker.apply(all.get(index));
            if (result != null) {
                mine.add(result);
            }
            if (nanoTime.getAsLong() - began > SLOW_NANOS) {
                help.run();
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

    private void end() {
        List<R> all;
        Throwable failed;
        synchronized (this) {
            entries = List.of();
            all = made;
            // A task that comes late adds its nothing to a list that nobody reads.
            made = new ArrayList<>();
            failed = failure;
        }
        // Told outside the monitor: who is told may do anything, and a late task would wait for it.
        if (failed != null) {
            ending.fail(failed);
            return;
        }
        // What each task brought is in order already, so this only merges.
        all.sort(order);
        ending.succeed(all);
    }
}
