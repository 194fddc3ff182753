package io.containerstatus.reactive;

import io.containerstatus.CorruptStatusException;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.StatusTransitions;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.UnsupportedVersionException;
import io.containerstatus.reactive.RecoveredContainer.Outcome;
import io.containerstatus.spi.StatusCheckpoints;
import java.util.Comparator;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reads every status there is, in parallel, and writes none. One that cannot be used stops no other. */
final class StatusRecovery {
    /** How many reads are under way at once. */
    private static final int READS = 64;

    private final Recovery report;
    private final List<Found> found;

    private record Found(RecoveredContainer container, Status status) {
        static Found recovered(String id, Status status) {
            return new Found(new RecoveredContainer(id, Outcome.RECOVERED, null), status);
        }

        static Found missing(String id) {
            return new Found(new RecoveredContainer(id, Outcome.MISSING, null), StatusTransitions.unknown());
        }

        static Found failed(String id, Throwable failure) {
            StatusException known = failure instanceof StatusException status
                    ? status
                    : new UnreadableStatusException(
                            "status \"" + id + "\"", "the adapter failed unexpectedly", failure);
            return new Found(new RecoveredContainer(id, outcome(known), known), StatusTransitions.unknown());
        }

        private static Outcome outcome(StatusException failure) {
            if (failure instanceof CorruptStatusException) {
                return Outcome.CORRUPT;
            }
            return failure instanceof UnsupportedVersionException ? Outcome.UNSUPPORTED_VERSION : Outcome.UNREADABLE;
        }

        boolean isRecovered() {
            return container.outcome() == Outcome.RECOVERED;
        }
    }

    /** Takes one container that was found. */
    @FunctionalInterface
    interface Visitor {
        void visit(String id, Status status, boolean durable);
    }

    private StatusRecovery(StatusCheckpoints.Access access, List<Found> found) {
        this.found = found;
        this.report = new Recovery(found.stream().map(Found::container).toList(), access.writable(), access.reason());
    }

    /** Opens the place and reads all of it. */
    static Mono<StatusRecovery> run(StatusCheckpoints checkpoints) {
        return Mono.defer(() -> Mono.from(checkpoints.open()))
                .switchIfEmpty(Mono.error(() -> new IllegalStateException("the adapter opened without an answer")))
                .flatMap(access -> Flux.from(checkpoints.list())
                        .flatMap(id -> read(checkpoints, id), READS)
                        .collectSortedList(
                                Comparator.comparing(one -> one.container().id()))
                        .map(found -> new StatusRecovery(access, found)));
    }

    private static Mono<Found> read(StatusCheckpoints checkpoints, String id) {
        return Mono.defer(() -> Mono.from(checkpoints.read(id)))
                .map(status -> Found.recovered(id, status))
                .defaultIfEmpty(Found.missing(id))
                .onErrorResume(failure -> Mono.just(Found.failed(id, failure)));
    }

    Recovery report() {
        return report;
    }

    void forEach(Visitor visitor) {
        found.forEach(one -> visitor.visit(one.container().id(), one.status(), one.isRecovered()));
    }
}
