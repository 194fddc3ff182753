package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.verifyThoughItMayThrow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.NotWrittenException;
import io.containerstatus.StatusException;
import io.containerstatus.fs.internal.DaemonThreads;
import io.containerstatus.test.ManualScheduler;
import io.containerstatus.testing.FailingScheduler;
import io.containerstatus.testing.FailingScheduler.Moment;
import io.containerstatus.testing.FailingScheduler.Thrown;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Gate;
import io.containerstatus.testing.Hook;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What happens to work if the scheduler throws. SchedulerFaultsTest tests the same for whole operations. */
class FileWorkTest {
    private final ManualScheduler queue = new ManualScheduler();
    private final FailingScheduler scheduler = new FailingScheduler(Schedulers.boundedElastic(), queue);
    private final FileWork work = new FileWork(scheduler);
    private final AtomicInteger runs = new AtomicInteger();
    private final List<@Nullable Throwable> refusals = new ArrayList<>();

    private StatusException refused(@Nullable Throwable cause) {
        refusals.add(cause);
        return new NotWrittenException("web-1", "refused", cause);
    }

    @Nested
    class WorkThatIsRefused {
        @ParameterizedTest
        @EnumSource(Thrown.class)
        void isNotDoneLaterThoughItWasQueued(Thrown thrown) {
            scheduler.fail(thrown, Moment.AFTER_TAKING);
            verifyThoughItMayThrow(StepVerifier.create(work.run(runs::incrementAndGet, FileWorkTest.this::refused))
                    .expectErrorSatisfies(
                            failure -> assertThat(failure.getCause()).matches(thrown::matches)));

            assertThat(queue.waiting()).isEqualTo(1);
            queue.runAll();
            assertThat(runs).hasValue(0);
            complete(work.drain());
        }

        @Test
        void isNotReportedAfterACancellation() {
            AtomicReference<Disposable> subscription = new AtomicReference<>();
            FileWork work = new FileWork(PassingScheduler.to(task -> {
                subscription.get().dispose();
                throw new IllegalStateException("of the test");
            }));
            work.run(runs::incrementAndGet, FileWorkTest.this::refused).subscribe(new BaseSubscriber<>() {
                {
                    subscription.set(this);
                }
            });

            assertThat(refusals).isEmpty();
            complete(work.drain());
        }
    }

    @Nested
    class WorkThatHasBegun {
        @Test
        void reportsItsOwnEndThoughTheSchedulerThrew() {
            Gate gate = new Gate();
            Hook held = gate.at((operation, path) -> true);
            FileWork work = new FileWork(PassingScheduler.to(task -> {
                DaemonThreads.newThread(task, "other").start();
                gate.awaitArrival();
                throw new OutOfMemoryError("of the test");
            }));
            verifyThoughItMayThrow(StepVerifier.create(work.run(
                            () -> {
                                held.before(FileOperation.WRITE, "");
                                return runs.incrementAndGet();
                            },
                            FileWorkTest.this::refused))
                    .then(gate::open)
                    .expectNext(1)
                    .expectComplete());

            assertThat(refusals).isEmpty();
            complete(work.drain());
        }

        @Test
        void isNotRefusedByItsOwnErrorOnTheCallersThread() {
            FileWork work = new FileWork(Schedulers.immediate());
            StackOverflowError fatal = new StackOverflowError("of the work");
            AtomicReference<Throwable> reported = new AtomicReference<>();
            Mono<Integer> failing = work.run(
                    () -> {
                        throw fatal;
                    },
                    FileWorkTest.this::refused);
            assertThatThrownBy(() -> failing.subscribe(result -> {}, reported::set))
                    .isSameAs(fatal);

            assertThat(reported).hasValue(fatal);
            assertThat(refusals).isEmpty();
            complete(work.drain());
        }

        @Test
        void isNotRefusedByWhatItsSubscriberThrowsOnTheCallersThread() {
            FileWork work = new FileWork(Schedulers.immediate());
            Mono<Integer> ending = work.run(this::runWithoutResult, FileWorkTest.this::refused);
            ending.subscribe(new ThrowingAtTheEnd(new RejectedExecutionException("of the subscriber")));
            StackOverflowError fatal = new StackOverflowError("of the subscriber");
            assertThatThrownBy(() -> ending.subscribe(new ThrowingAtTheEnd(fatal)))
                    .isSameAs(fatal);

            assertThat(runs).hasValue(2);
            assertThat(refusals).isEmpty();
            complete(work.drain());
        }

        private @Nullable Integer runWithoutResult() {
            runs.incrementAndGet();
            return null;
        }
    }

    /** Breaks the rule that a subscriber must not throw. */
    private record ThrowingAtTheEnd(Throwable thrown) implements CoreSubscriber<Integer> {
        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(1);
        }

        @Override
        public void onNext(Integer result) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) thrown;
        }
    }

    @Nested
    class HelpThatIsRefused {
        @ParameterizedTest
        @EnumSource(Thrown.class)
        void isDoneWithout(Thrown thrown) {
            scheduler.fail(thrown, Moment.BEFORE_TAKING);

            assertThatCode(() -> work.assist(runs::incrementAndGet)).doesNotThrowAnyException();
        }
    }

    @Nested
    class TheLastWork {
        @ParameterizedTest
        @EnumSource(Thrown.class)
        void isDoneOnceThoughItWasRefusedAndQueued(Thrown thrown) {
            scheduler.fail(thrown, Moment.AFTER_TAKING);
            verifyThoughItMayThrow(StepVerifier.create(work.runLast(this::run)).expectComplete());
            assertThat(queue.waiting()).isEqualTo(1);
            queue.runAll();

            assertThat(runs).hasValue(1);
        }

        @ParameterizedTest
        @EnumSource(Thrown.class)
        void isDoneOnAThreadOfItsOwnWhereTheSchedulerHasNone(Thrown thrown) {
            AtomicReference<Thread> runner = new AtomicReference<>();
            scheduler.fail(thrown, Moment.BEFORE_TAKING);
            verifyThoughItMayThrow(
                    StepVerifier.create(work.runLast(() -> run(runner))).expectComplete());

            assertThat(runner.get().getName()).isEqualTo("status-io-last");
            assertThat(runner.get().isDaemon()).isTrue();
            assertThat(runs).hasValue(1);
        }

        @ParameterizedTest
        @EnumSource(Thrown.class)
        void isDoneOnThisThreadWhereThereIsNoOther(Thrown thrown) {
            AtomicReference<Thread> runner = new AtomicReference<>();
            FileWork withoutThreads = new FileWork(scheduler, task -> {
                throw new OutOfMemoryError("of the test: unable to create native thread");
            });
            scheduler.fail(thrown, Moment.BEFORE_TAKING);
            verifyThoughItMayThrow(StepVerifier.create(withoutThreads.runLast(() -> run(runner)))
                    .expectComplete());

            assertThat(runner).hasValue(Thread.currentThread());
            assertThat(runs).hasValue(1);
        }

        private @Nullable Void run(AtomicReference<Thread> runner) {
            runner.set(Thread.currentThread());
            runs.incrementAndGet();
            return null;
        }

        @Test
        void reportsItsFailure() {
            scheduler.fail(Thrown.OUT_OF_MEMORY, Moment.BEFORE_TAKING);
            verifyThoughItMayThrow(StepVerifier.create(work.runLast(() -> {
                        throw new IllegalStateException("of the work");
                    }))
                    .expectErrorMessage("of the work"));
        }

        private @Nullable Void run() {
            runs.incrementAndGet();
            return null;
        }
    }
}
