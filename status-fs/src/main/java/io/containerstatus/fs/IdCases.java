package io.containerstatus.fs;

import io.containerstatus.ContainerIds;
import io.containerstatus.spi.StatusCheckpoints.Found;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds containers whose ids differ only in case. Some file systems cannot hold both. So on every file system,
 * a new container with such an id is rejected, so that a root can be moved and a program behaves the same
 * everywhere. If both containers exist already, they continue to work.
 *
 * <p>Only ids with upper-case letters are kept in memory. The lower-case form of such an id is checked in the root.
 *
 * <p>This class is threadsafe.
 */
final class IdCases {
    private final Layout layout;
    /** The containers whose ids have upper-case letters, by their ids in lower case. */
    private final Map<String, Set<String>> upperCase = new HashMap<>();
    /** The containers that are being created, by their ids in lower case. */
    private final Map<String, String> beingCreated = new HashMap<>();
    /** Whether the file system distinguishes names by case; null until this was checked. */
    private @Nullable Boolean caseSensitive;

    IdCases(Layout layout, List<Found> found) {
        this.layout = layout;
        for (Found one : found) {
            add(one.id());
        }
    }

    private static String lowerCase(String id) {
        return id.toLowerCase(Locale.ROOT);
    }

    /** Records that the container exists, or may exist. */
    synchronized void add(String id) {
        String lowerCase = lowerCase(id);
        if (!lowerCase.equals(id)) {
            upperCase.computeIfAbsent(lowerCase, key -> new TreeSet<>()).add(id);
        }
    }

    /** Records that the container was deleted. */
    synchronized void remove(String id) {
        upperCase.computeIfPresent(lowerCase(id), (key, ids) -> {
            ids.remove(id);
            return ids.isEmpty() ? null : ids;
        });
    }

    /**
     * Begins the creation of a container that has no folder. If this returns null, {@link #end} must follow.
     *
     * @return the id that differs from this one only in case, and exists or is being created; null if there is none
     */
    @Nullable
    String begin(String id) throws IOException {
        String lowerCase = lowerCase(id);
        synchronized (this) {
            String other = beingCreated.putIfAbsent(lowerCase, id);
            if (other != null) {
                return other;
            }
        }
        boolean free = false;
        try {
            String other = existing(id, lowerCase);
            free = other == null;
            return other;
        } finally {
            if (!free) {
                end(id);
            }
        }
    }

    /** Ends the creation, whatever its result. */
    synchronized void end(String id) {
        beingCreated.remove(lowerCase(id));
    }

    private @Nullable String existing(String id, String lowerCase) throws IOException {
        for (String other : others(id, lowerCase)) {
            // Another program may have removed it.
            if (Presence.isThere(layout.folder(other))) {
                return other;
            }
        }
        return null;
    }

    private synchronized List<String> others(String id, String lowerCase) {
        List<String> others = new ArrayList<>(upperCase.getOrDefault(lowerCase, Set.of()));
        others.add(lowerCase);
        others.remove(id);
        return others;
    }

    /**
     * Returns the name of the folder that the path of this id leads to, if that name differs from the id: the file
     * system ignores case, and the folder belongs to another container. Null if the folder has exactly this name.
     */
    @Nullable
    String otherName(String id) throws IOException {
        if (isCaseSensitive()) {
            return null;
        }
        String other = null;
        for (Path entry : FolderContents.entries(layout.root())) {
            String name = entry.getFileName().toString();
            if (name.equals(id)) {
                return null;
            }
            if (ContainerIds.isValid(name) && name.equalsIgnoreCase(id)) {
                other = name;
            }
        }
        return other;
    }

    private synchronized boolean isCaseSensitive() throws IOException {
        if (caseSensitive == null) {
            String lock = layout.lock().getFileName().toString();
            caseSensitive = !Presence.isThere(layout.root().resolve(lock.toUpperCase(Locale.ROOT)));
        }
        return caseSensitive;
    }
}
