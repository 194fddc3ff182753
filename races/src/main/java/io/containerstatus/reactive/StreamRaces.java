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

/** Commits, subscriptions, requests and cancellations of one subscriber, with each kind of stream in turn. */
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
        private final SignalRecorder watcher = new SignalRecorder(Long.MAX_VALUE);

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

    /** A commit at the moment of a subscription that receives the end of the snapshot. */
    @JCStressTest
    @Outcome(id = ".*, S1EU2", expect = ACCEPTABLE, desc = "subscribed first")
    @Outcome(id = ".*, S2E", expect = ACCEPTABLE, desc = "committed first")
    @Outcome(expect = FORBIDDEN, desc = "a gap, a duplicate, or a missing or misplaced end of the snapshot")
    @State
    public static class EmitAgainstEndOfSnapshot {
        private final Stream stream = Stream.any();
        private final SignalRecorder watcher = new SignalRecorder(Long.MAX_VALUE);

        @Actor
        public void emit() {
            stream.emit();
        }

        @Actor
        public void subscribe() {
            stream.subscribeToEvents(watcher);
        }

        @Arbiter
        public void judge(LL_Result result) {
            result.r1 = stream.toString();
            result.r2 = watcher.toString();
        }
    }

    /**
     * The container of the snapshot is deleted, and another one is created, while the end of the
     * snapshot is requested.
     */
    @JCStressTest
    @Outcome(id = "LATEST_OF_CONTAINER, S1ED2!", expect = ACCEPTABLE, desc = "requested first")
    @Outcome(id = "LATEST_OF_CONTAINER, D2E!", expect = ACCEPTABLE, desc = "deleted first")
    @Outcome(
            id = "LATEST_OF_STORE, (S1ED2|E)C1",
            expect = ACCEPTABLE,
            desc = "emitted, or deleted before it was emitted")
    @Outcome(id = "EVERY_OF_CONTAINER, S1ED2!", expect = ACCEPTABLE, desc = "every change is emitted")
    @Outcome(id = "EVERY_OF_STORE, S1ED2C1", expect = ACCEPTABLE, desc = "every change is emitted")
    @Outcome(expect = FORBIDDEN, desc = "an end of the snapshot that is missing, emitted twice, or misplaced")
    @State
    public static class DeleteAgainstEndOfSnapshot {
        private final Stream stream = Stream.any();
        private final SignalRecorder watcher = new SignalRecorder(0);

        public DeleteAgainstEndOfSnapshot() {
            stream.subscribeToEvents(watcher);
        }

        @Actor
        public void replace() {
            stream.delete();
            stream.stage().creation("web").subscribe();
        }

        @Actor
        public void request() {
            watcher.request(10);
        }

        @Arbiter
        public void judge(LL_Result result) {
            result.r1 = stream.toString();
            result.r2 = watcher.toString();
        }
    }

    /**
     * A commit at the moment when one subscriber leaves and another comes, so that the list of all
     * subscribers is built anew.
     */
    @JCStressTest
    @Outcome(id = ".*, S1U2, S1U2U3", expect = ACCEPTABLE, desc = "subscribed first")
    @Outcome(id = ".*, S2, S2U3", expect = ACCEPTABLE, desc = "committed first")
    @Outcome(expect = FORBIDDEN, desc = "a gap, or a duplicate")
    @State
    public static class EmitAgainstSubscribeAmongOthers {
        private static final int OTHERS = 4;

        private final Stream stream = Stream.any();
        private final SignalRecorder leaving = new SignalRecorder(Long.MAX_VALUE);
        private final SignalRecorder watcher = new SignalRecorder(Long.MAX_VALUE);

        public EmitAgainstSubscribeAmongOthers() {
            stream.subscribe(leaving);
            for (int i = 1; i < OTHERS; i++) {
                stream.subscribe(new SignalRecorder(Long.MAX_VALUE));
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

    /** A commit at the moment when a subscriber requests its first signal; then it requests more. */
    @JCStressTest
    @Outcome(id = ".*, S1, S1U2", expect = ACCEPTABLE, desc = "requested first")
    @Outcome(
            id = "LATEST.*, S2, S2",
            expect = ACCEPTABLE,
            desc = "committed first, and the snapshot contains the commit")
    @Outcome(expect = FORBIDDEN, desc = "the final state is lost, or came without demand")
    @State
    public static class EmitAgainstRequest {
        private final Stream stream = Stream.any();
        private final SignalRecorder watcher = new SignalRecorder(0);

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

    /** A commit at the moment when a subscriber requests everything. From then on, the lane itself may emit to it. */
    @JCStressTest
    @Outcome(id = ".*, S1U2, S1U2U3", expect = ACCEPTABLE, desc = "each change is emitted")
    @Outcome(
            id = "LATEST.*, S2, S2U3",
            expect = ACCEPTABLE,
            desc = "committed first, and the snapshot contains the commit")
    @Outcome(expect = FORBIDDEN, desc = "a change is lost")
    @State
    public static class EmitAgainstRequestForEverything {
        private final Stream stream = Stream.any();
        private final SignalRecorder watcher = new SignalRecorder(0);

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
    @Outcome(expect = FORBIDDEN, desc = "a signal after the cancellation, or the subscriber is still registered")
    @State
    public static class EmitAgainstCancel {
        private final Stream stream = Stream.any();
        private final SignalRecorder watcher = new SignalRecorder(Long.MAX_VALUE);

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

    /** Two threads request one signal each while three signals wait; then another one is requested. */
    @JCStressTest
    @Outcome(id = "EVERY.*, S1U2, S1U2U3", expect = ACCEPTABLE, desc = "demand adds up")
    @Outcome(
            id = "LATEST.*, S3, S3U4",
            expect = ACCEPTABLE,
            desc = "demand adds up, and the newest state is emitted once")
    @Outcome(expect = FORBIDDEN, desc = "demand is lost, or more is emitted than was requested")
    @State
    public static class RequestAgainstRequest {
        private final Stream stream = Stream.any();
        private final SignalRecorder watcher = new SignalRecorder(0);

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
    @Outcome(id = ".*, true, true", expect = ACCEPTABLE, desc = "cancelled, and no longer registered")
    @Outcome(id = ".*, false, false", expect = ACCEPTABLE, desc = "too early to cancel")
    @Outcome(expect = FORBIDDEN, desc = "a cancelled subscriber is still registered")
    @State
    public static class CancelAgainstSubscribe {
        private final Stream stream = Stream.any();
        private final SignalRecorder watcher = new SignalRecorder(0);
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
    @Outcome(expect = FORBIDDEN, desc = "the deletion is lost, or the stream of the container does not end")
    @State
    public static class SubscribeAgainstDelete {
        private final Stream stream = Stream.any();
        private final SignalRecorder watcher = new SignalRecorder(Long.MAX_VALUE);

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

    /** A subscription at the moment when the store ends. */
    @JCStressTest
    @Outcome(id = ".*, S1!", expect = ACCEPTABLE, desc = "subscribed first")
    @Outcome(id = ".*, X", expect = ACCEPTABLE, desc = "refused")
    @Outcome(expect = FORBIDDEN, desc = "the stream never ends")
    @State
    public static class SubscribeAgainstClose {
        private final Stream stream = Stream.any();
        private final SignalRecorder watcher = new SignalRecorder(Long.MAX_VALUE);

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

    /** Two containers change at the moment when a subscriber watches the whole store. */
    @JCStressTest
    @Outcome(id = ".*, S1S1U2U2", expect = ACCEPTABLE, desc = "both changes are emitted")
    @Outcome(expect = FORBIDDEN, desc = "a change is lost, or two signals came at once")
    @State
    public static class EmitAgainstEmit {
        private final Stream stream = Stream.anyOfStore();
        private final StatusStorage other = stream.stage().container("other");
        private final SignalRecorder watcher = new SignalRecorder(Long.MAX_VALUE);

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

    /** A container is created at the moment when a subscriber subscribes to the whole store. */
    @JCStressTest
    @Outcome(id = ".*, S1C1", expect = ACCEPTABLE, desc = "subscribed first")
    @Outcome(id = ".*, S1S1", expect = ACCEPTABLE, desc = "created first")
    @Outcome(
            id = "LATEST.*, C1S1",
            expect = ACCEPTABLE_INTERESTING,
            desc = "created while the snapshot was taken, and emitted before the snapshot of the other container")
    @Outcome(expect = FORBIDDEN, desc = "the new container is not emitted, or emitted twice")
    @State
    public static class CreateAgainstSubscribe {
        private final Stream stream = Stream.anyOfStore();
        private final SignalRecorder watcher = new SignalRecorder(Long.MAX_VALUE);

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

    /** A caller begins to wait for a status at the moment when it is committed. */
    @JCStressTest
    @Outcome(id = "pid1, true", expect = ACCEPTABLE, desc = "the wait has ended, and is no longer registered")
    @Outcome(expect = FORBIDDEN, desc = "the status was missed, or the wait is still registered")
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
