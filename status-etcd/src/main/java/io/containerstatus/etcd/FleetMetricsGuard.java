package io.containerstatus.etcd;

import io.containerstatus.StatusException;
import io.containerstatus.fs.internal.DroppedErrors;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

/** Calls a recorder, and keeps what it throws away from those that call it. */
final class FleetMetricsGuard {
    private static final FleetMetrics NO_RECORDER = new FleetMetrics() {};
    static final FleetMetricsGuard NONE = new FleetMetricsGuard(NO_RECORDER);

    private final FleetMetrics recorder;

    FleetMetricsGuard(FleetMetrics recorder) {
        this.recorder = recorder;
    }

    /** Records a snapshot that was begun at this {@code nanoTime}. */
    void snapshot(int containers, long begun) {
        guard(() -> recorder.recordSnapshot(containers, Duration.ofNanos(System.nanoTime() - begun)));
    }

    void events(int events) {
        guard(() -> recorder.recordEvents(events));
    }

    void interruption(String reason) {
        guard(() -> recorder.recordInterruption(reason));
    }

    /** Records a change; {@code heardAt} is a {@code nanoTime}, and null where none is known. */
    void change(FleetChange change, @Nullable Long heardAt) {
        if (recorder == NO_RECORDER) {
            return;
        }
        Duration delay = heardAt == null ? null : Duration.ofNanos(System.nanoTime() - heardAt);
        guard(() -> recorder.recordChange(change, delay));
        StatusException failure = change.failure();
        if (failure != null) {
            guard(() -> recorder.recordBadStatus(change, failure));
        }
    }

    void end(@Nullable Throwable failure) {
        guard(() -> recorder.recordEnd(failure));
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
