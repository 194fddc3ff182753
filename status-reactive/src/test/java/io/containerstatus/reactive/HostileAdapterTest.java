package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.CorruptStatusException;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.test.DelegatingCheckpoints;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/** Adapters that break their contract. The operation ends, at worst as uncertain, and the container continues. */
class HostileAdapterTest extends StoreTest {
    private final Hostile hostile = new Hostile(checkpoints);
    private StatusStorage web;

    /**
     * Gives each answer of the test once, including null or an exception. In these cases, it does not call
     * the adapter behind it.
     */
    private static final class Hostile extends DelegatingCheckpoints {
        private final Queue<Function<String, Publisher<Void>>> answers = new ArrayDeque<>();

        Hostile(StatusCheckpoints behind) {
            super(behind);
        }

        void answerNext(Function<String, Publisher<Void>> answer) {
            answers.add(answer);
        }

        @Override
        public Publisher<Void> create(String id, Status status) {
            return write(id, status);
        }

        @Override
        public Publisher<Void> write(String id, Status status) {
            return answers.isEmpty()
                    ? super.write(id, status)
                    : answers.remove().apply(id);
        }

        @Override
        public Publisher<Void> delete(String id) {
            return answers.isEmpty() ? super.delete(id) : answers.remove().apply(id);
        }
    }

    @BeforeEach
    void createContainer() {
        store.close().block(PATIENCE);
        store = StatusStore.builder(hostile)
                .signalScheduler(Schedulers.immediate())
                .open()
                .block(PATIENCE);
        web = container("web");
    }

    /** Answers with these signals in this order, even if the specification forbids them. */
    private static Publisher<Void> signalling(Consumer<Subscriber<? super Void>> signals) {
        return signals::accept;
    }

    private static final Subscription NOTHING = new Subscription() {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    };

    @Nested
    class ThatFailsInItsOwnWay {
        static Stream<Throwable> foreign() {
            return Stream.of(
                    new IllegalStateException("foreign"),
                    new IOException("checked"),
                    new CorruptStatusException("of no write", 0),
                    new AlreadyExistsException("web"), // A creation may fail with it, and nothing else.
                    new AssertionError("an error"),
                    new StackOverflowError("a fatal one"));
        }

        @ParameterizedTest
        @MethodSource("foreign")
        void isUncertain(Throwable foreign) {
            hostile.answerNext(id -> signalling(subscriber -> {
                subscriber.onSubscribe(NOTHING);
                subscriber.onError(foreign);
            }));
            assertThatAnUpdateIsUncertainBecauseOf(foreign);
        }

        @ParameterizedTest
        @MethodSource("foreign")
        void isUncertainWhenItThrowsInstead(Throwable foreign) {
            hostile.answerNext(id -> HostileAdapterTest.<Publisher<Void>, RuntimeException>sneak(foreign));
            assertThatAnUpdateIsUncertainBecauseOf(foreign);
        }

        @ParameterizedTest
        @MethodSource("foreign")
        void isUncertainWhenItsPublisherThrows(Throwable foreign) {
            hostile.answerNext(id -> signalling(subscriber -> sneak(foreign)));
            assertThatAnUpdateIsUncertainBecauseOf(foreign);
        }

        private void assertThatAnUpdateIsUncertainBecauseOf(Throwable foreign) {
            StepVerifier.create(web.updateSync(pid(7))).verifyErrorSatisfies(error -> assertThat(error)
                    .isInstanceOf(IndeterminateWriteException.class)
                    .hasMessageContaining("\"web\"")
                    .hasCause(foreign));
            assertThat(web.current()).isEqualTo(CREATED);
            // The status is uncertain, so an equal one is written again.
            StepVerifier.create(web.updateSync(status -> status))
                    .expectNext(CREATED)
                    .verifyComplete();
            assertThat(checkpoints.takeCalls()).endsWith("write web");
        }

        @Test
        void isUncertainWhenItReturnsNothing() {
            hostile.answerNext(id -> null);
            StepVerifier.create(web.updateSync(pid(7))).verifyError(IndeterminateWriteException.class);
            StepVerifier.create(web.updateSync(pid(8))).expectNextCount(1).verifyComplete();
        }

        @Test
        void ofACreationOrADeletionIsUncertainToo() {
            hostile.answerNext(id -> Mono.error(new IllegalStateException("foreign")));
            StepVerifier.create(store.create("db", CREATED)).verifyError(IndeterminateWriteException.class);
            hostile.answerNext(id -> Mono.error(new IllegalStateException("foreign")));
            StepVerifier.create(web.delete()).verifyError(IndeterminateWriteException.class);
            assertThat(store.list()).containsExactly(web);
        }
    }

    @Nested
    class ThatSignalsWrongly {
        @Test
        void withoutASubscriptionFirst() {
            hostile.answerNext(id -> signalling(Subscriber::onComplete));
            StepVerifier.create(web.updateSync(pid(7))).expectNextCount(1).verifyComplete();
            hostile.answerNext(id -> signalling(subscriber -> subscriber.onError(new IllegalStateException("no"))));
            StepVerifier.create(web.updateSync(pid(8))).verifyError(IndeterminateWriteException.class);
            assertThat(web.current().pid()).isEqualTo(7);
        }

        @Test
        void twiceAtOnce() {
            hostile.answerNext(id -> signalling(subscriber -> {
                subscriber.onSubscribe(NOTHING);
                subscriber.onComplete();
                subscriber.onComplete();
                subscriber.onError(new IllegalStateException("late"));
            }));
            StepVerifier.create(web.updateSync(pid(7))).expectNextCount(1).verifyComplete();
            assertThat(web.revision()).isEqualTo(2);
        }

        @Test
        void againWhileTheNextWriteIsUnderWay() {
            List<Subscriber<? super Void>> writes = new ArrayList<>();
            hostile.answerNext(id -> signalling(subscriber -> {
                subscriber.onSubscribe(NOTHING);
                writes.add(subscriber);
            }));
            TestSubscriber<Status> first = subscribe(web.updateSync(pid(1)));
            writes.get(0).onComplete();
            Held second = checkpoints.holdNext();
            TestSubscriber<Status> waiting = subscribe(web.updateSync(pid(2)));
            writes.get(0).onError(new IllegalStateException("late"));
            writes.get(0).onComplete();
            assertThat(waiting.isTerminated()).isFalse();
            second.complete();
            assertThat(first.isTerminatedComplete()).isTrue();
            assertThat(waiting.isTerminatedComplete()).isTrue();
            assertThat(web.revision()).isEqualTo(3);
        }

        @Test
        void andThrowsAfterwards() {
            hostile.answerNext(id -> signalling(subscriber -> {
                subscriber.onSubscribe(NOTHING);
                subscriber.onComplete();
                throw new IllegalStateException("afterwards");
            }));
            StepVerifier.create(web.updateSync(pid(7))).expectNextCount(1).verifyComplete();
        }

        @Test
        void withASecondSubscription() {
            hostile.answerNext(id -> signalling(subscriber -> {
                subscriber.onSubscribe(NOTHING);
                subscriber.onSubscribe(NOTHING);
                subscriber.onComplete();
            }));
            StepVerifier.create(web.updateSync(pid(7))).expectNextCount(1).verifyComplete();
        }

        @Test
        void onlyWhenAsked() {
            hostile.answerNext(id -> signalling(subscriber -> subscriber.onSubscribe(new Subscription() {
                @Override
                public void request(long n) {
                    subscriber.onComplete();
                }

                @Override
                public void cancel() {}
            })));
            StepVerifier.create(web.updateSync(pid(7))).expectNextCount(1).verifyComplete();
        }
    }

    @SuppressWarnings("unchecked")
    private static <T, E extends Throwable> T sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }
}
