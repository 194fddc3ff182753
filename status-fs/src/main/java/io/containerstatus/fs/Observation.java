package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.UnreadableStatusException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a look at a container showed: its status, or why it cannot be had.
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

    /** Returns what a look at a container without a status shows; {@code status} is where it would be. */
    static Observation missing(Path status) {
        String reason = "no such file or folder";
        return new Observation(null, new UnreadableStatusException(status.toString(), reason, /* cause= */ null), true);
    }

    /** Returns the change to this. */
    FollowedChange change(String id, FollowedChange.Kind kind, @Nullable Status previous) {
        return status != null
                ? new FollowedChange.WithStatus(id, kind, previous, status)
                : new FollowedChange.WithFailure(id, kind, previous, Objects.requireNonNull(failure));
    }

    /** Returns whether a subscriber would learn nothing new from the other one. */
    boolean saysTheSameAs(Observation other) {
        return Objects.equals(status, other.status) && words(failure).equals(words(other.failure));
    }

    private static String words(@Nullable StatusException failure) {
        return failure == null ? "" : failure.toString();
    }
}
