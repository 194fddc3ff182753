package io.containerstatus.fs;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.containerstatus.fs.SharedStage.FollowWatcher;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Subscribers of a shared follower come and go, while its root changes or fails. */
public final class SharedFollowRaces {
    private SharedFollowRaces() {}

    /** The only subscriber leaves at the moment when another one comes. */
    @JCStressTest
    @Outcome(id = "S1E, 1", expect = ACCEPTABLE, desc = "it receives the snapshot, from one reader")
    @Outcome(expect = FORBIDDEN, desc = "it receives nothing, or a reader is not cancelled")
    @State
    public static class LeaveAgainstJoin {
        private final SharedStage stage = new SharedStage();
        private final FollowWatcher first = new FollowWatcher(Long.MAX_VALUE);
        private final FollowWatcher second = new FollowWatcher(Long.MAX_VALUE);

        public LeaveAgainstJoin() {
            stage.subscribe(first);
        }

        @Actor
        public void leave() {
            first.cancel();
        }

        @Actor
        public void join() {
            stage.subscribe(second);
        }

        @Arbiter
        public void judge(LL_Result result) {
            result.r1 = second.toString();
            result.r2 = stage.readers();
        }
    }

    /** Two subscribers come at the same moment, the first ones. */
    @JCStressTest
    @Outcome(id = "S1E, S1E1", expect = ACCEPTABLE, desc = "both receive the snapshot, from one reader")
    @Outcome(expect = FORBIDDEN, desc = "one of them receives less, or there are two readers")
    @State
    public static class JoinAgainstJoin {
        private final SharedStage stage = new SharedStage();
        private final FollowWatcher first = new FollowWatcher(Long.MAX_VALUE);
        private final FollowWatcher second = new FollowWatcher(Long.MAX_VALUE);

        @Actor
        public void one() {
            stage.subscribe(first);
        }

        @Actor
        public void other() {
            stage.subscribe(second);
        }

        @Arbiter
        public void judge(LL_Result result) {
            result.r1 = first.toString();
            result.r2 = second.toString() + stage.readers();
        }
    }

    /** The root changes at the moment when a subscriber comes. */
    @JCStressTest
    @Outcome(id = "S1EU2, 1", expect = ACCEPTABLE, desc = "subscribed first")
    @Outcome(id = "S2E, 1", expect = ACCEPTABLE, desc = "changed first")
    @Outcome(expect = FORBIDDEN, desc = "a gap, a duplicate, or a misplaced end of the snapshot")
    @State
    public static class ChangeAgainstJoin {
        private final SharedStage stage = new SharedStage();
        private final FollowWatcher late = new FollowWatcher(Long.MAX_VALUE);

        public ChangeAgainstJoin() {
            stage.subscribe(new FollowWatcher(Long.MAX_VALUE));
        }

        @Actor
        public void change() {
            stage.update(2);
        }

        @Actor
        public void join() {
            stage.subscribe(late);
        }

        @Arbiter
        public void judge(LL_Result result) {
            result.r1 = late.toString();
            result.r2 = stage.readers();
        }
    }

    /** The container is replaced at the moment when a subscriber requests the snapshot. */
    @JCStressTest
    @Outcome(id = "S1ED1C2, 1", expect = ACCEPTABLE, desc = "requested first")
    @Outcome(id = "EC2, 1", expect = ACCEPTABLE, desc = "deleted before it was emitted")
    @Outcome(
            expect = FORBIDDEN,
            desc = "a missing deletion, a deletion of an unknown container, or a misplaced end of the snapshot")
    @State
    public static class ReplaceAgainstRequest {
        private final SharedStage stage = new SharedStage();
        private final FollowWatcher slow = new FollowWatcher(0);

        public ReplaceAgainstRequest() {
            stage.subscribe(slow);
        }

        @Actor
        public void replace() {
            stage.replace(2);
        }

        @Actor
        public void request() {
            slow.request(10);
        }

        @Arbiter
        public void judge(LL_Result result) {
            result.r1 = slow.toString();
            result.r2 = stage.readers();
        }
    }

    /** The root fails at the moment when a subscriber comes. */
    @JCStressTest
    @Outcome(id = "(S1E?|)X, 0", expect = ACCEPTABLE, desc = "subscribed first")
    @Outcome(id = "S1E, 1", expect = ACCEPTABLE, desc = "failed first, and a new reader has begun")
    @Outcome(expect = FORBIDDEN, desc = "it waits for a reader that has failed, or a reader is not cancelled")
    @State
    public static class FailAgainstJoin {
        private final SharedStage stage = new SharedStage();
        private final FollowWatcher late = new FollowWatcher(Long.MAX_VALUE);

        public FailAgainstJoin() {
            stage.subscribe(new FollowWatcher(Long.MAX_VALUE));
        }

        @Actor
        public void fail() {
            stage.fail();
        }

        @Actor
        public void join() {
            stage.subscribe(late);
        }

        @Arbiter
        public void judge(LL_Result result) {
            result.r1 = late.toString();
            result.r2 = stage.readers();
        }
    }

    /** The last subscriber leaves at the moment when the root fails. */
    @JCStressTest
    @Outcome(id = "S1E(X|), 0", expect = ACCEPTABLE, desc = "the stream ended once")
    @Outcome(expect = FORBIDDEN, desc = "the stream ended twice, or a reader is not cancelled")
    @State
    public static class FailAgainstLeave {
        private final SharedStage stage = new SharedStage();
        private final FollowWatcher watcher = new FollowWatcher(Long.MAX_VALUE);

        public FailAgainstLeave() {
            stage.subscribe(watcher);
        }

        @Actor
        public void fail() {
            stage.fail();
        }

        @Actor
        public void leave() {
            watcher.cancel();
        }

        @Arbiter
        public void judge(LL_Result result) {
            result.r1 = watcher.toString();
            result.r2 = stage.readers();
        }
    }
}
