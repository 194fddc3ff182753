package io.containerstatus.fs;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Faulty versions of the committer. They must be seen to fail: otherwise the harness would not detect such
 * errors in the library either.
 */
public final class Controls {
    private Controls() {}

    /** A turn that polls the queue for the last time before it is given back. */
    @JCStressTest
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "both changes are committed")
    @Outcome(expect = FORBIDDEN, desc = "a change is left in the queue")
    @State
    public static class PollBeforeTheTurnIsGivenBack {
        private final Queue<String> queue = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean taken = new AtomicBoolean();
        private final AtomicInteger committed = new AtomicInteger();

        @Actor
        public void first() {
            append();
        }

        @Actor
        public void second() {
            append();
        }

        private void append() {
            queue.add("change");
            if (taken.compareAndSet(false, true)) {
                while (queue.poll() != null) {
                    committed.incrementAndGet();
                }
                taken.set(false);
            }
        }

        @Arbiter
        public void judge(I_Result result) {
            result.r1 = committed.get();
        }
    }

    /** A turn that is handed over before its signals are queued. Its first signal never returns. */
    @JCStressTest
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "the other thread emits the other signals")
    @Outcome(expect = FORBIDDEN, desc = "a signal is left in the queue")
    @State
    public static class SignalsQueuedAfterTheHandOver {
        private final SignalRaces.TwoTurns turns = new SignalRaces.TwoTurns();

        @Actor
        public void first() {
            turns.handOver();
            turns.queueSignals();
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
}
