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

/**
 * The queue of a journal's committer, and the writes behind the journal: changes against each other, and
 * against the release of a segment.
 */
public final class JournalRaces {
    private JournalRaces() {}

    /** A change comes while another one is committed, until the moment at which the turn is given back. */
    @JCStressTest
    @Outcome(
            id = {"done, done, a b", "done, done, b a"},
            expect = ACCEPTABLE,
            desc = "both changes are recorded")
    @Outcome(expect = FORBIDDEN, desc = "a change is left in the queue, or recorded twice")
    @State
    public static class AppendAgainstAppend {
        private final JournalStage stage = new JournalStage();
        private @Nullable AppendOutcome a;
        private @Nullable AppendOutcome b;

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
            result.r1 = AppendOutcome.word(a);
            result.r2 = AppendOutcome.word(b);
            result.r3 = stage.recorded();
        }
    }

    /** The scheduler rejects the work once; a change comes meanwhile. */
    @JCStressTest
    @Outcome(
            id = {
                "NotWrittenException, done, b",
                "done, NotWrittenException, a",
                "NotWrittenException, NotWrittenException, nothing"
            },
            expect = ACCEPTABLE,
            desc = "each change is refused or recorded")
    @Outcome(expect = FORBIDDEN, desc = "a change is left in the queue, or was refused and still recorded")
    @State
    public static class AppendAgainstRefusal {
        private final JournalStage stage = new JournalStage(4096, new RefusesOnce());
        private @Nullable AppendOutcome a;
        private @Nullable AppendOutcome b;

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
            result.r1 = AppendOutcome.word(a);
            result.r2 = AppendOutcome.word(b);
            result.r3 = stage.recorded();
        }
    }

    /** Returns a committer whose two segments are full, each with one record that is being written to its file. */
    private static JournalStage withoutRoom() {
        JournalStage stage = new JournalStage(JournalStage.sizeOfWrite(), Schedulers::immediate);
        stage.heldFiles.hold();
        stage.write("a", 1);
        stage.write("b", 1);
        stage.behind.makeAllDue();
        return stage;
    }

    /** A change finds no segment while one becomes free. */
    @JCStressTest
    @Outcome(id = "done, c", expect = ACCEPTABLE, desc = "the change got the segment at once, or was woken up")
    @Outcome(expect = FORBIDDEN, desc = "the change waits although a segment is free")
    @State
    public static class AppendAgainstFreedSegment {
        private final JournalStage stage = withoutRoom();
        private @Nullable AppendOutcome c;

        @Actor
        public void append() {
            c = stage.delete("c");
        }

        @Actor
        public void free() {
            stage.linger();
            stage.heldFiles.release();
        }

        @Arbiter
        public void judge(LL_Result result) {
            result.r1 = AppendOutcome.word(c);
            String recorded = stage.recorded();
            result.r2 = recorded.substring(recorded.length() - 1);
        }
    }

    /** A change has waited too long for a segment while one becomes free. Then another change comes. */
    @JCStressTest
    @Outcome(id = "done, done, true", expect = ACCEPTABLE, desc = "the segment became free in time")
    @Outcome(
            id = "NotWrittenException, done, false",
            expect = ACCEPTABLE,
            desc = "the segment became free too late, and serves the next change")
    @Outcome(expect = FORBIDDEN, desc = "a change is left in the queue, signalled twice, or refused and still stored")
    @State
    public static class FreedSegmentAgainstLostPatience {
        private final JournalStage stage = withoutRoom();
        private final AppendOutcome c = stage.write("c", 1);

        @Actor
        public void free() {
            stage.linger();
            stage.heldFiles.release();
        }

        @Actor
        public void losePatience() {
            stage.timer.ring();
        }

        @Arbiter
        public void judge(LLL_Result result) {
            result.r1 = AppendOutcome.word(c);
            result.r2 = AppendOutcome.word(stage.write("d", 1));
            result.r3 = stage.holds("c");
        }
    }

    /** The file of a container is written while a newer status of it is recorded. */
    @JCStressTest
    @Outcome(id = "done, true, 2, 0", expect = ACCEPTABLE, desc = "the newer status follows")
    @Outcome(expect = FORBIDDEN, desc = "the file keeps the older status, or the end never completes")
    @State
    public static class RecordAgainstWrittenFile {
        private final JournalStage stage = new JournalStage();
        private @Nullable AppendOutcome second;

        public RecordAgainstWrittenFile() {
            stage.heldFiles.hold();
            stage.write("web", 1);
            stage.behind.makeAllDue();
        }

        @Actor
        public void record() {
            second = stage.write("web", 2);
        }

        @Actor
        public void written() {
            stage.linger();
            stage.heldFiles.release();
        }

        @Arbiter
        public void judge(LLLL_Result result) {
            result.r1 = AppendOutcome.word(second);
            result.r2 = stage.behind.end().toFuture().getNow(false);
            result.r3 = stage.heldFiles.pid("web");
            result.r4 = stage.behind.backlog().containers();
        }
    }
}
