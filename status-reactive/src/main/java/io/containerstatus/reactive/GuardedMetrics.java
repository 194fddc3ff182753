package io.containerstatus.reactive;

import io.containerstatus.StatusException;
import io.containerstatus.fs.internal.DroppedErrors;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

/**
 * Catches what a recorder throws, so that it does not reach the calling lane. This includes fatal errors: a
 * recorder with a missing class must not take a container out of use.
 */
final class GuardedMetrics implements StatusMetrics {
    private final StatusMetrics recorder;

    GuardedMetrics(StatusMetrics recorder) {
        this.recorder = recorder;
    }

    @Override
    public void recordWrite(
            String id,
            OperationKind kind,
            int operations,
            Duration waited,
            Duration elapsed,
            @Nullable StatusException failure) {
        try {
            recorder.recordWrite(id, kind, operations, waited, elapsed, failure);
        } catch (Throwable thrown) {
            drop(thrown);
        }
    }

    @Override
    public void recordCommit(String id) {
        try {
            recorder.recordCommit(id);
        } catch (Throwable thrown) {
            drop(thrown);
        }
    }

    @Override
    public void recordRefused(String id) {
        try {
            recorder.recordRefused(id);
        } catch (Throwable thrown) {
            drop(thrown);
        }
    }

    @Override
    public void recordLag(@Nullable String id, long missed) {
        try {
            recorder.recordLag(id, missed);
        } catch (Throwable thrown) {
            drop(thrown);
        }
    }

    private static void drop(Throwable thrown) {
        DroppedErrors.drop(thrown, Context.empty());
    }
}
