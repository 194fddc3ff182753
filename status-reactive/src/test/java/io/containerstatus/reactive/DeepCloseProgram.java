package io.containerstatus.reactive;

import static io.containerstatus.reactive.StoreTest.PATIENCE;

import io.containerstatus.test.InMemoryCheckpoints;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.logging.LogManager;
import reactor.util.Loggers;

/**
 * A process that closes stores at the end of a stack, each with a little more room than the previous one. It
 * succeeds if each store closes once: by that call, or, if that call broke off, by the next one.
 */
final class DeepCloseProgram {
    private static final int STORES = 200;
    private static final int CONTAINERS = 3;
    private static final long STACK = 512 * 1024;

    private final List<Closing> closings = new ArrayList<>();
    private int next;

    private DeepCloseProgram() {}

    /** Takes no arguments. */
    public static void main(String[] arguments) throws InterruptedException {
        // A logger has a lock, which could stay locked.
        Loggers.useJdkLoggers();
        LogManager.getLogManager().reset();
        // A class that is first loaded at the end of a stack could stay unusable for all.
        Closing first = new Closing();
        first.begin();
        first.requireEnd();

        DeepCloseProgram program = new DeepCloseProgram();
        for (int i = 0; i < STORES; i++) {
            program.closings.add(new Closing());
        }
        Thread diver = new Thread(null, program::down, "caller", STACK);
        diver.start();
        diver.join();
        program.closings.forEach(Closing::requireEnd);
        long brokenOff = program.closings.stream().filter(one -> one.hasThrown).count();
        System.out.println("broken off: " + brokenOff + " of " + STORES);
        if (brokenOff == 0 || brokenOff == STORES) {
            throw new AssertionError("broken off: " + brokenOff + " of " + STORES);
        }
    }

    /** Recurses to the end of the stack, and closes on the way back. */
    private void down() {
        try {
            down();
        } catch (StackOverflowError end) {
            // The first close is called here.
        }
        if (next < closings.size()) {
            closings.get(next++).begin();
        }
    }

    private static final class Closing {
        private final InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();
        private final StatusStore store =
                Objects.requireNonNull(StatusStore.builder(checkpoints).open().block(PATIENCE));
        volatile boolean hasThrown;

        Closing() {
            for (int i = 0; i < CONTAINERS; i++) {
                store.create("c" + i, StoreTest.CREATED).block(PATIENCE);
            }
        }

        void begin() {
            try {
                store.close().subscribe();
            } catch (Throwable thrown) {
                hasThrown = true;
            }
        }

        void requireEnd() {
            store.close().block(PATIENCE);
            long ends = checkpoints.takeCalls().stream().filter("close"::equals).count();
            if (ends != 1) {
                throw new AssertionError("closed " + ends + " times");
            }
        }
    }
}
