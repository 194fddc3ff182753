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
 * Makes something of each of many entries, by several tasks side by side: the calling thread, and one task more for
 * each 64 entries, up to a bound. Each task takes one entry after the other until none is left. So no hand-over is
 * made for an entry, and no task waits for a slow entry of another before it goes on. Each task sorts what it made,
 * which leaves little to do at the end.
 *
 * <p>The calling thread is one of the tasks, and in the end waits for those that have begun. It waits for no other: one
 * that never runs changes nothing, and one that comes late finds nothing to do. One object makes one pass.
 *
 * @param <E> the entries
 * @param <R> what is made of them
 */
final class ParallelPass<E, R> {
    /**
     * At most this many tasks: two a processor, because a disk likes to have several reads under way at once, and not
     * more, because in a virtual machine that has just started they take the processors from its compiler. Measured there
     * with 20,000 containers on 2 processors, as a share of the speed of a bare loop: 4 tasks 0.68 from the page cache and
     * 0.88 from the disk, 64 tasks 0.39 and 0.80. {@code benchmarks/run --group restart} measures it again.
     */
    static final int TASKS = Math.max(4, Math.min(64, 2 * Runtime.getRuntime().availableProcessors()));

    /** What is worth the start of a thread, in entries. */
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
     * @param order of the result
     * @param assistants runs a further task, on another thread or at once, or not at all
     */
    ParallelPass(List<E> entries, Comparator<R> order, Consumer<Runnable> assistants) {
        this.entries = entries;
        this.order = order;
        this.assistants = assistants;
    }

    /**
     * Makes the pass, and returns what was made, in order. Throws what a task throws first; no task is at work then, and
     * none begins with an entry any more.
     *
     * @param makers gives each task its own function, which returns null for an entry of which nothing is made
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
            // Nothing is begun any more, by late tasks least of all: after the end the lock is given up.
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
        // What each task brought is in order already, so this only merges.
        List<R> all = new ArrayList<>(made);
        all.sort(order);
        return all;
    }
}
