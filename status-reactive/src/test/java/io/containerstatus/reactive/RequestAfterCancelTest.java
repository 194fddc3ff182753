package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.scheduler.Schedulers;

/** Requests of a subscriber after it has cancelled, while its drain polls on another thread. */
class RequestAfterCancelTest extends StoreTest {
    private final SignalScheduler signals = new SignalScheduler(null);
    private int polled;

    /** A drain in which another thread performs a step between two reads. */
    private final class Interrupted extends ChangeSubscription {
        private final Runnable step;

        Interrupted(Runnable step, TestSubscriberAdapter subscriber) {
            super(
                    subscriber,
                    new Subscribers(),
                    signals,
                    Delivery.latest().on(Schedulers.immediate()),
                    ChangeFilter.NONE);
            this.step = step;
        }

        boolean isDemanded() {
            return hasDemand();
        }

        @Override
        void snapshot() {}

        @Override
        void onPassed(ContainerLane lane, StatusChange change) {}

        @Override
        protected @Nullable Throwable lagFailure() {
            step.run();
            return null;
        }

        @Override
        protected boolean hasEnded() {
            return false;
        }

        @Override
        protected boolean hasNext() {
            return false;
        }

        @Override
        protected @Nullable StatusChange poll() {
            polled++;
            return null;
        }
    }

    /** Keeps its subscription. */
    private static final class Kept extends TestSubscriberAdapter {
        private @Nullable Subscription subscription;

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(StatusChange change) {}
    }

    @Test
    void isNoDemand() {
        Kept subscriber = new Kept();
        Interrupted drain = new Interrupted(
                () -> {
                    subscriber.subscription.cancel();
                    subscriber.subscription.request(1);
                },
                subscriber);
        drain.start();
        assertThat(drain.isDemanded()).isFalse();
        assertThat(polled).isZero();
    }
}
