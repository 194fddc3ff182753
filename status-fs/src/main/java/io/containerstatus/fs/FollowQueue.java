package io.containerstatus.fs;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The ids to look at, and the ids whose look is put off to a later time. Not threadsafe. */
final class FollowQueue {
    /** The ids to look at, the longest waiting first, each with the time of its file event; null if there was none. */
    private final Map<String, @Nullable Long> waiting = new LinkedHashMap<>();

    private final PriorityQueue<PutOff> putOff = new PriorityQueue<>();
    private final Set<String> putOffIds = new HashSet<>();
    /** While this id is put off, no other one is looked at; null if there is no such id. */
    private @Nullable String blocking;
    /** How many ids were waiting after the last full look. They are looked at before the next full look. */
    private int owed;

    private record PutOff(String id, long due, @Nullable Long eventAt) implements Comparable<PutOff> {
        @Override
        public int compareTo(PutOff other) {
            // By the difference, as System.nanoTime asks for.
            return Long.compare(due - other.due, 0);
        }
    }

    /**
     * An id to look at now.
     *
     * @param eventAt the time of the file event that asked for the look; null if there was none
     */
    record Entry(String id, @Nullable Long eventAt) {}

    /** Adds an id behind the others, unless it is waiting already. */
    void add(String id, @Nullable Long eventAt) {
        waiting.putIfAbsent(id, eventAt);
    }

    /**
     * Adds an id again when it is due. An event of the container can add it earlier.
     *
     * @param due a value of the caller's {@code nanoTime}
     * @param blocks whether no other id is looked at until then
     */
    void putOff(Entry entry, long due, boolean blocks) {
        if (putOffIds.add(entry.id())) {
            putOff.add(new PutOff(entry.id(), due, entry.eventAt()));
        }
        if (blocks) {
            blocking = entry.id();
        }
    }

    /** Removes and returns the next id to look at; null if there is none for now. */
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

    /** Returns when the earliest of the ids that are put off is due; null if none is. */
    @Nullable
    Long due() {
        PutOff first = putOff.peek();
        return first == null ? null : first.due;
    }

    int size() {
        return waiting.size();
    }

    /** Returns whether all ids that the last full look found have been looked at. */
    boolean isReadyForFullLook() {
        return owed <= 0;
    }

    /** Notes that a full look has found the ids that are waiting now. */
    void foundByFullLook() {
        owed = waiting.size();
    }
}
