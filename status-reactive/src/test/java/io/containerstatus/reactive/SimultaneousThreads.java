package io.containerstatus.reactive;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Real threads that begin at the same moment. */
final class SimultaneousThreads {
    private final ExecutorService threads;

    @FunctionalInterface
    interface Action {
        void run() throws Exception;
    }

    SimultaneousThreads(int atMost) {
        threads = Executors.newFixedThreadPool(atMost);
    }

    /** Runs the actions, and waits for all of them. Fails if one of them does. */
    void run(Action... actions) throws Exception {
        CyclicBarrier start = new CyclicBarrier(actions.length);
        List<Future<?>> running = new ArrayList<>();
        for (Action action : actions) {
            running.add(threads.submit(() -> {
                start.await();
                action.run();
                return null;
            }));
        }
        for (Future<?> one : running) {
            one.get(StoreTest.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /** Waits for the latch on a thread that a test holds. Returns false if the latch does not open in time. */
    static boolean await(CountDownLatch latch) {
        try {
            return latch.await(StoreTest.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    void end() {
        threads.shutdownNow();
    }
}
