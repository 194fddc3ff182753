package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.PATIENCE;

import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.testing.CrashedRoot;
import io.containerstatus.testing.TracedThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A process that its parent kills at some moment: the life of two containers on one I/O thread. Before each
 * step, it prints what the step will do, and after the step, that it is done: {@code begin web-1 2},
 * {@code done web-1 2}.
 */
final class LifeProgram {
    /** The first content of the file {@code status} of {@code bad-1}. */
    static final String BAD = "no status at all";

    private static final Duration NEVER = Duration.ofHours(1);
    /** Two records fill a segment, and there are at most two segments. */
    private static final JournalSettings SMALL = new JournalSettings(JournalFormat.HEADER_SIZE + 512, 2, NEVER);

    private final Path root;
    private final TracedThread thread;
    private final Consumer<String> answer;

    private LifeProgram(Path root, TracedThread thread, Consumer<String> answer) {
        this.root = root;
        this.thread = thread;
        this.answer = answer;
    }

    /** The changes during one life. */
    enum Kind {
        /** Files alone. */
        FILES("absent", "bad", "5") {
            @Override
            void run(LifeProgram on) {
                FileCheckpoints first = on.files();
                on.create(first, "web-1", 1);
                on.write(first, "web-1", 2);
                on.step("web-1", "absent", first.delete("web-1"));
                on.create(first, "web-1", 3);
                on.write(first, "bad-1", 4);
                first.close().block(PATIENCE);
                FileCheckpoints second = on.files();
                second.list().concatMap(second::read).blockLast(PATIENCE);
                on.write(second, "web-1", 5);
                second.close().block(PATIENCE);
            }
        },
        /** A journal from its beginning to its end, and into its next use, with everything that it does to files. */
        A_JOURNAL("absent", "bad", "8") {
            @Override
            void run(LifeProgram on) {
                JournaledCheckpoints first = on.journaled();
                on.create(first, "web-1", 1);
                on.write(first, "bad-1", 2);
                on.step("web-1", "absent", first.delete("web-1"));
                // Writes the deletion to the files first, and then begins a second segment.
                on.create(first, "web-1", 3);
                on.write(first, "bad-1", 4);
                // The first segment is used again.
                on.write(first, "web-1", 5);
                on.write(first, "web-1", 6);
                // No segment is free until the files are written.
                on.write(first, "web-1", 7);
                first.close().block(PATIENCE);
                JournaledCheckpoints second = on.journaled();
                on.write(second, "web-1", 8);
                second.close().block(PATIENCE);
            }
        },
        /** The next process, again with a journal, after one was killed. */
        A_JOURNAL_AFTER_A_CRASH("2", "3", "5") {
            @Override
            void prepare(Path root) throws IOException {
                crashed(root);
            }

            @Override
            void run(LifeProgram on) {
                JournaledCheckpoints next = on.journaled();
                on.write(next, "web-1", 4);
                on.write(next, "web-1", 5);
                next.close().block(PATIENCE);
            }
        },
        /** The next process, without a journal, after one with a journal was killed. */
        FILES_AFTER_A_CRASH("2", "3", "4") {
            @Override
            void prepare(Path root) throws IOException {
                crashed(root);
            }

            @Override
            void run(LifeProgram on) {
                FileCheckpoints next = on.files();
                on.write(next, "web-1", 4);
                next.close().block(PATIENCE);
            }
        };

        /** The state of {@code web-1} at first. */
        final String web;
        /** The state of {@code bad-1} at first. */
        final String bad;
        /** The state of {@code web-1} in the end. */
        final String end;

        Kind(String web, String bad, String end) {
            this.web = web;
            this.bad = bad;
            this.end = end;
        }

        /** Creates what exists at first. */
        void prepare(Path root) throws IOException {
            Samples.put(root, "bad-1", BAD);
        }

        abstract void run(LifeProgram on);

        /** Creates a root whose process was killed while its journal held newer statuses than its files. */
        private static void crashed(Path root) throws IOException {
            Path before = Files.createDirectories(root.resolveSibling(root.getFileName() + "-before"));
            Samples.put(before, "bad-1", BAD);
            JournaledWriter writer = new JournaledWriter(before, SMALL);
            writer.open();
            writer.create("web-1", status(1));
            writer.write("web-1", status(2));
            writer.write("bad-1", status(3));
            Files.move(CrashedRoot.copy(before, root.getParent()), root);
            writer.close();
        }
    }

    /**
     * Takes the kind of life, the root, and another root. The same life runs on the other root first, so that
     * all classes are already loaded.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Kind kind = Kind.valueOf(arguments[0]);
        try (TracedThread thread = new TracedThread()) {
            kind.run(new LifeProgram(Path.of(arguments[2]), thread, line -> {}));
            System.out.println(thread.id());
            System.in.read();
            kind.run(new LifeProgram(Path.of(arguments[1]), thread, System.out::println));
        }
    }

    static Status status(long pid) {
        return Samples.RUNNING.toBuilder().pid(pid).build();
    }

    private Scheduler scheduler() {
        return Schedulers.fromExecutorService(thread.executor());
    }

    private FileCheckpoints files() {
        FileCheckpoints checkpoints =
                FileCheckpoints.builder(root).ioScheduler(scheduler()).build();
        checkpoints.open().block(PATIENCE);
        return checkpoints;
    }

    private JournaledCheckpoints journaled() {
        Scheduler scheduler = scheduler();
        FileCheckpoints files =
                FileCheckpoints.builder(root).ioScheduler(scheduler).buildBehindJournal();
        JournaledCheckpoints checkpoints =
                new JournaledCheckpoints(files, files.journalHome(), SMALL, scheduler, new ManualTimer());
        checkpoints.open().block(PATIENCE);
        return checkpoints;
    }

    private void create(StatusCheckpoints checkpoints, String id, long pid) {
        step(id, Long.toString(pid), checkpoints.create(id, status(pid)));
    }

    private void write(StatusCheckpoints checkpoints, String id, long pid) {
        step(id, Long.toString(pid), checkpoints.write(id, status(pid)));
    }

    private void step(String id, String state, Publisher<Void> work) {
        answer.accept("begin " + id + " " + state);
        Mono.from(work).block(PATIENCE);
        answer.accept("done " + id + " " + state);
    }
}
