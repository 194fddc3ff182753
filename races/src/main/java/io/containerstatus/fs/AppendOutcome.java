package io.containerstatus.fs;

import org.jspecify.annotations.Nullable;

/** The outcome of one append, as a word. Read it once the actors have ended. Two signals are visible as two. */
final class AppendOutcome {
    private String word = "";

    void done() {
        word += "done";
    }

    void failed(Throwable failure) {
        word += failure.getClass().getSimpleName();
    }

    /** Returns the word. */
    static String word(@Nullable AppendOutcome outcome) {
        return outcome == null ? "not begun" : outcome.word;
    }
}
