package io.containerstatus.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.InvalidRootException;
import io.containerstatus.RootLockedException;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.test.InMemoryCheckpoints;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Opening again while another store has the root. */
class LockWaitTest {
    private final AtomicInteger attempts = new AtomicInteger();
    private final StatusStore store = Objects.requireNonNull(
            StatusStore.builder(new InMemoryCheckpoints()).open().block());

    /** Is locked for so many attempts. */
    private Mono<StatusStore> lockedFor(int locked) {
        return Mono.defer(() -> attempts.getAndIncrement() < locked
                ? Mono.error(new RootLockedException("/run/web"))
                : Mono.just(store));
    }

    @Test
    void opensOnceTheLockIsFree() {
        StepVerifier.withVirtualTime(() -> LockWait.open(lockedFor(5), Duration.ofSeconds(30)))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(500))
                .expectNext(store)
                .verifyComplete();
    }

    @Test
    void givesUpAfterTheWait() {
        StepVerifier.withVirtualTime(() -> LockWait.open(lockedFor(Integer.MAX_VALUE), Duration.ofSeconds(30)))
                .expectSubscription()
                .expectNoEvent(Duration.ofSeconds(30))
                .verifyError(RootLockedException.class);
        assertThat(attempts).hasValue(301);
    }

    @Test
    void triesOnceWithoutAWait() {
        StepVerifier.create(LockWait.open(lockedFor(1), Duration.ZERO)).verifyError(RootLockedException.class);
        assertThat(attempts).hasValue(1);
    }

    @Test
    void takesAnyOtherFailureForFinal() {
        Mono<StatusStore> invalid = Mono.defer(() -> {
            attempts.incrementAndGet();
            return Mono.error(new InvalidRootException("/run/web", "no folder", null));
        });
        StepVerifier.create(LockWait.open(invalid, Duration.ofSeconds(30))).verifyError(InvalidRootException.class);
        assertThat(attempts).hasValue(1);
    }
}
