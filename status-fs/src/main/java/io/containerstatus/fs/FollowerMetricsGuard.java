package io.containerstatus.fs;

import io.containerstatus.StatusException;
import io.containerstatus.fs.internal.DroppedErrors;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

/** Calls a recorder, and keeps what it throws away from the subscription that calls it. */
final class FollowerMetricsGuard {
    private static final FollowerMetrics NO_RECORDER = new FollowerMetrics() {};
    static final FollowerMetricsGuard NONE = new FollowerMetricsGuard(NO_RECORDER);

    private final FollowerMetrics recorder;

    FollowerMetricsGuard(FollowerMetrics recorder) {
        this.recorder = recorder;
    }

    void fullLook(int folders, long nanos) {
        guard(() -> recorder.recordFullLook(folders, Duration.ofNanos(nanos)));
    }

    void look(String id, long nanos) {
        guard(() -> recorder.recordLook(id, Duration.ofNanos(nanos)));
    }

    /** Records a change; {@code delay} is in nanoseconds, and null where it is not known. */
    void change(FollowedChange change, @Nullable Long delay) {
        guard(() -> {
            recorder.recordChange(change.kind(), change.id(), delay == null ? null : Duration.ofNanos(delay));
        });
        StatusException failure = change.failure();
        if (failure != null) {
            guard(() -> recorder.recordBadStatus(change.id(), failure));
        }
    }

    void end(@Nullable Throwable failure) {
        guard(() -> recorder.recordEnd(failure));
    }

    void watches(int change) {
        if (change != 0) {
            guard(() -> recorder.recordWatches(change));
        }
    }

    private void guard(Runnable call) {
        if (recorder == NO_RECORDER) {
            return;
        }
        try {
            call.run();
        } catch (Throwable thrown) {
            // Errors too: a recorder whose classes are not all there must not end a stream.
            DroppedErrors.drop(thrown, Context.empty());
        }
    }
}
