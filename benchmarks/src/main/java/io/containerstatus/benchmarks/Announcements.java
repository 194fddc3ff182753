package io.containerstatus.benchmarks;

import io.containerstatus.reactive.StatusChange;
import io.containerstatus.reactive.StatusMetrics;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import java.util.Objects;
import java.util.concurrent.SynchronousQueue;
import org.HdrHistogram.Histogram;
import reactor.core.Disposable;

/**
 * One container whose commits are timed: from the moment when the store records the commit to the
 * subscriber's onNext.
 */
final class Announcements implements AutoCloseable {
    private volatile long committedAt;
    private final SynchronousQueue<Long> delays = new SynchronousQueue<>();
    private final StatusStore store =
            Objects.requireNonNull(StatusStore.builder(new HeldStatuses(1, number -> Samples.STORED))
                    .metrics(new StatusMetrics() {
                        @Override
                        public void recordCommit(String id) {
                            committedAt = System.nanoTime();
                        }
                    })
                    .open()
                    .block());
    private final StatusStorage container = store.find(HeldStatuses.id(0));
    private final Disposable subscription = container
            .changes()
            .filter(change -> change.kind() == StatusChange.Kind.UPDATED)
            .subscribe(change -> onUpdate());

    private void onUpdate() {
        long delay = System.nanoTime() - committedAt;
        try {
            delays.put(delay);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Commits this number of times, and waits each time until the subscriber has received the change. */
    void await(int times, Histogram histogram) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            container.update(Samples::next).block();
            histogram.recordValue(delays.take());
        }
    }

    @Override
    public void close() {
        subscription.dispose();
        store.close().block();
    }
}
