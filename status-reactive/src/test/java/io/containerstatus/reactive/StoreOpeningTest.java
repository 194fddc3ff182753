package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.test.InMemoryCheckpoints;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.subscriber.TestSubscriber;

/**
 * At whatever moment the subscriber cancels, either it gets the store, or the ownership is given up. This
 * holds for an adapter of the caller and for one that was made for this opening.
 */
class StoreOpeningTest {
    private static final Runnable NOTHING = () -> {};

    private final InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();

    /** Returns an opening that runs this while the store is built. */
    private Mono<StatusStore> opening(boolean given, Runnable whileBuilding) {
        StoreContext context = new StoreContext(
                1,
                1,
                new SignalScheduler(null),
                new OwnThreads("status-lane", 0),
                new ManualCommitTimer(),
                new GuardedMetrics(StoreContext.NO_METRICS),
                Clock.systemUTC());
        AtomicBoolean taken = given ? new AtomicBoolean() : null;
        return StoreOpening.of(checkpoints, taken, opened -> {
            StatusStore built = new CheckpointStore(checkpoints, context, new StatusRecovery(opened));
            whileBuilding.run();
            return built;
        });
    }

    private static TestSubscriber<StatusStore> withoutDemand() {
        return TestSubscriber.builder().initialRequest(0).build();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cancelledWhileTheStoreIsBuiltItClosesTheAdapter(boolean given) {
        TestSubscriber<StatusStore> subscriber = TestSubscriber.create();
        opening(given, subscriber::cancel).subscribe(subscriber);
        assertThat(subscriber.getReceivedOnNext()).isEmpty();
        assertThat(checkpoints.takeCalls()).containsExactly("open", "close");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cancelledBeforeThereIsADemandItClosesTheAdapter(boolean given) {
        TestSubscriber<StatusStore> subscriber = withoutDemand();
        opening(given, NOTHING).subscribe(subscriber);
        assertThat(checkpoints.takeCalls()).containsExactly("open");
        subscriber.cancel();
        subscriber.cancel();
        assertThat(checkpoints.takeCalls()).containsExactly("close");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDemandThatComesLaterGetsTheStoreAndACancellationAfterItIsTooLate(boolean given) {
        TestSubscriber<StatusStore> subscriber = withoutDemand();
        opening(given, NOTHING).subscribe(subscriber);
        assertThat(subscriber.getReceivedOnNext()).isEmpty();
        subscriber.request(1);
        assertThat(subscriber.getReceivedOnNext()).hasSize(1);
        assertThat(subscriber.isTerminatedComplete()).isTrue();
        subscriber.cancel();
        assertThat(checkpoints.takeCalls()).containsExactly("open");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDemandThatComesWhileTheStoreIsBuiltGetsIt(boolean given) {
        TestSubscriber<StatusStore> subscriber = withoutDemand();
        opening(given, () -> subscriber.request(1)).subscribe(subscriber);
        assertThat(subscriber.getReceivedOnNext()).hasSize(1);
        assertThat(checkpoints.takeCalls()).containsExactly("open");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFailureToBuildTheStoreIsReportedOnceTheAdapterIsClosed(boolean given) {
        Sinks.Empty<Void> closed = Sinks.empty();
        checkpoints.closeWith(closed.asMono());
        StackOverflowError failure = new StackOverflowError("too many");
        TestSubscriber<StatusStore> subscriber = TestSubscriber.create();
        opening(given, () -> {
                    throw failure;
                })
                .subscribe(subscriber);
        assertThat(checkpoints.takeCalls()).containsExactly("open", "close");
        assertThat(subscriber.isTerminated()).isFalse();
        closed.tryEmitEmpty();
        assertThat(subscriber.expectTerminalError()).isSameAs(failure);
    }

    @Test
    void aFailureEndsAnAdapterThatWasMadeForIt() {
        IllegalStateException failure = new IllegalStateException("first");
        checkpoints.openWith(Mono.error(failure));
        TestSubscriber<StatusStore> subscriber = StoreTest.subscribe(opening(/* given= */ false, NOTHING));
        assertThat(subscriber.expectTerminalError()).isSameAs(failure);
        assertThat(checkpoints.takeCalls()).containsExactly("open", "close");
    }

    @Test
    void aFailureOfGivingUpIsKeptAsASuppressedOne() {
        IllegalStateException failure = new IllegalStateException("first");
        IllegalStateException second = new IllegalStateException("second");
        checkpoints.openWith(Mono.error(failure));
        checkpoints.closeWith(Mono.error(second));
        TestSubscriber<StatusStore> subscriber = StoreTest.subscribe(opening(/* given= */ false, NOTHING));
        assertThat(subscriber.expectTerminalError()).isSameAs(failure).hasSuppressedException(second);
    }

    @Test
    void cancelledWhileItOpensItEndsAnAdapterThatWasMadeForItAtOnce() {
        AtomicInteger cancelled = new AtomicInteger();
        checkpoints.openWith(Mono.<StatusCheckpoints.Access>never().doOnCancel(cancelled::incrementAndGet));
        StoreTest.subscribe(opening(/* given= */ false, NOTHING)).cancel();
        assertThat(cancelled).hasValue(1);
        assertThat(checkpoints.takeCalls()).containsExactly("open", "close");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cancelledAtTheMomentOfTheAnswerTheStoreIsHadOrGivenUpAndNeverBoth(boolean given) throws Exception {
        SimultaneousThreads threads = new SimultaneousThreads(2);
        try {
            for (int round = 0; round < 2000; round++) {
                Sinks.One<StatusCheckpoints.Access> answer = Sinks.one();
                checkpoints.openWith(answer.asMono());
                TestSubscriber<StatusStore> subscriber = StoreTest.subscribe(opening(given, NOTHING));
                threads.run(() -> answer.tryEmitValue(StatusCheckpoints.Access.WRITABLE), subscriber::cancel);
                int had = subscriber.getReceivedOnNext().size()
                        + subscriber.getReceivedOnNextAfterCancellation().size();
                assertThat(checkpoints.takeCalls()).isEqualTo(had == 0 ? List.of("open", "close") : List.of("open"));
                // For the next round.
                checkpoints.close().block(StoreTest.PATIENCE);
                checkpoints.takeCalls();
            }
        } finally {
            threads.end();
        }
    }
}
