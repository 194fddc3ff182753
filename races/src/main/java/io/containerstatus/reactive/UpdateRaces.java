package io.containerstatus.reactive;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.containerstatus.Status;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;
import org.openjdk.jcstress.infra.results.LLL_Result;
import reactor.core.Disposable;
import reactor.core.publisher.Sinks;

/** Updates of one container against each other and against their cancellation. */
public final class UpdateRaces {
    private UpdateRaces() {}

    /** The turn of a waiting update comes at the moment when its caller cancels. */
    @JCStressTest
    @Outcome(id = "0, 2, -", expect = ACCEPTABLE, desc = "cancelled before its turn: the function never ran")
    @Outcome(
            id = "1, 3, -",
            expect = ACCEPTABLE,
            desc = "cancelled after its turn: the update took effect, and its result is dropped")
    @Outcome(id = "1, 3, pid2", expect = ACCEPTABLE, desc = "not cancelled in time")
    @Outcome(expect = FORBIDDEN, desc = "it ran although it was prevented, or emitted a wrong result")
    @State
    public static class ClaimAgainstCancel {
        private final Stage stage = new Stage();
        private final StatusStorage web = stage.container("web");
        private final Sinks.Empty<Void> step = stage.disk.holdNext();
        private String emitted = "-";
        private final Disposable waiting;
        private int runs;

        public ClaimAgainstCancel() {
            web.updateSync(Stage::count).subscribe();
            waiting = web.update(this::countAndNote).subscribe(status -> emitted = "pid" + status.pid());
        }

        private Status countAndNote(Status status) {
            runs++;
            return Stage.count(status);
        }

        @Actor
        public void turn() {
            InstantCheckpoints.complete(step);
        }

        @Actor
        public void cancel() {
            waiting.dispose();
        }

        @Arbiter
        public void judge(LLL_Result result) {
            result.r1 = runs;
            result.r2 = web.revision();
            result.r3 = emitted;
        }
    }

    /** Two updates in memory find the lane idle. */
    @JCStressTest
    @Outcome(
            id = {"pid1, pid2, 3, 0", "pid2, pid1, 3, 0"},
            expect = ACCEPTABLE,
            desc = "one after the other")
    @Outcome(expect = FORBIDDEN, desc = "an update is lost, or its caller received another status")
    @State
    public static class UpdateAgainstUpdate {
        private final Stage stage = new Stage();
        private final StatusStorage web = stage.container("web");
        private @Nullable Outcomes first;
        private @Nullable Outcomes second;

        @Actor
        public void first() {
            first = Outcomes.of(web.update(Stage::count));
        }

        @Actor
        public void second() {
            second = Outcomes.of(web.update(Stage::count));
        }

        @Arbiter
        public void judge(LLLL_Result result) {
            result.r1 = Outcomes.word(first);
            result.r2 = Outcomes.word(second);
            result.r3 = web.revision();
            result.r4 = stage.pidOnDisk("web");
        }
    }

    /** Two synced updates find the lane idle. */
    @JCStressTest
    @Outcome(
            id = {"pid1, pid2, 3, 2", "pid2, pid1, 3, 2"},
            expect = ACCEPTABLE,
            desc = "one after the other, or both with one write")
    @Outcome(expect = FORBIDDEN, desc = "an update is lost, or its caller received another status")
    @State
    public static class SyncedAgainstSynced {
        private final Stage stage = new Stage();
        private final StatusStorage web = stage.container("web");
        private @Nullable Outcomes first;
        private @Nullable Outcomes second;

        @Actor
        public void first() {
            first = Outcomes.of(web.updateSync(Stage::count));
        }

        @Actor
        public void second() {
            second = Outcomes.of(web.updateSync(Stage::count));
        }

        @Arbiter
        public void judge(LLLL_Result result) {
            result.r1 = Outcomes.word(first);
            result.r2 = Outcomes.word(second);
            result.r3 = web.revision();
            result.r4 = stage.pidOnDisk("web");
        }
    }

    /** An update in memory and a synced one find the lane idle. */
    @JCStressTest
    @Outcome(
            id = "pid1, pid2, 3, 2",
            expect = ACCEPTABLE,
            desc = "the synced update came second, and its write contained both")
    @Outcome(id = "pid2, pid1, 3, 1", expect = ACCEPTABLE, desc = "the synced update came first")
    @Outcome(
            id = "pid2, pid1, 3, 2",
            expect = ACCEPTABLE,
            desc = "the update in memory joined the write of the synced update")
    @Outcome(expect = FORBIDDEN, desc = "an update is lost, or its caller received another status")
    @State
    public static class UpdateAgainstSynced {
        private final Stage stage = new Stage();
        private final StatusStorage web = stage.container("web");
        private @Nullable Outcomes first;
        private @Nullable Outcomes second;

        @Actor
        public void inMemory() {
            first = Outcomes.of(web.update(Stage::count));
        }

        @Actor
        public void synced() {
            second = Outcomes.of(web.updateSync(Stage::count));
        }

        @Arbiter
        public void judge(LLLL_Result result) {
            result.r1 = Outcomes.word(first);
            result.r2 = Outcomes.word(second);
            result.r3 = web.revision();
            result.r4 = stage.pidOnDisk("web");
        }
    }

    /** Two callers that read the same revision update it. */
    @JCStressTest
    @Outcome(
            id = {"pid1, RevisionConflictException, 2, 1", "RevisionConflictException, pid1, 2, 1"},
            expect = ACCEPTABLE,
            desc = "one wins, and the other receives the conflict")
    @Outcome(expect = FORBIDDEN, desc = "both won, or neither won")
    @State
    public static class ExpectedAgainstExpected {
        private final Stage stage = new Stage();
        private final StatusStorage web = stage.container("web");
        private @Nullable Outcomes first;
        private @Nullable Outcomes second;

        @Actor
        public void first() {
            first = Outcomes.of(web.updateSync(1, Stage::count));
        }

        @Actor
        public void second() {
            second = Outcomes.of(web.updateSync(1, Stage::count));
        }

        @Arbiter
        public void judge(LLLL_Result result) {
            result.r1 = Outcomes.word(first);
            result.r2 = Outcomes.word(second);
            result.r3 = web.revision();
            result.r4 = stage.pidOnDisk("web");
        }
    }
}
