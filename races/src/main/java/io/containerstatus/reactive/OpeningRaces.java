package io.containerstatus.reactive;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The opening of a store: either the opener gets the store, or the checkpoints are closed, and never both. */
public final class OpeningRaces {
    private OpeningRaces() {}

    /** Checkpoints that open when an actor says so. As small as possible, like {@link InstantCheckpoints}. */
    private static final class HeldCheckpoints implements StatusCheckpoints {
        final Sinks.One<Opened> answer = Sinks.unsafe().one();
        final AtomicInteger closed = new AtomicInteger();

        @Override
        public Publisher<Opened> open() {
            return answer.asMono();
        }

        @Override
        public Publisher<Void> write(String id, Status status) {
            return Mono.empty();
        }

        @Override
        public Publisher<Void> delete(String id) {
            return Mono.empty();
        }

        @Override
        public Publisher<Void> close() {
            return Mono.fromRunnable(closed::incrementAndGet);
        }
    }

    /** The subscriber of the opening. Requests and cancels when an actor says so. */
    private static final class Opener implements CoreSubscriber<StatusStore> {
        private final HeldCheckpoints checkpoints = new HeldCheckpoints();
        private final AtomicInteger stores = new AtomicInteger();
        private @Nullable Subscription subscription;

        Opener() {
            StatusStore.builder(checkpoints).open().subscribe(this);
        }

        void answer() {
            checkpoints.answer.tryEmitValue(new StatusCheckpoints.Opened(StatusCheckpoints.Access.WRITABLE, List.of()));
        }

        void demand() {
            subscription().request(1);
        }

        void cancel() {
            subscription().cancel();
        }

        private Subscription subscription() {
            if (subscription == null) {
                throw new AssertionError("not subscribed");
            }
            return subscription;
        }

        void judge(LL_Result result) {
            result.r1 = "stores " + stores;
            result.r2 = "closed " + checkpoints.closed;
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(StatusStore store) {
            stores.incrementAndGet();
        }

        @Override
        public void onError(Throwable failure) {
            stores.set(-1);
        }

        @Override
        public void onComplete() {}
    }

    /** The completion of the opening against a cancellation. */
    @JCStressTest
    @Outcome(id = "stores 1, closed 0", expect = ACCEPTABLE, desc = "cancelled too late")
    @Outcome(id = "stores 0, closed 1", expect = ACCEPTABLE, desc = "cancelled in time")
    @Outcome(expect = FORBIDDEN, desc = "the adapter is never closed, or is closed although the store was emitted")
    @State
    public static class AnswerAgainstCancel {
        private final Opener opener = new Opener();

        {
            opener.demand();
        }

        @Actor
        public void answer() {
            opener.answer();
        }

        @Actor
        public void cancel() {
            opener.cancel();
        }

        @Arbiter
        public void judge(LL_Result result) {
            opener.judge(result);
        }
    }

    /** The completion of the opening against the demand. */
    @JCStressTest
    @Outcome(id = "stores 1, closed 0", expect = ACCEPTABLE, desc = "emitted once")
    @Outcome(expect = FORBIDDEN, desc = "the adapter is never closed, or is closed although the store was emitted")
    @State
    public static class AnswerAgainstDemand {
        private final Opener opener = new Opener();

        @Actor
        public void answer() {
            opener.answer();
        }

        @Actor
        public void demand() {
            opener.demand();
        }

        @Arbiter
        public void judge(LL_Result result) {
            opener.judge(result);
        }
    }

    /** Demand against a cancellation, while the store waits for either. */
    @JCStressTest
    @Outcome(id = "stores 1, closed 0", expect = ACCEPTABLE, desc = "cancelled too late")
    @Outcome(id = "stores 0, closed 1", expect = ACCEPTABLE, desc = "cancelled in time")
    @Outcome(expect = FORBIDDEN, desc = "the adapter is never closed, or is closed although the store was emitted")
    @State
    public static class DemandAgainstCancel {
        private final Opener opener = new Opener();

        {
            opener.answer();
        }

        @Actor
        public void demand() {
            opener.demand();
        }

        @Actor
        public void cancel() {
            opener.cancel();
        }

        @Arbiter
        public void judge(LL_Result result) {
            opener.judge(result);
        }
    }
}
