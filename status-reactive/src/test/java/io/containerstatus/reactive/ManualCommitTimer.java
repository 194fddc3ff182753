package io.containerstatus.reactive;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A timer whose time the test sets. At first, no write is slow enough to be followed by a delay. */
final class ManualCommitTimer extends CommitTimer {
    private final Queue<Runnable> started = new ConcurrentLinkedQueue<>();
    private volatile Duration patience = Duration.ofDays(1);
    private volatile long now = Long.MAX_VALUE - 1000; // So that the clock overflows, as a clock of nanoseconds may.
    private volatile boolean refuses;
    private final AtomicInteger readsLeft = new AtomicInteger(-1);
    private volatile Error breaksWith = new Error("not asked for");
    private volatile long longest;

    void waitFor(Duration newPatience) {
        patience = newPatience;
    }

    void refuse() {
        refuses = true;
    }

    /**
     * Makes one read of the time fail, after this number of reads. This stands for any call that lacks memory
     * or stack.
     */
    void breakAfter(int reads, Error error) {
        readsLeft.set(reads);
        breaksWith = error;
    }

    private void failIfDue() {
        if (readsLeft.getAndDecrement() == 0) {
            throw breaksWith;
        }
    }

    /** Advances the time without running what was started. */
    void pass(Duration time) {
        now += time.toNanos();
    }

    /** Returns the longest time that something was started with. */
    Duration longest() {
        return Duration.ofNanos(longest);
    }

    int waiting() {
        return started.size();
    }

    /** Runs what was started before this call, and not what these tasks start. */
    void ring() {
        List<Runnable> due = new ArrayList<>();
        for (Runnable one = started.poll(); one != null; one = started.poll()) {
            due.add(one);
        }
        due.forEach(Runnable::run);
    }

    @Override
    Duration patience() {
        failIfDue();
        return patience;
    }

    @Override
    long now() {
        failIfDue();
        return now;
    }

    @Override
    boolean start(Runnable task, long nanos) {
        longest = Math.max(longest, nanos);
        return !refuses && started.add(task);
    }
}
