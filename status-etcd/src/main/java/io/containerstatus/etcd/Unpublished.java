package io.containerstatus.etcd;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The containers whose newest status or deletion is not known to be on etcd. The container that has waited
 * longest comes first. Each container is listed once, however often it changes. Its status is not kept here, but
 * read from the store when it is sent. So an entry takes little memory, and always the newest status is sent.
 *
 * <p>Used on the client's worker; {@link #lag} may be called on any thread. Times are those of
 * {@link System#nanoTime}.
 */
final class Unpublished {
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    /** The entries whose key must be deleted, unless the deletion is in progress. */
    private final Set<String> deletions = new LinkedHashSet<>();
    /** The entries that etcd has refused, in the order in which they are retried. */
    private final Set<String> held = new LinkedHashSet<>();

    private volatile Lag lag = Lag.NONE;

    /**
     * The number of pending containers, and their longest wait.
     *
     * @param containers the number of containers
     * @param since the time since when the oldest container waits; without meaning if no container waits
     */
    record Lag(int containers, long since) {
        static final Lag NONE = new Lag(0, 0);
    }

    private static final class Entry {
        private long since;
        private boolean underWay;
        /** Whether the container has changed again while it was being sent, and when that happened first. */
        private boolean again;

        private long againSince;
        private long heldUntil;

        private Entry(long since) {
            this.since = since;
        }
    }

    Lag lag() {
        return lag;
    }

    /** Notes that the container has, or may have, a status that is not on etcd. */
    void changed(String id, long now) {
        note(id, now);
        updateLag();
    }

    /**
     * Notes that a container with this id was deleted. Its key must be deleted before the status of a
     * container that was created later with this id is put.
     */
    void deleted(String id, long now) {
        note(id, now);
        deletions.add(id);
        updateLag();
    }

    /**
     * Notes that a container with this id was deleted, and that its key is not on etcd. Nothing is left to
     * send then, unless the status is being sent and may reach etcd.
     */
    void isGone(String id, long now) {
        Entry entry = entries.get(id);
        if (entry != null && entry.underWay) {
            deleted(id, now);
            return;
        }
        deletions.remove(id);
        forget(id);
        updateLag();
    }

    private void note(String id, long now) {
        Entry entry = entries.computeIfAbsent(id, unknown -> new Entry(now));
        if (entry.underWay && !entry.again) {
            entry.again = true;
            entry.againSince = now;
        }
        held.remove(id);
    }

    /** Notes that etcd holds the container's status of the store, unless the key must still be deleted. */
    void isPublished(String id) {
        if (!deletions.contains(id)) {
            forget(id);
            updateLag();
        }
    }

    private void forget(String id) {
        entries.remove(id);
        held.remove(id);
    }

    /**
     * Returns the next container whose key must be deleted, and marks the deletion as in progress; null if
     * there is no such key.
     */
    @Nullable
    String nextDeletion() {
        if (deletions.isEmpty()) {
            return null;
        }
        String id = deletions.iterator().next();
        deletions.remove(id);
        entry(id).underWay = true;
        return id;
    }

    /**
     * Notes that the key was deleted.
     *
     * @param exists whether a container with this id exists again, so that its status must be put
     */
    void isDeleted(String id, boolean exists) {
        if (!changedMeanwhile(id) && !exists) {
            forget(id);
        }
        updateLag();
    }

    boolean hasDeletions() {
        return !deletions.isEmpty();
    }

    /**
     * Returns up to this many containers whose status is to be put. Leaves out the containers whose status
     * etcd has refused, and the containers whose key must be deleted first.
     */
    List<String> updates(int most) {
        List<String> ids = new ArrayList<>();
        for (String id : entries.keySet()) {
            if (ids.size() == most) {
                break;
            }
            if (!held.contains(id) && !deletions.contains(id)) {
                ids.add(id);
            }
        }
        return ids;
    }

    /** Returns a container whose status etcd has refused, if it is time to retry it; otherwise null. */
    @Nullable
    String nextHeld(long now) {
        if (held.isEmpty()) {
            return null;
        }
        String id = held.iterator().next();
        return entry(id).heldUntil - now <= 0 ? id : null;
    }

    /** Marks the status of the container as being sent. */
    void begin(String id) {
        entry(id).underWay = true;
    }

    /** Notes that the status that was being sent is on etcd. */
    void isPut(String id) {
        if (!changedMeanwhile(id)) {
            forget(id);
        }
        updateLag();
    }

    /** Notes that etcd may not hold the status or the deletion that was being sent. */
    void hasFailed(String id, boolean deletion) {
        Entry entry = entry(id);
        entry.underWay = false;
        entry.again = false;
        if (deletion) {
            deletions.add(id);
        }
        updateLag();
    }

    /**
     * Notes that etcd refuses the status. It is not retried before this time, unless it changes. Has no effect
     * if the container is gone.
     */
    void hold(String id, long until) {
        Entry entry = entries.get(id);
        if (entry != null) {
            entry.heldUntil = until;
            held.remove(id);
            held.add(id);
        }
    }

    /**
     * Notes that the container is no longer being sent. If it has changed in the meantime, moves it to the
     * end and returns true; it is then still pending.
     */
    private boolean changedMeanwhile(String id) {
        Entry entry = entry(id);
        entry.underWay = false;
        if (!entry.again) {
            return false;
        }
        entry.again = false;
        entry.since = entry.againSince;
        entries.remove(id);
        entries.put(id, entry);
        return true;
    }

    private Entry entry(String id) {
        Entry entry = entries.get(id);
        if (entry == null) {
            throw new IllegalStateException(id + " is not pending");
        }
        return entry;
    }

    private void updateLag() {
        lag = entries.isEmpty()
                ? Lag.NONE
                : new Lag(entries.size(), entries.values().iterator().next().since);
    }
}
