package io.containerstatus.reactive;

import io.containerstatus.Status;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The outcome of a Mono, as a word. Read it once the actors have ended. Two signals are visible as two. */
final class Outcomes {
    private String word = "";

    private Outcomes() {}

    /** Subscribes, and returns the object that will hold the outcome. */
    static Outcomes of(Mono<?> operation) {
        Outcomes outcomes = new Outcomes();
        outcomes.subscribeTo(operation);
        return outcomes;
    }

    private void subscribeTo(Mono<?> operation) {
        operation.materialize().subscribe(signal -> {
            if (signal.get() instanceof Status status) {
                word += "pid" + status.pid();
            } else {
                Throwable failure = signal.getThrowable();
                word += failure == null ? "done" : failure.getClass().getSimpleName();
            }
        });
    }

    /** As above, for an operation that additionally breaks off with this error. */
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
        return outcomes == null ? "not begun" : outcomes.word;
    }
}
