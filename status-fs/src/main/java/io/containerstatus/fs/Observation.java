package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.UnreadableStatusException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state of a container at one read: its status, or the failure because of which there is none.
 *
 * @param isMissing whether the container has no status at all
 */
record Observation(@Nullable Status status, @Nullable StatusException failure, boolean isMissing) {

    static Observation of(Status status) {
        return new Observation(status, null, false);
    }

    static Observation bad(StatusException failure) {
        return new Observation(null, failure, false);
    }

    /** Returns the state that a change reports of an existing container. */
    static Observation of(FollowedChange change) {
        return new Observation(
                change.failure() == null ? change.current() : null, change.failure(), /* isMissing= */ false);
    }

    /** Returns the state of a container without a status; {@code status} is the path of the missing file. */
    static Observation missing(Path status) {
        String reason = "no such file or folder";
        return new Observation(null, new UnreadableStatusException(status.toString(), reason, /* cause= */ null), true);
    }

    /** Returns the change to this state. */
    FollowedChange change(String id, FollowedChange.Kind kind, @Nullable Status previous, @Nullable Instant at) {
        return status != null
                ? new FollowedChange.WithStatus(id, kind, previous, status, at)
                : new FollowedChange.WithFailure(id, kind, previous, Objects.requireNonNull(failure), at);
    }

    /** Returns whether both states are the same to a subscriber. */
    boolean saysTheSameAs(Observation other) {
        return Objects.equals(status, other.status) && words(failure).equals(words(other.failure));
    }

    private static String words(@Nullable StatusException failure) {
        return failure == null ? "" : failure.toString();
    }
}
