package io.containerstatus.reactive;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link StatusStore#open} found. Recovery changes no status: a document that could not be used lies where it was,
 * and is kept aside at the container's first durable write. Because recovery writes nothing, a status that was
 * recovered is not durable until then, see {@link StatusChange#durable()}.
 *
 * <p>Only the library creates it: constructor and number of components are not covered by compatibility.
 *
 * @param containers one result a container, ordered by id
 * @param writable whether the store can write; false when its place can only be read, so that every synced update fails
 *     with {@link io.containerstatus.NotWrittenException}. It stays so as long as the store is open: close it and open
 *     another one when the place can be written again
 * @param readOnlyReason why it cannot, for a reader; null when it can
 * @param weakerPromise which promise is weaker and why, for a reader, if the store can write only because a setting accepts
 *     a file system that cannot sync folders or lock files; otherwise null
 * @param leftovers what creations and deletions that did not end have left and the opening did not remove, because that
 *     failed or something of another program is in it: paths, for a reader. They cost space and are no containers. The next
 *     opening tries again
 * @param damage what a journal held that was durable once and cannot be read: sentences, for a reader. The containers
 *     concerned have an older status, or none. Empty when there is nothing
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

    /** Returns the containers whose status could not be recovered; they were UNKNOWN after the opening. */
    public List<RecoveredContainer> failures() {
        return containers.stream()
                .filter(container -> !(container instanceof RecoveredContainer.Recovered))
                .toList();
    }
}
