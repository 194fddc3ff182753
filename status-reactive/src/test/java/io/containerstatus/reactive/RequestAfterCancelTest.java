package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.scheduler.Schedulers;

/** What a subscriber asks for after it has left, while its drain looks at what there is on another thread. */
class RequestAfterCancelTest extends StoreTest {
    private final SignalScheduler signals = new SignalScheduler(null);
    private int polled;

    /** A drain in which someone else gets a step in where it is between two looks. */
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
        void onCommit(ContainerLane lane, StatusChange change) {}

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
