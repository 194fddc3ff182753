package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.containerstatus.RootLockedException;
import io.containerstatus.test.InMemoryCheckpoints;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** A store that is closed regardless of how its use ends. */
class UsingTest {
    @TempDir
    Path root;

    private final AtomicReference<StatusStore> used = new AtomicReference<>();

    private <T> Flux<T> using(Publisher<T> publisher) {
        return StatusStore.using(root, store -> {
            used.set(store);
            return publisher;
        });
    }

    /** The lock is given up last, so opening the root succeeds only after the close. */
    private void assertThatTheRootIsFree() {
        assertThat(used.get().isClosed()).isTrue();
        StatusStore next = StatusStore.open(root).block(StoreTest.PATIENCE);
        next.close().block(StoreTest.PATIENCE);
    }

    @Test
    void opensNothingBeforeTheSubscription() {
        using(Mono.just(1));
        assertThat(used).hasNullValue();
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void emitsWhatThePublisherEmitsAndEndsOnceTheStoreIsClosed() {
        StepVerifier.create(using(Flux.just(1, 2, 3)))
                .expectNext(1, 2, 3)
                .expectComplete()
                .verify(StoreTest.PATIENCE);
        assertThatTheRootIsFree();
    }

    @Test
    void keepsTheStoreOpenUntilThePublisherEnds() {
        Flux<Boolean> seen = StatusStore.using(root, store -> store.create("web-1", StoreTest.CREATED)
                .then(StatusStore.open(root)
                        .map(other -> false)
                        .onErrorResume(RootLockedException.class, locked -> Mono.just(true)))
                .map(locked -> locked && !store.isClosed()));
        StepVerifier.create(seen).expectNext(true).expectComplete().verify(StoreTest.PATIENCE);
    }

    @Test
    void failsAsThePublisherDoesOnceTheStoreIsClosed() {
        IllegalStateException failure = new IllegalStateException("no");
        StepVerifier.create(using(Flux.error(failure)))
                .expectErrorMatches(failure::equals)
                .verify(StoreTest.PATIENCE);
        assertThatTheRootIsFree();
    }

    @Test
    void closesTheStoreOfAPublisherThatCouldNotBeMade() {
        IllegalStateException failure = new IllegalStateException("no");
        Flux<Object> flux = StatusStore.using(root, store -> {
            used.set(store);
            throw failure;
        });
        StepVerifier.create(flux).expectErrorMatches(failure::equals).verify(StoreTest.PATIENCE);
        assertThatTheRootIsFree();
    }

    @Test
    void closesTheStoreWhenItIsCancelled() {
        StepVerifier.create(using(Flux.concat(Mono.just(1), Mono.never())))
                .expectNext(1)
                .thenCancel()
                .verify(StoreTest.PATIENCE);
        // Cancelling does not wait for the close.
        Awaitility.await().atMost(StoreTest.PATIENCE).untilAsserted(this::assertThatTheRootIsFree);
    }

    /** A store whose storage fails to close. */
    private <T> Flux<T> usingWhatFailsToClose(Publisher<T> publisher, Throwable failure) {
        InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();
        checkpoints.closeWith(Mono.error(failure));
        return Using.of(StatusStore.builder(checkpoints).open(), store -> publisher);
    }

    @Test
    void reportsThePublishersFailureAndAddsThatOfTheClose() {
        IllegalStateException failure = new IllegalStateException("no");
        IllegalStateException closing = new IllegalStateException("no close");
        StepVerifier.create(usingWhatFailsToClose(Flux.error(failure), closing))
                .expectErrorSatisfies(
                        thrown -> assertThat(thrown).isSameAs(failure).hasSuppressedException(closing))
                .verify(StoreTest.PATIENCE);
    }

    @Test
    void failsWithTheCloseWhereThePublisherHasSucceeded() {
        IllegalStateException closing = new IllegalStateException("no close");
        StepVerifier.create(usingWhatFailsToClose(Mono.just(1), closing))
                .expectNext(1)
                .expectErrorSatisfies(thrown ->
                        assertThat(thrown).isInstanceOf(RuntimeException.class).hasCause(closing))
                .verify(StoreTest.PATIENCE);
    }

    @Test
    void dropsTheFailureOfTheCloseWhenItIsCancelled() {
        IllegalStateException closing = new IllegalStateException("no close");
        Queue<Throwable> dropped = new ConcurrentLinkedQueue<>();
        Hooks.onErrorDropped(dropped::add);
        try {
            StepVerifier.create(usingWhatFailsToClose(Flux.concat(Mono.just(1), Mono.never()), closing))
                    .expectNext(1)
                    .thenCancel()
                    .verify(StoreTest.PATIENCE);
            Awaitility.await().atMost(StoreTest.PATIENCE).untilAsserted(() -> assertThat(dropped)
                    .containsExactly(closing));
        } finally {
            Hooks.resetOnErrorDropped();
        }
    }

    @Test
    void failsWithoutAStoreWhereTheRootIsTaken() {
        StatusStore first = StatusStore.open(root).block(StoreTest.PATIENCE);
        StepVerifier.create(using(Mono.just(1)))
                .expectError(RootLockedException.class)
                .verify(StoreTest.PATIENCE);
        assertThat(used).hasNullValue();
        first.close().block(StoreTest.PATIENCE);
    }

    @Test
    @SuppressWarnings("NullAway") // that is the test
    void refusesNullAtOnce() {
        assertThatNullPointerException().isThrownBy(() -> StatusStore.using(root, null));
        assertThatNullPointerException().isThrownBy(() -> StatusStore.using(null, store -> Mono.empty()));
    }
}
