package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.PATIENCE;

import io.containerstatus.Status;
import io.containerstatus.testing.TracedThread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A process whose parent ends it somewhere: the life of two containers on one I/O thread. Before each step it tells what
 * will be true, and after it that it is: {@code begin web-1 2}, {@code done web-1 2}.
 */
final class LifeProgram {
    /** What stands in the place of the status of {@code bad-1} at first. */
    static final String BAD = "no status at all";

    private final Path root;
    private final TracedThread thread;
    private final Consumer<String> answer;

    private LifeProgram(Path root, TracedThread thread, Consumer<String> answer) {
        this.root = root;
        this.thread = thread;
        this.answer = answer;
    }

    /** Takes the root, and another one to live the same life on beforehand, so that no class is loaded in between. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (TracedThread thread = new TracedThread()) {
            new LifeProgram(Path.of(arguments[1]), thread, line -> {}).live();
            System.out.println(thread.id());
            System.in.read();
            new LifeProgram(Path.of(arguments[0]), thread, System.out::println).live();
        }
    }

    static Status status(long pid) {
        return Samples.RUNNING.toBuilder().pid(pid).build();
    }

    private void live() {
        FileCheckpoints first = opened();
        create(first, "web-1", 1);
        write(first, "web-1", 2);
        step("web-1", "absent", first.delete("web-1"));
        create(first, "web-1", 3);
        write(first, "bad-1", 4);
        first.close().block(PATIENCE);
        FileCheckpoints second = opened();
        second.list().concatMap(second::read).blockLast(PATIENCE);
        write(second, "web-1", 5);
        second.close().block(PATIENCE);
    }

    private FileCheckpoints opened() {
        FileCheckpoints checkpoints = FileCheckpoints.builder(root)
                .ioScheduler(Schedulers.fromExecutorService(thread.executor()))
                .build();
        checkpoints.open().block(PATIENCE);
        return checkpoints;
    }

    private void create(FileCheckpoints checkpoints, String id, long pid) {
        step(id, Long.toString(pid), checkpoints.create(id, status(pid)));
    }

    private void write(FileCheckpoints checkpoints, String id, long pid) {
        step(id, Long.toString(pid), checkpoints.write(id, status(pid)));
    }

    private void step(String id, String state, Mono<Void> work) {
        answer.accept("begin " + id + " " + state);
        work.block(PATIENCE);
        answer.accept("done " + id + " " + state);
    }
}
