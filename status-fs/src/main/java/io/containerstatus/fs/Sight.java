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
record Sight(@Nullable Status status, @Nullable StatusException failure, boolean isMissing) {

    static Sight of(Status status) {
        return new Sight(status, null, false);
    }

    static Sight bad(StatusException failure) {
        return new Sight(null, failure, false);
    }

    /** Returns what a look at a container without a status shows; {@code status} is where it would be. */
    static Sight missing(Path status) {
        String reason = "no such file or folder";
        return new Sight(null, new UnreadableStatusException(status.toString(), reason, /* cause= */ null), true);
    }

    /** Returns whether a subscriber would learn nothing new from the other one. */
    boolean saysTheSameAs(Sight other) {
        return Objects.equals(status, other.status) && words(failure).equals(words(other.failure));
    }

    private static String words(@Nullable StatusException failure) {
        return failure == null ? "" : failure.toString();
    }
}
