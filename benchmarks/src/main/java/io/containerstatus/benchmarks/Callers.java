package io.containerstatus.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Callers that each have one operation in progress, and begin the next one when it is acknowledged. */
final class Callers {
    private Callers() {}

    /** One operation of a caller. It returns when the operation is acknowledged. */
    @FunctionalInterface
    interface Operation {
        void perform() throws Exception;
    }

    /**
     * Lets threads call until the time is over.
     *
     * @param operations returns the operation of the caller with this number
     * @return how many operations were acknowledged per second
     */
    static double threads(int callers, Duration time, IntFunction<Operation> operations) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            CountDownLatch begin = new CountDownLatch(1);
            AtomicLong end = new AtomicLong();
            List<Future<Long>> counts = new ArrayList<>();
            for (int caller = 0; caller < callers; caller++) {
                Operation operation = operations.apply(caller);
                counts.add(threads.submit(() -> {
                    begin.await();
                    long count = 0;
                    do {
                        operation.perform();
                        count++;
                    } while (System.nanoTime() - end.get() < 0);
                    return count;
                }));
            }
            long began = System.nanoTime();
            end.set(began + time.toNanos());
            begin.countDown();
            long sum = 0;
            for (Future<Long> count : counts) {
                sum += count.get();
            }
            return perSecond(sum, began);
        } finally {
            threads.shutdown();
        }
    }

    /**
     * Does the same as {@link #threads}. But the callers are no threads: they subscribe again when their Mono
     * has completed.
     */
    static double reactive(int callers, Duration time, IntFunction<Mono<?>> operations) {
        long began = System.nanoTime();
        long end = began + time.toNanos();
        Long sum = Flux.range(0, callers)
                .flatMap(
                        caller -> operations
                                .apply(caller)
                                .repeat(() -> System.nanoTime() - end < 0)
                                .count(),
                        callers)
                .reduce(0L, Long::sum)
                .block();
        return perSecond(sum == null ? 0 : sum, began);
    }

    /** Does the same as {@link #reactive}, until each caller has called this number of times. */
    static double times(int callers, int times, IntFunction<Mono<?>> operations) {
        long began = System.nanoTime();
        Flux.range(0, callers)
                .flatMap(caller -> operations.apply(caller).repeat(times - 1), callers)
                .blockLast();
        return perSecond((long) callers * times, began);
    }

    private static double perSecond(long count, long began) {
        return count * 1e9 / (System.nanoTime() - began);
    }
}
