package io.containerstatus.fs;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Ids of containers that may have changed since their last read. The watch thread adds ids, and the drain of the
 * subscription takes them. The size is bounded, even if the drain takes none. This class is threadsafe.
 */
final class DirtyIds {
    /** From this number on, one full scan is cheaper than remembering more ids. */
    static final int MOST = 1 << 16;

    private final LongSupplier nanoTime;
    private Map<String, Cause> ids = new LinkedHashMap<>();
    private boolean all;

    /**
     * The known facts about a possible change.
     *
     * @param status whether the event is about the status itself, and not about something beside it
     * @param eventAt when the file event arrived
     */
    record Cause(boolean status, long eventAt) {}

    DirtyIds(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Requests a full scan. */
    synchronized void everything() {
        all = true;
    }

    /**
     * Requests a read of one container.
     *
     * @param status whether the event is about the status itself, and not about something beside it
     */
    synchronized void at(String id, boolean status) {
        Cause cause = new Cause(status, nanoTime.getAsLong());
        ids.merge(id, cause, (earlier, later) -> earlier.status || !later.status ? earlier : later);
        if (ids.size() > MOST) {
            ids.clear();
            all = true;
        }
    }

    /** Returns whether a full scan was requested, and resets that. */
    synchronized boolean takeEverything() {
        boolean taken = all;
        all = false;
        return taken;
    }

    /** Removes and returns the ids, in the order of their first event. */
    synchronized Map<String, Cause> take() {
        if (ids.isEmpty()) {
            return Map.of();
        }
        Map<String, Cause> taken = ids;
        ids = new LinkedHashMap<>();
        return taken;
    }
}
