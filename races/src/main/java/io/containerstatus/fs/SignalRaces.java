package io.containerstatus.fs;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.containerstatus.fs.internal.TaskDrain;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.L_Result;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The signals that a committer hands over to other threads. */
public final class SignalRaces {
    private SignalRaces() {}

    /** A scheduler whose thread is an actor. */
    private static final class Handed implements Scheduler {
        private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

        @Override
        public Disposable schedule(Runnable task) {
            tasks.add(task);
            return () -> {};
        }

        @Override
        public Worker createWorker() {
            throw new UnsupportedOperationException();
        }

        /** Runs the tasks that are queued. */
        void work() {
            Runnable task;
            while ((task = tasks.poll()) != null) {
                task.run();
            }
        }
    }

    /** Signals come while the thread that was requested for earlier ones ends. */
    @JCStressTest
    @Outcome(id = "abc", expect = ACCEPTABLE, desc = "each signal is emitted once, in order")
    @Outcome(expect = FORBIDDEN, desc = "a signal is lost, or emitted twice")
    @State
    public static class RunAgainstEnd {
        private final Handed thread = new Handed();
        private final TaskDrain drain = new TaskDrain(() -> thread);
        private final Queue<String> given = new ConcurrentLinkedQueue<>();

        public RunAgainstEnd() {
            drain.run(() -> given.add("a"));
        }

        @Actor
        public void run() {
            drain.run(() -> given.add("b"));
            drain.run(() -> given.add("c"));
        }

        @Actor
        public void work() {
            thread.work();
        }

        @Arbiter
        public void judge(L_Result result) {
            thread.work();
            result.r1 = String.join("", given);
        }
    }

    /** A turn is handed over, and its first signal never returns. The thread of the next turn emits the others. */
    @JCStressTest
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "each other signal is emitted once")
    @Outcome(expect = FORBIDDEN, desc = "a signal is lost, or emitted twice")
    @State
    public static class BlockedTurnAgainstNextTurn {
        private final TwoTurns turns = new TwoTurns();

        @Actor
        public void first() {
            turns.queueSignals();
            turns.handOver();
            turns.signalHere();
        }

        @Actor
        public void second() {
            turns.work();
        }

        @Arbiter
        public void judge(I_Result result) {
            turns.work();
            result.r1 = turns.given.size();
        }
    }

    /** The steps of a turn that is handed over. A signal that never returns is one that throws here. */
    static final class TwoTurns {
        private final Handed thread = new Handed();
        private final TaskDrain drain = new TaskDrain(() -> thread);
        final Queue<String> given = new ConcurrentLinkedQueue<>();

        private static final class NeverReturns extends RuntimeException {
            private static final long serialVersionUID = 1L;

            NeverReturns() {
                super(null, null, false, false);
            }
        }

        void queueSignals() {
            drain.add(List.of(
                    () -> {
                        throw new NeverReturns();
                    },
                    () -> given.add("b")));
        }

        void handOver() {
            thread.schedule(() -> {
                drain.add(List.of(() -> given.add("c")));
                drain.runHere();
            });
        }

        void signalHere() {
            unlessStuck(drain::runHereAlone);
        }

        void work() {
            unlessStuck(thread::work);
        }

        private static void unlessStuck(Runnable steps) {
            try {
                steps.run();
            } catch (NeverReturns stuck) {
                // The thread does nothing more.
            }
        }
    }

    /** Two threads pass on signals at the same moment. */
    @JCStressTest
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "each signal is emitted once")
    @Outcome(expect = FORBIDDEN, desc = "a signal is lost, or emitted twice")
    @State
    public static class RunAgainstRun {
        private final TaskDrain drain = new TaskDrain(Schedulers::immediate);
        private final Queue<String> given = new ConcurrentLinkedQueue<>();

        @Actor
        public void first() {
            drain.add(List.of(() -> given.add("a")));
            drain.run();
        }

        @Actor
        public void second() {
            drain.run(() -> given.add("b"));
        }

        @Arbiter
        public void judge(I_Result result) {
            result.r1 = given.size();
        }
    }
}
