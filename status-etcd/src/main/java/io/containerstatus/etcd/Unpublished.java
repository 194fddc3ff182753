package io.containerstatus.etcd;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The containers whose newest status, or whose deletion, is not known to be on etcd; the one that waits longest comes first.
 * Each is in here once, however often it changes, and without its status: that is looked up when it is sent. So this takes
 * a little memory a container, and what is sent is always the newest.
 *
 * <p>Used on the client's worker; {@link #lag} on any thread. Times are those of {@link System#nanoTime}.
 */
final class Unpublished {
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    /** Those of the entries whose key has to go, and which are not under way. */
    private final Set<String> deletions = new LinkedHashSet<>();
    /** Those of the entries that etcd has refused; the one that is to be tried first comes first. */
    private final Set<String> held = new LinkedHashSet<>();

    private volatile Lag lag = Lag.NONE;

    /**
     * How much waits.
     *
     * @param containers how many
     * @param since since when the oldest does; of no meaning when there is none
     */
    record Lag(int containers, long since) {
        static final Lag NONE = new Lag(0, 0);
    }

    private static final class Entry {
        private long since;
        private boolean underWay;
        /** Whether it has changed while it was under way, and when it did so first. */
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
        tell();
    }

    /** Notes that a container of this id was deleted, so that its key has to go before one that was created later is put. */
    void deleted(String id, long now) {
        note(id, now);
        deletions.add(id);
        tell();
    }

    private void note(String id, long now) {
        Entry entry = entries.computeIfAbsent(id, unknown -> new Entry(now));
        if (entry.underWay && !entry.again) {
            entry.again = true;
            entry.againSince = now;
        }
        held.remove(id);
    }

    /** Notes that etcd holds what the store holds of this container, unless its key has to go all the same. */
    void isPublished(String id) {
        if (!deletions.contains(id)) {
            forget(id);
            tell();
        }
    }

    private void forget(String id) {
        entries.remove(id);
        held.remove(id);
    }

    /** Returns the next key that has to go, and counts its deletion as under way; null if there is none. */
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
     * Notes that a key that had to go is gone.
     *
     * @param exists whether there is a container of this id again, whose status has to be put
     */
    void isDeleted(String id, boolean exists) {
        if (!changedMeanwhile(id) && !exists) {
            forget(id);
        }
        tell();
    }

    boolean hasDeletions() {
        return !deletions.isEmpty();
    }

    /** Returns up to this many containers whose status has to be put, and nothing else before. */
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

    /** Returns a container whose status etcd has refused, and which is to be tried again by now; null if there is none. */
    @Nullable
    String nextHeld(long now) {
        if (held.isEmpty()) {
            return null;
        }
        String id = held.iterator().next();
        return entry(id).heldUntil - now <= 0 ? id : null;
    }

    /** Counts the status of the container as under way. */
    void begin(String id) {
        entry(id).underWay = true;
    }

    /** Notes that the status that was under way is on etcd. */
    void isPut(String id) {
        if (!changedMeanwhile(id)) {
            forget(id);
        }
        tell();
    }

    /** Notes that etcd may not hold what was under way. */
    void hasFailed(String id, boolean deletion) {
        Entry entry = entry(id);
        entry.underWay = false;
        entry.again = false;
        if (deletion) {
            deletions.add(id);
        }
        tell();
    }

    /** Notes that etcd refuses the status: it is not tried again before that time, unless it changes. */
    void hold(String id, long until) {
        entry(id).heldUntil = until;
        held.remove(id);
        held.add(id);
    }

    /** Ends what was under way; returns whether the container is to stay here, as the newest, since it has changed. */
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
            throw new IllegalStateException(id + " does not wait");
        }
        return entry;
    }

    private void tell() {
        lag = entries.isEmpty()
                ? Lag.NONE
                : new Lag(entries.size(), entries.values().iterator().next().since);
    }
}
