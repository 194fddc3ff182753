package io.containerstatus.reactive;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

/** Keeps what a recorder throws away from the lane that called it. */
final class GuardedMetrics implements StatusMetrics {
    private final StatusMetrics recorder;

    GuardedMetrics(StatusMetrics recorder) {
        this.recorder = recorder;
    }

    @Override
    public void written(int operations, Duration elapsed, @Nullable Throwable failure) {
        guard(() -> recorder.written(operations, elapsed, failure));
    }

    @Override
    public void committed(int changes) {
        if (recorder != Settings.NO_METRICS) {
            guard(() -> recorder.committed(changes));
        }
    }

    @Override
    public void refused() {
        guard(recorder::refused);
    }

    @Override
    public void lagged(long missed) {
        guard(() -> recorder.lagged(missed));
    }

    private static void guard(Runnable call) {
        try {
            call.run();
        } catch (Throwable thrown) {
            // Fatal ones too: a recorder whose classes are not all there must not leave a lane without an owner.
            Signals.drop(thrown, Context.empty());
        }
    }
}
