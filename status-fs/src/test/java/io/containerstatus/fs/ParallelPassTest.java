package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ParallelPassTest {
    private static final int SIZE = 1000;
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    private final List<Integer> entries = shuffled();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Runnable> notRun = Collections.synchronizedList(new ArrayList<>());
    /** A clock of nanoseconds begins anywhere. */
    private final AtomicLong now = new AtomicLong(1000 * ParallelPass.SLOW_NANOS);

    private final CompletableFuture<List<Integer>> end = new CompletableFuture<>();
    private final AtomicInteger ends = new AtomicInteger();

    @AfterEach
    void endTheThreads() {
        threads.shutdownNow();
    }

    private static List<Integer> shuffled() {
        List<Integer> entries = new ArrayList<>(IntStream.range(0, SIZE).boxed().toList());
        Collections.shuffle(entries);
        return entries;
    }

    private void run(Consumer<Runnable> assistants, Function<Integer, @Nullable Integer> maker) {
        ParallelPass.Ending<Integer> ending = new ParallelPass.Ending<>() {
            @Override
            public void succeed(List<Integer> made) {
                ends.incrementAndGet();
                end.complete(made);
            }

            @Override
            public void fail(Throwable failure) {
                ends.incrementAndGet();
                end.completeExceptionally(failure);
            }
        };
        new ParallelPass<>(entries, Comparator.<Integer>naturalOrder(), ending, assistants, now::get).run(() -> maker);
    }

    private void slowly() {
        now.addAndGet(ParallelPass.SLOW_NANOS + 1);
    }

    @Test
    void nothingIsBegunOnceATaskHasFailed() {
        AtomicInteger visited = new AtomicInteger();
        run(
                task -> {
                    if (visited.get() > 0) {
                        task.run();
                    }
                },
                entry -> {
                    if (visited.incrementAndGet() == 1) {
                        slowly(); // Brings in a second task, in the midst of the first.
                        return entry;
                    }
                    throw new IllegalStateException("of the test");
                });
        assertThat(visited).hasValue(2);
        assertThat(end).isCompletedExceptionally();
    }

    @Nested
    class ATaskThatComesInTheMidstOfTheEnd {
        private final CompletableFuture<Integer> told = new CompletableFuture<>();

        private void run(Function<Integer, @Nullable Integer> maker, ParallelPass.Ending<Integer> ending) {
            new ParallelPass<>(entries, Comparator.<Integer>naturalOrder(), ending, notRun::add, now::get)
                    .run(() -> maker);
        }

        /** Makes the whole pass, and tells what the receiver makes of it. */
        private void runToTheEnd(ToIntFunction<List<Integer>> receiver) {
            run(
                    entry -> {
                        slowly();
                        return entry;
                    },
                    new ParallelPass.Ending<>() {
                        @Override
                        public void succeed(List<Integer> made) {
                            told.complete(receiver.applyAsInt(made));
                        }

                        @Override
                        public void fail(Throwable failure) {
                            told.completeExceptionally(failure);
                        }
                    });
        }

        @Test
        void doesNotWaitForWhoIsToldIt() {
            runToTheEnd(made -> {
                awaitATask();
                return made.size();
            });
            assertThat(told).isCompletedWithValue(SIZE);
        }

        @Test
        void doesNotWaitForWhoIsToldAFailureEither() {
            run(
                    entry -> {
                        slowly();
                        if (!notRun.isEmpty()) {
                            throw new IllegalStateException("of the test");
                        }
                        return entry;
                    },
                    new ParallelPass.Ending<>() {
                        @Override
                        public void succeed(List<Integer> made) {
                            told.complete(made.size());
                        }

                        @Override
                        public void fail(Throwable failure) {
                            awaitATask();
                            told.completeExceptionally(failure);
                        }
                    });
            assertThat(told).failsWithin(Samples.PATIENCE).withThrowableThat().withMessageContaining("of the test");
        }

        private void awaitATask() {
            assertThat(CompletableFuture.runAsync(notRun.get(0), threads)).succeedsWithin(Samples.PATIENCE);
        }

        @Test
        void doesNotDisturbWhoLooksAtTheResult() {
            runToTheEnd(made -> {
                int count = 0;
                for (Integer each : made) {
                    assertThat(each).isEqualTo(count++);
                    notRun.get(0).run();
                }
                return count;
            });
            assertThat(told).isCompletedWithValue(SIZE);
        }
    }

    @Nested
    class MakesOfEachEntryItsResultInOrder {
        @Test
        void alsoWhenNoOtherTaskEverRuns() {
            run(notRun::add, entry -> entry % 2 == 0 ? entry : null);
            assertEnded();
        }

        @Test
        void alsoWhenTheOtherTasksRunAtOnceOnTheSameThread() {
            run(Runnable::run, entry -> {
                slowly();
                return entry % 2 == 0 ? entry : null;
            });
            assertEnded();
        }

        @Test
        void onManyThreads() {
            run(threads::execute, entry -> {
                slowly();
                return entry % 2 == 0 ? entry : null;
            });
            assertEnded();
        }

        @Test
        void alsoWhenTheOtherTasksComeTooLate() {
            run(notRun::add, entry -> {
                slowly();
                return entry % 2 == 0 ? entry : null;
            });
            assertEnded();
            assertThat(notRun).isNotEmpty();
            notRun.forEach(Runnable::run);
            assertThat(ends).hasValue(1);
        }

        @Test
        void ofNoneThereIsNone() {
            entries.clear();
            run(notRun::add, entry -> entry);
            assertThat(end).isCompletedWithValue(List.of());
            assertThat(notRun).isEmpty();
        }

        private void assertEnded() {
            assertThat(end)
                    .succeedsWithin(Samples.PATIENCE)
                    .isEqualTo(IntStream.range(0, SIZE)
                            .filter(i -> i % 2 == 0)
                            .boxed()
                            .toList());
            assertThat(ends).hasValue(1);
        }
    }

    @Nested
    class BringsInTasks {
        @Test
        void oneAProcessorForWhatIsQuick() {
            run(notRun::add, entry -> entry);
            assertThat(notRun).hasSize(Math.min(SIZE / ParallelPass.WORTH_A_TASK, PROCESSORS - 1));
        }

        @Test
        void noneForFewThatAreQuick() {
            entries.subList(ParallelPass.WORTH_A_TASK - 1, SIZE).clear();
            run(notRun::add, entry -> entry);
            assertThat(notRun).isEmpty();
        }

        @Test
        void sixtyFourAtMostForWhatIsSlow() {
            run(notRun::add, entry -> {
                slowly();
                return entry;
            });
            assertThat(notRun).hasSize(ParallelPass.TASKS - 1);
        }

        /** Waits for the disk in all of them at once: with fewer, the barrier would never open. */
        @Test
        void thatWorkAtTheSameTime() {
            AtomicInteger visited = new AtomicInteger();
            CyclicBarrier all = new CyclicBarrier(ParallelPass.TASKS);
            CountDownLatch met = new CountDownLatch(1);
            run(threads::execute, entry -> {
                slowly();
                if (visited.incrementAndGet() >= ParallelPass.TASKS && met.getCount() > 0) {
                    await(all);
                    met.countDown();
                }
                return entry;
            });
            assertThat(end).succeedsWithin(Samples.PATIENCE);
        }

        private void await(CyclicBarrier all) {
            try {
                all.await(Samples.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Nested
    class FailsAsAWhole {
        @Test
        void onceWhenATaskFailsWhateverTheOthersDo() {
            IllegalStateException failure = new IllegalStateException("of the test");
            run(threads::execute, entry -> {
                slowly();
                if (entry == SIZE / 2) {
                    throw failure;
                }
                return entry;
            });
            assertThat(end).failsWithin(Samples.PATIENCE).withThrowableThat().withCause(failure);
            assertThat(ends).hasValue(1);
        }

        @Test
        void andATaskThatComesAfterThatTakesNothing() {
            AtomicInteger looks = new AtomicInteger();
            run(notRun::add, entry -> {
                looks.incrementAndGet();
                throw new IllegalStateException("of the test");
            });
            assertThat(end).isCompletedExceptionally();
            List.copyOf(notRun).forEach(Runnable::run);
            assertThat(looks).hasValue(1);
        }

        @Test
        void alsoWhenItsOnlyTaskFails() {
            StackOverflowError failure = new StackOverflowError("of the test");
            run(task -> {}, entry -> {
                throw failure;
            });
            assertThat(end).failsWithin(Samples.PATIENCE).withThrowableThat().withCause(failure);
        }
    }
}
