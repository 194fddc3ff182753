package io.containerstatus.benchmarks.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The handwritten text about one group: its heading and an introduction and, for each of its targets, a
 * paragraph under a heading {@code ## key}. It contains no number that a run could make untrue.
 * {@code ## key if missed} is shown if the target does not hold.
 */
final class Notes {
    private final String introduction;
    private final Map<String, String> paragraphs = new LinkedHashMap<>();

    private Notes(String text) {
        // The first heading is part of the introduction.
        String[] sections = text.split("\n## ");
        introduction = sections[0].strip();
        for (int i = 1; i < sections.length; i++) {
            int end = sections[i].indexOf('\n');
            paragraphs.put(
                    sections[i].substring(0, end).strip(),
                    sections[i].substring(end).strip());
        }
    }

    static Notes of(String group) throws IOException {
        String file = "notes/" + group + ".md";
        try (InputStream in = Notes.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("there is no " + file);
            }
            return new Notes(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** Returns the heading and the introduction. */
    String introduction() {
        return introduction;
    }

    /** Returns the paragraph; empty if there is none. */
    String about(String key) {
        return paragraphs.getOrDefault(key, "");
    }

    /** Returns why the target is missed and what could be done next; empty if there is no such text. */
    String ifMissed(String key) {
        return about(key + " if missed");
    }
}
