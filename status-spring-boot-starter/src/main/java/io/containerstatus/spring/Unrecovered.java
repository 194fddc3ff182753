package io.containerstatus.spring;

import io.containerstatus.ContainerState;
import io.containerstatus.reactive.RecoveredContainer;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The containers whose status could not be recovered at the opening, as long as they are as they were found. */
final class Unrecovered {
    private Unrecovered() {}

    static List<RecoveredContainer> of(StatusStore store) {
        return store.recovery().failures().stream()
                .filter(one -> isAsFound(store.get(one.id())))
                .toList();
    }

    /** Returns whether nothing was committed since; one that was created anew is not UNKNOWN. */
    private static boolean isAsFound(@Nullable StatusStorage container) {
        return container != null
                && container.revision() == 1
                && container.current().state() == ContainerState.UNKNOWN;
    }
}
