package io.containerstatus.fs;

import io.containerstatus.StatusException;
import io.containerstatus.fs.internal.RecorderGuard;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Calls the recorder of a follower, with values converted to its types. */
final class FollowerMetricsGuard {
    static final FollowerMetricsGuard NONE = new FollowerMetricsGuard(null);

    private final RecorderGuard<FollowerMetrics> guard;

    FollowerMetricsGuard(@Nullable FollowerMetrics recorder) {
        guard = new RecorderGuard<>(recorder);
    }

    void scan(int folders, long nanos) {
        guard.record(metrics -> metrics.recordScan(folders, Duration.ofNanos(nanos)));
    }

    void check(String id, long nanos) {
        guard.record(metrics -> metrics.recordCheck(id, Duration.ofNanos(nanos)));
    }

    /** Records a change; {@code delay} is in nanoseconds, and null if it is not known. */
    void change(FollowedChange change, @Nullable Long delay) {
        guard.record(metrics ->
                metrics.recordChange(change.kind(), change.id(), delay == null ? null : Duration.ofNanos(delay)));
        StatusException failure = change.failure();
        if (failure != null) {
            guard.record(metrics -> metrics.recordBadStatus(change.id(), failure));
        }
    }

    void end(@Nullable Throwable failure) {
        guard.record(metrics -> metrics.recordEnd(failure));
    }

    void watches(int change) {
        if (change != 0) {
            guard.record(metrics -> metrics.recordWatches(change));
        }
    }
}
