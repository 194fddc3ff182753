package io.containerstatus.fs;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The containers of which this process knows that a write needs no preparation: the name of the folder is durable, and
 * {@code status} is a regular file that was written or read well. Whatever fails takes its container out again, so that
 * the next write begins from scratch.
 *
 * <p>Reads run beside writes and deletions of the same container; a read may only add what it saw when nothing was taken
 * out meanwhile. Threadsafe.
 */
final class SettledIds {
    private final Set<String> ids = ConcurrentHashMap.newKeySet();
    private long removals;

    boolean contains(String id) {
        return ids.contains(id);
    }

    /** Adds a container that was just written. */
    void add(String id) {
        ids.add(id);
    }

    /** Takes a container out. */
    synchronized void remove(String id) {
        removals++;
        ids.remove(id);
    }

    /** Returns the moment to hand to {@link #addUnlessRemovedSince}. */
    synchronized long now() {
        return removals;
    }

    /** Adds a container that was read well by a read that began at this moment. */
    synchronized void addUnlessRemovedSince(long moment, String id) {
        if (removals == moment) {
            ids.add(id);
        }
    }
}
