package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.put;
import static io.containerstatus.fs.Samples.text;
import static io.containerstatus.fs.Samples.verifyThoughItMayThrow;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.InvalidRootException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.RootLockedException;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.fs.internal.DaemonThreads;
import io.containerstatus.test.ManualScheduler;
import io.containerstatus.testing.FailingHook.Span;
import io.containerstatus.testing.FailingScheduler;
import io.containerstatus.testing.FailingScheduler.Moment;
import io.containerstatus.testing.FailingScheduler.Thrown;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Signal;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/**
 * Every failure of the scheduler at every call of a whole life: each operation signals the right type, rejected
 * work never runs later, and in the end the lock is free.
 */
@Tag("long")
class SchedulerFaultsTest {
    private static final Status EXITED = RUNNING.toBuilder().exitCode(3).build();

    @TempDir
    Path root;

    private final Scheduler real = Schedulers.newBoundedElastic(2, 1000, "real", 60, true);
    private HookedFileSystem files;

    @BeforeEach
    void putAsManyAsAreWorthAnAssistant() throws IOException {
        files = HookedFileSystem.over(root);
        files.syncing = false;
        for (int i = 0; i < ParallelPass.WORTH_A_TASK; i++) {
            put(root, "c" + i, CREATED);
        }
    }

    @AfterEach
    void endTheThreads() {
        real.dispose();
    }

    /** The operations, in this order, each with the type of its failure. */
    private enum Step {
        OPENING(InvalidRootException.class),
        CREATION(NotWrittenException.class),
        UPDATE(NotWrittenException.class),
        READING(UnreadableStatusException.class),
        LISTING(UnreadableStatusException.class),
        ANOTHER_UPDATE(NotWrittenException.class),
        DELETION(NotWrittenException.class),
        CREATION_ANEW(NotWrittenException.class),
        CLOSING(null);

        final @Nullable Class<? extends StatusException> failure;

        Step(@Nullable Class<? extends StatusException> failure) {
            this.failure = failure;
        }
    }

    @ParameterizedTest
    @EnumSource(Thrown.class)
    void areReportedTruthfullyAndLeaveNothingBehind(Thrown thrown, TestReporter reporter) {
        int points = 0;
        for (Moment moment : Moment.values()) {
            for (Span span : Span.values()) {
                for (Step step : Step.values()) {
                    points += check(new CrashScenario(step, 0, thrown, moment, span)) ? 1 : 0;
                }
                // An assistant of the opening.
                points += check(new CrashScenario(Step.OPENING, 1, thrown, moment, span)) ? 1 : 0;
            }
        }
        reporter.publishEntry("faults", Integer.toString(points));
        int calls = Step.values().length + 1;
        assertThat(points).isGreaterThanOrEqualTo(Moment.values().length * Span.values().length * calls);
    }

    /** Runs the life; returns whether a call was made to fail. */
    private static boolean check(CrashScenario life) {
        try {
            life.run();
        } catch (Throwable e) {
            throw new AssertionError(life + ": " + e, e);
        }
        return life.scheduler.raised() > 0;
    }

    /** One life, in which the call with this index of this step fails, or this call and all later ones. */
    private final class CrashScenario {
        final ManualScheduler queue = new ManualScheduler();
        final FailingScheduler scheduler = new FailingScheduler(real, queue);
        private final FileCheckpoints checkpoints = FileCheckpoints.builder(files.hooked(root))
                .ioScheduler(scheduler)
                .build();
        private final Step failing;
        private final int index;
        private final Thrown thrown;
        private final Moment moment;
        private final Span span;
        private @Nullable Status acknowledged;

        CrashScenario(Step failing, int index, Thrown thrown, Moment moment, Span span) {
            this.failing = failing;
            this.index = index;
            this.thrown = thrown;
            this.moment = moment;
            this.span = span;
        }

        void run() throws IOException {
            for (Step step : Step.values()) {
                if (step == failing) {
                    scheduler.fail(index, thrown, moment, span);
                }
                int late = queue.waiting();
                perform(step);
                runQueued(late);
                assertDisk();
            }
            assertTheLockIsFree();
            Files.deleteIfExists(root.resolve("web-1/status"));
            Files.deleteIfExists(root.resolve("web-1"));
        }

        private void runQueued(int tasks) {
            for (int i = 0; i < tasks; i++) {
                queue.runNext();
            }
        }

        private void perform(Step step) {
            switch (step) {
                case OPENING -> open();
                case CREATION, CREATION_ANEW -> change(step, CREATED);
                case UPDATE -> change(step, RUNNING);
                case ANOTHER_UPDATE -> change(step, EXITED);
                case DELETION -> change(step, null);
                case READING ->
                    assertReported(
                            step, checkpoints.read("web-1"), acknowledged == null ? List.of() : List.of(acknowledged));
                case LISTING -> assertReported(step, checkpoints.list().sort(), ids());
                case CLOSING -> complete(checkpoints.close());
                default -> throw new AssertionError(step);
            }
        }

        private void open() {
            boolean opened = assertReported(
                    Step.OPENING, checkpoints.open().map(all -> all.containers().size()), found());
            if (!opened && span == Span.ONCE) {
                int late = queue.waiting();
                StepVerifier.create(
                                checkpoints.open().map(all -> all.containers().size()))
                        .expectNextSequence(found())
                        .expectComplete()
                        .verify(PATIENCE);
                runQueued(late);
            }
        }

        private List<Integer> found() {
            return List.of(ParallelPass.WORTH_A_TASK);
        }

        private List<String> ids() {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < ParallelPass.WORTH_A_TASK; i++) {
                ids.add("c" + i);
            }
            if (acknowledged != null) {
                ids.add("web-1");
            }
            return ids.stream().sorted().toList();
        }

        private void change(Step step, @Nullable Status to) {
            Publisher<Void> change = to == null ? checkpoints.delete("web-1") : checkpoints.write("web-1", to);
            if (assertReported(step, change, List.of())) {
                acknowledged = to;
            }
        }

        /** Returns whether the operation succeeded. */
        private <T> boolean assertReported(Step step, Publisher<T> work, List<T> result) {
            List<Signal<T>> signals = Flux.from(work)
                    .materialize()
                    .collectList()
                    .blockOptional(PATIENCE)
                    .orElseThrow();
            Throwable failure = signals.get(signals.size() - 1).getThrowable();
            if (mustFail(step)) {
                assertThat(failure).as("failure of the %s", step).isExactlyInstanceOf(step.failure);
                assertThat(failure.getCause()).matches(thrown::matches, "what the scheduler threw");
                return false;
            }
            assertThat(failure).as("failure of the %s", step).isNull();
            assertThat(signals.stream().filter(Signal::isOnNext).map(Signal::get))
                    .as("result of the %s", step)
                    .isEqualTo(result);
            return true;
        }

        private boolean mustFail(Step step) {
            boolean later = span == Span.FROM_THEN_ON && step.compareTo(failing) > 0;
            return later || (step == failing && index == 0);
        }

        private void assertDisk() {
            Path status = root.resolve("web-1/status");
            if (acknowledged == null) {
                assertThat(status).doesNotExist();
            } else {
                assertThat(status).hasContent(text(acknowledged));
            }
        }

        private void assertTheLockIsFree() {
            FileCheckpoints next = FileCheckpoints.builder(files.hooked(root))
                    .ioScheduler(real)
                    .build();
            StepVerifier.create(next.open())
                    .expectNextMatches(opened -> opened.access().writable())
                    .expectComplete()
                    .verify(PATIENCE);
            // A late closing must not give up the lock of its present owner.
            queue.runAll();
            FileCheckpoints third = FileCheckpoints.builder(files.hooked(root))
                    .ioScheduler(real)
                    .build();
            StepVerifier.create(third.open())
                    .expectError(RootLockedException.class)
                    .verify(PATIENCE);
            assertDisk();
            complete(third.close());
            complete(next.close());
            assertThat(files.openDescriptors()).as("descriptors").isZero();
        }

        @Override
        public String toString() {
            return thrown + " " + moment + " " + span + " at call " + index + " of the " + failing;
        }
    }

    /** As it happens at a limit of processes, with a scheduler of Reactor. */
    @Test
    void aWriteQueuedByASchedulerWithoutAThreadDoesNotReplaceALaterOne() {
        AtomicBoolean exhausted = new AtomicBoolean();
        Scheduler parallel = Schedulers.newParallel(2, task -> {
            if (exhausted.getAndSet(false)) {
                throw new OutOfMemoryError("of the test: unable to create native thread");
            }
            return DaemonThreads.newThread(task, "parallel");
        });
        FileCheckpoints checkpoints = FileCheckpoints.builder(root.resolve("c0"))
                .ioScheduler(parallel)
                .build();
        StepVerifier.create(checkpoints.open())
                .expectNextCount(1)
                .expectComplete()
                .verify(PATIENCE);
        exhausted.set(true);
        verifyThoughItMayThrow(StepVerifier.create(checkpoints.write("web-1", CREATED))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(NotWrittenException.class)
                        .hasCauseInstanceOf(OutOfMemoryError.class)));
        assertThat(exhausted).isFalse();
        complete(checkpoints.write("web-1", RUNNING));
        // Both threads run tasks: one of them finds the rejected write in its queue.
        complete(checkpoints.read("web-2").then());
        complete(checkpoints.read("web-2").then());

        assertThat(root.resolve("c0/web-1/status")).hasContent(text(RUNNING));
        complete(checkpoints.close());
        parallel.dispose();
    }
}
