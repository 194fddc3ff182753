package io.containerstatus.reactive;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Commits, subscriptions, requests and cancellations of one subscriber, of each kind of stream in turn. */
public final class StreamRaces {
    private StreamRaces() {}

    /** A commit at the moment of a subscription. */
    @JCStressTest
    @Outcome(id = ".*, S1U2", expect = ACCEPTABLE, desc = "subscribed first")
    @Outcome(id = ".*, S2", expect = ACCEPTABLE, desc = "committed first")
    @Outcome(expect = FORBIDDEN, desc = "a gap, or a duplicate")
    @State
    public static class EmitAgainstSubscribe {
        private final Stream stream = Stream.any();
        private final Watcher watcher = new Watcher(Long.MAX_VALUE);

        @Actor
        public void emit() {
            stream.emit();
        }

        @Actor
        public void subscribe() {
            stream.subscribe(watcher);
        }

        @Arbiter
        public void judge(LL_Result result) {
            result.r1 = stream.toString();
            result.r2 = watcher.toString();
        }
    }

    /** A commit at the moment in which one subscriber leaves and another comes, for whom the list of all is made anew. */
    @JCStressTest
    @Outcome(id = ".*, S1U2, S1U2U3", expect = ACCEPTABLE, desc = "came first")
    @Outcome(id = ".*, S2, S2U3", expect = ACCEPTABLE, desc = "committed first")
    @Outcome(expect = FORBIDDEN, desc = "a gap, or a duplicate")
    @State
    public static class EmitAgainstSubscribeAmongOthers {
        private static final int OTHERS = 4;

        private final Stream stream = Stream.any();
        private final Watcher leaving = new Watcher(Long.MAX_VALUE);
        private final Watcher watcher = new Watcher(Long.MAX_VALUE);

        public EmitAgainstSubscribeAmongOthers() {
            stream.subscribe(leaving);
            for (int i = 1; i < OTHERS; i++) {
                stream.subscribe(new Watcher(Long.MAX_VALUE));
            }
        }

        @Actor
        public void emit() {
            stream.emit();
        }

        @Actor
        public void leaveAndSubscribe() {
            leaving.cancel();
            stream.subscribe(watcher);
        }

        @Arbiter
        public void judge(LLL_Result result) {
            result.r1 = stream.toString();
            result.r2 = watcher.toString();
            stream.emit();
            result.r3 = watcher.toString();
        }
    }

    /** A commit at the moment in which a subscriber requests its first signal; then it requests more. */
    @JCStressTest
    @Outcome(id = ".*, S1, S1U2", expect = ACCEPTABLE, desc = "requested first")
    @Outcome(id = "LATEST.*, S2, S2", expect = ACCEPTABLE, desc = "committed first, and the snapshot is of it")
    @Outcome(expect = FORBIDDEN, desc = "the final state is lost, or came without demand")
    @State
    public static class EmitAgainstRequest {
        private final Stream stream = Stream.any();
        private final Watcher watcher = new Watcher(0);

        public EmitAgainstRequest() {
            stream.subscribe(watcher);
        }

        @Actor
        public void emit() {
            stream.emit();
        }

        @Actor
        public void request() {
            watcher.request(1);
        }

        @Arbiter
        public void judge(LLL_Result result) {
            result.r1 = stream.toString();
            result.r2 = watcher.toString();
            watcher.request(10);
            result.r3 = watcher.toString();
        }
    }

    /** A commit at the moment in which a subscriber requests everything: from then on the lane itself may tell it. */
    @JCStressTest
    @Outcome(id = ".*, S1U2, S1U2U3", expect = ACCEPTABLE, desc = "each is told")
    @Outcome(id = "LATEST.*, S2, S2U3", expect = ACCEPTABLE, desc = "committed first, and the snapshot is of it")
    @Outcome(expect = FORBIDDEN, desc = "something is lost")
    @State
    public static class EmitAgainstRequestForEverything {
        private final Stream stream = Stream.any();
        private final Watcher watcher = new Watcher(0);

        public EmitAgainstRequestForEverything() {
            stream.subscribe(watcher);
        }

        @Actor
        public void emit() {
            stream.emit();
        }

        @Actor
        public void request() {
            watcher.request(Long.MAX_VALUE);
        }

        @Arbiter
        public void judge(LLL_Result result) {
            result.r1 = stream.toString();
            result.r2 = watcher.toString();
            stream.emit();
            result.r3 = watcher.toString();
        }
    }

    /** A commit at the moment of a cancellation; then another commit. */
    @JCStressTest
    @Outcome(id = ".*, S1, true", expect = ACCEPTABLE, desc = "cancelled first")
    @Outcome(id = ".*, S1U2, true", expect = ACCEPTABLE, desc = "committed first")
    @Outcome(expect = FORBIDDEN, desc = "a signal after the cancellation, or the store still knows the subscriber")
    @State
    public static class EmitAgainstCancel {
        private final Stream stream = Stream.any();
        private final Watcher watcher = new Watcher(Long.MAX_VALUE);

        public EmitAgainstCancel() {
            stream.subscribe(watcher);
        }

        @Actor
        public void emit() {
            stream.emit();
        }

        @Actor
        public void cancel() {
            watcher.cancel();
        }

        @Arbiter
        public void judge(LLL_Result result) {
            result.r1 = stream.toString();
            stream.emit();
            result.r2 = watcher.toString();
            result.r3 = stream.isUnwatched();
        }
    }

    /** Two threads request one signal each while three wait; then another one is requested. */
    @JCStressTest
    @Outcome(id = "EVERY.*, S1U2, S1U2U3", expect = ACCEPTABLE, desc = "demand adds up")
    @Outcome(id = "LATEST.*, S3, S3U4", expect = ACCEPTABLE, desc = "demand adds up, and the newest state is told once")
    @Outcome(expect = FORBIDDEN, desc = "demand is lost, or more comes than was requested")
    @State
    public static class RequestAgainstRequest {
        private final Stream stream = Stream.any();
        private final Watcher watcher = new Watcher(0);

        public RequestAgainstRequest() {
            stream.subscribe(watcher);
            stream.emit();
            stream.emit();
        }

        @Actor
        public void first() {
            watcher.request(1);
        }

        @Actor
        public void second() {
            watcher.request(1);
        }

        @Arbiter
        public void judge(LLL_Result result) {
            result.r1 = stream.toString();
            result.r2 = watcher.toString();
            if (stream.isLatest()) {
                stream.emit();
            } else {
                watcher.request(1);
            }
            result.r3 = watcher.toString();
        }
    }

    /** A subscriber cancels from another thread while it is being subscribed. */
    @JCStressTest
    @Outcome(id = ".*, true, true", expect = ACCEPTABLE, desc = "cancelled, and forgotten")
    @Outcome(id = ".*, false, false", expect = ACCEPTABLE, desc = "too early to cancel")
    @Outcome(expect = FORBIDDEN, desc = "the store still knows a subscriber that cancelled")
    @State
    public static class CancelAgainstSubscribe {
        private final Stream stream = Stream.any();
        private final Watcher watcher = new Watcher(0);
        private boolean cancelled;

        @Actor
        public void subscribe() {
            stream.subscribe(watcher);
        }

        @Actor
        public void cancel() {
            cancelled = watcher.cancel();
        }

        @Arbiter
        public void judge(LLL_Result result) {
            result.r1 = stream.toString();
            result.r2 = cancelled;
            result.r3 = stream.isUnwatched();
        }
    }

    /** A subscription at the moment of the deletion. */
    @JCStressTest
    @Outcome(id = ".*_OF_CONTAINER, S1D2!", expect = ACCEPTABLE, desc = "subscribed first")
    @Outcome(id = ".*_OF_CONTAINER, D2!", expect = ACCEPTABLE, desc = "deleted first")
    @Outcome(id = ".*_OF_STORE, S1D2", expect = ACCEPTABLE, desc = "subscribed first")
    @Outcome(id = ".*_OF_STORE, -", expect = ACCEPTABLE, desc = "deleted first")
    @Outcome(expect = FORBIDDEN, desc = "the deletion is lost, or the stream goes on")
    @State
    public static class SubscribeAgainstDelete {
        private final Stream stream = Stream.any();
        private final Watcher watcher = new Watcher(Long.MAX_VALUE);

        @Actor
        public void delete() {
            stream.delete();
        }

        @Actor
        public void subscribe() {
            stream.subscribe(watcher);
        }

        @Arbiter
        public void judge(LL_Result result) {
            result.r1 = stream.toString();
            result.r2 = watcher.toString();
        }
    }

    /** A subscription at the moment in which the store ends. */
    @JCStressTest
    @Outcome(id = ".*, S1!", expect = ACCEPTABLE, desc = "subscribed first")
    @Outcome(id = ".*, X", expect = ACCEPTABLE, desc = "refused")
    @Outcome(expect = FORBIDDEN, desc = "the stream never ends")
    @State
    public static class SubscribeAgainstClose {
        private final Stream stream = Stream.any();
        private final Watcher watcher = new Watcher(Long.MAX_VALUE);

        @Actor
        public void close() {
            stream.stage().store.close().subscribe();
        }

        @Actor
        public void subscribe() {
            stream.subscribe(watcher);
        }

        @Arbiter
        public void judge(LL_Result result) {
            result.r1 = stream.toString();
            stream.stage().close();
            result.r2 = watcher.toString();
        }
    }

    /** Two containers change at the moment in which someone watches the whole store. */
    @JCStressTest
    @Outcome(id = ".*, S1S1U2U2", expect = ACCEPTABLE, desc = "both are told")
    @Outcome(expect = FORBIDDEN, desc = "a change is lost, or two signals came at once")
    @State
    public static class EmitAgainstEmit {
        private final Stream stream = Stream.anyOfStore();
        private final StatusStorage other = stream.stage().container("other");
        private final Watcher watcher = new Watcher(Long.MAX_VALUE);

        public EmitAgainstEmit() {
            stream.subscribe(watcher);
        }

        @Actor
        public void emit() {
            stream.emit();
        }

        @Actor
        public void emitOther() {
            other.update(Stage::count).subscribe();
        }

        @Arbiter
        public void judge(LL_Result result) {
            result.r1 = stream.toString();
            result.r2 = watcher.toString();
        }
    }

    /** A container is created at the moment in which someone subscribes to the whole store. */
    @JCStressTest
    @Outcome(id = ".*, S1C1", expect = ACCEPTABLE, desc = "subscribed first")
    @Outcome(id = ".*, S1S1", expect = ACCEPTABLE, desc = "created first")
    @Outcome(
            id = "LATEST.*, C1S1",
            expect = ACCEPTABLE_INTERESTING,
            desc = "created during the look at what stands, and told before the snapshot of the other one")
    @Outcome(expect = FORBIDDEN, desc = "the container is unknown to the subscriber, or told twice")
    @State
    public static class CreateAgainstSubscribe {
        private final Stream stream = Stream.anyOfStore();
        private final Watcher watcher = new Watcher(Long.MAX_VALUE);

        @Actor
        public void create() {
            stream.stage().creation("other").subscribe();
        }

        @Actor
        public void subscribe() {
            stream.subscribe(watcher);
        }

        @Arbiter
        public void judge(LL_Result result) {
            result.r1 = stream.toString();
            result.r2 = watcher.toString();
        }
    }

    /** Someone begins to wait for a status at the moment in which it is committed. */
    @JCStressTest
    @Outcome(id = "pid1, true", expect = ACCEPTABLE, desc = "told, and forgotten")
    @Outcome(expect = FORBIDDEN, desc = "missed, or the container still knows who waited")
    @State
    public static class EmitAgainstAwait {
        private final Stream stream = Stream.any();
        private @Nullable Outcomes outcome;

        @Actor
        public void emit() {
            stream.emit();
        }

        @Actor
        public void await() {
            outcome = Outcomes.of(stream.web().await(status -> status.pid() == 1));
        }

        @Arbiter
        public void judge(LL_Result result) {
            result.r1 = Outcomes.word(outcome);
            result.r2 = stream.isUnwatched();
        }
    }
}
