package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.StatusException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a look at a container showed: its status, or why it cannot be had. */
record Sight(@Nullable Status status, @Nullable StatusException failure) {

    static Sight of(Status status) {
        return new Sight(status, null);
    }

    static Sight bad(StatusException failure) {
        return new Sight(null, failure);
    }

    /** Returns whether a subscriber would learn nothing new from the other one. */
    boolean saysTheSameAs(Sight other) {
        return Objects.equals(status, other.status) && words(failure).equals(words(other.failure));
    }

    private static String words(@Nullable StatusException failure) {
        return failure == null ? "" : failure.toString();
    }
}
