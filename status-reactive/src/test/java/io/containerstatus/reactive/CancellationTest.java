package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;

class CancellationTest extends StoreTest {
    private StatusStorage web;
    private Held write;
    private TestSubscriber<Status> writing;

    @BeforeEach
    void holdAWrite() {
        web = container("web");
        write = checkpoints.holdNext();
        writing = subscribe(web.updateSync(pid(1)));
        assertThat(write.hasArrived()).isTrue();
        checkpoints.takeCalls();
    }

    @Nested
    class BeforeTheOperationsTurn {
        private final AtomicInteger runs = new AtomicInteger();

        private Status counted(Status status) {
            runs.incrementAndGet();
            return status.toBuilder().pid(99).build();
        }

        @Test
        void theFunctionNeverRuns() {
            subscribe(web.updateSync(this::counted)).cancel();
            subscribe(web.update(this::counted)).cancel();
            write.complete();
            assertThat(runs).hasValue(0);
            assertThat(web.current().pid()).isEqualTo(1);
            assertThat(checkpoints.takeCalls()).isEmpty();
        }

        @Test
        void othersOfTheSameBatchAreNotAffected() {
            TestSubscriber<Status> before = subscribe(web.updateSync(pid(2)));
            TestSubscriber<Status> cancelled = subscribe(web.updateSync(this::counted));
            TestSubscriber<Status> after = subscribe(web.updateSync(pid(3)));
            cancelled.cancel();
            write.complete();
            assertThat(before.isTerminatedComplete()).isTrue();
            assertThat(after.isTerminatedComplete()).isTrue();
            assertThat(web.revision()).isEqualTo(4);
            assertThat(cancelled.getReceivedOnNext()).isEmpty();
            assertThat(cancelled.isTerminated()).isFalse();
        }

        @Test
        void aDeletionDoesNotHappen() {
            subscribe(web.delete()).cancel();
            write.complete();
            assertThat(store.list()).hasSize(1);
            assertThat(checkpoints.stored("web")).isNotNull();
        }

        @Test
        void aCreationDoesNotHappen() {
            TestSubscriber<Void> deletion = subscribe(web.delete());
            subscribe(store.create("web", CREATED)).cancel();
            write.complete();
            assertThat(deletion.isTerminatedComplete()).isTrue();
            assertThat(store.list()).isEmpty();
            assertThat(checkpoints.takeCalls()).containsExactly("delete web");
        }

        @Test
        void aWatcherOfTheDeletionCancelsTheCreationBehindIt() {
            subscribe(web.delete());
            TestSubscriber<StatusStorage> create = subscribe(store.create("web", CREATED));
            web.changes().doOnComplete(create::cancel).subscribe();
            write.complete();
            assertThat(checkpoints.takeCalls()).containsExactly("delete web");
        }
    }

    @Nested
    class InMidWrite {
        @Test
        void theEffectRemainsAndOnlyTheResultIsDropped() {
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            web.changes().subscribe(watcher);
            writing.cancel();
            assertThat(web.current()).isEqualTo(CREATED);
            write.complete();
            assertThat(web.current().pid()).isEqualTo(1);
            assertThat(web.revision()).isEqualTo(2);
            assertThat(checkpoints.stored("web").pid()).isEqualTo(1);
            assertThat(watcher.getReceivedOnNext()).hasSize(2);
            assertThat(writing.getReceivedOnNext()).isEmpty();
            assertThat(writing.isTerminated()).isFalse();
        }

        @Test
        void theNextOperationsGoOn() {
            TestSubscriber<Status> next = subscribe(web.updateSync(pid(2)));
            writing.cancel();
            write.complete();
            assertThat(next.isTerminatedComplete()).isTrue();
            assertThat(web.revision()).isEqualTo(3);
        }

        @Test
        void aFailureIsDroppedAndReactorsHookReceivesIt() {
            List<Throwable> dropped = new ArrayList<>();
            Hooks.onErrorDropped(dropped::add);
            try {
                StatusException failure = notWritten("web");
                writing.cancel();
                write.fail(failure);
                assertThat(web.current()).isEqualTo(CREATED);
                assertThat(writing.isTerminated()).isFalse();
                assertThat(dropped).containsExactly(failure);
            } finally {
                Hooks.resetOnErrorDropped();
            }
        }

        @Test
        void oneOfABatchDoesNotTakeTheOthersWithIt() {
            TestSubscriber<Status> one = subscribe(web.updateSync(pid(2)));
            TestSubscriber<Status> two = subscribe(web.updateSync(pid(3)));
            Held second = checkpoints.holdNext();
            write.complete();
            one.cancel();
            second.complete();
            assertThat(two.isTerminatedComplete()).isTrue();
            assertThat(web.revision()).isEqualTo(4);
            assertThat(one.getReceivedOnNext()).isEmpty();
        }

        @Test
        void timeoutStillCommits() {
            write.complete();
            Held slow = checkpoints.holdNext();
            VirtualTimeScheduler clock = VirtualTimeScheduler.create();
            Mono<Status> hasty = web.updateSync(pid(5)).timeout(Duration.ofSeconds(3), clock);
            StepVerifier.create(hasty)
                    .expectSubscription()
                    .then(() -> clock.advanceTimeBy(Duration.ofSeconds(3)))
                    .verifyError(TimeoutException.class);
            assertThat(web.current().pid()).isEqualTo(1);
            slow.complete();
            assertThat(web.current().pid()).isEqualTo(5);
            assertThat(checkpoints.stored("web").pid()).isEqualTo(5);
        }

        @Test
        void aCreationRemains() {
            Held creation = checkpoints.holdNext();
            subscribe(store.create("db", CREATED)).cancel();
            creation.complete();
            assertThat(store.find("db").current()).isEqualTo(CREATED);
            write.complete();
        }

        @Test
        void aDeletionRemains() {
            write.complete();
            Held deletion = checkpoints.holdNext();
            subscribe(web.delete()).cancel();
            deletion.complete();
            assertThat(store.list()).isEmpty();
            assertThat(checkpoints.stored("web")).isNull();
        }
    }

    @Nested
    class BeforeTheSubscriptionWasEvenMade {
        @Test
        void nothingRunsForASubscriberThatCancelsAtOnce() {
            write.complete();
            AtomicInteger runs = new AtomicInteger();
            StepVerifier.create(web.updateSync(status -> {
                        runs.incrementAndGet();
                        return pid(7).apply(status);
                    }))
                    .thenCancel()
                    .verify();
            // Reactor passes the subscription to the subscriber before the operation is submitted.
            TestSubscriber<Status> hasty = TestSubscriber.create();
            hasty.cancel();
            web.updateSync(pid(8)).subscribe(hasty);
            assertThat(web.current().pid()).isNotEqualTo(8);
        }
    }
}
