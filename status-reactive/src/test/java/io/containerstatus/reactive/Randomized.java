package io.containerstatus.reactive;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.TestReporter;

/**
 * Repeats a round of random steps, each time with another seed, for a few seconds or for
 * {@code -Dstatus.randomized.seconds=}. {@code -Dstatus.randomized.seed=} repeats one round.
 */
final class Randomized {
    private static final long SECONDS = 3;

    /** The totals of the rounds. */
    private long rounds;

    private long subscribers;
    private long signals;
    private long updates;
    private long cutOff;

    void rounds(LongConsumer round, TestReporter reporter) {
        Long one = Long.getLong("status.randomized.seed");
        long end = System.nanoTime() + Long.getLong("status.randomized.seconds", SECONDS) * 1_000_000_000;
        long seed = one != null ? one : ThreadLocalRandom.current().nextLong();
        do {
            try {
                round.accept(seed);
                rounds++;
            } catch (Throwable failed) {
                throw new AssertionError("with -Dstatus.randomized.seed=" + seed, failed);
            }
            seed++;
        } while (one == null && System.nanoTime() < end);
        reporter.publishEntry(
                "randomized",
                rounds + " rounds, " + subscribers + " subscribers (" + cutOff + " cut off), " + signals + " signals, "
                        + updates + " commits");
    }

    void count(RecordingSubscriber watcher) {
        subscribers++;
        signals += watcher.received.size();
        cutOff += watcher.lag != null ? 1 : 0;
    }

    void count(ExpectedStates expectedStates) {
        updates += expectedStates.commits();
    }
}
