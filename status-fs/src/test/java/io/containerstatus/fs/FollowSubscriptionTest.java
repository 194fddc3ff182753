package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.containerstatus.ContainerChange.Kind;
import io.containerstatus.UnreadableStatusException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Scannable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What resources a subscription takes and gives back, and what harm its subscriber can do to others. */
@Tag("long")
class FollowSubscriptionTest {
    @TempDir
    Path folder;

    private Path root;

    @BeforeEach
    void createRoot() throws IOException {
        root = folder.toRealPath();
        put(root, "a", CREATED);
        put(root, "b", CREATED);
    }

    @AfterEach
    void nothingIsLeftBehind() {
        FollowResources.awaitNone(root);
    }

    /**
     * Creates a container with its status, by one rename: between a new folder and its first status, a read may happen.
     */
    private void create(String id) throws IOException {
        put(root, ".prepared", CREATED);
        Files.move(root.resolve(".prepared"), root.resolve(id));
    }

    /** Records the changes, and how the stream ended. */
    private static class Recorder extends BaseSubscriber<FollowedChange> {
        final Queue<FollowedChange> received = new ConcurrentLinkedQueue<>();
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final long demand;

        Recorder(long demand) {
            this.demand = demand;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            if (demand > 0) {
                subscription.request(demand);
            }
        }

        @Override
        protected void hookOnNext(FollowedChange change) {
            received.add(change);
        }

        @Override
        protected void hookOnError(Throwable thrown) {
            failure.set(thrown);
        }

        void awaitReceived(int count) {
            await().atMost(PATIENCE).until(() -> received.size() >= count);
        }
    }

    private Recorder subscribed(StatusFollower follower, Recorder recorder) {
        follower.changes().subscribe(recorder);
        return recorder;
    }

    @Nested
    class Takes {
        @ParameterizedTest
        @EnumSource
        void nothingBeforeItIsThere(WatchMethod noticing) throws IOException {
            noticing.builder(root).build().changes();

            assertThat(FollowResources.threads()).isEmpty();
            assertThat(FollowResources.inotifyInstances()).isEmpty();
        }

        @Test
        void oneWatchEachForTheRootAndItsParentAndEachFolder() throws IOException {
            assumeTrue(Files.isDirectory(Path.of("/proc/self/fdinfo")), "Linux reports how many watches there are");
            Files.createDirectory(root.resolve("empty"));
            Files.createFile(root.resolve("file"));
            Files.createSymbolicLink(root.resolve("link"), Files.createDirectory(root.resolve(".elsewhere")));
            Recorder recorder = subscribed(StatusFollower.at(root), new Recorder(Long.MAX_VALUE));

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(FollowResources.inotifyInstances())
                    .containsExactly(5));
            Files.delete(root.resolve("a/status"));
            Files.delete(root.resolve("a"));
            Files.move(root.resolve("b"), root.resolve("c"));
            Files.delete(root.resolve("empty"));
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(FollowResources.inotifyInstances())
                    .containsExactly(3));
            recorder.cancel();
        }

        @Test
        void noWatchWhenPolling() throws IOException {
            Recorder recorder = subscribed(WatchMethod.BY_POLLING.builder(root).build(), new Recorder(Long.MAX_VALUE));
            recorder.awaitReceived(2);

            assertThat(FollowResources.inotifyInstances()).isEmpty();
            recorder.cancel();
        }

        @Test
        void noReadWithoutDemand() throws IOException {
            Recorder recorder = subscribed(WatchMethod.BY_EVENTS.builder(root).build(), new Recorder(1));
            recorder.awaitReceived(1);
            put(root, "a", RUNNING);
            put(root, "b", RUNNING);

            recorder.request(1);
            recorder.awaitReceived(2);
            recorder.request(1);
            recorder.awaitReceived(3);
            assertThat(recorder.received)
                    .extracting(FollowedChange::id, FollowedChange::kind, FollowedChange::current)
                    .containsExactly(
                            tuple("a", Kind.SNAPSHOT, CREATED),
                            tuple("b", Kind.SNAPSHOT, RUNNING),
                            tuple("a", Kind.UPDATED, RUNNING));
            recorder.cancel();
        }
    }

    @Nested
    class Beside {
        @ParameterizedTest
        @EnumSource
        void othersStartsWithItsOwnSnapshot(WatchMethod noticing) throws IOException {
            StatusFollower follower = noticing.builder(root).build();
            Recorder early = subscribed(follower, new Recorder(Long.MAX_VALUE));
            early.awaitReceived(2);
            create("c");
            early.awaitReceived(3);

            Recorder late = subscribed(follower, new Recorder(Long.MAX_VALUE));
            late.awaitReceived(3);
            early.cancel();
            create("d");
            late.awaitReceived(4);
            late.cancel();

            assertThat(early.received)
                    .extracting(FollowedChange::kind)
                    .containsExactly(Kind.SNAPSHOT, Kind.SNAPSHOT, Kind.CREATED);
            assertThat(late.received)
                    .extracting(FollowedChange::kind)
                    .containsExactly(Kind.SNAPSHOT, Kind.SNAPSHOT, Kind.SNAPSHOT, Kind.CREATED);
        }

        @Test
        void oneThatBlocksIsNotHeldUp() throws Exception {
            StatusFollower follower = StatusFollower.at(root);
            CountDownLatch release = new CountDownLatch(1);
            Recorder blocking = new Recorder(Long.MAX_VALUE) {
                @Override
                protected void hookOnNext(FollowedChange change) {
                    super.hookOnNext(change);
                    awaitUninterruptibly(release);
                }
            };
            follower.changes().subscribe(blocking);
            blocking.awaitReceived(1);

            Recorder other = subscribed(follower, new Recorder(Long.MAX_VALUE));
            other.awaitReceived(2);
            put(root, "a", RUNNING);
            other.awaitReceived(3);
            assertThat(blocking.received).hasSize(1);
            // Returns although the subscriber is handling a signal.
            blocking.cancel();
            other.cancel();
            release.countDown();
        }

        @Test
        void oneThatThrowsIsCancelledAlone() throws IOException {
            Queue<Throwable> dropped = new ConcurrentLinkedQueue<>();
            Hooks.onErrorDropped(dropped::add);
            try {
                IllegalStateException thrown = new IllegalStateException("thrown by the subscriber");
                StatusFollower follower = StatusFollower.at(root);
                Recorder other = subscribed(follower, new Recorder(Long.MAX_VALUE));
                other.awaitReceived(2);
                follower.changes().subscribe(new Throwing(thrown));

                await().atMost(PATIENCE).untilAsserted(() -> assertThat(dropped).containsExactly(thrown));
                put(root, "a", RUNNING);
                other.awaitReceived(3);
                other.cancel();
            } finally {
                Hooks.resetOnErrorDropped();
            }
        }
    }

    /** Throws from onNext, which no operator of Reactor would let through. */
    private record Throwing(RuntimeException thrown) implements CoreSubscriber<FollowedChange> {
        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(FollowedChange change) {
            throw thrown;
        }

        @Override
        public void onError(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public void onComplete() {
            throw new AssertionError("completed");
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        assertThat(interrupted).as("a subscriber's thread was interrupted").isFalse();
    }

    @Nested
    class Ends {
        @ParameterizedTest
        @EnumSource
        void withACancellationInItsFirstSignal(WatchMethod noticing) {
            StepVerifier.create(noticing.builder(root).build().changes().take(1))
                    .expectNextCount(1)
                    .expectComplete()
                    .verify(PATIENCE);
        }

        @ParameterizedTest
        @EnumSource
        void withACancellationBeforeItBegan(WatchMethod noticing) {
            Recorder recorder = new Recorder(0) {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    subscription.cancel();
                }
            };
            noticing.builder(root).build().changes().subscribe(recorder);

            FollowResources.awaitNone(root);
            assertThat(recorder.received).isEmpty();
        }

        @Test
        void againAndAgain() {
            StatusFollower follower = StatusFollower.at(root);
            for (int i = 0; i < 200; i++) {
                Disposable subscription = follower.changes().subscribe();
                subscription.dispose();
            }
        }

        @ParameterizedTest
        @ValueSource(longs = {0, -1, Long.MIN_VALUE})
        void withDemandThatIsNotPositive(long demand) {
            AtomicReference<Throwable> failure = new AtomicReference<>();
            StatusFollower.at(root).changes().subscribe(new CoreSubscriber<>() {
                @Override
                public void onSubscribe(Subscription subscription) {
                    subscription.request(demand);
                }

                @Override
                public void onNext(FollowedChange change) {}

                @Override
                public void onError(Throwable thrown) {
                    failure.set(thrown);
                }

                @Override
                public void onComplete() {}
            });

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(failure.get())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("rule 3.9"));
        }
    }

    @Nested
    class OnAGivenScheduler {
        @ParameterizedTest
        @EnumSource
        void itReadsAndSignalsThereAndDoesNotDisposeOfIt(WatchMethod noticing) throws IOException {
            Scheduler given = Schedulers.newSingle("given", /* daemon= */ true);
            Queue<String> threads = new ConcurrentLinkedQueue<>();
            try {
                StatusFollower follower =
                        noticing.builder(root).ioScheduler(given).build();
                Recorder idle = subscribed(follower, new Recorder(1));
                idle.awaitReceived(1);
                // The only thread of the scheduler is free: the earlier subscription holds none while it waits.
                StepVerifier.create(follower.changes()
                                .doOnNext(change ->
                                        threads.add(Thread.currentThread().getName())))
                        .expectNextCount(2)
                        .thenCancel()
                        .verify(PATIENCE);
                idle.cancel();

                assertThat(threads).allMatch(name -> name.startsWith("given"));
                assertThat(FollowResources.threads()).doesNotContain("status-follow-1");
                assertThat(given.isDisposed()).isFalse();
            } finally {
                given.dispose();
            }
        }

        @Test
        void thatTakesNoWorkItFails() {
            Scheduler given = Schedulers.newSingle("given", /* daemon= */ true);
            given.dispose();

            StepVerifier.create(StatusFollower.builder(root)
                            .ioScheduler(given)
                            .build()
                            .changes())
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(UnreadableStatusException.class)
                            .hasMessage("cannot read " + root + ": the I/O scheduler rejected the work"))
                    .verify(PATIENCE);
        }
    }

    @Test
    void aScanReportsItsNameItsDemandAndItsEnd() {
        Recorder recorder = new Recorder(5);
        AtomicReference<Scannable> subscription = new AtomicReference<>();
        Flux<FollowedChange> changes = StatusFollower.at(root).changes();
        assertThat(Scannable.from(changes).steps()).first().isEqualTo("StatusFollower.changes");
        changes.doOnSubscribe(given -> subscription.set(Scannable.from(given))).subscribe(recorder);
        recorder.awaitReceived(2);

        Scannable scanned = subscription.get();
        assertThat(scanned.isScanAvailable()).isTrue();
        assertThat(scanned.scan(Scannable.Attr.ACTUAL).isScanAvailable()).isTrue();
        assertThat(scanned.scan(Scannable.Attr.REQUESTED_FROM_DOWNSTREAM)).isEqualTo(3);
        assertThat(scanned.scan(Scannable.Attr.CANCELLED)).isFalse();
        recorder.cancel();
        assertThat(scanned.scan(Scannable.Attr.CANCELLED)).isTrue();
        assertThat(scanned.scan(Scannable.Attr.TERMINATED)).isFalse();
    }

    @Test
    void ownThreadsKeepNoProcessAlive() {
        Recorder recorder = subscribed(StatusFollower.at(root), new Recorder(Long.MAX_VALUE));
        recorder.awaitReceived(2);

        List<Thread> threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> FollowResources.threads().contains(thread.getName()))
                .toList();
        assertThat(threads).hasSize(2).allMatch(Thread::isDaemon);
        recorder.cancel();
    }
}
