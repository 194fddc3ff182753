package io.containerstatus.fs;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this process knows of the containers.
 *
 * <p>Settled are those of which a write needs no preparation: the name of the folder is durable, and {@code status} is a
 * regular file that was written or read well. Whatever fails takes its container out again, so that the next write begins
 * from scratch. Of the others it is known what is in doubt, until a write or deletion completes.
 *
 * <p>Reads run beside writes and deletions of the same container; a read may only add what it saw when nothing was taken
 * out meanwhile. Threadsafe.
 */
final class SettledIds {
    /** For each container, whether this process has written it. */
    private final Map<String, Boolean> ids = new ConcurrentHashMap<>();
    /** Those in whose folder a temporary file may be left: no read settles them, so that the next write removes it. */
    private final Set<String> littered = new HashSet<>();
    /** Those of which a write or deletion failed at or after its commit point. */
    private final Set<String> uncertain = new HashSet<>();
    /** Those that were last read without success. */
    private final Set<String> unread = new HashSet<>();

    private long removals;

    /** Returns whether a write of the container needs no preparation. */
    boolean contains(String id) {
        return ids.containsKey(id);
    }

    /** Returns whether this process has written the container since something failed: then its folder is synced. */
    boolean isWritten(String id) {
        return ids.getOrDefault(id, false);
    }

    /** Returns whether the disk may hold another status than the one before the last change that failed. */
    synchronized boolean isUncertain(String id) {
        return uncertain.contains(id);
    }

    /** Returns whether the container's status could not be read when this process read it last. */
    synchronized boolean isUnread(String id) {
        return unread.contains(id);
    }

    /** Settles a container that was just written. */
    synchronized void add(String id) {
        ids.put(id, true);
        forgetDoubts(id);
    }

    /** Takes out a container that was just deleted. */
    synchronized void remove(String id) {
        removals++;
        ids.remove(id);
        forgetDoubts(id);
    }

    private void forgetDoubts(String id) {
        littered.remove(id);
        uncertain.remove(id);
        unread.remove(id);
    }

    /** Takes out a container of which a write or deletion failed, before its commit point or not. */
    synchronized void fail(String id, boolean committing) {
        removals++;
        ids.remove(id);
        if (committing) {
            uncertain.add(id);
        }
    }

    /** Takes out a container in whose folder a temporary file may be left. */
    synchronized void litter(String id) {
        removals++;
        ids.remove(id);
        littered.add(id);
    }

    /** Notes that the status could not be read; of what this process wrote or read well, it is known what it is. */
    synchronized void failToRead(String id) {
        if (!ids.containsKey(id)) {
            unread.add(id);
        }
    }

    /** Returns the moment to hand to {@link #addUnlessRemovedSince}. */
    synchronized long now() {
        return removals;
    }

    /** Settles a container that was read well by a read that began at this moment. */
    synchronized void addUnlessRemovedSince(long moment, String id) {
        if (removals == moment && !littered.contains(id)) {
            ids.putIfAbsent(id, false);
            unread.remove(id);
        }
    }
}
