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
import org.openjdk.jcstress.infra.results.LLL_Result;

/** Whoever comes to a lane whose owner broke off on a full stack: one of them goes on with it. */
public final class BrokenTurnRaces {
    private BrokenTurnRaces() {}

    /** Begins an update that breaks off before it reaches the disk. */
    private static Outcomes breakOff(Stage stage, StatusStorage web) {
        StackOverflowError deep = new StackOverflowError("deep");
        stage.timer.breakWith(deep);
        return Outcomes.of(web.updateSync(Stage.pid(100)), deep);
    }

    /** Both come at the same moment. */
    @JCStressTest
    @Outcome(
            id = {"pid1, pid2, NotWrittenException, 2", "pid2, pid1, NotWrittenException, 2"},
            expect = ACCEPTABLE,
            desc = "one of them goes on")
    @Outcome(expect = FORBIDDEN, desc = "nobody goes on, or both")
    @State
    public static class ArrivalAgainstArrival {
        private final Stage stage = new Stage();
        private final StatusStorage web = stage.container("web");
        private final Outcomes broken = breakOff(stage, web);
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
            result.r3 = Outcomes.word(broken);
            result.r4 = stage.pidOnDisk("web");
        }
    }

    /** An update comes while the store ends. */
    @JCStressTest
    @Outcome(
            id = {"pid1, NotWrittenException, 1", "StoreClosedException, NotWrittenException, 0"},
            expect = ACCEPTABLE,
            desc = "one of them goes on")
    @Outcome(expect = FORBIDDEN, desc = "nobody goes on, or both")
    @State
    public static class ArrivalAgainstClose {
        private final Stage stage = new Stage();
        private final StatusStorage web = stage.container("web");
        private final Outcomes broken = breakOff(stage, web);
        private @Nullable Outcomes update;

        @Actor
        public void update() {
            update = Outcomes.of(web.updateSync(Stage::count));
        }

        @Actor
        public void close() {
            stage.store.close().subscribe();
        }

        @Arbiter
        public void judge(LLL_Result result) {
            stage.close();
            result.r1 = Outcomes.word(update);
            result.r2 = Outcomes.word(broken);
            result.r3 = stage.pidOnDisk("web");
        }
    }
}
