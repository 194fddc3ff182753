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
 * <p>A container is settled if a write to it needs no preparation: the name of its folder is durable, and
 * {@code status} is a regular file that was read successfully at the opening, or was written since. A failed
 * change makes its container unsettled, so that the next write prepares everything again. For an unsettled
 * container, this class records what is in doubt, until a write or deletion completes.
 *
 * <p>This class is threadsafe.
 */
final class FolderKnowledge {
    /**
     * The ids of the containers that were read successfully at the opening, sorted. Most containers stay here,
     * and cost 4 bytes each.
     */
    private final String[] recovered;
    /** The indexes in {@link #recovered} of the containers that are no longer settled by the opening. */
    private final BitSet left = new BitSet();
    /** The containers that this process has written. */
    private final Set<String> written = ConcurrentHashMap.newKeySet();
    /** The containers of which a write or deletion failed at or after its commit point. */
    private final Set<String> uncertain = new HashSet<>();
    /** The containers whose last read failed. */
    private final Set<String> unread = new HashSet<>();

    /**
     * Begins with the containers of the opening, in the order of their ids. The root was synced after they were found.
     */
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

    /** Returns whether it is uncertain which status the disk holds, after a change that failed. */
    synchronized boolean isUncertain(String id) {
        return uncertain.contains(id);
    }

    /** Returns whether the last read of the container's status by this process failed. */
    synchronized boolean isUnread(String id) {
        return unread.contains(id);
    }

    /** Marks a container as settled after a write. */
    synchronized void add(String id) {
        written.add(id);
        forgetDoubts(id);
    }

    /** Marks a container as unsettled, and without doubts, after a deletion. */
    synchronized void remove(String id) {
        takeOut(id);
        forgetDoubts(id);
    }

    private void forgetDoubts(String id) {
        uncertain.remove(id);
        unread.remove(id);
    }

    /**
     * Marks a container as unsettled after a write or deletion failed; {@code committing} is whether it had
     * reached its commit point.
     */
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

    /**
     * Records that the status could not be read. Has no effect for a settled container, because the contents of
     * its status are known.
     */
    synchronized void failToRead(String id) {
        if (!contains(id)) {
            unread.add(id);
        }
    }

    /** Records that the status was read: the author of the next write may have seen it. */
    synchronized void read(String id) {
        unread.remove(id);
    }
}
