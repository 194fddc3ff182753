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
 * A process whose threads update containers at the end of their stacks, where the virtual machine lets some
 * calls pass and breaks off others anywhere. It succeeds if each container afterwards works or is out of use,
 * if the store closes, and if the caller of each accepted operation got a signal or an exception.
 *
 * <p>The updates are in memory only. A synced update may break off in an executor of the JDK, whose queue
 * would then stay locked forever.
 */
final class DeepStackProgram {
    private static final int THREADS = 10;
    private static final int CALLS = 300;
    private static final long STACK = 512 * 1024;

    private DeepStackProgram() {}

    /** Takes no arguments. */
    public static void main(String[] arguments) throws InterruptedException {
        // A logger has a lock, too, which could stay locked.
        Loggers.useJdkLoggers();
        LogManager.getLogManager().reset();
        StatusStore store = Objects.requireNonNull(
                StatusStore.builder(new InMemoryCheckpoints()).open().block(PATIENCE));
        // A class that is first loaded at the end of a stack could stay unusable for all.
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
                        // The overflow may be caught anywhere, also only here.
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

    /** One update that is subscribed to once, and its outcome. */
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
         * Returns whether the update was accepted and its caller got neither a signal nor an exception. If
         * the stack overflows in Reactor before the call reaches its container, Reactor may hide that from
         * the caller. Then the update was not executed, although the container is in use and has executed
         * later ones.
         */
        boolean isSilent() {
            return (isExecuted || isOutOfUse) && !hasSignalled && !hasThrown;
        }

        @Override
        public String toString() {
            return container.toString();
        }
    }

    /** Recurses to the end of the stack, and calls on the way back, with a little more room each time. */
    private static final class Dive {
        final List<Call> calls = new ArrayList<>();
        private int next;

        void down() {
            try {
                down();
            } catch (StackOverflowError end) {
                // The first update is called here.
            }
            if (next < calls.size()) {
                calls.get(next++).subscribe();
            }
        }
    }
}
