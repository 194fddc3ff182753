package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;

/** Publishers that each break one rule, and fail the checks that correct publishers pass. */
class TckControlTest {
    private static final long PATIENCE = 200;
    private static final long SILENCE = 25;

    /** How a broken publisher answers a request, knowing whether it was cancelled. */
    @FunctionalInterface
    private interface Answer {
        void request(long n, boolean cancelled, long elements, Subscriber<? super Long> subscriber);
    }

    private static final Answer IGNORES_DEMAND = (n, cancelled, elements, subscriber) -> {
        for (long i = 0; i < elements; i++) {
            subscriber.onNext(i);
        }
    };
    private static final Answer NEVER_ENDS = (n, cancelled, elements, subscriber) -> {
        if (!cancelled) {
            subscriber.onNext(n);
        }
    };
    private static final Answer GOES_ON_AFTER_ITS_END = (n, cancelled, elements, subscriber) -> {
        subscriber.onNext(n);
        subscriber.onComplete();
        subscriber.onComplete();
    };
    private static final Answer GOES_ON_AFTER_THE_CANCELLATION =
            (n, cancelled, elements, subscriber) -> subscriber.onNext(n);

    static Stream<Arguments> broken() {
        return Stream.of(
                Arguments.of(
                        "ignores the demand",
                        IGNORES_DEMAND,
                        "required_spec101_subscriptionRequestMustResultInTheCorrectNumberOfProducedElements"),
                Arguments.of(
                        "never ends", NEVER_ENDS, "required_spec105_mustSignalOnCompleteWhenFiniteStreamTerminates"),
                Arguments.of(
                        "ends twice",
                        GOES_ON_AFTER_ITS_END,
                        "required_createPublisher1MustProduceAStreamOfExactly1Element"),
                Arguments.of(
                        "takes any demand",
                        NEVER_ENDS,
                        "required_spec309_requestZeroMustSignalIllegalArgumentException"),
                Arguments.of(
                        "goes on after the cancellation",
                        GOES_ON_AFTER_THE_CANCELLATION,
                        "required_spec306_afterSubscriptionIsCancelledRequestMustBeNops"),
                Arguments.of(
                        "takes no subscriber for one",
                        NEVER_ENDS,
                        "required_spec109_subscribeThrowNPEOnNullSubscriber"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void aPublisherThatBreaksARuleFails(String name, Answer answer, String check) {
        assertThatThrownBy(() -> Tck.run(new Broken(answer), check)).isInstanceOf(AssertionError.class);
    }

    private static final class Broken extends PublisherVerification<Long> {
        private final Answer answer;

        Broken(Answer answer) {
            super(new TestEnvironment(PATIENCE, SILENCE, SILENCE));
            this.answer = answer;
        }

        @Override
        public Publisher<Long> createPublisher(long elements) {
            return subscriber -> {
                if (subscriber != null) {
                    subscriber.onSubscribe(new BrokenSubscription(answer, elements, subscriber));
                }
            };
        }

        @Override
        public Publisher<Long> createFailedPublisher() {
            return null;
        }
    }

    private static final class BrokenSubscription implements Subscription {
        private final Answer answer;
        private final long elements;
        private final Subscriber<? super Long> subscriber;
        private boolean cancelled;

        BrokenSubscription(Answer answer, long elements, Subscriber<? super Long> subscriber) {
            this.answer = answer;
            this.elements = elements;
            this.subscriber = subscriber;
        }

        @Override
        public void request(long n) {
            answer.request(n, cancelled, elements, subscriber);
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }
}
