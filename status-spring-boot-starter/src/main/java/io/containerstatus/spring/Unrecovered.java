package io.containerstatus.spring;

import io.containerstatus.reactive.RecoveredContainer;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The containers whose status could not be recovered at the opening, and that have not changed since then.
 */
final class Unrecovered {
    private Unrecovered() {}

    static List<RecoveredContainer> of(StatusStore store) {
        return store.recovery().failures().stream()
                .filter(one -> isAsFound(one, store.get(one.id())))
                .toList();
    }

    private static boolean isAsFound(RecoveredContainer one, @Nullable StatusStorage container) {
        // The revision is read before the status, as isStillUnusable requires.
        return container != null && one.isStillUnusable(container.revision(), container.current());
    }
}
