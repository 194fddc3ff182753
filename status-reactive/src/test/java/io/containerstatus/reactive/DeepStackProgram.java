package io.containerstatus.reactive;

import static io.containerstatus.reactive.StoreTest.PATIENCE;

import io.containerstatus.Status;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.logging.LogManager;
import reactor.core.publisher.Mono;
import reactor.util.Loggers;

/**
 * A process whose threads update containers at the end of their stacks, each container once: there the virtual machine lets
 * some calls through and breaks off others anywhere. It ends well if every lane still works, and the store closes.
 *
 * <p>In memory only: what breaks off a synced update can be an executor of the JDK, whose queue then stays locked for ever.
 */
final class DeepStackProgram {
    private static final int THREADS = 10;
    private static final int CALLS = 300;
    private static final long STACK = 512 * 1024;

    private DeepStackProgram() {}

    /** Takes no arguments. */
    public static void main(String[] arguments) throws InterruptedException {
        // A logger, too, has a lock that could stay locked.
        Loggers.useJdkLoggers();
        LogManager.getLogManager().reset();
        StatusStore store = Objects.requireNonNull(
                StatusStore.builder(new MemoryCheckpoints()).open().block(PATIENCE));
        // What was loaded for the first time at the end of a stack would be lost to all.
        assertWorks(create(store, "first"));

        int brokenOff = 0;
        for (int thread = 0; thread < THREADS; thread++) {
            List<StatusStorage> containers = new ArrayList<>();
            for (int call = 0; call < CALLS; call++) {
                containers.add(create(store, "c-" + thread + "-" + call));
            }
            Dive dive = new Dive(containers);
            onAThreadOfItsOwn(dive::down);
            brokenOff += dive.brokenOff;
            containers.forEach(DeepStackProgram::assertWorks);
        }
        StatusStorage recursive = create(store, "recursive");
        onAThreadOfItsOwn(() -> forEver(recursive).subscribe(status -> {}, error -> {}));
        assertWorks(recursive);
        store.close().block(PATIENCE);
        System.out.println("broken off: " + brokenOff);
        if (brokenOff == 0) {
            throw new AssertionError("nothing was broken off");
        }
    }

    private static void onAThreadOfItsOwn(Runnable task) throws InterruptedException {
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        task.run();
                    } catch (StackOverflowError end) {
                        // Wherever it came up.
                    }
                },
                "caller",
                STACK);
        thread.start();
        thread.join();
    }

    /** Updates in answer to the update before, on one stack, until that is full. */
    private static Mono<Status> forEver(StatusStorage container) {
        return container.update(DeepStackProgram::next).flatMap(status -> forEver(container));
    }

    private static StatusStorage create(StatusStore store, String id) {
        return Objects.requireNonNull(store.create(id, StoreTest.CREATED).block(PATIENCE));
    }

    private static void assertWorks(StatusStorage container) {
        container.update(DeepStackProgram::next).block(PATIENCE);
        long before = container.current().pid();
        container.updateSync(DeepStackProgram::next).block(PATIENCE);
        if (container.current().pid() != before + 1) {
            throw new AssertionError(container + " after pid " + before);
        }
    }

    private static Status next(Status status) {
        return status.toBuilder().pid(status.pid() + 1).build();
    }

    /** Goes down to the end of the stack, and calls on the way back, with a little more room each time. */
    private static final class Dive {
        private final Deque<Mono<Status>> updates = new ArrayDeque<>();
        private int brokenOff;

        Dive(List<StatusStorage> containers) {
            containers.forEach(container -> updates.add(container.update(DeepStackProgram::next)));
        }

        void down() {
            try {
                down();
            } catch (StackOverflowError end) {
                // The first call is made here.
            }
            Mono<Status> update = updates.poll();
            if (update != null) {
                call(update);
            }
        }

        private void call(Mono<Status> update) {
            try {
                update.subscribe(status -> {}, error -> {});
            } catch (Throwable thrown) {
                brokenOff++;
            }
        }
    }
}
