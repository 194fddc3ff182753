package io.containerstatus.benchmarks;

import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import reactor.core.publisher.Mono;

/**
 * A storage that takes no time. It holds a number of statuses from the beginning, and acknowledges each write
 * without keeping it. This is not {@code InMemoryCheckpoints}, because what those note and encode would be
 * measured as well.
 */
final class HeldStatuses implements StatusCheckpoints {
    /** Spreads consecutive numbers over all first digits, as the random ids of containerd are spread. */
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    private final int containers;
    private final IntFunction<Status> statuses;

    /** Holds this number of containers; {@code statuses} returns the status of a container by its number. */
    HeldStatuses(int containers, IntFunction<Status> statuses) {
        this.containers = containers;
        this.statuses = statuses;
    }

    /** Returns the id of the container with this number: 64 hex digits, as for containerd. */
    static String id(int number) {
        return String.format(
                "%016x%016x%016x%016x", number * SPREAD, (number + 1) * SPREAD, (number + 2) * SPREAD, (long) number);
    }

    @Override
    public Mono<Opened> open() {
        return Mono.fromSupplier(() -> new Opened(
                Access.WRITABLE,
                IntStream.range(0, containers)
                        .mapToObj(number -> Found.of(id(number), statuses.apply(number)))
                        .toList()));
    }

    @Override
    public Mono<Void> write(String id, Status status) {
        return Mono.empty();
    }

    @Override
    public Mono<Void> delete(String id) {
        return Mono.empty();
    }

    @Override
    public Mono<Void> close() {
        return Mono.empty();
    }
}
