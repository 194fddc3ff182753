package io.containerstatus.reactive;

import static io.containerstatus.reactive.StoreTest.PATIENCE;

import io.containerstatus.Status;
import io.containerstatus.test.InMemoryCheckpoints;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.logging.LogManager;
import reactor.core.publisher.Mono;
import reactor.util.Loggers;

/**
 * A process whose threads update containers at the end of their stacks: there the virtual machine lets some calls through
 * and breaks off others anywhere. It ends well if each container works afterwards or is out of use, the store closes, and
 * the caller of each operation that was accepted was given a signal or an exception.
 *
 * <p>In memory only: a synced update may break off in an executor of the JDK, whose queue then stays locked for ever.
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
                StatusStore.builder(new InMemoryCheckpoints()).open().block(PATIENCE));
        // What was loaded for the first time at the end of a stack would be lost to all.
        assertWorks(create(store, "first"));

        List<Call> calls = new ArrayList<>();
        int outOfUse = 0;
        for (int thread = 0; thread < THREADS; thread++) {
            Dive dive = new Dive();
            for (int call = 0; call < CALLS; call++) {
                dive.calls.add(new Call(create(store, "c-" + thread + "-" + call)));
            }
            calls.addAll(dive.calls);
            onAThreadOfItsOwn(dive::down);
        }
        for (Call call : calls) {
            if (store.health().outOfUse().contains(call.container.id())) {
                outOfUse++;
                call.isOutOfUse = true;
            } else {
                assertWorks(call.container);
            }
        }
        store.close().block(PATIENCE);
        long brokenOff = calls.stream().filter(call -> call.hasThrown).count();
        List<Call> silent = calls.stream().filter(Call::isSilent).toList();
        System.out.println("broken off: " + brokenOff + ", out of use: " + outOfUse + ", silent: " + silent.size());
        if (brokenOff == 0 || !silent.isEmpty()) {
            throw new AssertionError("broken off: " + brokenOff + ", silent: " + silent);
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

    /** One update that is subscribed to once; what became of it. */
    private static final class Call {
        final StatusStorage container;
        private final Mono<Status> update;
        volatile boolean hasThrown;
        boolean isOutOfUse;
        private volatile boolean isExecuted;
        private volatile boolean hasSignalled;

        Call(StatusStorage container) {
            this.container = container;
            update = container.update(status -> {
                isExecuted = true;
                return next(status);
            });
        }

        void subscribe() {
            try {
                update.subscribe(status -> hasSignalled = true, error -> hasSignalled = true);
            } catch (Throwable thrown) {
                hasThrown = true;
            }
        }

        /**
         * Returns whether it was accepted, and its caller was neither given a signal nor an exception. If the stack ends in
         * Reactor before the call reaches its container, Reactor may keep that from the caller: then it was not executed,
         * though the container is in use and has executed later ones.
         */
        boolean isSilent() {
            return (isExecuted || isOutOfUse) && !hasSignalled && !hasThrown;
        }

        @Override
        public String toString() {
            return container.toString();
        }
    }

    /** Goes down to the end of the stack, and calls on the way back, with a little more room each time. */
    private static final class Dive {
        final List<Call> calls = new ArrayList<>();
        private int next;

        void down() {
            try {
                down();
            } catch (StackOverflowError end) {
                // The first call is made here.
            }
            if (next < calls.size()) {
                calls.get(next++).subscribe();
            }
        }
    }
}
