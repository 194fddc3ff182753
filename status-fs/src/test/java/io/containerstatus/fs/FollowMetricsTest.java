package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.containerstatus.StatusException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Hooks;

class FollowMetricsTest {
    @TempDir
    Path folder;

    private Path root;

    @BeforeEach
    void createRoot() throws IOException {
        root = Files.createDirectory(folder.toRealPath().resolve("root"));
        put(root, "a", CREATED);
        put(root, "b", "{");
    }

    @AfterEach
    void nothingIsLeftBehind() {
        FollowResources.awaitNone(root);
    }

    private static final class Recorder implements FollowerMetrics {
        final Queue<String> records = new ConcurrentLinkedQueue<>();
        final AtomicInteger watches = new AtomicInteger();

        @Override
        public void recordScan(int folders, Duration elapsed) {
            assertThat(elapsed.isNegative()).isFalse();
            records.add("scan of " + folders);
        }

        @Override
        public void recordCheck(String id, Duration elapsed) {
            assertThat(elapsed.isNegative()).isFalse();
        }

        @Override
        public void recordChange(FollowedChange.Kind kind, String id, @Nullable Duration delay) {
            records.add(kind + " " + id + (delay == null ? "" : delay.isNegative() ? " early" : " late"));
        }

        @Override
        public void recordBadStatus(String id, StatusException failure) {
            records.add(id + " " + failure.getClass().getSimpleName());
        }

        @Override
        public void recordEnd(@Nullable Throwable failure) {
            records.add("end " + (failure == null ? "" : failure.getMessage()));
        }

        @Override
        public void recordWatches(int change) {
            watches.addAndGet(change);
        }
    }

    @Test
    void recordScansChangesWatchesAndTheEnd() throws IOException {
        Recorder metrics = new Recorder();
        StatusFollower follower =
                WatchMethod.BY_EVENTS.builder(root).metrics(metrics).build();
        FollowRecorder recorder = new FollowRecorder(Long.MAX_VALUE);
        follower.changes().subscribe(recorder);
        await().atMost(PATIENCE).until(() -> recorder.received().size() == 2);
        FollowRecorder other = new FollowRecorder(0);
        follower.changes().subscribe(other);
        assertThat(metrics.records)
                .containsExactly("scan of 2", "SNAPSHOT a", "SNAPSHOT b", "b CorruptStatusException");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(metrics.watches).hasValue(4 + 2));
        other.cancel();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(metrics.watches).hasValue(4));

        put(folder, "prepared", RUNNING);
        Files.move(folder.resolve("prepared"), root.resolve("c"));
        await().atMost(PATIENCE).until(() -> recorder.received().size() == 3);
        Files.move(root, folder.resolve("away"));
        await().atMost(PATIENCE).until(() -> recorder.failure() != null);

        assertThat(metrics.records)
                .containsSubsequence("end ", "CREATED c late", "end cannot read " + root + ": no such file or folder")
                .hasSize(7);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(metrics.watches).hasValue(0));
    }

    @Test
    void thatThrowHarmNobody() {
        Queue<Throwable> dropped = new ConcurrentLinkedQueue<>();
        Hooks.onErrorDropped(dropped::add);
        try {
            StatusFollower follower =
                    StatusFollower.builder(root).metrics(new Throwing()).build();
            FollowRecorder recorder = new FollowRecorder(Long.MAX_VALUE);
            follower.changes().subscribe(recorder);
            await().atMost(PATIENCE).until(() -> recorder.received().size() == 2);
            recorder.cancel();
            FollowResources.awaitNone(root);
            assertThat(recorder.failure()).isNull();
            assertThat(dropped)
                    .extracting(Throwable::getMessage)
                    .contains("scan", "check", "change", "bad status", "end", "watches");
        } finally {
            Hooks.resetOnErrorDropped();
        }
    }

    private static final class Throwing implements FollowerMetrics {
        @Override
        public void recordScan(int folders, Duration elapsed) {
            throw new NoClassDefFoundError("scan");
        }

        @Override
        public void recordCheck(String id, Duration elapsed) {
            throw new OutOfMemoryError("check");
        }

        @Override
        public void recordChange(FollowedChange.Kind kind, String id, @Nullable Duration delay) {
            throw new IllegalStateException("change");
        }

        @Override
        public void recordBadStatus(String id, StatusException failure) {
            throw new StackOverflowError("bad status");
        }

        @Override
        public void recordEnd(@Nullable Throwable failure) {
            throw new IllegalStateException("end");
        }

        @Override
        public void recordWatches(int change) {
            throw new IllegalStateException("watches");
        }
    }
}
