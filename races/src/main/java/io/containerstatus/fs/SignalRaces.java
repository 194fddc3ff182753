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

    /** A thread that has handed over the turn runs its signals, and so does the thread that has taken the turn. */
    @JCStressTest
    @Outcome(id = "3", expect = ACCEPTABLE, desc = "each signal is emitted once")
    @Outcome(expect = FORBIDDEN, desc = "a signal is lost, or emitted twice")
    @State
    public static class HereAloneAgainstHere {
        private final TaskDrain drain = new TaskDrain(Schedulers::immediate);
        private final Queue<String> given = new ConcurrentLinkedQueue<>();

        @Actor
        public void first() {
            drain.add(List.of(() -> given.add("a"), () -> given.add("b")));
            drain.runHereAlone();
        }

        @Actor
        public void second() {
            drain.runHere(List.of(() -> given.add("c")));
        }

        @Arbiter
        public void judge(I_Result result) {
            result.r1 = given.size();
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
            drain.run(List.of(() -> given.add("a")));
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
