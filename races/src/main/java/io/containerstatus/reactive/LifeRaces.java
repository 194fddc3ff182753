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
import reactor.core.publisher.BaseSubscriber;

/** The creation and the end of a container and of the store, against each other and against updates. */
public final class LifeRaces {
    private LifeRaces() {}

    /**
     * A creation is cancelled, and another one of the same id follows. The lane of the first one is given
     * up, or serves both.
     */
    @JCStressTest
    @Outcome(id = "done, 1, 1", expect = ACCEPTABLE, desc = "the first creation was cancelled in time")
    @Outcome(
            id = "AlreadyExistsException, 1, 0",
            expect = ACCEPTABLE,
            desc = "the first creation was cancelled too late")
    @Outcome(expect = FORBIDDEN, desc = "the creation is lost, or an unused lane is left")
    @State
    public static class CreateAgainstCancelledCreate {
        private final Stage stage = new Stage();
        private final CancelledCreation first = new CancelledCreation();
        private @Nullable Outcomes second;

        private static final class CancelledCreation extends BaseSubscriber<StatusStorage> {}

        @Actor
        public void create() {
            stage.creation("web", 0).subscribe(first);
        }

        @Actor
        public void cancelAndCreate() {
            first.cancel();
            second = Outcomes.of(stage.creation("web", 1).then());
        }

        @Arbiter
        public void judge(LLL_Result result) {
            result.r1 = Outcomes.word(second);
            result.r2 = ((CheckpointStore) stage.store).lanes().all().size();
            result.r3 = stage.pidOnDisk("web");
        }
    }

    /** An update in memory against the deletion. */
    @JCStressTest
    @Outcome(id = "pid1, done, 3, -1", expect = ACCEPTABLE, desc = "updated, then deleted")
    @Outcome(
            id = "ContainerDeletedException, done, 2, -1",
            expect = ACCEPTABLE,
            desc = "deleted, and the update was refused")
    @Outcome(expect = FORBIDDEN, desc = "the update followed the deletion, or the container exists again")
    @State
    public static class UpdateAgainstDelete {
        private final Stage stage = new Stage();
        private final StatusStorage web = stage.container("web");
        private @Nullable Outcomes first;
        private @Nullable Outcomes second;

        @Actor
        public void update() {
            first = Outcomes.of(web.update(Stage::count));
        }

        @Actor
        public void delete() {
            second = Outcomes.of(web.delete());
        }

        @Arbiter
        public void judge(LLLL_Result result) {
            result.r1 = Outcomes.word(first);
            result.r2 = Outcomes.word(second);
            result.r3 = web.revision();
            result.r4 = stage.pidOnDisk("web");
        }
    }

    /** A synced update against the deletion. */
    @JCStressTest
    @Outcome(id = "pid1, done, 3, -1", expect = ACCEPTABLE, desc = "updated, then deleted")
    @Outcome(
            id = "ContainerDeletedException, done, 2, -1",
            expect = ACCEPTABLE,
            desc = "deleted, and the update was refused")
    @Outcome(expect = FORBIDDEN, desc = "the update followed the deletion, or the container exists again")
    @State
    public static class SyncedAgainstDelete {
        private final Stage stage = new Stage();
        private final StatusStorage web = stage.container("web");
        private @Nullable Outcomes first;
        private @Nullable Outcomes second;

        @Actor
        public void update() {
            first = Outcomes.of(web.updateSync(Stage::count));
        }

        @Actor
        public void delete() {
            second = Outcomes.of(web.delete());
        }

        @Arbiter
        public void judge(LLLL_Result result) {
            result.r1 = Outcomes.word(first);
            result.r2 = Outcomes.word(second);
            result.r3 = web.revision();
            result.r4 = stage.pidOnDisk("web");
        }
    }

    /** Two deletions of one container. */
    @JCStressTest
    @Outcome(id = "done, done, 2, S1D2!", expect = ACCEPTABLE, desc = "both complete, and one of them deletes")
    @Outcome(expect = FORBIDDEN, desc = "deleted twice, or not at all")
    @State
    public static class DeleteAgainstDelete {
        private final Stage stage = new Stage();
        private final StatusStorage web = stage.container("web");
        private final SignalRecorder watcher = new SignalRecorder(Long.MAX_VALUE);
        private @Nullable Outcomes first;
        private @Nullable Outcomes second;

        public DeleteAgainstDelete() {
            web.changes(Delivery.every(100)).subscribe(watcher);
        }

        @Actor
        public void first() {
            first = Outcomes.of(web.delete());
        }

        @Actor
        public void second() {
            second = Outcomes.of(stage.store.delete("web"));
        }

        @Arbiter
        public void judge(LLLL_Result result) {
            result.r1 = Outcomes.word(first);
            result.r2 = Outcomes.word(second);
            result.r3 = web.revision();
            result.r4 = watcher.toString();
        }
    }

    /** Two creations of one container. */
    @JCStressTest
    @Outcome(id = "done, AlreadyExistsException, 1", expect = ACCEPTABLE, desc = "the first creation won")
    @Outcome(id = "AlreadyExistsException, done, 2", expect = ACCEPTABLE, desc = "the second creation won")
    @Outcome(expect = FORBIDDEN, desc = "both won, neither won, or the disk holds the wrong status")
    @State
    public static class CreateAgainstCreate {
        private final Stage stage = new Stage();
        private @Nullable Outcomes first;
        private @Nullable Outcomes second;

        @Actor
        public void first() {
            first = Outcomes.of(stage.creation("web", 1));
        }

        @Actor
        public void second() {
            second = Outcomes.of(stage.creation("web", 2));
        }

        @Arbiter
        public void judge(LLL_Result result) {
            result.r1 = Outcomes.word(first);
            result.r2 = Outcomes.word(second);
            result.r3 = stage.pidOnDisk("web");
        }
    }

    /** The creation of a container against the deletion of the previous one. */
    @JCStressTest
    @Outcome(
            id = "AlreadyExistsException, done, 0, -1",
            expect = ACCEPTABLE,
            desc = "the creation came first, and found the old container")
    @Outcome(id = "done, done, 1, 7", expect = ACCEPTABLE, desc = "the deletion came first")
    @Outcome(expect = FORBIDDEN, desc = "the new container is lost, or the deleted one exists again")
    @State
    public static class CreateAgainstDelete {
        private final Stage stage = new Stage();
        private final StatusStorage web = stage.container("web");
        private @Nullable Outcomes first;
        private @Nullable Outcomes second;

        @Actor
        public void create() {
            first = Outcomes.of(stage.creation("web", 7));
        }

        @Actor
        public void delete() {
            second = Outcomes.of(web.delete());
        }

        @Arbiter
        public void judge(LLLL_Result result) {
            result.r1 = Outcomes.word(first);
            result.r2 = Outcomes.word(second);
            result.r3 = stage.store.list().size();
            result.r4 = stage.pidOnDisk("web");
        }
    }

    /** An update in memory against the end of the store. */
    @JCStressTest
    @Outcome(id = "pid1, 2, 0, true", expect = ACCEPTABLE, desc = "accepted, and finished before the close ended")
    @Outcome(id = "StoreClosedException, 1, 0, true", expect = ACCEPTABLE, desc = "refused, without an effect")
    @Outcome(
            expect = FORBIDDEN,
            desc = "an accepted operation is lost, a refused one ran, or the disk was used after its close")
    @State
    public static class UpdateAgainstClose {
        private final Stage stage = new Stage();
        private final StatusStorage web = stage.container("web");
        private @Nullable Outcomes outcome;

        @Actor
        public void update() {
            outcome = Outcomes.of(web.update(Stage::count));
        }

        @Actor
        public void close() {
            stage.store.close().subscribe();
        }

        @Arbiter
        public void judge(LLLL_Result result) {
            stage.close();
            result.r1 = Outcomes.word(outcome);
            result.r2 = web.revision();
            result.r3 = stage.pidOnDisk("web");
            result.r4 = stage.disk.wasClosedLast();
        }
    }

    /** A synced update against the end of the store. */
    @JCStressTest
    @Outcome(id = "pid1, 2, 1, true", expect = ACCEPTABLE, desc = "accepted, and finished before the close ended")
    @Outcome(id = "StoreClosedException, 1, 0, true", expect = ACCEPTABLE, desc = "refused, without an effect")
    @Outcome(
            expect = FORBIDDEN,
            desc = "an accepted operation is lost, a refused one ran, or the disk was used after its close")
    @State
    public static class SyncedAgainstClose {
        private final Stage stage = new Stage();
        private final StatusStorage web = stage.container("web");
        private @Nullable Outcomes outcome;

        @Actor
        public void update() {
            outcome = Outcomes.of(web.updateSync(Stage::count));
        }

        @Actor
        public void close() {
            stage.store.close().subscribe();
        }

        @Arbiter
        public void judge(LLLL_Result result) {
            stage.close();
            result.r1 = Outcomes.word(outcome);
            result.r2 = web.revision();
            result.r3 = stage.pidOnDisk("web");
            result.r4 = stage.disk.wasClosedLast();
        }
    }

    /** A creation against the end of the store. */
    @JCStressTest
    @Outcome(id = "done, 0, true", expect = ACCEPTABLE, desc = "accepted, and finished before the close ended")
    @Outcome(id = "StoreClosedException, -1, true", expect = ACCEPTABLE, desc = "refused, without an effect")
    @Outcome(
            expect = FORBIDDEN,
            desc = "an accepted operation is lost, a refused one ran, or the disk was used after its close")
    @State
    public static class CreateAgainstClose {
        private final Stage stage = new Stage();
        private @Nullable Outcomes outcome;

        @Actor
        public void create() {
            outcome = Outcomes.of(stage.creation("web"));
        }

        @Actor
        public void close() {
            stage.store.close().subscribe();
        }

        @Arbiter
        public void judge(LLL_Result result) {
            stage.close();
            result.r1 = Outcomes.word(outcome);
            result.r2 = stage.pidOnDisk("web");
            result.r3 = stage.disk.wasClosedLast();
        }
    }
}
