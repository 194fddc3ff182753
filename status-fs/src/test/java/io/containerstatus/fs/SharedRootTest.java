package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.CaughtUp;
import io.containerstatus.ContainerChange.Kind;
import io.containerstatus.CorruptStatusException;
import io.containerstatus.Status;
import io.containerstatus.StatusEvent;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.test.ManualScheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Hooks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.subscriber.TestSubscriber;

/**
 * Many subscribers to one root, whose changes the test emits. Signals come on the thread that causes them,
 * unless a test says otherwise.
 */
class SharedRootTest {
    private static final Status RESTARTED = RUNNING.toBuilder().pid(43).build();

    private final List<ManualSource> sources = new ArrayList<>();
    private final List<Throwable> dropped = new ArrayList<>();
    private SharedFollow follow = on(Schedulers.immediate());

    /** Emits the changes of the test instead of changes of files. */
    private static final class ManualSource implements SharedRoot.Source {
        private final CoreSubscriber<StatusEvent> root;
        private int starts;
        private int cancellations;
        private Runnable onCancel = () -> {};

        ManualSource(CoreSubscriber<StatusEvent> root) {
            this.root = root;
        }

        @Override
        public void start() {
            starts++;
            root.onSubscribe(this);
        }

        @Override
        public void request(long n) {
            assertThat(n).isEqualTo(Long.MAX_VALUE);
        }

        @Override
        public void cancel() {
            cancellations++;
            onCancel.run();
        }

        void emit(String id, Kind kind, Status status) {
            root.onNext(new FollowedChange.WithStatus(id, kind, null, status, null));
        }

        void emitDeletion(String id) {
            root.onNext(new FollowedChange.Deleted(id, null));
        }

        void emitEnd() {
            root.onNext(new CaughtUp());
        }
    }

    private SharedFollow on(Scheduler scheduler) {
        FollowSettings settings = new FollowSettings(
                Path.of("/root"),
                Duration.ofDays(1),
                Duration.ZERO,
                /* polling= */ false,
                StatusReader.DEFAULT_MAX_FILE_SIZE,
                scheduler,
                FollowerMetricsGuard.NONE,
                Thread::new);
        return new SharedFollow(settings, root -> {
            ManualSource source = new ManualSource(root);
            sources.add(source);
            return source;
        });
    }

    @BeforeEach
    void keepWhatIsDropped() {
        Hooks.onErrorDropped(dropped::add);
    }

    @AfterEach
    void reset() {
        Hooks.resetOnErrorDropped();
    }

    private TestSubscriber<StatusEvent> watch(long demand) {
        TestSubscriber<StatusEvent> watcher =
                TestSubscriber.builder().initialRequest(demand).build();
        follow.subscribe(watcher, /* emitsSnapshotEnd= */ true);
        return watcher;
    }

    /** Keeps its subscription, and requests as many changes as the snapshot has. */
    private static final class Kept extends BaseSubscriber<StatusEvent> {
        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            subscription.request(3);
        }

        Integer waiting() {
            return Scannable.from(upstream()).scan(Scannable.Attr.BUFFERED);
        }
    }

    private TestSubscriber<StatusEvent> watch() {
        return watch(Long.MAX_VALUE);
    }

    private ManualSource source() {
        return sources.get(sources.size() - 1);
    }

    /** Subscribes one subscriber that keeps the root, and emits a, b, and the end of the snapshot to it. */
    private TestSubscriber<StatusEvent> watchTwo() {
        TestSubscriber<StatusEvent> first = watch();
        source().emit("a", Kind.SNAPSHOT, CREATED);
        source().emit("b", Kind.SNAPSHOT, RUNNING);
        source().emitEnd();
        return first;
    }

    private static List<String> received(TestSubscriber<StatusEvent> watcher) {
        return watcher.getReceivedOnNext().stream().map(SharedRootTest::name).toList();
    }

    private static String name(StatusEvent event) {
        if (!(event instanceof FollowedChange change)) {
            return "end";
        }
        String previous =
                change.previous() == null ? "" : " after " + change.previous().state();
        return change.kind() + " " + change.id() + (change.failure() == null ? " " + change.state() : " bad")
                + previous;
    }

    @Nested
    class ALateSubscriber {
        @Test
        void receivesTheSnapshotAndThenTheSameChanges() {
            TestSubscriber<StatusEvent> first = watchTwo();
            TestSubscriber<StatusEvent> late = watch();
            assertThat(received(late)).containsExactly("SNAPSHOT a CREATED", "SNAPSHOT b RUNNING", "end");
            source().emit("a", Kind.UPDATED, RUNNING);
            source().emitDeletion("b");
            source().emit("b", Kind.CREATED, CREATED);
            assertThat(received(late).subList(3, 6))
                    .containsExactly(
                            "UPDATED a RUNNING after CREATED", "DELETED b RUNNING after RUNNING", "CREATED b CREATED");
            assertThat(received(first)).isEqualTo(received(late));
            assertThat(sources).hasSize(1);
            assertThat(source().starts).isEqualTo(1);
        }

        @Test
        void receivesTheRestOfASnapshotThatHasBegun() {
            watch();
            source().emit("a", Kind.SNAPSHOT, CREATED);
            TestSubscriber<StatusEvent> late = watch();
            source().emit("b", Kind.SNAPSHOT, RUNNING);
            assertThat(received(late)).containsExactly("SNAPSHOT a CREATED", "SNAPSHOT b RUNNING");
            source().emitEnd();
            assertThat(received(late)).endsWith("end");
        }

        @Test
        void receivesTheEndOfAnEmptySnapshot() {
            TestSubscriber<StatusEvent> first = watch();
            source().emitEnd();
            assertThat(received(first)).containsExactly("end");
            assertThat(received(watch())).containsExactly("end");
        }

        @Test
        void hasAPreviousOfItsOwnAlsoAcrossABadFile() {
            TestSubscriber<StatusEvent> first = watchTwo();
            source().root
                    .onNext(new FollowedChange.WithFailure(
                            "a", Kind.UPDATED, CREATED, new CorruptStatusException("torn", 7), null));
            TestSubscriber<StatusEvent> late = watch();
            source().emit("a", Kind.UPDATED, RUNNING);
            assertThat(received(first)).endsWith("UPDATED a bad after CREATED", "UPDATED a RUNNING after CREATED");
            assertThat(received(late))
                    .containsExactly("SNAPSHOT a bad", "SNAPSHOT b RUNNING", "end", "UPDATED a RUNNING");
        }

        @Test
        void receivesNoEndIfItSubscribesToChangesOnly() {
            watchTwo();
            TestSubscriber<StatusEvent> changes = TestSubscriber.create();
            follow.subscribe(changes, /* emitsSnapshotEnd= */ false);
            assertThat(received(changes)).containsExactly("SNAPSHOT a CREATED", "SNAPSHOT b RUNNING");
        }
    }

    @Nested
    class ASlowSubscriber {
        @Test
        void receivesTheNewestWhenItRequestsMore() {
            TestSubscriber<StatusEvent> fast = watchTwo();
            TestSubscriber<StatusEvent> slow = watch(1);
            source().emit("a", Kind.UPDATED, RUNNING);
            source().emit("a", Kind.UPDATED, RESTARTED);
            source().emit("b", Kind.UPDATED, RESTARTED);
            source().emit("c", Kind.CREATED, CREATED);
            source().emit("c", Kind.UPDATED, RUNNING);
            assertThat(received(slow)).containsExactly("SNAPSHOT a CREATED");
            slow.request(2);
            assertThat(received(slow)).endsWith("SNAPSHOT b RUNNING", "end");
            slow.request(10);
            assertThat(received(slow)).hasSize(5).endsWith("UPDATED a RUNNING after CREATED", "CREATED c RUNNING");
            assertThat(((FollowedChange) slow.getReceivedOnNext().get(3)).current())
                    .isEqualTo(RESTARTED);
            assertThat(received(fast)).hasSize(8);
        }

        @Test
        void receivesNothingOfContainersThatWereDeletedBeforeItsDemand() {
            watchTwo();
            TestSubscriber<StatusEvent> slow = watch(0);
            source().emitDeletion("a");
            source().emit("c", Kind.CREATED, CREATED);
            source().emitDeletion("c");
            slow.request(10);
            assertThat(received(slow)).containsExactly("SNAPSHOT b RUNNING", "end");
        }

        @Test
        void receivesADeletionBeforeTheNextContainerOfTheSameId() {
            watchTwo();
            TestSubscriber<StatusEvent> slow = watch(3);
            source().emitDeletion("a");
            source().emit("a", Kind.CREATED, CREATED);
            source().emitDeletion("a");
            source().emit("a", Kind.CREATED, RUNNING);
            slow.request(10);
            assertThat(received(slow).subList(3, 5))
                    .containsExactly("DELETED a CREATED after CREATED", "CREATED a RUNNING");
            assertThat(received(slow)).hasSize(5);
        }

        @Test
        void receivesNoStatusThatIsTheSameAgain() {
            watchTwo();
            TestSubscriber<StatusEvent> slow = watch(3);
            source().emit("a", Kind.UPDATED, RUNNING);
            source().emit("a", Kind.UPDATED, CREATED);
            slow.request(10);
            assertThat(received(slow)).hasSize(3);
        }

        @Test
        void keepsNothingOfWhatCameAndWent() {
            watchTwo();
            Kept slow = new Kept();
            follow.subscribe(slow, /* emitsSnapshotEnd= */ true);
            for (int i = 0; i < 1000; i++) {
                source().emit("job" + i, Kind.CREATED, CREATED);
                source().emit("a", Kind.UPDATED, i % 2 == 0 ? RUNNING : CREATED);
                source().emitDeletion("job" + i);
            }
            assertThat(slow.waiting()).isEqualTo(1);
        }
    }

    @Nested
    class TheLast {
        @Test
        void givesTheRootBackAndTheNextBeginsAnew() {
            TestSubscriber<StatusEvent> first = watchTwo();
            TestSubscriber<StatusEvent> second = watch();
            first.cancel();
            assertThat(source().cancellations).isZero();
            source().emit("a", Kind.UPDATED, RUNNING);
            assertThat(received(second)).endsWith("UPDATED a RUNNING after CREATED");
            second.cancel();
            assertThat(source().cancellations).isEqualTo(1);
            source().emit("a", Kind.UPDATED, RESTARTED);
            assertThat(received(second)).hasSize(4);

            TestSubscriber<StatusEvent> next = watch();
            assertThat(sources).hasSize(2);
            assertThat(received(next)).isEmpty();
            source().emitEnd();
            assertThat(received(next)).containsExactly("end");
        }

        @Test
        void isNotJoinedWhileItGoes() {
            TestSubscriber<StatusEvent> first = watchTwo();
            TestSubscriber<StatusEvent> late = TestSubscriber.create();
            source().onCancel = () -> follow.subscribe(late, /* emitsSnapshotEnd= */ true);
            first.cancel();
            assertThat(sources).hasSize(2);
            source().emitEnd();
            assertThat(received(late)).containsExactly("end");
            assertThat(watch().getReceivedOnNext()).hasSize(1);
            assertThat(sources).hasSize(2);
        }

        @Test
        void maySubscribeAndCancelAtOnce() {
            follow.subscribe(
                    new BaseSubscriber<>() {
                        @Override
                        protected void hookOnSubscribe(Subscription subscription) {
                            cancel();
                        }
                    },
                    /* emitsSnapshotEnd= */ true);
            assertThat(source().starts).isZero();
            assertThat(source().cancellations).isEqualTo(1);
            watch();
            assertThat(sources).hasSize(2);
        }
    }

    @Nested
    class ACancellation {
        @Test
        void isFollowedByNothingAtAnyPoint() {
            watchTwo();
            IntStream.rangeClosed(0, 4).forEach(taken -> {
                TestSubscriber<StatusEvent> watcher = watch(taken);
                watcher.cancel();
                watcher.request(10);
                source().emit("a", Kind.UPDATED, taken % 2 == 0 ? RUNNING : CREATED);
                assertThat(watcher.getReceivedOnNext()).hasSize(Math.min(taken, 3));
            });
            assertThat(source().cancellations).isZero();
        }
    }

    @Nested
    class AFailure {
        private final UnreadableStatusException gone = new UnreadableStatusException("/root", "gone", null);

        @Test
        void endsAllStreamsWithoutDemandAndTheNextBeginsAnew() {
            TestSubscriber<StatusEvent> first = watchTwo();
            TestSubscriber<StatusEvent> slow = watch(0);
            source().root.onError(gone);
            assertThat(first.expectTerminalError()).isSameAs(gone);
            assertThat(slow.expectTerminalError()).isSameAs(gone);
            assertThat(received(slow)).isEmpty();
            TestSubscriber<StatusEvent> again = watch();
            assertThat(sources).hasSize(2);
            source().emit("b", Kind.SNAPSHOT, RUNNING);
            source().emitEnd();
            assertThat(received(again)).containsExactly("SNAPSHOT b RUNNING", "end");
            assertThat(dropped).isEmpty();
        }

        @Test
        void ofASubscriberIsItsOwn() {
            IllegalStateException own = new IllegalStateException("own");
            watchTwo();
            follow.subscribe(
                    new BaseSubscriber<>() {
                        @Override
                        protected void hookOnNext(StatusEvent event) {
                            throw own;
                        }
                    },
                    /* emitsSnapshotEnd= */ true);
            TestSubscriber<StatusEvent> other = watch();
            source().emit("a", Kind.UPDATED, RUNNING);
            assertThat(received(other)).endsWith("UPDATED a RUNNING after CREATED");
            assertThat(source().cancellations).isZero();
        }

        @Test
        void toTakeInAnEventEndsAllStreams() {
            TestSubscriber<StatusEvent> first = watchTwo();
            source().root.onNext(new FollowedChange.WithStatus(null, Kind.CREATED, null, CREATED, null));
            assertThat(first.expectTerminalError()).isInstanceOf(NullPointerException.class);
            assertThat(source().cancellations).isEqualTo(1);
        }

        @Test
        void ofASchedulerEndsTheStreamsThatItDoesNotServe() {
            Scheduler single = Schedulers.newSingle("given");
            follow = on(single);
            single.dispose();
            TestSubscriber<StatusEvent> refused = watch();
            assertThat(refused.expectTerminalError())
                    .isInstanceOf(UnreadableStatusException.class)
                    .hasMessageContaining("the I/O scheduler rejected the work");
        }
    }

    @Test
    void nothingRunsOnTheEmittingThreadWithAGivenScheduler() {
        ManualScheduler slow = new ManualScheduler();
        follow = on(slow);
        TestSubscriber<StatusEvent> watcher = watchTwo();
        assertThat(received(watcher)).isEmpty();
        slow.runAll();
        assertThat(received(watcher)).containsExactly("SNAPSHOT a CREATED", "SNAPSHOT b RUNNING", "end");
    }
}
