package io.containerstatus.fs;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The ids of containers that may have changed since the last look at them. The watcher's thread fills it, and the drain of
 * the subscription empties it. Its size is bounded, however long nobody looks. Threadsafe.
 */
final class Hints {
    /** From here on one full look is cheaper than to remember more ids. */
    static final int MOST = 1 << 16;

    private final LongSupplier nanoTime;
    private Map<String, Hint> ids = new LinkedHashMap<>();
    private boolean all;

    /**
     * What is known of a possible change.
     *
     * @param status whether it is about the status itself, and not about something beside it
     * @param eventAt when the file event arrived
     */
    record Hint(boolean status, long eventAt) {}

    Hints(LongSupplier nanoTime) {
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
        Hint hint = new Hint(status, nanoTime.getAsLong());
        ids.merge(id, hint, (earlier, later) -> earlier.status || !later.status ? earlier : later);
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

    /** Returns the ids, in the order in which they were hinted at first, and forgets them. */
    synchronized Map<String, Hint> take() {
        if (ids.isEmpty()) {
            return Map.of();
        }
        Map<String, Hint> taken = ids;
        ids = new LinkedHashMap<>();
        return taken;
    }
}
