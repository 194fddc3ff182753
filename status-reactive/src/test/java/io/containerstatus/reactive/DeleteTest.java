package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.ContainerDeletedException;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

class DeleteTest extends StoreTest {
    private StatusStorage web;

    @BeforeEach
    void createContainer() {
        web = container("web");
    }

    @Nested
    class OfAContainer {
        @Test
        void removesItFromMemoryAndDisk() {
            StepVerifier.create(web.delete()).verifyComplete();
            assertThat(checkpoints.stored("web")).isNull();
            assertThat(store.list()).isEmpty();
            assertThat(checkpoints.takeCalls()).containsExactly("delete web");
        }

        @Test
        void byItsIdIsTheSame() {
            StepVerifier.create(store.delete("web")).verifyComplete();
            assertThat(checkpoints.stored("web")).isNull();
            assertThat(store.list()).isEmpty();
        }

        @Test
        void leavesItsLastStatusReadableAtOneMoreRevision() {
            web.update(pid(7)).block(PATIENCE);
            web.delete().block(PATIENCE);
            assertThat(web.current().pid()).isEqualTo(7);
            assertThat(web.revision()).isEqualTo(3);
        }

        @Test
        void isIdempotentAndNeedsNoDiskTheSecondTime() {
            web.delete().block(PATIENCE);
            checkpoints.takeCalls();
            StepVerifier.create(web.delete()).verifyComplete();
            assertThat(web.revision()).isEqualTo(2);
            assertThat(checkpoints.takeCalls()).isEmpty();
        }

        @Test
        void isOneDeletionForTwoAtOnce() {
            Held deletion = checkpoints.holdNext();
            TestSubscriber<Void> first = subscribe(web.delete());
            TestSubscriber<Void> second = subscribe(web.delete());
            deletion.complete();
            assertThat(first.isTerminatedComplete()).isTrue();
            assertThat(second.isTerminatedComplete()).isTrue();
            assertThat(checkpoints.takeCalls()).containsExactly("delete web");
        }

        @Test
        void comesAfterTheUpdatesBeforeItAndSharesNoWriteWithThem() {
            Held write = checkpoints.holdNext();
            subscribe(web.updateSync(pid(1)));
            TestSubscriber<Status> before = subscribe(web.updateSync(pid(2)));
            TestSubscriber<Void> deletion = subscribe(web.delete());
            TestSubscriber<Status> after = subscribe(web.updateSync(pid(3)));
            write.complete();
            assertThat(before.isTerminatedComplete()).isTrue();
            assertThat(deletion.isTerminatedComplete()).isTrue();
            assertThat(after.expectTerminalError()).isInstanceOf(ContainerDeletedException.class);
            assertThat(checkpoints.takeCalls()).containsExactly("write web", "write web", "delete web");
        }

        @Test
        void isShownToNoReaderWhileItIsUnderWay() {
            Held deletion = checkpoints.holdNext();
            subscribe(web.delete());
            assertThat(store.list()).containsExactly(web);
            assertThat(store.find("web")).isSameAs(web);
            deletion.complete();
            assertThat(store.list()).isEmpty();
        }
    }

    @Nested
    class OfAnUnknownId {
        @Test
        void callsTheDiskEachTime() {
            StepVerifier.create(store.delete("gone")).verifyComplete();
            StepVerifier.create(store.delete("gone")).verifyComplete();
            assertThat(checkpoints.takeCalls()).containsExactly("delete gone", "delete gone");
        }

        @Test
        void thatFailsCanBeTriedAgain() {
            checkpoints.failNext(notWritten("gone"));
            StepVerifier.create(store.delete("gone")).verifyError(NotWrittenException.class);
            StepVerifier.create(store.delete("gone")).verifyComplete();
        }

        @Test
        void isEmittedToNoStream() {
            TestSubscriber<StatusChange> latest = TestSubscriber.create();
            TestSubscriber<StatusChange> every = TestSubscriber.create();
            store.changes(Delivery.latest().changesOnly()).subscribe(latest);
            store.changes(Delivery.every(8).changesOnly()).subscribe(every);
            store.delete("gone").block(PATIENCE);
            assertThat(latest.getReceivedOnNext()).isEmpty();
            assertThat(every.getReceivedOnNext()).isEmpty();
        }

        @Test
        void leavesNothingInTheWayOfACreation() {
            store.delete("gone").block(PATIENCE);
            StepVerifier.create(store.create("gone", CREATED))
                    .assertNext(created -> assertThat(created.revision()).isEqualTo(1))
                    .verifyComplete();
        }
    }

    @Nested
    class ThatFails {
        @Test
        void asNotWrittenLeavesTheContainerAsItWas() {
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            web.changes().subscribe(watcher);
            checkpoints.failNext(notWritten("web"));
            StepVerifier.create(web.delete()).verifyError(NotWrittenException.class);
            assertThat(store.list()).containsExactly(web);
            assertThat(web.revision()).isEqualTo(1);
            assertThat(watcher.getReceivedOnNext()).hasSize(1);
            web.updateSync(status -> status).block(PATIENCE);
            assertThat(checkpoints.takeCalls()).containsExactly("delete web");
        }

        @Test
        void asIndeterminateLeavesItInMemoryAndTheNextEqualSyncedUpdateSettlesIt() {
            checkpoints.failNextAfterTheEffect(indeterminate("web"));
            StepVerifier.create(web.delete()).verifyError(IndeterminateWriteException.class);
            assertThat(store.list()).containsExactly(web);
            assertThat(checkpoints.stored("web")).isNull();
            StepVerifier.create(web.updateSync(status -> status))
                    .expectNext(CREATED)
                    .verifyComplete();
            assertThat(checkpoints.stored("web")).isEqualTo(CREATED);
        }

        @Test
        void asIndeterminateCanBeSettledByTheNextDeletion() {
            checkpoints.failNext(indeterminate("web"));
            StepVerifier.create(web.delete()).verifyError(IndeterminateWriteException.class);
            StepVerifier.create(web.delete()).verifyComplete();
            assertThat(checkpoints.stored("web")).isNull();
        }
    }

    @Nested
    class ForEver {
        @BeforeEach
        void deleteContainer() {
            web.delete().block(PATIENCE);
            checkpoints.takeCalls();
        }

        @Test
        void noUpdateBringsTheContainerBack() {
            AtomicInteger runs = new AtomicInteger();
            StepVerifier.create(web.updateSync(status -> {
                        runs.incrementAndGet();
                        return pid(7).apply(status);
                    }))
                    .verifyError(ContainerDeletedException.class);
            StepVerifier.create(web.updateSync(2, pid(7))).verifyError(ContainerDeletedException.class);
            assertThat(runs).hasValue(0);
            assertThat(checkpoints.takeCalls()).isEmpty();
            assertThat(checkpoints.stored("web")).isNull();
        }

        @Test
        void theOldHandleStaysDeletedWhenTheIdIsUsedAgain() {
            StatusStorage again = container("web");
            assertThat(again).isNotSameAs(web);
            assertThat(again.revision()).isEqualTo(1);
            StepVerifier.create(web.updateSync(pid(7))).verifyError(ContainerDeletedException.class);
            StepVerifier.create(web.delete()).verifyComplete();
            assertThat(store.list()).containsExactly(again);
            assertThat(checkpoints.stored("web")).isEqualTo(CREATED);
            assertThat(checkpoints.takeCalls()).isEmpty();
        }
    }

    @Nested
    class WithAnUpdateBehindIt {
        @Test
        void theUpdateIsMadeWhenTheDeletionFails() {
            Held first = checkpoints.holdNext();
            subscribe(web.updateSync(pid(1)));
            TestSubscriber<Void> deletion = subscribe(web.delete());
            TestSubscriber<Status> update = subscribe(web.updateSync(pid(7)));
            checkpoints.failNext(notWritten("web"));
            first.complete();
            assertThat(deletion.expectTerminalError()).isInstanceOf(NotWrittenException.class);
            assertThat(update.isTerminatedComplete()).isTrue();
            assertThat(checkpoints.stored("web").pid()).isEqualTo(7);
        }
    }

    @Nested
    class WithACreationOfTheSameIdBehindIt {
        @Test
        void theCreationMakesANewContainer() {
            Held deletion = checkpoints.holdNext();
            subscribe(web.delete());
            TestSubscriber<StatusStorage> first = subscribe(store.create("web", pid(1).apply(CREATED)));
            TestSubscriber<StatusStorage> second = subscribe(store.create("web", pid(2).apply(CREATED)));
            deletion.complete();
            assertThat(first.isTerminatedComplete()).isTrue();
            assertThat(second.expectTerminalError()).isInstanceOf(AlreadyExistsException.class);
            assertThat(store.find("web").current().pid()).isEqualTo(1);
            assertThat(store.find("web").revision()).isEqualTo(1);
            assertThat(checkpoints.takeCalls()).containsExactly("delete web", "write web");
        }

        @Test
        void oneThatAnswersTheDeletionComesAfterTheOneThatWaitedForIt() {
            Held deletion = checkpoints.holdNext();
            web.delete().subscribe(null, null, () -> subscribe(store.create("web", pid(2).apply(CREATED))));
            TestSubscriber<StatusStorage> waiting = subscribe(store.create("web", pid(1).apply(CREATED)));
            deletion.complete();
            assertThat(waiting.isTerminatedComplete()).isTrue();
            assertThat(store.find("web").current().pid()).isEqualTo(1);
        }
    }
}
