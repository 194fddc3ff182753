package io.containerstatus.fs;

import org.jspecify.annotations.Nullable;

/** What was reported to one caller, as a word. Read it once the actors have ended. Two signals are visible as two. */
final class Told {
    private String word = "";

    void done() {
        word += "done";
    }

    void failed(Throwable failure) {
        word += failure.getClass().getSimpleName();
    }

    /** Returns the word. */
    static String word(@Nullable Told told) {
        return told == null ? "not begun" : told.word;
    }
}
