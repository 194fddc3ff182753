package io.containerstatus.fs;

import org.jspecify.annotations.Nullable;

/** What one caller was told, in a word; to be read once the actors are through. Two signals show in it as two. */
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
