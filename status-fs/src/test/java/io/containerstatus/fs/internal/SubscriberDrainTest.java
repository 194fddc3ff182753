package io.containerstatus.fs.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable.Attr;
import reactor.core.publisher.Hooks;

/** Each state of a drain, and what ends it. */
class SubscriberDrainTest {
    private final List<Object> received = new ArrayList<>();
    private final List<Throwable> dropped = new ArrayList<>();
    private final Queue<Integer> values = new ArrayDeque<>();
    private final Queue<Runnable> handedOver = new ArrayDeque<>();
    private final List<@Nullable Throwable> released = new ArrayList<>();
    private Runnable atPoll = () -> {};
    private Runnable atHandOver = () -> {};
    private Runnable atValue = () -> {};
    private Runnable atRelease = () -> {};
    private boolean hasEnded;
    private @Nullable Throwable lag;
    private final Drain drain = new Drain();

    private final class Recorder implements CoreSubscriber<Integer> {
        @Override
        public void onSubscribe(Subscription subscription) {}

        @Override
        public void onNext(Integer value) {
            received.add(value);
            atValue.run();
        }

        @Override
        public void onError(Throwable failure) {
            received.add(failure);
        }

        @Override
        public void onComplete() {
            received.add("complete");
        }
    }

    private final class Drain extends SubscriberDrain<Integer> {
        Drain() {
            super(new Recorder());
        }

        @Override
        protected void handOver() {
            atHandOver.run();
            handedOver.add(this);
        }

        @Override
        protected void release(@Nullable Throwable failure) {
            released.add(failure);
            atRelease.run();
        }

        @Override
        protected @Nullable Integer poll() {
            atPoll.run();
            return values.poll();
        }

        @Override
        protected boolean hasEnded() {
            return hasEnded;
        }

        @Override
        protected boolean hasNext() {
            return !values.isEmpty();
        }

        @Override
        protected @Nullable Throwable lagFailure() {
            return lag;
        }
    }

    @BeforeEach
    void keepDroppedErrors() {
        Hooks.onErrorDropped(dropped::add);
    }

    @AfterEach
    void resetHook() {
        Hooks.resetOnErrorDropped();
    }

    private void runHandedOver() {
        Runnable task;
        while ((task = handedOver.poll()) != null) {
            task.run();
        }
    }

    private void beginWith(int... added) {
        for (int value : added) {
            values.add(value);
        }
        drain.request(Long.MAX_VALUE);
        drain.begin();
        runHandedOver();
        received.clear();
    }

    private static void throwing(Throwable thrown) {
        SubscriberDrainTest.<RuntimeException>sneak(thrown);
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }

    @Nested
    class Before {
        @Test
        void theBeginningNeitherDemandNorFailureIsHandedOver() {
            drain.request(1);
            drain.wake();
            drain.failWith(new IllegalStateException("early"));
            assertThat(handedOver).isEmpty();
            assertThat(received).isEmpty();
        }

        @Test
        void theBeginningTheFirstFailureIsNotedAndThenEmittedInsteadOfTheValues() {
            IllegalStateException first = new IllegalStateException("first");
            values.add(1);
            drain.request(1);
            drain.failBeforeBegin(first);
            drain.failBeforeBegin(new IllegalStateException("second"));
            assertThat(received).isEmpty();
            drain.begin();
            runHandedOver();
            assertThat(received).containsExactly(first);
        }
    }

    @Nested
    class Idle {
        @Test
        void isLeftByDemand() {
            drain.begin();
            runHandedOver();
            values.add(1);
            drain.request(1);
            assertThat(handedOver).hasSize(1);
            runHandedOver();
            assertThat(received).containsExactly(1);
        }

        @Test
        void isLeftByAWakeWhichHandsOverOnce() {
            beginWith();
            values.add(1);
            drain.wake();
            drain.wake();
            assertThat(handedOver).hasSize(1);
            assertThat(received).isEmpty();
            runHandedOver();
            assertThat(received).containsExactly(1);
        }
    }

    @Nested
    class Scheduled {
        @Test
        void isADrainThatWaitsForAThread() {
            beginWith();
            assertThat(drain.isScheduled()).isFalse();
            drain.wake();
            assertThat(drain.isScheduled()).isTrue();
            atPoll = () -> assertThat(drain.isScheduled()).isFalse();
            runHandedOver();
            assertThat(drain.isScheduled()).isFalse();
            assertThat(received).isEmpty();
        }

        @Test
        void aTaskThatRunsTwiceDoesNothingTheSecondTime() {
            beginWith();
            values.add(1);
            drain.wake();
            Runnable task = handedOver.remove();
            atPoll = task; // Also while the first one runs.
            task.run();
            atPoll = () -> received.add("polled");
            task.run();
            assertThat(received).containsExactly(1);
        }
    }

    @Nested
    class Running {
        @Test
        void aWakeMakesTheSameThreadPollAgain() {
            beginWith();
            drain.wake();
            int[] polls = new int[1];
            atPoll = () -> {
                polls[0]++;
                if (polls[0] == 1) {
                    drain.wake();
                } else if (polls[0] == 2) {
                    values.add(1); // Only a poll after the first one, which found nothing, finds it.
                }
            };
            runHandedOver();
            assertThat(received).containsExactly(1);
            assertThat(handedOver).isEmpty();
        }

        @Test
        void valuesComeOnlyAsRequestedAndTheEndNeedsNoDemand() {
            values.addAll(List.of(1, 2, 3));
            drain.request(2);
            drain.begin();
            runHandedOver();
            assertThat(received).containsExactly(1, 2);
            hasEnded = true;
            drain.wake();
            runHandedOver();
            assertThat(received).containsExactly(1, 2);
            values.clear();
            drain.wake();
            runHandedOver();
            assertThat(received).containsExactly(1, 2, "complete");
        }

        @Test
        void aCancellationDuringThePollKeepsTheValueBack() {
            beginWith();
            values.add(1);
            atPoll = drain::cancel;
            drain.wake();
            runHandedOver();
            assertThat(received).isEmpty();
            assertThat(released).containsExactly((Throwable) null);
        }
    }

    @Nested
    class WhatIsThrown {
        private final IllegalStateException thrown = new IllegalStateException("thrown");

        @Test
        void byTheSubscriberCancelsItAndIsDropped() {
            beginWith();
            values.addAll(List.of(1, 2));
            atValue = () -> throwing(thrown);
            drain.wake();
            runHandedOver();
            assertThat(received).containsExactly(1);
            assertThat(dropped).containsExactly(thrown);
            assertThat(released).hasSize(1);
        }

        @Test
        void byThePollEndsTheStreamWithIt() {
            beginWith();
            atPoll = () -> throwing(thrown);
            drain.wake();
            runHandedOver();
            assertThat(received).containsExactly(thrown);
            assertThat(released).containsExactly(thrown);
            assertThat(dropped).isEmpty();
        }

        @Test
        void byTheHandOverIsThrownOnAndTheNextWakeEndsTheStreamOnItsThread() {
            beginWith();
            StackOverflowError deep = new StackOverflowError("deep");
            atHandOver = () -> throwing(deep);
            values.add(1);
            assertThatThrownBy(drain::wake).isSameAs(deep);
            assertThat(received).isEmpty();
            drain.wake();
            assertThat(received).containsExactly(deep);
            assertThat(handedOver).isEmpty();
        }

        @Test
        void outOfARunLeavesTheDrainToTheNextWake() {
            beginWith();
            StackOverflowError deep = new StackOverflowError("deep");
            values.addAll(List.of(1, 2));
            // The stack is too full for the cancellation of a subscriber that throws.
            atValue = () -> throwing(thrown);
            atRelease = () -> throwing(deep);
            drain.wake();
            assertThatThrownBy(SubscriberDrainTest.this::runHandedOver).isSameAs(deep);
            drain.wake();
            assertThat(received).containsExactly(1);
            assertThat(handedOver).isEmpty();
            assertThat(drain.isBrokenOff()).isFalse();
            assertThat(drain.scanUnsafe(Attr.ERROR)).isSameAs(deep);
        }
    }

    @Nested
    class Failures {
        @Test
        void theFirstOneIsEmittedAndTheOthersAreReturnedAsNotEmitted() {
            beginWith();
            IllegalStateException first = new IllegalStateException("first");
            assertThat(drain.failWith(first)).isTrue();
            assertThat(drain.failWith(new IllegalStateException("second"))).isFalse();
            runHandedOver();
            assertThat(received).containsExactly(first);
            assertThat(drain.failWith(new IllegalStateException("late"))).isFalse();
            assertThat(received).hasSize(1);
        }

        @Test
        void ofALagEndsTheStreamBeforeWhatCouldBePolled() {
            beginWith();
            values.add(1);
            lag = new IllegalStateException("lag");
            drain.wake();
            runHandedOver();
            assertThat(received).containsExactly(lag);
            assertThat(values).hasSize(1);
        }

        @Test
        void ofADemandThatIsNotPositiveEndsTheStream() {
            beginWith();
            drain.request(0);
            runHandedOver();
            assertThat(received).singleElement().satisfies(failure -> assertThat(failure)
                    .hasToString("java.lang.IllegalArgumentException:"
                            + " requested 0; demand must be positive (rule 3.9)"));
        }
    }

    /** What Reactor's debugging tools read. */
    @Nested
    class AScan {
        @Test
        void reportsTheSubscriberAndItsDemand() {
            assertThat(drain.scanUnsafe(Attr.ACTUAL)).isInstanceOf(Recorder.class);
            assertThat(drain.scanUnsafe(Attr.REQUESTED_FROM_DOWNSTREAM)).isEqualTo(0L);
            drain.request(2);
            assertThat(drain.scanUnsafe(Attr.REQUESTED_FROM_DOWNSTREAM)).isEqualTo(2L);
            assertThat(drain.scanUnsafe(Attr.RUN_STYLE)).isEqualTo(Attr.RunStyle.ASYNC);
            assertThat(drain.scanUnsafe(Attr.PREFETCH)).isNull();
        }

        @Test
        void reportsACancellation() {
            assertThat(drain.isOver()).isFalse();
            assertThat(drain.scanUnsafe(Attr.CANCELLED)).isEqualTo(false);
            drain.cancel();
            assertThat(drain.isOver()).isTrue();
            assertThat(drain.scanUnsafe(Attr.CANCELLED)).isEqualTo(true);
            assertThat(drain.scanUnsafe(Attr.TERMINATED)).isEqualTo(false);
            assertThat(drain.scanUnsafe(Attr.ERROR)).isNull();
        }

        @Test
        void reportsTheEndWithItsFailure() {
            IllegalStateException failure = new IllegalStateException("failure");
            beginWith();
            assertThat(drain.scanUnsafe(Attr.TERMINATED)).isEqualTo(false);
            drain.failWith(failure);
            assertThat(drain.isOver()).isFalse();
            runHandedOver();
            assertThat(drain.isOver()).isTrue();
            assertThat(drain.scanUnsafe(Attr.TERMINATED)).isEqualTo(true);
            assertThat(drain.scanUnsafe(Attr.CANCELLED)).isEqualTo(false);
            assertThat(drain.scanUnsafe(Attr.ERROR)).isSameAs(failure);
        }
    }
}
