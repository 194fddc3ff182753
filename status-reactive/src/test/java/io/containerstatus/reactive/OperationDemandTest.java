package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.test.subscriber.TestSubscriber;

/** Requests and cancellations of a subscriber to the Monos at odd moments. */
class OperationDemandTest extends StoreTest {
    private static <T> TestSubscriber<T> undemanding() {
        return TestSubscriber.builder().initialRequest(0).build();
    }

    @Test
    void theValueWaitsForTheDemandAndTheWorkDoesNot() {
        StatusStorage web = container("web");
        TestSubscriber<Status> later = undemanding();
        web.updateSync(pid(1)).subscribe(later);
        assertThat(web.current().pid()).isEqualTo(1);
        assertThat(later.getReceivedOnNext()).isEmpty();
        assertThat(later.isTerminated()).isFalse();
        later.request(1);
        assertThat(later.getReceivedOnNext()).containsExactly(web.current());
        assertThat(later.isTerminatedComplete()).isTrue();
    }

    @Test
    void anEmptyEndAndAnErrorDoNotWaitForIt() {
        StatusStorage web = container("web");
        TestSubscriber<Status> failing = undemanding();
        web.updateSync(7, pid(1)).subscribe(failing);
        assertThat(failing.isTerminatedError()).isTrue();
        TestSubscriber<Void> deleting = undemanding();
        web.delete().subscribe(deleting);
        assertThat(deleting.isTerminatedComplete()).isTrue();
    }

    @Test
    void aSecondDemandBringsNothingMore() {
        StatusStorage web = container("web");
        TestSubscriber<Status> twice = undemanding();
        web.update(pid(1)).subscribe(twice);
        twice.request(1);
        twice.request(1);
        assertThat(twice.getReceivedOnNext()).hasSize(1);
        assertThat(twice.getProtocolErrors()).isEmpty();
    }

    @Test
    void cancelledBeforeTheDemandItSignalsNothing() {
        StatusStorage web = container("web");
        TestSubscriber<Status> gone = undemanding();
        web.update(pid(1)).subscribe(gone);
        gone.cancel();
        gone.request(1);
        assertThat(web.current().pid()).isEqualTo(1);
        assertThat(gone.getReceivedOnNext()).isEmpty();
        assertThat(gone.isTerminated()).isFalse();
    }

    @Test
    void aDemandOfNothingIsNone() {
        StatusStorage web = container("web");
        List<Status> got = new ArrayList<>();
        web.update(pid(1)).subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.request(0);
                subscription.request(-1);
            }

            @Override
            protected void hookOnNext(Status status) {
                got.add(status);
            }
        });
        assertThat(got).isEmpty();
    }

    @Test
    void aReleasedOperationCanBeClaimedAgainUnlessItWasCancelledMeanwhile() {
        DeleteOperation released = new DeleteOperation(undemanding());
        assertThat(released.claim()).isTrue();
        released.release();
        assertThat(released.claim()).isTrue();

        DeleteOperation cancelled = new DeleteOperation(undemanding());
        assertThat(cancelled.claim()).isTrue();
        cancelled.cancel();
        cancelled.release();
        assertThat(cancelled.claim()).isFalse();
    }
}
