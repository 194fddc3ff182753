package io.containerstatus.reactive;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * Faulty versions of parts of the library. Each must be seen to fail: otherwise the harness would not detect
 * such errors in the library either.
 */
public final class Controls {
    private Controls() {}

    /** A claim that reads first and takes later, in two steps. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1"},
            expect = ACCEPTABLE,
            desc = "ran, or was cancelled")
    @Outcome(expect = FORBIDDEN, desc = "ran although it was cancelled")
    @State
    public static class ClaimInTwoSteps {
        private volatile boolean taken;

        @Actor
        public void turn(II_Result result) {
            result.r1 = claim();
        }

        @Actor
        public void cancel(II_Result result) {
            result.r2 = claim();
        }

        private int claim() {
            if (taken) {
                return 0;
            }
            taken = true;
            return 1;
        }
    }

    /** Demand that is read first and written later, in two steps. */
    @JCStressTest
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "demand adds up")
    @Outcome(expect = FORBIDDEN, desc = "demand is lost")
    @State
    public static class DemandInTwoSteps {
        private volatile long requested;

        @Actor
        public void first() {
            request(1);
        }

        @Actor
        public void second() {
            request(1);
        }

        private void request(long n) {
            long before = requested;
            requested = before + n;
        }

        @Arbiter
        public void judge(I_Result result) {
            result.r1 = (int) requested;
        }
    }

    /** A subscription that reads the snapshot before it is registered. */
    @JCStressTest
    @Outcome(
            id = {"S1U2", "S2"},
            expect = ACCEPTABLE,
            desc = "no gap")
    @Outcome(expect = FORBIDDEN, desc = "a gap")
    @State
    public static class ReadBeforeRegistration {
        private final List<Queue<String>> subscribers = new CopyOnWriteArrayList<>();
        private final Queue<String> received = new ConcurrentLinkedQueue<>();
        private volatile int revision = 1;

        @Actor
        public void emit() {
            revision = 2;
            subscribers.forEach(one -> one.add("U2"));
        }

        @Actor
        public void subscribe() {
            received.add("S" + revision);
            subscribers.add(received);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = String.join("", received);
        }
    }
}
