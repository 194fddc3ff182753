package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.NotWrittenException;
import io.containerstatus.PendingUpdatesExceededException;
import io.containerstatus.RevisionConflictException;
import io.containerstatus.Status;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import io.containerstatus.test.ManualScheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.test.subscriber.TestSubscriber;

class GroupCommitTest extends StoreTest {
    private StatusStorage web;
    private Held first;

    /** Counts up, so that the result of each update shows how many preceded it. */
    private TestSubscriber<Status> countUpSynced() {
        return subscribe(web.updateSync(status -> pid(status.pid() + 1).apply(status)));
    }

    private List<TestSubscriber<Status>> countUpSynced(int times) {
        return IntStream.range(0, times).mapToObj(i -> countUpSynced()).toList();
    }

    private static List<Long> pids(List<TestSubscriber<Status>> callers) {
        return callers.stream()
                .peek(caller -> assertThat(caller.isTerminatedComplete()).isTrue())
                .map(caller -> caller.getReceivedOnNext().get(0).pid())
                .toList();
    }

    private static List<Long> fromTo(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    @BeforeEach
    void createContainer() {
        web = container("web");
    }

    private void holdTheFirstWrite() {
        first = checkpoints.holdNext();
        countUpSynced();
        assertThat(first.hasArrived()).isTrue();
        checkpoints.takeCalls();
    }

    @Nested
    class BehindAWriteUnderWay {
        private final TestSubscriber<StatusChange> watcher = TestSubscriber.create();

        @BeforeEach
        void holdAWrite() {
            web.changes(Delivery.every(1000)).subscribe(watcher);
            holdTheFirstWrite();
        }

        @Test
        void manyCallersShareOneWriteAndEachGetsItsOwnResult() {
            List<TestSubscriber<Status>> callers = countUpSynced(64);
            assertThat(callers).noneMatch(TestSubscriber::isTerminated);
            first.complete();
            assertThat(pids(callers)).isEqualTo(fromTo(2, 65));
            assertThat(checkpoints.takeCalls()).containsExactly("write web");
            assertThat(checkpoints.stored("web").pid()).isEqualTo(65);
            assertThat(web.revision()).isEqualTo(66);
        }

        @Test
        void everyChangeIsPublishedOnceAndInOrder() {
            countUpSynced(64);
            first.complete();
            assertThat(watcher.getReceivedOnNext())
                    .extracting(StatusChange::revision)
                    .isEqualTo(fromTo(1, 66));
            assertThat(watcher.getReceivedOnNext())
                    .extracting(change -> change.current().pid())
                    .isEqualTo(fromTo(0, 65));
            assertThat(watcher.getReceivedOnNext()).allMatch(StatusChange::durable);
        }

        @Test
        void nothingOfABatchIsVisibleBeforeItIsWritten() {
            countUpSynced(3);
            Held second = checkpoints.holdNext();
            first.complete();
            assertThat(web.current().pid()).isEqualTo(1);
            assertThat(watcher.getReceivedOnNext()).hasSize(2);
            second.complete();
            assertThat(web.current().pid()).isEqualTo(4);
            assertThat(watcher.getReceivedOnNext()).hasSize(5);
        }

        @Test
        void aFailingWriteFailsItsWholeBatchAndOnlyThat() {
            List<TestSubscriber<Status>> callers = countUpSynced(3);
            NotWrittenException failure = notWritten("web");
            checkpoints.failNext(failure);
            first.complete();
            assertThat(callers).allSatisfy(caller -> assertThat(caller.expectTerminalError())
                    .isSameAs(failure));
            assertThat(web.current().pid()).isEqualTo(1);
            assertThat(web.revision()).isEqualTo(2);
            assertThat(watcher.getReceivedOnNext()).hasSize(2);
            assertThat(pids(List.of(countUpSynced()))).containsExactly(2L);
            assertThat(web.revision()).isEqualTo(3);
        }

        @Test
        void aFailingFunctionFailsOnlyItsOwnCaller() {
            TestSubscriber<Status> before = countUpSynced();
            IllegalStateException mine = new IllegalStateException("mine");
            TestSubscriber<Status> failing = subscribe(web.updateSync(status -> {
                throw mine;
            }));
            TestSubscriber<Status> after = countUpSynced();
            first.complete();
            assertThat(failing.expectTerminalError()).isSameAs(mine);
            assertThat(pids(List.of(before, after))).containsExactly(2L, 3L);
            assertThat(checkpoints.takeCalls()).containsExactly("write web");
        }

        @Test
        void aFunctionThatFailedOnAStatusWhichWasNeverWrittenGetsTheWritesFailure() {
            countUpSynced();
            TestSubscriber<Status> failing = subscribe(web.update(status -> {
                throw new IllegalStateException("pid is " + status.pid());
            }));
            TestSubscriber<Status> conflicting = subscribe(web.updateSync(2, pid(9)));
            NotWrittenException failure = notWritten("web");
            checkpoints.failNext(failure);
            first.complete();
            assertThat(failing.expectTerminalError()).isSameAs(failure);
            assertThat(conflicting.expectTerminalError()).isSameAs(failure);
        }

        @Test
        void anExpectedRevisionIsThatAtTheOperationsOwnTurn() {
            countUpSynced();
            TestSubscriber<Status> right = subscribe(web.updateSync(3, pid(9)));
            TestSubscriber<Status> late = subscribe(web.updateSync(3, pid(10)));
            first.complete();
            assertThat(pids(List.of(right))).containsExactly(9L);
            assertThat(late.expectTerminalError()).isInstanceOf(RevisionConflictException.class);
        }
    }

    @Nested
    class WithMemoryOnlyUpdatesAmongThem {
        @BeforeEach
        void holdAWrite() {
            holdTheFirstWrite();
        }

        @Test
        void oneBehindASyncedOneJoinsItsWrite() {
            TestSubscriber<Status> synced = countUpSynced();
            TestSubscriber<Status> memoryOnly = subscribe(web.update(pid(70)));
            Held second = checkpoints.holdNext();
            first.complete();
            assertThat(memoryOnly.isTerminated()).isFalse();
            assertThat(web.current().pid()).isEqualTo(1);
            second.complete();
            assertThat(pids(List.of(synced, memoryOnly))).containsExactly(2L, 70L);
            assertThat(checkpoints.stored("web").pid()).isEqualTo(70);
            assertThat(web.changes().blockFirst(PATIENCE).durable()).isTrue();
        }

        @Test
        void oneBehindASyncedOneFailsWithIt() {
            countUpSynced();
            TestSubscriber<Status> memoryOnly = subscribe(web.update(pid(70)));
            NotWrittenException failure = notWritten("web");
            checkpoints.failNext(failure);
            first.complete();
            assertThat(memoryOnly.expectTerminalError()).isSameAs(failure);
            assertThat(web.current().pid()).isEqualTo(1);
        }

        @Test
        void oneThatOnlyWaitedForTheWriteUnderWayNeedsNoneOfItsOwn() {
            TestSubscriber<Status> memoryOnly = subscribe(web.update(pid(70)));
            assertThat(memoryOnly.isTerminated()).isFalse();
            first.complete();
            assertThat(pids(List.of(memoryOnly))).containsExactly(70L);
            assertThat(checkpoints.takeCalls()).isEmpty();
            assertThat(web.changes().blockFirst(PATIENCE).durable()).isFalse();
        }

        @Test
        void anUpdateBeforeASyncedOneRemainsWhenThatFails() {
            TestSubscriber<Status> memoryOnly = subscribe(web.update(pid(70)));
            TestSubscriber<Status> synced = countUpSynced();
            checkpoints.failNext(notWritten("web"));
            first.complete();
            assertThat(pids(List.of(memoryOnly))).containsExactly(70L);
            assertThat(synced.expectTerminalError()).isInstanceOf(NotWrittenException.class);
            assertThat(web.current().pid()).isEqualTo(70);
            assertThat(web.revision()).isEqualTo(3);
        }
    }

    @Nested
    class Bounds {
        @Test
        void aWriteTakesAtMostTheBatch() {
            reopen(builder -> builder.maxBatch(4));
            web = store.find("web");
            holdTheFirstWrite();
            List<TestSubscriber<Status>> callers = countUpSynced(10);
            first.complete();
            assertThat(pids(callers)).isEqualTo(fromTo(2, 11));
            assertThat(checkpoints.takeCalls()).hasSize(3);
        }

        @Test
        void aBatchOfOneIsAWriteForEach() {
            reopen(builder -> builder.maxBatch(1));
            web = store.find("web");
            holdTheFirstWrite();
            countUpSynced(5);
            first.complete();
            assertThat(checkpoints.takeCalls()).hasSize(5);
        }

        @Test
        void aCallerBeyondThePendingOnesIsRefusedAndTheOthersAreNot() {
            reopen(builder -> builder.maxPendingUpdates(3));
            web = store.find("web");
            holdTheFirstWrite();
            List<TestSubscriber<Status>> accepted = countUpSynced(3);
            TestSubscriber<Status> refused = countUpSynced();
            assertThat(refused.expectTerminalError())
                    .isInstanceOfSatisfying(PendingUpdatesExceededException.class, exceeded -> {
                        assertThat(exceeded.id()).isEqualTo("web");
                        assertThat(exceeded.limit()).isEqualTo(3);
                    });
            first.complete();
            assertThat(pids(accepted)).isEqualTo(fromTo(2, 4));
        }

        @Test
        void thereIsRoomAgainOnceTheyAreTaken() {
            reopen(builder -> builder.maxPendingUpdates(3));
            web = store.find("web");
            for (int round = 0; round < 3; round++) {
                holdTheFirstWrite();
                List<TestSubscriber<Status>> accepted = countUpSynced(3);
                assertThat(countUpSynced().expectTerminalError()).isInstanceOf(PendingUpdatesExceededException.class);
                first.complete();
                assertThat(accepted).allMatch(TestSubscriber::isTerminatedComplete);
            }
            assertThat(web.current().pid()).isEqualTo(12);
        }

        @Test
        void otherContainersAreNotRefused() {
            reopen(builder -> builder.maxPendingUpdates(1));
            web = store.find("web");
            StatusStorage db = container("db");
            holdTheFirstWrite();
            countUpSynced(2);
            assertThat(subscribe(db.updateSync(pid(1))).isTerminatedComplete()).isTrue();
            first.complete();
        }
    }

    @Nested
    class UnderLoadWithoutAPause {}

    @Nested
    class DrainingForOthers {
        /** More than any caller may run for others. */
        private static final int MANY = 2000;

        @Test
        void aCallersThreadHandsTheLaneOverToALaneThread() {
            ManualScheduler signals = new ManualScheduler();
            reopen(builder -> builder.laneThreads(1).signalScheduler(signals));
            web = store.find("web");
            Thread caller = Thread.currentThread();
            AtomicInteger here = new AtomicInteger();
            List<TestSubscriber<Status>> others = new ArrayList<>();
            TestSubscriber<Status> own = subscribe(web.update(status -> {
                for (int i = 0; i < MANY; i++) {
                    long pid = i;
                    others.add(subscribe(web.update(before -> {
                        here.addAndGet(Thread.currentThread() == caller ? 1 : 0);
                        return pid(pid).apply(before);
                    })));
                }
                return pid(5000).apply(status);
            }));
            assertThat(own.isTerminatedComplete()).isTrue();
            assertThat(here).hasPositiveValue().hasValueLessThan(MANY / 2);
            Awaitility.await().atMost(PATIENCE).until(() -> signals.waiting() == MANY);
            signals.runAll();
            assertThat(others).hasSize(MANY).allMatch(TestSubscriber::isTerminatedComplete);
            assertThat(web.revision()).isEqualTo(MANY + 2);
            assertThat(web.current().pid()).isEqualTo(MANY - 1);
        }

        @Test
        void theOrderIsKeptAcrossTheHandOver() {
            ManualScheduler signals = new ManualScheduler();
            reopen(builder -> builder.laneThreads(1).signalScheduler(signals));
            web = store.find("web");
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            web.changes(Delivery.every(MANY * 2)).subscribe(watcher);
            subscribe(web.update(status -> {
                for (int i = 1; i <= MANY; i++) {
                    subscribe(i % 3 == 0 ? web.updateSync(pid(i)) : web.update(pid(i)));
                }
                return pid(5000).apply(status);
            }));
            Awaitility.await().atMost(PATIENCE).until(() -> {
                signals.runAll();
                return watcher.getReceivedOnNext().size() == MANY + 2;
            });
            assertThat(watcher.getReceivedOnNext().stream().skip(2).map(change -> change.current()
                            .pid()))
                    .containsExactlyElementsOf(fromTo(1, MANY));
        }
    }
}
