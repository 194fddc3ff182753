package io.containerstatus.reactive;

import io.containerstatus.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A process that works until it is killed. It updates several containers as fast as possible, with eight
 * updates of each in progress at once, and deletes and creates them again in between. Each step is printed
 * before it begins, and again when it is acknowledged: {@code begin c3 17 .}, {@code done c3 17 .}. A
 * deletion is {@code absent}. The numbers of a container only grow.
 */
final class LoadProgram {
    private static final int AT_ONCE = 8;

    private final StatusStore store;
    private final String id;
    private final Random random;
    private long next;

    private LoadProgram(StatusStore store, String id, Random random, long next) {
        this.store = store;
        this.id = id;
        this.random = random;
        this.next = next;
    }

    /** Takes the root, the number of containers, a seed, the number to begin with, and whether there is a journal. */
    public static void main(String[] arguments) {
        StatusStore store = open(Path.of(arguments[0]), Boolean.parseBoolean(arguments[4]));
        int containers = Integer.parseInt(arguments[1]);
        Random random = new Random(Long.parseLong(arguments[2]));
        long first = Long.parseLong(arguments[3]);
        Flux.range(0, containers)
                .flatMap(i -> new LoadProgram(store, "c" + i, new Random(random.nextLong()), first).work(), containers)
                .blockLast();
    }

    /**
     * Opens the root. The segments of the journal are of the smallest size, so that they run out and are used again.
     */
    static StatusStore open(Path root, boolean journaled) {
        Mono<StatusStore> opening = journaled
                ? StatusStore.builder(root)
                        .journaled(Duration.ofMillis(100), 16 << 10)
                        .open()
                : StatusStore.open(root);
        return Objects.requireNonNull(opening.block(StoreTest.PATIENCE));
    }

    private Mono<Void> work() {
        boolean exists = store.list().stream().anyMatch(one -> one.id().equals(id));
        Mono<Void> creation = exists ? Mono.empty() : step(store::create);
        return creation.thenMany(
                        Mono.defer(this::life).then(Mono.defer(this::deletion)).repeat())
                .then();
    }

    /** Updates the container several hundred times. */
    private Mono<Void> life() {
        StatusStorage container = store.find(id);
        return Flux.range(0, 1 + random.nextInt(300))
                .flatMap(i -> step((same, status) -> container.updateSync(before -> status)), AT_ONCE)
                .then();
    }

    /** Deletes the container and creates it again. */
    private Mono<Void> deletion() {
        print("begin", "absent");
        return store.delete(id)
                .doOnSuccess(done -> print("done", "absent"))
                .then(Mono.defer(() -> step(store::create)));
    }

    private interface Step {
        Mono<?> to(String id, Status status);
    }

    private Mono<Void> step(Step step) {
        return Mono.defer(() -> {
                    long number = next++;
                    print("begin", Long.toString(number));
                    return step.to(id, ContainerAction.status(number))
                            .doOnSuccess(done -> print("done", Long.toString(number)));
                })
                .then();
    }

    private void print(String word, String state) {
        System.out.println(word + " " + id + " " + state + " .");
    }
}
