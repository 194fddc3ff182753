package io.containerstatus.reactive;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;
import reactor.core.publisher.Sinks;

/** Operations that come while a batch is delayed, or is about to be, against each other and against the timer. */
public final class CommitDelayRaces {
    private CommitDelayRaces() {}

    /** Creates a container whose last write has just served this many updates; its pid is one higher than that. */
    private static StatusStorage containerThatWaits(Stage stage, int served) {
        StatusStorage web = stage.container("web");
        Sinks.Empty<Void> alone = stage.disk.holdNext();
        for (int i = 0; i <= served; i++) {
            web.updateSync(Stage::count).subscribe();
        }
        Sinks.Empty<Void> shared = stage.disk.completeAndHoldNext(alone);
        stage.timer.pass();
        InstantCheckpoints.complete(shared);
        return web;
    }

    /** Both callers come back: even without the timer, neither is left waiting. */
    @JCStressTest
    @Outcome(
            id = {"pid4, pid5, 6, 5", "pid5, pid4, 6, 5"},
            expect = ACCEPTABLE,
            desc = "the second caller starts the write of both")
    @Outcome(expect = FORBIDDEN, desc = "both wait for another caller, or an update is lost")
    @State
    public static class ArrivalAgainstArrival {
        private final Stage stage = new Stage();
        private final StatusStorage web = containerThatWaits(stage, 2);
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

    /** One update is delayed, and another one comes at the moment when the timer ends the delay. */
    @JCStressTest
    @Outcome(
            id = "pid5, pid6, 7, 6",
            expect = ACCEPTABLE,
            desc = "the second update had its own write, shared the first write, or waited for the timer again")
    @Outcome(expect = FORBIDDEN, desc = "an update waits without a timer, or an update is lost")
    @State
    public static class ArrivalAgainstTimer {
        private final Stage stage = new Stage();
        private final StatusStorage web = containerThatWaits(stage, 3);
        private final Outcomes first = Outcomes.of(web.updateSync(Stage::count));
        private @Nullable Outcomes second;

        public ArrivalAgainstTimer() {
            stage.timer.ring();
        }

        @Actor
        public void second() {
            second = Outcomes.of(web.updateSync(Stage::count));
        }

        @Actor
        public void timer() {
            stage.timer.ring();
        }

        @Arbiter
        public void judge(LLLL_Result result) {
            stage.timer.ringUntilNothingIsStarted();
            result.r1 = Outcomes.word(first);
            result.r2 = Outcomes.word(second);
            result.r3 = web.revision();
            result.r4 = stage.pidOnDisk("web");
        }
    }

    /** The container closes while one caller comes back. */
    @JCStressTest
    @Outcome(id = "pid4, done, 5, 4", expect = ACCEPTABLE, desc = "the update came before the close, which wrote it")
    @Outcome(id = "StoreClosedException, done, 4, 3", expect = ACCEPTABLE, desc = "the update came after the close")
    @Outcome(expect = FORBIDDEN, desc = "the close does not end, or an accepted update is lost")
    @State
    public static class ArrivalAgainstClose {
        private final Stage stage = new Stage();
        private final StatusStorage web = containerThatWaits(stage, 2);
        private @Nullable Outcomes update;
        private @Nullable Outcomes close;

        @Actor
        public void update() {
            update = Outcomes.of(web.updateSync(Stage::count));
        }

        @Actor
        public void close() {
            close = Outcomes.of(((ContainerLane) web).close());
        }

        @Arbiter
        public void judge(LLLL_Result result) {
            result.r1 = Outcomes.word(update);
            result.r2 = Outcomes.word(close);
            result.r3 = web.revision();
            result.r4 = stage.pidOnDisk("web");
        }
    }
}
