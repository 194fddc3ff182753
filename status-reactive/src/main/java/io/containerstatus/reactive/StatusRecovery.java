package io.containerstatus.reactive;

import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.StatusTransitions;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import java.util.Comparator;
import java.util.List;

/**
 * The containers that an opening found, ordered by id, with the first status of each. If one container cannot
 * be used, the others are not affected.
 */
final class StatusRecovery {
    private final List<Found> found;
    private final Recovery report;

    /** Receives one container that was found. */
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
                access.writable() ? null : access.reason(),
                access.writable() ? access.reason() : null,
                opened.leftovers(),
                opened.damage());
    }

    private static RecoveredContainer reported(Found one) {
        if (one instanceof Found.Failed failed) {
            return new RecoveredContainer.Failed(one.id(), known(failed));
        }
        return one instanceof Found.Loaded loaded
                ? new RecoveredContainer.Recovered(one.id(), loaded.fromJournal())
                : new RecoveredContainer.Missing(one.id());
    }

    private static StatusException known(Found.Failed one) {
        return one.failure() instanceof StatusException known
                ? known
                : new UnreadableStatusException(
                        "status \"" + one.id() + "\"",
                        "the adapter failed with an error that its contract does not allow",
                        one.failure());
    }

    Recovery report() {
        return report;
    }

    void forEach(Visitor visitor) {
        for (Found one : found) {
            visitor.visit(one.id(), one instanceof Found.Loaded loaded ? loaded.status() : StatusTransitions.unknown());
        }
    }
}
