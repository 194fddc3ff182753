package io.containerstatus.fs;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The containers whose deletion is recorded in the journal, and whose folders are not removed yet. They are found by
 * ids that differ only in case. This class is not threadsafe.
 */
final class PendingDeletions {
    /** The ids of the containers, by their ids in lower case. */
    private final Map<String, Set<String>> ids = new HashMap<>();

    private static String lowerCase(String id) {
        return id.toLowerCase(Locale.ROOT);
    }

    void add(String id) {
        ids.computeIfAbsent(lowerCase(id), key -> new LinkedHashSet<>(2)).add(id);
    }

    /** Removes the container, if it is there. */
    void remove(String id) {
        ids.computeIfPresent(lowerCase(id), (key, same) -> {
            same.remove(id);
            return same.isEmpty() ? null : same;
        });
    }

    /** Returns the id of a container whose id differs from this one at most in case; null if there is none. */
    @Nullable
    String any(String id) {
        Set<String> same = ids.get(lowerCase(id));
        return same == null ? null : same.iterator().next();
    }
}
