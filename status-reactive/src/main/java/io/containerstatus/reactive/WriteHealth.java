package io.containerstatus.reactive;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.StatusException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/** The outcome of the latest durable steps of a store. Threadsafe. Costs a volatile read while nothing fails. */
final class WriteHealth {
    private final Clock clock;
    private final Set<String> uncertain = new ConcurrentSkipListSet<>();
    private volatile boolean failing;
    private volatile @Nullable Failure last;

    /** One failure. The time is null if the clock threw an exception. */
    record Failure(StatusException failure, @Nullable Instant at) {}

    WriteHealth(Clock clock) {
        this.clock = clock;
    }

    /** Records the end of a durable step, with its failure; null if it succeeded. */
    void recordWrite(@Nullable StatusException failure) {
        if (failure == null) {
            if (failing) {
                failing = false;
            }
        } else if (failure instanceof NotWrittenException || failure instanceof IndeterminateWriteException) {
            // Other failures are refusals that say nothing about the disk: the status is too large, or the
            // container exists.
            last = new Failure(failure, now());
            failing = true;
        }
    }

    private @Nullable Instant now() {
        try {
            return clock.instant();
        } catch (RuntimeException | Error thrown) {
            // A failure of the application's clock must not replace the failure of the step.
            return null;
        }
    }

    void becomesUncertain(String id) {
        uncertain.add(id);
    }

    void becomesCertain(String id) {
        if (!uncertain.isEmpty()) {
            uncertain.remove(id);
        }
    }

    /** Returns whether the last step that ended has failed. */
    boolean isFailing() {
        return failing;
    }

    @Nullable
    Failure last() {
        return last;
    }

    List<String> uncertain() {
        return List.copyOf(uncertain);
    }
}
