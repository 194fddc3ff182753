package io.containerstatus.fs;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The newest known state of one container, for all its subscribers. If the container is created again after a
 * deletion, the new container gets a new object.
 */
final class SharedEntry {
    private final String id;
    private volatile @Nullable State now;

    /**
     * The state at the last read.
     *
     * @param at when the status was modified last, as in the change
     */
    record State(Observation observation, @Nullable Instant at) {}

    SharedEntry(String id) {
        this.id = id;
    }

    String id() {
        return id;
    }

    /** Records a change. */
    void set(FollowedChange change) {
        now = change.kind() == FollowedChange.Kind.DELETED ? null : new State(Observation.of(change), change.at());
    }

    /** Returns the newest known state; null once the container is deleted. */
    @Nullable
    State now() {
        return now;
    }
}
