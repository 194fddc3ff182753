package io.containerstatus.reactive;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a process has told of its containers: what each was last acknowledged to be, and what was begun after that. */
final class Acknowledged {
    private final Map<String, List<String>> possible = new HashMap<>();

    /**
     * Takes a line: {@code begin id state .} or {@code done id state .}; without its end it was never
     * said. Returns whether it is one.
     */
    boolean hear(String line) {
        String[] words = line.split(" ");
        if (words.length != 4 || !words[3].equals(".")) {
            return false;
        }
        List<String> states = states(words[1]);
        if (words[0].equals("begin")) {
            states.add(words[2]);
            return true;
        }
        int position = states.indexOf(words[2]);
        // Negative when a later step of the same batch was faster to tell.
        states.subList(0, Math.max(position, 0)).clear();
        return true;
    }

    /** Returns what the container may be found to be: its states from the last acknowledged one on. */
    List<String> states(String id) {
        return possible.computeIfAbsent(id, unknown -> new ArrayList<>(List.of("absent")));
    }

    /** Settles it: this is what the container was found to be. */
    void found(String id, String state) {
        possible.put(id, new ArrayList<>(List.of(state)));
    }
}
