package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.containerstatus.UnreadableStatusException;
import io.containerstatus.test.ManualScheduler;
import io.containerstatus.testing.FailingHook.Span;
import io.containerstatus.testing.FailingScheduler;
import io.containerstatus.testing.FailingScheduler.Moment;
import io.containerstatus.testing.FailingScheduler.Thrown;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Every failure of the scheduler at every call of a subscription ends in a signal, and leaves no thread. */
class FollowSchedulerFaultsTest {
    /** The first calls are for the start, for the snapshot, for demand and for events. Later calls are like these. */
    private static final int CALLS = 5;

    @TempDir
    Path folder;

    private Path root;
    private final Scheduler real = Schedulers.newBoundedElastic(2, 1000, "real", 60, true);

    @BeforeEach
    void createRoot() throws IOException {
        root = folder.toRealPath();
        put(root, "a", CREATED);
        put(root, "b", CREATED);
    }

    @AfterEach
    void endTheThreads() {
        real.dispose();
        FollowResources.awaitNone(root);
    }

    @ParameterizedTest
    @EnumSource(Thrown.class)
    void endTheStreamWithASignalAndGiveEverythingBack(Thrown thrown) {
        for (Moment moment : Moment.values()) {
            for (Span span : Span.values()) {
                for (int index = 0; index < CALLS; index++) {
                    for (boolean unbounded : new boolean[] {true, false}) {
                        check(thrown, moment, span, index, unbounded);
                    }
                }
            }
        }
    }

    private void check(Thrown thrown, Moment moment, Span span, int index, boolean unbounded) {
        String description = thrown + " " + moment + " " + span + " at call " + index + ", unbounded " + unbounded;
        ManualScheduler queue = new ManualScheduler();
        FailingScheduler scheduler = new FailingScheduler(real, queue);
        scheduler.fail(index, thrown, moment, span);
        FollowRecorder recorder = new FollowRecorder(unbounded ? Long.MAX_VALUE : 0);
        StatusFollower.builder(root)
                .polling()
                .scanEvery(Duration.ofMillis(1))
                .ioScheduler(scheduler)
                .build()
                .changes()
                .subscribe(recorder);
        await(description)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .atMost(PATIENCE)
                .until(() -> {
                    recorder.request(1);
                    return recorder.failure() != null;
                });

        assertThat(recorder.failure())
                .as(description)
                .isInstanceOf(UnreadableStatusException.class)
                .hasMessage("cannot read " + root + ": the I/O scheduler rejected the work");
        assertThat(recorder.failure().getCause()).as(description).matches(thrown::matches);
        int received = recorder.received().size();
        queue.runAll();
        FollowResources.awaitNone(root);
        assertThat(recorder.ends()).as(description).isEqualTo(1);
        assertThat(recorder.received()).as(description).hasSize(received);
    }

    @Test
    void thatForgetsItsTasksWhenItIsDisposedOfEndsTheStream() throws IOException {
        ManualScheduler forgetful = new ManualScheduler();
        FollowRecorder recorder = new FollowRecorder(Long.MAX_VALUE);
        StatusFollower.builder(root)
                .scanEvery(Duration.ofMillis(1))
                .ioScheduler(forgetful)
                .build()
                .changes()
                .subscribe(recorder);
        forgetful.dispose();

        await().atMost(PATIENCE).until(() -> recorder.failure() != null);
        assertThat(recorder.failure()).hasMessage("cannot read " + root + ": the I/O scheduler was disposed of");
    }
}
