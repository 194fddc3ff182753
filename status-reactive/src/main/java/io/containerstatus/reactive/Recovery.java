package io.containerstatus.reactive;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of the opening of a store, see {@link StatusStore#recovery()}. The opening writes no status. So
 * a document that could not be used stays as it is until the container's first durable write, which preserves
 * it under another name; for files, {@code status.corrupt-<time>}. For the same reason, a recovered status is
 * not durable before that write, see {@link StatusChange#durable()}.
 *
 * <p>Only the library creates instances. Compatibility does not cover the constructor and the number of components.
 *
 * @param containers one result for each container, ordered by id
 * @param writable whether the store can write. If false, its storage can only be read, and every synced
 *     update fails with {@link io.containerstatus.NotWrittenException}. This does not change while the store
 *     is open: when the storage can be written again, close the store and open another one
 * @param readOnlyReason human-readable: why the store cannot write; null if it can
 * @param weakerPromise human-readable: which promise is weaker, and why, if the store can write only because
 *     a setting accepts a file system that cannot sync folders or lock files; otherwise null
 * @param leftovers human-readable paths: the remains of unfinished creations and deletions that the opening
 *     did not remove, because that failed, or because another program has put something into them. They take
 *     space but are not containers. The next opening tries again. Empty if there are none
 * @param damage human-readable sentences about durable contents of a journal that cannot be read any more.
 *     The containers concerned have an older status, or none. Empty if there is no damage
 */
public record Recovery(
        List<RecoveredContainer> containers,
        boolean writable,
        @Nullable String readOnlyReason,
        @Nullable String weakerPromise,
        List<String> leftovers,
        List<String> damage) {

    /** Copies the lists. */
    public Recovery {
        containers = List.copyOf(containers);
        leftovers = List.copyOf(leftovers);
        damage = List.copyOf(damage);
    }

    /**
     * Returns the containers whose status is missing or could not be used. They were UNKNOWN after the opening.
     */
    public List<RecoveredContainer> failures() {
        return containers.stream()
                .filter(container -> !(container instanceof RecoveredContainer.Recovered))
                .toList();
    }
}
