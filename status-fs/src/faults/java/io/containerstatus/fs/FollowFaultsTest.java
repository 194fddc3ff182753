package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.containerstatus.test.ManualScheduler;
import io.containerstatus.testing.FailingScheduler;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.scheduler.Schedulers;

/** Whatever is thrown at any call, the subscriber gets it as onError, and threads and watches are given back. */
@Tag("long")
class FollowFaultsTest {
    /** More than the number of calls during the start, the snapshot of two containers and a full scan. */
    private static final int POSITIONS = 60;

    @TempDir
    Path folder;

    private Path root;
    private HookedFileSystem files;

    @BeforeEach
    void createRoot() throws IOException {
        root = folder.toRealPath();
        put(root, "a", CREATED);
        put(root, "b", RUNNING);
        files = HookedFileSystem.over(root);
    }

    @AfterEach
    void nothingIsLeftBehind() {
        FollowResources.awaitNone(root);
        assertThat(files.openDescriptors()).isZero();
    }

    private enum Thrown {
        OUT_OF_MEMORY(() -> new OutOfMemoryError("of the test")),
        STACK_OVERFLOW(() -> new StackOverflowError("of the test")),
        NO_CLASS(() -> new NoClassDefFoundError("of/the/Test")),
        ASSERTION(() -> new AssertionError("of the test"));

        private final Supplier<Error> newOne;

        Thrown(Supplier<Error> newOne) {
            this.newOne = newOne;
        }
    }

    private static void awaitUntil(Callable<Boolean> condition) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .atMost(PATIENCE)
                .until(condition);
    }

    private StatusFollower.Builder follower(boolean events) {
        files.watching = events;
        return StatusFollower.builder(files.hooked(root)).scanEvery(Duration.ofMillis(1));
    }

    @ParameterizedTest
    @EnumSource
    void errorsInEachStepEndTheStream(Thrown thrown) {
        for (boolean events : new boolean[] {true, false}) {
            for (int position = 0; position < POSITIONS; position++) {
                AtomicInteger operations = new AtomicInteger();
                int failing = position;
                endsTheStream(
                        events, thrown.newOne.get(), operation -> operations.getAndIncrement() == failing, failing);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.INCLUDE,
            names = {
                "RESOLVE",
                "OPEN_WATCH",
                "WATCH",
                "AWAIT_EVENTS",
                "STAT",
                "LIST",
                "ITERATE",
                "OPEN_TO_READ",
                "READ",
                "CLOSE"
            })
    void errorsInEachOperationEndTheStream(FileOperation failing) {
        for (Thrown thrown : Thrown.values()) {
            endsTheStream(true, thrown.newOne.get(), operation -> operation == failing, thrown);
        }
    }

    /** Follows the root with {@code error} thrown by each operation that {@code fails} accepts. */
    private void endsTheStream(boolean events, Error error, Predicate<FileOperation> fails, Object description) {
        files.hook = (operation, path) -> {
            if (operation != FileOperation.CLOSE_WATCH && fails.test(operation)) {
                throw error;
            }
        };
        FollowRecorder recorder = new FollowRecorder(Long.MAX_VALUE);
        follower(events).build().changes().subscribe(recorder);

        awaitUntil(() -> recorder.failure() != null);
        FollowResources.awaitNone(root);
        assertThat(recorder.failure()).as("%s", description).isSameAs(error);
        assertThat(recorder.ends()).isEqualTo(1);
    }

    @Test
    void errorWhileTheWatchesAreGivenBackIsAddedToTheFailure() {
        OutOfMemoryError first = new OutOfMemoryError("of the test");
        AssertionError second = new AssertionError("of the test");
        files.hook = (operation, path) -> {
            if (operation == FileOperation.AWAIT_EVENTS) {
                throw first;
            }
            if (operation == FileOperation.CLOSE_WATCH) {
                throw second;
            }
        };
        FollowRecorder recorder = new FollowRecorder(0);
        follower(true).build().changes().subscribe(recorder);

        awaitUntil(() -> recorder.failure() != null);
        assertThat(recorder.failure()).isSameAs(first).hasSuppressedException(second);
    }

    @Test
    void watcherThatGetsNoThreadEndsTheStream() {
        OutOfMemoryError error = new OutOfMemoryError("of the test: unable to create native thread");
        FollowRecorder recorder = new FollowRecorder(0);
        follower(true)
                .watcherThreads(task -> {
                    throw error;
                })
                .build()
                .changes()
                .subscribe(recorder);

        awaitUntil(() -> recorder.failure() != null);
        assertThat(recorder.failure()).isSameAs(error);
        assertThat(recorder.ends()).isEqualTo(1);
    }

    @Test
    void noThreadAtAllEndsTheStream() {
        OutOfMemoryError error = new OutOfMemoryError("of the test: unable to create native thread");
        FailingScheduler scheduler = new FailingScheduler(Schedulers.immediate(), new ManualScheduler());
        scheduler.fail(FailingScheduler.Thrown.OUT_OF_MEMORY, FailingScheduler.Moment.AFTER_TAKING);
        FollowRecorder recorder = new FollowRecorder(0);
        follower(true)
                .ioScheduler(scheduler)
                .watcherThreads(task -> {
                    throw error;
                })
                .build()
                .changes()
                .subscribe(recorder);

        assertThat(recorder.failure()).isSameAs(error);
        assertThat(recorder.ends()).isEqualTo(1);
    }

    @Test
    void interruptThatASubscriberLeavesOnTheWatchersThreadDoesNotEndTheWatching() throws IOException {
        FollowRecorder recorder = new FollowRecorder(Long.MAX_VALUE) {
            @Override
            public void onNext(FollowedChange change) {
                super.onNext(change);
                Thread.currentThread().interrupt();
            }
        };
        StatusFollower.builder(root)
                .ioScheduler(Schedulers.immediate())
                .build()
                .changes()
                .subscribe(recorder);
        awaitUntil(() -> recorder.received().size() == 2);
        put(root, "a", RUNNING);

        awaitUntil(() -> recorder.received().size() > 2);
        recorder.cancel();
    }

    @Test
    void cancellingDoesNotInterruptASubscriberOnTheWatchersThread() {
        AtomicInteger interrupted = new AtomicInteger();
        FollowRecorder recorder = new FollowRecorder(Long.MAX_VALUE) {
            @Override
            public void onNext(FollowedChange change) {
                super.onNext(change);
                cancel();
                interrupted.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0);
            }
        };
        StatusFollower.builder(root)
                .ioScheduler(Schedulers.immediate())
                .build()
                .changes()
                .subscribe(recorder);

        FollowResources.awaitNone(root);
        assertThat(recorder.received()).hasSize(1);
        assertThat(interrupted).hasValue(0);
    }

    @Test
    void exceptionsOfFilesAreChangesAndTheStreamGoesOn() throws IOException {
        files.hook =
                Hook.full((operation, path) -> operation == FileOperation.OPEN_TO_READ && path.endsWith("a/status"));
        FollowRecorder recorder = new FollowRecorder(Long.MAX_VALUE);
        follower(false).build().changes().subscribe(recorder);
        awaitUntil(() -> recorder.received().size() == 2);
        files.hook = Hook.NONE;

        awaitUntil(() -> recorder.received().size() == 3);
        assertThat(recorder.failure()).isNull();
        recorder.cancel();
    }
}
