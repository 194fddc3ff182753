package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Threads of which one runs at a time. At each operation, random numbers decide which thread performs the next
 * one. So their interleaving can be repeated.
 */
final class InterleavedThreads {
    private final Random random;
    private final List<Thread> running = new ArrayList<>();
    private Thread current = Thread.currentThread();

    InterleavedThreads(Random random) {
        this.random = random;
    }

    /** Runs all of them to their ends. */
    void run(List<Runnable> works) throws InterruptedException {
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        synchronized (this) {
            for (Runnable work : works) {
                running.add(new Thread(() -> runInTurn(work, failures)));
            }
            chooseNext();
        }
        List<Thread> threads = List.copyOf(running);
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
    }

    /** Lets another thread perform its operation first, or not. */
    synchronized void pass() {
        if (running.contains(Thread.currentThread())) {
            chooseNext();
            awaitTurn();
        }
    }

    private void runInTurn(Runnable work, Queue<Throwable> failures) {
        awaitTurn();
        try {
            work.run();
        } catch (Throwable e) {
            failures.add(e);
        } finally {
            leave();
        }
    }

    private synchronized void leave() {
        running.remove(Thread.currentThread());
        if (!running.isEmpty()) {
            chooseNext();
        }
    }

    private synchronized void chooseNext() {
        current = running.get(random.nextInt(running.size()));
        notifyAll();
    }

    private synchronized void awaitTurn() {
        while (current != Thread.currentThread()) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
