package io.containerstatus.etcd;

import io.containerstatus.StatusException;
import io.containerstatus.fs.internal.RecorderGuard;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Calls the follower's recorder, with values in its units. */
final class FleetMetricsGuard {
    static final FleetMetricsGuard NONE = new FleetMetricsGuard(null);

    private final RecorderGuard<FleetMetrics> guard;

    FleetMetricsGuard(@Nullable FleetMetrics recorder) {
        guard = new RecorderGuard<>(recorder);
    }

    /** Records a snapshot that was begun at this {@code nanoTime}. */
    void snapshot(int containers, long begun) {
        guard.record(metrics -> metrics.recordSnapshot(containers, since(begun)));
    }

    void events(int events) {
        guard.record(metrics -> metrics.recordEvents(events));
    }

    void interruption(String reason) {
        guard.record(metrics -> metrics.recordInterruption(reason));
    }

    /** Records a change. {@code receivedAt} is a {@code nanoTime}; null if it is unknown. */
    void change(FleetChange change, @Nullable Long receivedAt) {
        if (!guard.records()) {
            return;
        }
        guard.record(metrics -> metrics.recordChange(change, receivedAt == null ? null : since(receivedAt)));
        StatusException failure = change.failure();
        if (failure != null) {
            guard.record(metrics -> metrics.recordBadStatus(change, failure));
        }
    }

    void end(@Nullable Throwable failure) {
        guard.record(metrics -> metrics.recordEnd(failure));
    }

    private static Duration since(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }
}
