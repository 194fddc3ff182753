package io.containerstatus.benchmarks.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is written by hand about one group: its heading and an introduction, and under a heading {@code ## key} a
 * paragraph for each of its targets. It holds no number that a run could make untrue. {@code ## key if missed} is shown when the target does
 * not hold.
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

    /** Returns the heading and what the group is about. */
    String introduction() {
        return introduction;
    }

    /** Returns the paragraph, empty when there is none. */
    String about(String key) {
        return paragraphs.getOrDefault(key, "");
    }

    /** Returns why it misses and what would be next, empty when nobody wrote it. */
    String ifMissed(String key) {
        return about(key + " if missed");
    }
}
