package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ParallelPassTest {
    /** Enough entries for the maximum number of tasks. */
    private static final int SIZE = ParallelPass.TASKS * ParallelPass.WORTH_A_TASK;

    private final List<Integer> entries = shuffled();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Runnable> notRun = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void endTheThreads() {
        threads.shutdownNow();
    }

    private static List<Integer> shuffled() {
        List<Integer> entries = new ArrayList<>(IntStream.range(0, SIZE).boxed().toList());
        Collections.shuffle(entries);
        return entries;
    }

    private List<Integer> run(Consumer<Runnable> assistants, Function<Integer, @Nullable Integer> maker) {
        return new ParallelPass<>(entries, Comparator.<Integer>naturalOrder(), assistants).run(() -> maker);
    }

    private static @Nullable Integer even(Integer entry) {
        return entry % 2 == 0 ? entry : null;
    }

    private static final List<Integer> EVEN =
            IntStream.range(0, SIZE).filter(i -> i % 2 == 0).boxed().toList();

    @Nested
    class MakesOfEachEntryItsResultInOrder {
        @Test
        void alsoWhenNoOtherTaskEverRuns() {
            assertThat(run(notRun::add, ParallelPassTest::even)).isEqualTo(EVEN);
        }

        @Test
        void alsoWhenTheOtherTasksRunAtOnceOnTheSameThread() {
            assertThat(run(Runnable::run, ParallelPassTest::even)).isEqualTo(EVEN);
        }

        @Test
        void onManyThreads() {
            assertThat(run(threads::execute, ParallelPassTest::even)).isEqualTo(EVEN);
        }

        @Test
        void andATaskThatComesAfterTheEndMakesNothing() {
            AtomicInteger makers = new AtomicInteger();
            AtomicInteger calls = new AtomicInteger();
            List<Integer> made = new ParallelPass<>(entries, Comparator.<Integer>naturalOrder(), notRun::add)
                    .run(() -> {
                        makers.incrementAndGet();
                        return entry -> {
                            calls.incrementAndGet();
                            return even(entry);
                        };
                    });
            notRun.forEach(Runnable::run);
            assertThat(makers).hasValue(1);
            assertThat(calls).hasValue(SIZE);
            assertThat(made).isEqualTo(EVEN);
        }

        /** The other task is still processing an entry when the calling thread has processed all others. */
        @Test
        void onceTheTasksThatHaveBegunAreThrough() {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch released = new CountDownLatch(1);
            AtomicInteger done = new AtomicInteger();
            Function<Integer, @Nullable Integer> maker = entry -> {
                if (Thread.currentThread().getName().equals("slow")) {
                    begun.countDown();
                    await(released);
                } else {
                    await(begun);
                }
                done.incrementAndGet();
                return even(entry);
            };
            AtomicInteger assistants = new AtomicInteger();
            CompletableFuture<List<Integer>> end = CompletableFuture.supplyAsync(
                    () -> run(
                            task -> {
                                if (assistants.getAndIncrement() == 0) {
                                    new Thread(task, "slow").start();
                                }
                            },
                            maker),
                    threads);
            Awaitility.await().atMost(Samples.PATIENCE).until(() -> done.get() == SIZE - 1);
            assertThat(end).isNotDone();
            released.countDown();
            assertThat(end).succeedsWithin(Samples.PATIENCE).isEqualTo(EVEN);
        }

        @Test
        void ofNoneThereIsNone() {
            entries.clear();
            assertThat(run(notRun::add, entry -> entry)).isEmpty();
            assertThat(notRun).isEmpty();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(Samples.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Nested
    class BringsInTasks {
        @Test
        void oneForSoManyEntries() {
            entries.subList(2 * ParallelPass.WORTH_A_TASK, SIZE).clear();
            run(notRun::add, entry -> entry);
            assertThat(notRun).hasSize(2);
        }

        @Test
        void noneForFew() {
            entries.subList(ParallelPass.WORTH_A_TASK - 1, SIZE).clear();
            run(notRun::add, entry -> entry);
            assertThat(notRun).isEmpty();
        }

        @Test
        void upToABound() {
            entries.addAll(shuffled());
            run(notRun::add, entry -> entry);
            assertThat(notRun).hasSize(ParallelPass.TASKS - 1);
        }

        /** Each task waits for the others. With fewer tasks, the barrier would never open. */
        @Test
        void thatWorkAtTheSameTime() {
            AtomicInteger visited = new AtomicInteger();
            CyclicBarrier all = new CyclicBarrier(ParallelPass.TASKS);
            List<Integer> made = run(threads::execute, entry -> {
                if (visited.incrementAndGet() <= ParallelPass.TASKS) {
                    meet(all);
                }
                return entry;
            });
            assertThat(made).hasSize(SIZE);
        }

        private void meet(CyclicBarrier all) {
            try {
                all.await(Samples.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Nested
    class FailsAsAWhole {
        private final IllegalStateException failure = new IllegalStateException("of the test");

        @Test
        void whenATaskFailsWhateverTheOthersDo() {
            assertThatThrownBy(() -> run(threads::execute, entry -> {
                        if (entry == SIZE / 2) {
                            throw failure;
                        }
                        return entry;
                    }))
                    .isSameAs(failure);
        }

        @Test
        void andATaskThatComesAfterThatTakesNothing() {
            AtomicInteger calls = new AtomicInteger();
            assertThatThrownBy(() -> run(notRun::add, entry -> {
                        calls.incrementAndGet();
                        throw failure;
                    }))
                    .isSameAs(failure);
            notRun.forEach(Runnable::run);
            assertThat(calls).hasValue(1);
        }

        @Test
        void withAnErrorToo() {
            StackOverflowError error = new StackOverflowError("of the test");
            assertThatThrownBy(() -> run(task -> {}, entry -> {
                        throw error;
                    }))
                    .isSameAs(error);
        }
    }
}
