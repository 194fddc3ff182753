package io.containerstatus.fs;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

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
    private final AtomicLong removals = new AtomicLong();

    boolean contains(String id) {
        return ids.contains(id);
    }

    /** Adds a container that was just written. */
    void add(String id) {
        ids.add(id);
    }

    /** Takes a container out. The count goes first: a read that adds the container late then sees it. */
    void remove(String id) {
        removals.incrementAndGet();
        ids.remove(id);
    }

    /** Returns the moment to hand to {@link #addUnlessRemovedSince}. */
    long now() {
        return removals.get();
    }

    /** Adds a container that was read well by a read that began at this moment. */
    void addUnlessRemovedSince(long moment, String id) {
        if (removals.get() != moment || ids.contains(id)) {
            return;
        }
        ids.add(id);
        if (removals.get() != moment) {
            ids.remove(id);
        }
    }
}
