package io.containerstatus.fs;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Ids of containers that may have changed since they were examined last. Filled by the watch thread, emptied by the drain of
 * the subscription. Its size is bounded, however long nobody empties it. Threadsafe.
 */
final class DirtyIds {
    /** From here on one full look is cheaper than to remember more ids. */
    static final int MOST = 1 << 16;

    private final LongSupplier nanoTime;
    private Map<String, Cause> ids = new LinkedHashMap<>();
    private boolean all;

    /**
     * What is known of a possible change.
     *
     * @param status whether it is about the status itself, and not about something beside it
     * @param eventAt when the file event arrived
     */
    record Cause(boolean status, long eventAt) {}

    DirtyIds(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Asks for a full look. */
    synchronized void everything() {
        all = true;
    }

    /**
     * Asks for a look at one id.
     *
     * @param status whether it is about the status itself, and not about something beside it
     */
    synchronized void at(String id, boolean status) {
        Cause cause = new Cause(status, nanoTime.getAsLong());
        ids.merge(id, cause, (earlier, later) -> earlier.status || !later.status ? earlier : later);
        if (ids.size() > MOST) {
            ids.clear();
            all = true;
        }
    }

    /** Returns whether a full look was asked for, and forgets it. */
    synchronized boolean takeEverything() {
        boolean taken = all;
        all = false;
        return taken;
    }

    /** Returns the ids, in the order in which they were marked first, and forgets them. */
    synchronized Map<String, Cause> take() {
        if (ids.isEmpty()) {
            return Map.of();
        }
        Map<String, Cause> taken = ids;
        ids = new LinkedHashMap<>();
        return taken;
    }
}
