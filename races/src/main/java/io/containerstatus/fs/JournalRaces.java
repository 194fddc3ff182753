package io.containerstatus.fs;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The queue of a journal's committer, and the writing behind: changes against one another, and against what frees a segment. */
public final class JournalRaces {
    private JournalRaces() {}

    /** A change comes while another one is committed, up to the moment at which the turn is given back. */
    @JCStressTest
    @Outcome(
            id = {"done, done, a b", "done, done, b a"},
            expect = ACCEPTABLE,
            desc = "both are recorded")
    @Outcome(expect = FORBIDDEN, desc = "one is left behind, or recorded twice")
    @State
    public static class AppendAgainstAppend {
        private final JournalStage stage = new JournalStage();
        private @Nullable Told a;
        private @Nullable Told b;

        @Actor
        public void first() {
            a = stage.delete("a");
        }

        @Actor
        public void second() {
            stage.linger();
            b = stage.delete("b");
        }

        @Arbiter
        public void judge(LLL_Result result) {
            result.r1 = Told.word(a);
            result.r2 = Told.word(b);
            result.r3 = stage.recorded();
        }
    }

    /** Nobody takes the work once; a change comes meanwhile. */
    @JCStressTest
    @Outcome(
            id = {
                "NotWrittenException, done, b",
                "done, NotWrittenException, a",
                "NotWrittenException, NotWrittenException, nothing"
            },
            expect = ACCEPTABLE,
            desc = "refused, or recorded")
    @Outcome(expect = FORBIDDEN, desc = "one is left behind, or was recorded though it was refused")
    @State
    public static class AppendAgainstRefusal {
        private final JournalStage stage = new JournalStage(4096, new RefusesOnce());
        private @Nullable Told a;
        private @Nullable Told b;

        private static final class RefusesOnce implements Supplier<Scheduler> {
            private final AtomicBoolean refused = new AtomicBoolean();

            @Override
            public Scheduler get() {
                if (refused.compareAndSet(false, true)) {
                    throw new RejectedExecutionException("no thread");
                }
                return Schedulers.immediate();
            }
        }

        @Actor
        public void first() {
            a = stage.delete("a");
        }

        @Actor
        public void second() {
            b = stage.delete("b");
        }

        @Arbiter
        public void judge(LLL_Result result) {
            result.r1 = Told.word(a);
            result.r2 = Told.word(b);
            result.r3 = stage.recorded();
        }
    }

    /** Returns a committer whose two segments are full, each with one record that is being brought to its place. */
    private static JournalStage withoutRoom() {
        JournalStage stage = new JournalStage(JournalFormat.recordSize("a", null), Schedulers::immediate);
        stage.place.hold();
        stage.delete("a");
        stage.delete("b");
        stage.behind.hurry();
        return stage;
    }

    /** A change finds no segment while one becomes free. */
    @JCStressTest
    @Outcome(id = "done, c", expect = ACCEPTABLE, desc = "it had the segment at once, or was woken up")
    @Outcome(expect = FORBIDDEN, desc = "it waits for a segment that is free")
    @State
    public static class AppendAgainstFreedSegment {
        private final JournalStage stage = withoutRoom();
        private @Nullable Told c;

        @Actor
        public void append() {
            c = stage.delete("c");
        }

        @Actor
        public void free() {
            stage.linger();
            stage.place.release();
        }

        @Arbiter
        public void judge(LL_Result result) {
            result.r1 = Told.word(c);
            String recorded = stage.recorded();
            result.r2 = recorded.substring(recorded.length() - 1);
        }
    }

    /** A change has waited too long for a segment while one becomes free; then another one comes. */
    @JCStressTest
    @Outcome(id = "done, done", expect = ACCEPTABLE, desc = "the segment came in time")
    @Outcome(id = "NotWrittenException, done", expect = ACCEPTABLE, desc = "it came too late, and serves the next one")
    @Outcome(expect = FORBIDDEN, desc = "one is left behind, or told twice")
    @State
    public static class FreedSegmentAgainstLostPatience {
        private final JournalStage stage = withoutRoom();
        private final Told c = stage.delete("c");

        @Actor
        public void free() {
            stage.place.release();
        }

        @Actor
        public void losePatience() {
            stage.timer.ring();
        }

        @Arbiter
        public void judge(LL_Result result) {
            result.r1 = Told.word(c);
            result.r2 = Told.word(stage.delete("d"));
        }
    }

    /** The file of a container is written while a newer status of it is recorded. */
    @JCStressTest
    @Outcome(id = "done, true, 2, 0", expect = ACCEPTABLE, desc = "the newer one follows")
    @Outcome(expect = FORBIDDEN, desc = "the file stays behind, or the end does not come")
    @State
    public static class RecordAgainstWrittenFile {
        private final JournalStage stage = new JournalStage();
        private @Nullable Told second;

        public RecordAgainstWrittenFile() {
            stage.place.hold();
            stage.write("web", 1);
            stage.behind.hurry();
        }

        @Actor
        public void record() {
            second = stage.write("web", 2);
        }

        @Actor
        public void written() {
            stage.linger();
            stage.place.release();
        }

        @Arbiter
        public void judge(LLLL_Result result) {
            result.r1 = Told.word(second);
            result.r2 = stage.behind.end().toFuture().getNow(false);
            result.r3 = stage.place.pid("web");
            result.r4 = stage.behind.backlog().containers();
        }
    }
}
