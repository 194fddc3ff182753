package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.ContainerDeletedException;
import io.containerstatus.Status;
import io.containerstatus.StoreClosedException;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

class AwaitTest extends StoreTest {
    private static final Predicate<Status> RUNNING = status -> status.pid() != 0;
    private static final Predicate<Status> NEVER = status -> false;

    private StatusStorage web;

    @BeforeEach
    void createContainer() {
        web = container("web");
    }

    private void assertThatNobodyWatches() {
        assertThat(((ContainerLane) web).subscribers().isEmpty()).isTrue();
    }

    @Nested
    class Matches {
        @Test
        void theCurrentStatus() {
            web.update(pid(7)).block(PATIENCE);
            StepVerifier.create(web.await(RUNNING)).expectNext(web.current()).verifyComplete();
            assertThatNobodyWatches();
        }

        @Test
        void aLaterStatus() {
            StepVerifier.create(web.await(RUNNING))
                    .expectSubscription()
                    .then(() -> web.update(
                                    status -> status.toBuilder().exitCode(1).build())
                            .block(PATIENCE))
                    .then(() -> web.updateSync(pid(7)).block(PATIENCE))
                    .assertNext(status -> assertThat(status.pid()).isEqualTo(7))
                    .verifyComplete();
            assertThatNobodyWatches();
        }

        @Test
        void theFirstOfTwo() {
            TestSubscriber<Status> waiting = subscribe(web.await(RUNNING));
            web.update(pid(7)).block(PATIENCE);
            web.update(pid(8)).block(PATIENCE);
            assertThat(waiting.getReceivedOnNext()).extracting(Status::pid).containsExactly(7L);
        }

        @Test
        void aStatusThatWasReplacedAtOnce() {
            // Both are committed by one write. A stream of the latest would emit the second only.
            Held write = checkpoints.holdNext();
            subscribe(web.updateSync(status -> status.toBuilder().exitCode(1).build()));
            subscribe(web.updateSync(pid(7)));
            subscribe(web.updateSync(pid(0)));
            TestSubscriber<Status> waiting = subscribe(web.await(RUNNING));
            write.complete();
            assertThat(waiting.getReceivedOnNext()).extracting(Status::pid).containsExactly(7L);
            assertThat(web.current().pid()).isZero();
        }

        @Test
        void nothingThatWasNeverCommitted() {
            TestSubscriber<Status> waiting = subscribe(web.await(RUNNING));
            checkpoints.failNext(notWritten("web"));
            web.updateSync(pid(7)).onErrorComplete().block(PATIENCE);
            assertThat(waiting.isTerminated()).isFalse();
            waiting.cancel();
        }

        @Test
        void checksEveryCommitOnceAndInOrder() {
            List<Long> checked = new ArrayList<>();
            TestSubscriber<Status> waiting = subscribe(web.await(status -> {
                checked.add(status.pid());
                return status.pid() == 100;
            }));
            for (int i = 1; i <= 100; i++) {
                web.update(pid(i)).block(PATIENCE);
            }
            web.update(pid(101)).block(PATIENCE);
            assertThat(waiting.isTerminatedComplete()).isTrue();
            assertThat(checked).hasSize(101).isSorted().doesNotHaveDuplicates();
        }

        @Test
        void againForEachSubscription() {
            Mono<Status> running = web.await(RUNNING);
            StepVerifier.create(running)
                    .then(() -> web.update(pid(7)).block(PATIENCE))
                    .expectNextCount(1)
                    .verifyComplete();
            StepVerifier.create(running).expectNextCount(1).verifyComplete();
            assertThatNobodyWatches();
        }

        @Test
        void withoutDemandAndKeepsItForWhenThereIs() {
            StepVerifier.create(web.await(RUNNING), 0)
                    .expectSubscription()
                    .then(() -> web.update(pid(7)).block(PATIENCE))
                    .then(() -> web.update(pid(8)).block(PATIENCE))
                    .thenRequest(1)
                    .assertNext(status -> assertThat(status.pid()).isEqualTo(7))
                    .verifyComplete();
        }

        @Test
        void onTheSignalScheduler() {
            Scheduler signals = Schedulers.newSingle("test-signal");
            reopen(builder -> builder.signalScheduler(signals));
            web = store.find("web");
            CompletableFuture<String> thread = web.await(RUNNING)
                    .map(status -> Thread.currentThread().getName())
                    .toFuture();
            web.update(pid(7)).block(PATIENCE);
            assertThat(thread).succeedsWithin(PATIENCE).asString().startsWith("test-signal");
            signals.dispose();
        }
    }

    @Nested
    class Fails {
        @Test
        void whenTheContainerIsDeletedMeanwhile() {
            StepVerifier.create(web.await(NEVER))
                    .expectSubscription()
                    .then(() -> web.delete().block(PATIENCE))
                    .verifyError(ContainerDeletedException.class);
            assertThatNobodyWatches();
        }

        @Test
        void whenTheContainerIsDeletedAlreadyEvenIfItsLastStatusWouldMatch() {
            web.delete().block(PATIENCE);
            StepVerifier.create(web.await(status -> true)).verifyError(ContainerDeletedException.class);
            assertThatNobodyWatches();
        }

        @Test
        void whenTheStoreClosesMeanwhile() {
            StepVerifier.create(web.await(NEVER))
                    .expectSubscription()
                    .then(() -> store.close().block(PATIENCE))
                    .verifyError(StoreClosedException.class);
            assertThatNobodyWatches();
        }

        @Test
        void whenTheStoreIsClosedAlready() {
            store.close().block(PATIENCE);
            StepVerifier.create(web.await(status -> true)).verifyError(StoreClosedException.class);
            assertThatNobodyWatches();
        }

        @Test
        void withWhatThePredicateThrows() {
            IllegalStateException mine = new IllegalStateException("mine");
            StepVerifier.create(web.await(status -> {
                        throw mine;
                    }))
                    .verifyErrorSatisfies(error -> assertThat(error).isSameAs(mine));
            assertThatNobodyWatches();
        }

        @Test
        void withWhatThePredicateThrowsLaterAndTheUpdateDoesNot() {
            IllegalStateException mine = new IllegalStateException("mine");
            TestSubscriber<Status> waiting = subscribe(web.await(status -> {
                if (status.pid() == 7) {
                    throw mine;
                }
                return false;
            }));
            StepVerifier.create(web.update(pid(7))).expectNextCount(1).verifyComplete();
            assertThat(waiting.expectTerminalError()).isSameAs(mine);
            assertThatNobodyWatches();
        }

        /** Errors that Reactor's operators rethrow instead of signalling them. */
        static Stream<Error> fatalErrors() {
            return Stream.of(new StackOverflowError("deep"), new NoClassDefFoundError("half a class path"));
        }

        @ParameterizedTest
        @MethodSource("fatalErrors")
        void withAFatalErrorOfThePredicateAndNoOneElseIsHarmed(Error fatal) {
            List<Throwable> dropped = new ArrayList<>();
            Hooks.onErrorDropped(dropped::add);
            try {
                TestSubscriber<Status> waiting = subscribe(web.await(status -> {
                    if (status.pid() == 7) {
                        throw fatal;
                    }
                    return false;
                }));
                TestSubscriber<Status> other = subscribe(web.await(RUNNING));
                StepVerifier.create(web.update(pid(7))).expectNextCount(1).verifyComplete();
                assertThat(waiting.expectTerminalError()).isSameAs(fatal);
                assertThat(other.isTerminatedComplete()).isTrue();
                assertThat(dropped).isEmpty();
                assertThatNobodyWatches();
            } finally {
                Hooks.resetOnErrorDropped();
            }
        }

        @ParameterizedTest
        @MethodSource("fatalErrors")
        void withAFatalErrorAboutTheCurrentStatusToo(Error fatal) {
            TestSubscriber<Status> waiting = subscribe(web.await(status -> {
                throw fatal;
            }));
            assertThat(waiting.expectTerminalError()).isSameAs(fatal);
            assertThatNobodyWatches();
        }

        @Test
        void withoutAPredicateAtOnce() {
            assertThatThrownBy(() -> web.await(null)).isInstanceOf(NullPointerException.class);
        }
    }

    @Nested
    class Cancelled {
        @Test
        void leavesNoSubscriberBehind() {
            StepVerifier.create(web.await(NEVER))
                    .expectSubscription()
                    .thenCancel()
                    .verify();
            assertThatNobodyWatches();
        }

        @Test
        void doesNotCallThePredicateAgain() {
            List<Long> checked = new ArrayList<>();
            subscribe(web.await(status -> !checked.add(status.pid()))).cancel();
            web.update(pid(7)).block(PATIENCE);
            assertThat(checked).containsExactly(0L);
        }

        @Test
        void byATimeoutLeavesNoSubscriberBehind() {
            StepVerifier.withVirtualTime(() -> web.await(NEVER).timeout(Duration.ofMinutes(1)))
                    .expectSubscription()
                    .thenAwait(Duration.ofMinutes(1))
                    .verifyError(TimeoutException.class);
            assertThatNobodyWatches();
        }
    }
}
