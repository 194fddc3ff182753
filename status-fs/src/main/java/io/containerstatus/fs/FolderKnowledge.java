package io.containerstatus.fs;

import io.containerstatus.spi.StatusCheckpoints.Found;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this process knows of the containers.
 *
 * <p>Settled are those of which a write needs no preparation: the name of the folder is durable, and {@code status} is a
 * regular file that was read well when the root was opened, or was written since. Whatever fails takes its container out
 * again, so that the next write begins from scratch. Of the others it is known what is in doubt, until a write or
 * deletion completes.
 *
 * <p>Threadsafe.
 */
final class FolderKnowledge {
    /** Those that were read well at the opening, sorted: most containers are never more than that, and cost 4 bytes. */
    private final String[] recovered;
    /** Which of {@link #recovered}, by index, are not settled by that any more. */
    private final BitSet left = new BitSet();
    /** Those that this process has written. */
    private final Set<String> written = ConcurrentHashMap.newKeySet();
    /** Those of which a write or deletion failed at or after its commit point. */
    private final Set<String> uncertain = new HashSet<>();
    /** Those that were last read without success. */
    private final Set<String> unread = new HashSet<>();

    /** Begins with what was found, in the order of the ids, in a root whose names were synced after that. */
    FolderKnowledge(List<Found> found) {
        String[] ids = new String[found.size()];
        int count = 0;
        for (Found one : found) {
            if (one instanceof Found.Loaded) {
                ids[count++] = one.id();
            } else if (one instanceof Found.Failed) {
                unread.add(one.id());
            }
        }
        recovered = Arrays.copyOf(ids, count);
    }

    /** Returns whether a write of the container needs no preparation. */
    boolean contains(String id) {
        return written.contains(id) || isStillRecovered(id);
    }

    private synchronized boolean isStillRecovered(String id) {
        int index = Arrays.binarySearch(recovered, id);
        return index >= 0 && !left.get(index);
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
        written.add(id);
        forgetDoubts(id);
    }

    /** Takes out a container that was just deleted. */
    synchronized void remove(String id) {
        takeOut(id);
        forgetDoubts(id);
    }

    private void forgetDoubts(String id) {
        uncertain.remove(id);
        unread.remove(id);
    }

    /** Takes out a container of which a write or deletion failed, before its commit point or not. */
    synchronized void fail(String id, boolean committing) {
        takeOut(id);
        if (committing) {
            uncertain.add(id);
        }
    }

    private void takeOut(String id) {
        written.remove(id);
        int index = Arrays.binarySearch(recovered, id);
        if (index >= 0) {
            left.set(index);
        }
    }

    /** Notes that the status could not be read; of what is settled, it is known what it is. */
    synchronized void failToRead(String id) {
        if (!contains(id)) {
            unread.add(id);
        }
    }

    /** Notes that the status was read: whoever writes it now can have seen it. */
    synchronized void read(String id) {
        unread.remove(id);
    }
}
