package io.containerstatus.reactive;

import io.containerstatus.Status;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** What a Mono came to, in a word; to be read once the actors are through. Two signals show in it as two. */
final class Outcomes {
    private String told = "";

    private Outcomes() {}

    /** Subscribes, and returns where the outcome will be. */
    static Outcomes of(Mono<?> operation) {
        Outcomes outcomes = new Outcomes();
        outcomes.subscribeTo(operation);
        return outcomes;
    }

    private void subscribeTo(Mono<?> operation) {
        operation.materialize().subscribe(signal -> {
            if (signal.get() instanceof Status status) {
                told += "pid" + status.pid();
            } else {
                Throwable failure = signal.getThrowable();
                told += failure == null ? "done" : failure.getClass().getSimpleName();
            }
        });
    }

    /** As above, of an operation that is broken off by this besides. */
    static Outcomes of(Mono<?> operation, StackOverflowError expected) {
        Outcomes outcomes = new Outcomes();
        try {
            outcomes.subscribeTo(operation);
        } catch (StackOverflowError thrown) {
            if (thrown != expected) {
                throw thrown;
            }
        }
        return outcomes;
    }

    /** Returns the word. */
    static String word(@Nullable Outcomes outcomes) {
        return outcomes == null ? "not begun" : outcomes.told;
    }
}
