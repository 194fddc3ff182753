package io.containerstatus.reactive;

import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.test.DelegatingCheckpoints;
import java.util.Random;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A disk on which every tenth step fails, in a random way. Most answers come late, and on another thread.
 * This is for a stress test of any length, for which no list of planned failures suffices.
 */
final class RandomlyFailingCheckpoints extends DelegatingCheckpoints {
    private final Random random;
    private volatile boolean healthy;

    RandomlyFailingCheckpoints(StatusCheckpoints behind, long seed) {
        super(behind);
        this.random = new Random(seed);
    }

    /** From now on, nothing fails. */
    void heal() {
        healthy = true;
    }

    @Override
    public Publisher<Void> write(String id, Status status) {
        return failing(id, Mono.defer(() -> Mono.from(super.write(id, status))));
    }

    @Override
    public Publisher<Void> delete(String id) {
        return failing(id, Mono.defer(() -> Mono.from(super.delete(id))));
    }

    private Publisher<Void> failing(String id, Publisher<Void> step) {
        int fate = healthy ? -1 : nextFate();
        Mono<Void> late = Mono.<Void>empty().publishOn(Schedulers.boundedElastic());
        return switch (fate) {
            case 0 -> late.then(Mono.error(StoreTest.notWritten(id)));
            case 1 -> late.then(Mono.error(StoreTest.indeterminate(id)));
            case 2 -> late.then(Mono.from(step)).then(Mono.error(StoreTest.indeterminate(id)));
            case 3 -> throw new IllegalStateException("thrown");
            case 4, 5, 6 -> step;
            default -> late.then(Mono.from(step));
        };
    }

    private synchronized int nextFate() {
        return random.nextInt(40);
    }
}
