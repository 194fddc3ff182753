package io.containerstatus.testing;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;

/** Stops file work at one operation, so that a test can act in the middle of the work. */
public final class Gate {
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    /**
     * Returns a hook that waits at the matching operation until the gate is opened. An interrupt does not end
     * the wait.
     */
    public Hook at(BiPredicate<FileOperation, String> point) {
        return (operation, path) -> {
            if (point.test(operation, path)) {
                arrived.countDown();
                waitUntilOpen();
            }
        };
    }

    public void awaitArrival() {
        try {
            if (!arrived.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("nothing has arrived at the gate");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public void open() {
        opened.countDown();
    }

    private void waitUntilOpen() {
        boolean interrupted = false;
        while (true) {
            try {
                opened.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
