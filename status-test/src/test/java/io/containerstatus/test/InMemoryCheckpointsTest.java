package io.containerstatus.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.CorruptStatusException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.RootLockedException;
import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;

/** Tests what the contract does not cover: that the test controls the adapter. */
@Timeout(60)
class InMemoryCheckpointsTest {
    private static final Status CREATED =
            Status.builder().createdAt(Instant.ofEpochSecond(1)).build();
    private static final Status RUNNING =
            CREATED.toBuilder().pid(7).startedAt(Instant.ofEpochSecond(2)).build();
    private static final IllegalStateException FAILURE = new IllegalStateException("of the test");

    private final InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();

    private static <T> TestSubscriber<T> subscribe(Mono<T> mono) {
        TestSubscriber<T> subscriber = TestSubscriber.create();
        mono.subscribe(subscriber);
        return subscriber;
    }

    private List<Found> open() {
        return checkpoints.open().map(Opened::containers).block();
    }

    private void openWithOne() {
        open();
        checkpoints.write("web", CREATED).block();
    }

    @Nested
    class AChange {
        @Test
        void thatIsToFailLeavesWhatIsThere() {
            openWithOne();
            checkpoints.failNext(FAILURE);
            StepVerifier.create(checkpoints.write("web", RUNNING)).verifyErrorMessage("of the test");
            assertThat(checkpoints.stored("web")).isEqualTo(CREATED);
            checkpoints.failNext(FAILURE);
            StepVerifier.create(checkpoints.delete("web")).verifyErrorMessage("of the test");
            assertThat(checkpoints.stored("web")).isEqualTo(CREATED);
            StepVerifier.create(checkpoints.write("web", RUNNING)).verifyComplete();
            assertThat(checkpoints.stored("web")).isEqualTo(RUNNING);
        }

        @Test
        void mayFailThoughItTakesEffect() {
            openWithOne();
            checkpoints.failNextAfterTheEffect(FAILURE);
            StepVerifier.create(checkpoints.write("web", RUNNING)).verifyErrorMessage("of the test");
            assertThat(checkpoints.stored("web")).isEqualTo(RUNNING);
            checkpoints.failNextAfterTheEffect(FAILURE);
            StepVerifier.create(checkpoints.delete("web")).verifyErrorMessage("of the test");
            assertThat(checkpoints.stored("web")).isNull();
        }

        @Test
        void meetsWhatIsPlannedWhenItIsSubscribedTo() {
            openWithOne();
            Mono<Void> late = checkpoints.write("web", RUNNING);
            checkpoints.failNext(FAILURE);
            StepVerifier.create(checkpoints.write("db", CREATED)).verifyErrorMessage("of the test");
            StepVerifier.create(late).verifyComplete();
        }

        @Test
        void thatIsHeldWaitsForTheTest() {
            openWithOne();
            Held held = checkpoints.holdNext();
            assertThat(held.hasArrived()).isFalse();
            assertThatThrownBy(held::complete).isInstanceOf(IllegalStateException.class);
            TestSubscriber<Void> caller = subscribe(checkpoints.write("web", RUNNING));
            assertThat(held.hasArrived()).isTrue();
            assertThat(caller.isTerminated()).isFalse();
            assertThat(checkpoints.stored("web")).isEqualTo(CREATED);

            held.complete();
            assertThat(caller.isTerminatedComplete()).isTrue();
            assertThat(checkpoints.stored("web")).isEqualTo(RUNNING);
            assertThatThrownBy(held::complete).isInstanceOf(IllegalStateException.class);
        }

        @Test
        void thatIsHeldCanFailEachWay() {
            openWithOne();
            Held first = checkpoints.holdNext();
            Held second = checkpoints.holdNext();
            TestSubscriber<Void> caller = subscribe(checkpoints.write("web", RUNNING));
            first.fail(FAILURE);
            assertThat(caller.expectTerminalError()).isSameAs(FAILURE);
            assertThat(checkpoints.stored("web")).isEqualTo(CREATED);
            TestSubscriber<Void> next = subscribe(checkpoints.write("web", RUNNING));
            second.failAfterTheEffect(FAILURE);
            assertThat(next.expectTerminalError()).isSameAs(FAILURE);
            assertThat(checkpoints.stored("web")).isEqualTo(RUNNING);
        }

        @Test
        void thatIsCancelledIsCarriedToItsEnd() {
            openWithOne();
            Held held = checkpoints.holdNext();
            subscribe(checkpoints.write("web", RUNNING)).cancel();
            held.complete();
            assertThat(checkpoints.stored("web")).isEqualTo(RUNNING);
        }

        @Test
        void takesItsTimeInVirtualTime() {
            openWithOne();
            VirtualTimeScheduler time = VirtualTimeScheduler.create();
            checkpoints.answerAfter(Duration.ofSeconds(5), time);
            TestSubscriber<Void> caller = subscribe(checkpoints.write("web", RUNNING));
            time.advanceTimeBy(Duration.ofMillis(4999));
            assertThat(caller.isTerminated()).isFalse();
            assertThat(checkpoints.stored("web")).isEqualTo(CREATED);
            time.advanceTimeBy(Duration.ofMillis(1));
            assertThat(caller.isTerminatedComplete()).isTrue();
            assertThat(checkpoints.stored("web")).isEqualTo(RUNNING);
            assertThatThrownBy(() -> checkpoints.answerAfter(Duration.ofSeconds(-1), time))
                    .isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void isNotWrittenIfTheSchedulerRefusesIt() {
            openWithOne();
            ManualScheduler disk = new ManualScheduler();
            checkpoints.answerOn(disk);
            disk.failNext(new RejectedExecutionException("full"));
            StepVerifier.create(checkpoints.write("web", RUNNING)).verifyError(NotWrittenException.class);
            disk.failNext(new OutOfMemoryError("no thread"));
            StepVerifier.create(checkpoints.write("web", RUNNING)).verifyError(NotWrittenException.class);
            TestSubscriber<Void> caller = subscribe(checkpoints.write("web", RUNNING));
            assertThat(caller.isTerminated()).isFalse();
            disk.runAll();
            assertThat(caller.isTerminatedComplete()).isTrue();
        }
    }

    @Nested
    class AnOpening {
        @Test
        void findsWhatWasPutThere() {
            Found corrupt = Found.failed("bad", new CorruptStatusException("torn", 0));
            checkpoints.put(corrupt);
            checkpoints.put(Found.missing("gone"));
            checkpoints.put("web", RUNNING);
            assertThat(checkpoints.stored("web")).isEqualTo(RUNNING);
            assertThat(checkpoints.stored("bad")).isNull();
            assertThat(checkpoints.stored("none")).isNull();
            assertThat(open()).containsExactlyInAnyOrder(corrupt, Found.missing("gone"), Found.of("web", RUNNING));
        }

        @Test
        void answersAsPlanned() {
            checkpoints.openWith(Mono.error(FAILURE));
            StepVerifier.create(checkpoints.open()).verifyErrorMessage("of the test");
            Sinks.One<Access> later = Sinks.one();
            checkpoints.openWith(later.asMono());
            TestSubscriber<Opened> caller = subscribe(checkpoints.open());
            assertThat(caller.isTerminated()).isFalse();
            later.tryEmitValue(Access.WRITABLE).orThrow();
            assertThat(caller.getReceivedOnNext()).containsExactly(new Opened(Access.WRITABLE, List.of()));
        }

        @Test
        void isRefusedToAnotherOneUntilTheOwnerIsClosed() {
            openWithOne();
            InMemoryCheckpoints other = checkpoints.another();
            StepVerifier.create(other.open()).verifyError(RootLockedException.class);
            StepVerifier.create(checkpoints.open()).verifyError(RootLockedException.class);
            Sinks.Empty<Void> closed = Sinks.empty();
            checkpoints.closeWith(closed.asMono());
            TestSubscriber<Void> closing = subscribe(checkpoints.close());
            StepVerifier.create(other.open()).verifyError(RootLockedException.class);
            closed.tryEmitEmpty().orThrow();
            assertThat(closing.isTerminatedComplete()).isTrue();
            StepVerifier.create(other.open().map(Opened::containers))
                    .expectNext(List.of(Found.of("web", CREATED)))
                    .verifyComplete();
        }

        @Test
        void ofWhatWasOpenBeforeFindsWhatItHadWritten() {
            openWithOne();
            checkpoints.close().block();
            assertThat(open()).containsExactly(Found.of("web", CREATED));
            StepVerifier.create(checkpoints.delete("web")).verifyComplete();
        }
    }

    @Test
    void aStorageThatBecameReadOnlyReportsTheReason() {
        assertThat(checkpoints.access().writable()).isFalse();
        openWithOne();
        assertThat(checkpoints.access()).isEqualTo(Access.WRITABLE);
        checkpoints.becomeReadOnly("the disk is gone");
        assertThat(checkpoints.access()).isEqualTo(Access.readOnly("the disk is gone"));
        StepVerifier.create(checkpoints.write("web", RUNNING)).verifyErrorSatisfies(failure -> assertThat(failure)
                .isInstanceOf(NotWrittenException.class)
                .hasMessageContaining("the disk is gone"));
        assertThat(checkpoints.stored("web")).isEqualTo(CREATED);
        checkpoints.close().block();
        open();
        assertThat(checkpoints.access()).isEqualTo(Access.WRITABLE);
    }

    @Test
    void theCloseWaitsForChangesInProgressAndFailsAsPlanned() {
        openWithOne();
        Held held = checkpoints.holdNext();
        subscribe(checkpoints.write("web", RUNNING));
        checkpoints.closeWith(Mono.error(FAILURE));
        TestSubscriber<Void> closing = subscribe(checkpoints.close());
        assertThat(closing.isTerminated()).isFalse();
        held.complete();
        assertThat(closing.expectTerminalError()).isSameAs(FAILURE);
        assertThat(checkpoints.stored("web")).isEqualTo(RUNNING);
    }

    @Test
    void theCallsAreNotedInTheirOrder() {
        openWithOne();
        Mono<Void> never = checkpoints.write("db", CREATED);
        assertThat(never).isNotNull();
        Mono.from(checkpoints.create("job", CREATED)).block();
        checkpoints.delete("web").block();
        assertThat(checkpoints.takeCalls()).containsExactly("open", "write web", "write job", "delete web");
        checkpoints.close().block();
        assertThat(checkpoints.takeCalls()).containsExactly("close");
    }

    @Test
    void aCallerThatBreaksTheContractIsNoticed() {
        openWithOne();
        Held held = checkpoints.holdNext();
        subscribe(checkpoints.write("web", RUNNING));
        subscribe(checkpoints.write("db", RUNNING));
        assertThat(checkpoints.violations()).isEmpty();
        subscribe(checkpoints.delete("web"));
        assertThat(checkpoints.violations()).containsExactly("a change of web began before the previous one had ended");
        subscribe(checkpoints.close());
        assertThat(checkpoints.violations()).hasSize(2).last().isEqualTo("closed while a change of web was under way");
        held.complete();
    }
}
