package io.containerstatus.reactive;

import io.containerstatus.RootLockedException;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.testing.TracedThread;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import reactor.core.scheduler.Schedulers;

/**
 * A process that holds a root. It prints the number of its I/O thread, and then executes commands, line by line.
 */
final class HolderProgram {
    private final Path root;
    private final StatusStore store;

    private HolderProgram(Path root, TracedThread thread) {
        this.root = root;
        this.store = Objects.requireNonNull(StatusStore.builder(root)
                .ioScheduler(Schedulers.fromExecutorService(thread.executor()))
                .open()
                .block(StoreTest.PATIENCE));
    }

    /** Takes the root. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (TracedThread thread = new TracedThread()) {
            HolderProgram program = new HolderProgram(Path.of(arguments[0]), thread);
            System.out.println(thread.id());
            BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String command = commands.readLine(); command != null; command = commands.readLine()) {
                program.run(command);
                System.out.println("done " + command);
            }
        }
    }

    private void run(String command) {
        switch (command) {
            case "create" ->
                store.create(ContainerAction.ID, ContainerAction.status(1)).block(StoreTest.PATIENCE);
            case "update" -> ContainerAction.update(store, 2).block(StoreTest.PATIENCE);
            case "read" -> readWhateverThereIs();
            case "close" -> store.close().block(StoreTest.PATIENCE);
            default -> throw new IllegalArgumentException(command);
        }
    }

    /** Reads the root in all the ways that the library has, beside the store that holds it. */
    private void readWhateverThereIs() {
        for (int i = 0; i < 3; i++) {
            FileCheckpoints reader = FileCheckpoints.at(root);
            reader.list().concatMap(reader::read).blockLast(StoreTest.PATIENCE);
            reader.read("nobody").block(StoreTest.PATIENCE);
            requireRefused(FileCheckpoints.at(root));
            requireRefused(reader);
            reader.close().block(StoreTest.PATIENCE);
        }
    }

    private static void requireRefused(FileCheckpoints second) {
        try {
            second.open().block(StoreTest.PATIENCE);
            throw new IllegalStateException("the root was opened twice");
        } catch (RootLockedException e) {
            // The expected refusal.
        }
    }
}
