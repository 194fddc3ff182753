package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.containerstatus.StatusEvent;
import io.containerstatus.UnreadableStatusException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.util.retry.Retry;

/** Many subscribers to the files of one root. */
@Tag("long")
class SharedFollowTest {
    private static final int SUBSCRIBERS = 20;

    @TempDir
    Path folder;

    private Path root;

    @BeforeEach
    void createRoot() throws IOException {
        root = Files.createDirectory(folder.toRealPath().resolve("root"));
        put(root, "a", CREATED);
        put(root, "b", CREATED);
    }

    @AfterEach
    void nothingIsLeftBehind() {
        FollowResources.awaitNone(root);
    }

    private static String name(StatusEvent event) {
        return event instanceof FollowedChange change
                ? change.kind() + " " + change.id() + " " + change.state()
                : "end";
    }

    private static Queue<String> keep(Flux<StatusEvent> events, List<Disposable> subscriptions) {
        Queue<String> received = new ConcurrentLinkedQueue<>();
        subscriptions.add(events.subscribe(event -> received.add(name(event)), failure -> received.add("failed")));
        return received;
    }

    private static void awaitReceived(Queue<String> received, String... expected) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(received).containsExactly(expected));
    }

    @Test
    void takeOneInstanceAndOneWatchEachHoweverManyTheyAre() throws IOException {
        Flux<StatusEvent> events = StatusFollower.builder(root).shared().build().events();
        List<Disposable> subscriptions = new ArrayList<>();
        List<Queue<String>> all = IntStream.range(0, SUBSCRIBERS)
                .mapToObj(i -> keep(events, subscriptions))
                .toList();
        all.forEach(received -> awaitReceived(received, "SNAPSHOT a CREATED", "SNAPSHOT b CREATED", "end"));
        Queue<String> late = keep(events, subscriptions);
        awaitReceived(late, "SNAPSHOT a CREATED", "SNAPSHOT b CREATED", "end");
        if (Files.isDirectory(Path.of("/proc/self/fdinfo"))) {
            assertThat(FollowResources.inotifyInstances()).containsExactly(4);
        }
        assertThat(FollowResources.threads())
                .filteredOn(name -> name.startsWith("status-watch"))
                .hasSize(1);

        replace("b");
        all.forEach(received -> await().atMost(PATIENCE).until(() -> received.contains("UPDATED b RUNNING")));
        await().atMost(PATIENCE).until(() -> late.contains("UPDATED b RUNNING"));
        subscriptions.subList(0, SUBSCRIBERS).forEach(Disposable::dispose);
        replace("a");
        await().atMost(PATIENCE).until(() -> late.contains("UPDATED a RUNNING"));
        assertThat(all).allSatisfy(received -> assertThat(received).doesNotContain("UPDATED a RUNNING"));
        subscriptions.get(SUBSCRIBERS).dispose();
    }

    @ParameterizedTest
    @EnumSource
    void comeBackWithTheRoot(WatchMethod noticing) throws IOException {
        AtomicInteger failures = new AtomicInteger();
        Flux<StatusEvent> events = noticing.builder(root)
                .shared()
                .build()
                .events()
                .doOnError(failure -> failures.incrementAndGet())
                .retryWhen(Retry.fixedDelay(10_000, Duration.ofMillis(5))
                        .filter(UnreadableStatusException.class::isInstance));
        List<Disposable> subscriptions = new ArrayList<>();
        Queue<String> one = keep(events, subscriptions);
        Queue<String> other = keep(events, subscriptions);
        awaitReceived(one, "SNAPSHOT a CREATED", "SNAPSHOT b CREATED", "end");
        awaitReceived(other, "SNAPSHOT a CREATED", "SNAPSHOT b CREATED", "end");
        one.clear();
        other.clear();

        Path away = Files.move(root, folder.resolve("away"));
        await().atMost(PATIENCE).until(() -> failures.get() >= 2);
        Files.delete(away.resolve("a/status"));
        Files.delete(away.resolve("a"));
        Files.move(away, root);

        awaitReceived(one, "SNAPSHOT b CREATED", "end");
        awaitReceived(other, "SNAPSHOT b CREATED", "end");
        subscriptions.forEach(Disposable::dispose);
    }

    @Test
    void failTogetherWhereThereIsNoRoot() throws IOException {
        Path nowhere = folder.resolve("nowhere");
        StatusFollower follower = StatusFollower.builder(nowhere).shared().build();
        for (int i = 0; i < 2; i++) {
            StepVerifier.create(Flux.merge(follower.changes(), follower.changes()))
                    .expectErrorMatches(failure -> failure instanceof UnreadableStatusException
                            && failure.getMessage().contains("no such file or folder"))
                    .verify(PATIENCE);
        }
    }

    @Test
    void thatBlocksIsNoMatterToTheOthers() throws Exception {
        StatusFollower follower = StatusFollower.builder(root).shared().build();
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Disposable blocking = follower.events().subscribe(event -> {
            blocked.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(blocked.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        StepVerifier.create(follower.events().map(SharedFollowTest::name))
                .expectNext("SNAPSHOT a CREATED", "SNAPSHOT b CREATED", "end")
                .then(() -> replace("a"))
                .expectNext("UPDATED a RUNNING")
                .thenCancel()
                .verify(PATIENCE);
        blocking.dispose();
        release.countDown();
    }

    @Test
    void areCalledOnTheSchedulerThatWasGiven() {
        Scheduler given = Schedulers.newBoundedElastic(4, 1000, "given");
        StatusFollower follower =
                StatusFollower.builder(root).shared().ioScheduler(given).build();
        StepVerifier.create(Flux.merge(follower.events(), follower.events())
                        .map(event -> Thread.currentThread().getName())
                        .take(6))
                .thenConsumeWhile(name -> name.startsWith("given"))
                .expectComplete()
                .verify(PATIENCE);
        given.dispose();
    }

    private void replace(String id) {
        try {
            Path next = put(folder, "prepared", RUNNING);
            Files.move(next, root.resolve(id).resolve("status"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
