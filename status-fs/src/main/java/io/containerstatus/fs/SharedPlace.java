package io.containerstatus.fs;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The newest known state of one container, for all its subscribers. If the container is created again after a
 * deletion, the new container gets a new object.
 */
final class SharedPlace {
    private final String id;
    private volatile @Nullable Seen now;

    /**
     * The state at the last read.
     *
     * @param at when the status was modified last, as in the change
     */
    record Seen(Observation observation, @Nullable Instant at) {}

    SharedPlace(String id) {
        this.id = id;
    }

    String id() {
        return id;
    }

    /** Records a change. */
    void set(FollowedChange change) {
        now = change.kind() == FollowedChange.Kind.DELETED ? null : new Seen(Observation.of(change), change.at());
    }

    /** Returns the newest known state; null once the container is deleted. */
    @Nullable
    Seen now() {
        return now;
    }
}
