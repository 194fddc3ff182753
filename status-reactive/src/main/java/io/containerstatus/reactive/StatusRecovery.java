package io.containerstatus.reactive;

import io.containerstatus.CorruptStatusException;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.StatusTransitions;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.UnsupportedVersionException;
import io.containerstatus.reactive.RecoveredContainer.Outcome;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What an opening found, in order, and what each container is now. One that cannot be used stops no other. */
final class StatusRecovery {
    private final List<Found> found;
    private final Recovery report;

    /** Takes one container that was found. */
    @FunctionalInterface
    interface Visitor {
        void visit(String id, Status status);
    }

    StatusRecovery(Opened opened) {
        found = opened.containers().stream()
                .sorted(Comparator.comparing(Found::id))
                .toList();
        Access access = opened.access();
        report = new Recovery(
                found.stream().map(StatusRecovery::reported).toList(),
                access.writable(),
                access.writable() ? "" : access.reason(),
                access.writable() ? access.reason() : "",
                opened.leftovers());
    }

    private static RecoveredContainer reported(Found one) {
        StatusException failure = known(one);
        return new RecoveredContainer(one.id(), outcome(one.status(), failure), failure);
    }

    private static @Nullable StatusException known(Found one) {
        Throwable failure = one.failure();
        if (failure == null || failure instanceof StatusException) {
            return (StatusException) failure;
        }
        return new UnreadableStatusException("status \"" + one.id() + "\"", "the adapter failed unexpectedly", failure);
    }

    private static Outcome outcome(@Nullable Status status, @Nullable StatusException failure) {
        if (failure == null) {
            return status == null ? Outcome.MISSING : Outcome.RECOVERED;
        }
        if (failure instanceof CorruptStatusException) {
            return Outcome.CORRUPT;
        }
        return failure instanceof UnsupportedVersionException ? Outcome.UNSUPPORTED_VERSION : Outcome.UNREADABLE;
    }

    Recovery report() {
        return report;
    }

    void forEach(Visitor visitor) {
        for (Found one : found) {
            visitor.visit(one.id(), Objects.requireNonNullElseGet(one.status(), StatusTransitions::unknown));
        }
    }
}
