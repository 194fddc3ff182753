package io.containerstatus.fs;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The ids to read now, and the ids whose read is postponed. This class is not threadsafe. */
final class FollowQueue {
    /**
     * The ids to read, the longest waiting first. Each value is the time of the file event, or null if there
     * was none.
     */
    private final Map<String, @Nullable Long> waiting = new LinkedHashMap<>();

    private final PriorityQueue<PutOff> putOff = new PriorityQueue<>();
    private final Set<String> putOffIds = new HashSet<>();
    /** While this id is postponed, no other id is read; null if there is no such id. */
    private @Nullable String blocking;
    /** How many ids were waiting after the last full scan. They are read before the next full scan. */
    private int owed;

    private record PutOff(String id, long due, @Nullable Long eventAt) implements Comparable<PutOff> {
        @Override
        public int compareTo(PutOff other) {
            // Compares by the difference, as the documentation of System.nanoTime requires.
            return Long.compare(due - other.due, 0);
        }
    }

    /**
     * An id to read now.
     *
     * @param eventAt when the file event arrived that requested the read; null if there was none
     */
    record Entry(String id, @Nullable Long eventAt) {}

    /** Adds an id behind the others, unless it is waiting already. */
    void add(String id, @Nullable Long eventAt) {
        waiting.putIfAbsent(id, eventAt);
    }

    /**
     * Postpones the read of an id until it is due. An event of the container can add the id earlier.
     *
     * @param due a value of the caller's {@code nanoTime}
     * @param blocks whether no other id is read until then
     */
    void putOff(Entry entry, long due, boolean blocks) {
        if (putOffIds.add(entry.id())) {
            putOff.add(new PutOff(entry.id(), due, entry.eventAt()));
        }
        if (blocks) {
            blocking = entry.id();
        }
    }

    /** Removes and returns the next id to read; null if there is none for now. */
    @Nullable
    Entry next(long now) {
        for (PutOff first = putOff.peek(); first != null && first.due - now <= 0; first = putOff.peek()) {
            putOff.remove();
            putOffIds.remove(first.id);
            add(first.id, first.eventAt);
        }
        String id = blocking != null ? blocking : first();
        if (id == null || !waiting.containsKey(id)) {
            return null;
        }
        blocking = null;
        owed--;
        return new Entry(id, waiting.remove(id));
    }

    private @Nullable String first() {
        return waiting.isEmpty() ? null : waiting.keySet().iterator().next();
    }

    /** Returns when the earliest postponed id is due; null if no id is postponed. */
    @Nullable
    Long due() {
        PutOff first = putOff.peek();
        return first == null ? null : first.due;
    }

    int size() {
        return waiting.size();
    }

    /** Returns whether all ids that the last full scan found have been read. */
    boolean isReadyForScan() {
        return owed <= 0;
    }

    /** Marks the ids that are waiting now as found by a full scan. */
    void foundByScan() {
        owed = waiting.size();
    }
}
