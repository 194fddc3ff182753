package io.containerstatus.reactive;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The output of a process about its containers: for each container, the state that was acknowledged last, and
 * the states that were begun after it.
 */
final class AcknowledgedLog {
    private final Map<String, List<String>> possible = new HashMap<>();

    /**
     * Reads a line, {@code begin id state .} or {@code done id state .}. A line without its end is ignored.
     * Returns whether the line is complete.
     */
    boolean read(String line) {
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
        // Negative if a later step of the same batch was reported first.
        states.subList(0, Math.max(position, 0)).clear();
        return true;
    }

    /** Returns the states that the container may be found in: the last acknowledged one and all later ones. */
    List<String> states(String id) {
        return possible.computeIfAbsent(id, unknown -> new ArrayList<>(List.of("absent")));
    }

    /** Notes the state in which the container was found. All others are ruled out. */
    void found(String id, String state) {
        possible.put(id, new ArrayList<>(List.of(state)));
    }
}
