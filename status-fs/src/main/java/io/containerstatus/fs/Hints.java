package io.containerstatus.fs;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where something may have happened since it was looked at last: what the watching side leaves for the looking side. Of
 * bounded size, however long nobody looks. Threadsafe.
 */
final class Hints {
    /** From here on one full look is cheaper than to remember more of them. */
    static final int MOST = 1 << 16;

    private Map<String, Boolean> ids = new LinkedHashMap<>();
    private boolean all;

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
        ids.merge(id, status, Boolean::logicalOr);
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

    /** Returns the ids, in the order in which they were hinted at first, each with whether it is about its status. */
    synchronized Map<String, Boolean> take() {
        if (ids.isEmpty()) {
            return Map.of();
        }
        Map<String, Boolean> taken = ids;
        ids = new LinkedHashMap<>();
        return taken;
    }
}
