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
        operation.materialize().subscribe(signal -> {
            if (signal.get() instanceof Status status) {
                outcomes.told += "pid" + status.pid();
            } else {
                Throwable failure = signal.getThrowable();
                outcomes.told += failure == null ? "done" : failure.getClass().getSimpleName();
            }
        });
        return outcomes;
    }

    /** Returns the word. */
    static String word(@Nullable Outcomes outcomes) {
        return outcomes == null ? "not begun" : outcomes.told;
    }
}
