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

/**
 * Operations that come to a lane whose run broke off with a stack overflow. One of them ends what the run has left.
 */
public final class OutOfUseRaces {
    private OutOfUseRaces() {}

    /** Begins an update that breaks off when its write is about to begin. */
    private static Outcomes breakOff(Stage stage, StatusStorage web) {
        StackOverflowError deep = new StackOverflowError("deep");
        stage.timer.breakAfter(1, deep);
        return Outcomes.of(web.updateSync(Stage.pid(100)), deep);
    }

    /** Both come at the same moment. */
    @JCStressTest
    @Outcome(
            id = "ContainerOutOfUseException, ContainerOutOfUseException, ContainerOutOfUseException, 0",
            expect = ACCEPTABLE,
            desc = "each operation ends, and nothing is written")
    @Outcome(expect = FORBIDDEN, desc = "an operation does not end, ends twice, or is written")
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
            id = {
                "ContainerOutOfUseException, ContainerOutOfUseException, 0",
                "StoreClosedException, ContainerOutOfUseException, 0"
            },
            expect = ACCEPTABLE,
            desc = "each operation ends, and nothing is written")
    @Outcome(expect = FORBIDDEN, desc = "an operation does not end, ends twice, or is written")
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
