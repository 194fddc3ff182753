package io.containerstatus.fs.internal;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

/**
 * Calls a recorder of metrics, and keeps its exceptions and errors from the callers. A stream must not end even if
 * classes of the recorder are missing.
 */
public final class RecorderGuard<R> {
    private final @Nullable R recorder;

    /** Creates a guard; without a recorder, nothing is recorded. */
    public RecorderGuard(@Nullable R recorder) {
        this.recorder = recorder;
    }

    /** Returns whether there is a recorder. */
    public boolean records() {
        return recorder != null;
    }

    /** Calls the recorder, if there is one. */
    public void record(Consumer<? super R> call) {
        if (recorder == null) {
            return;
        }
        try {
            call.accept(recorder);
        } catch (Throwable thrown) {
            DroppedErrors.drop(thrown, Context.empty());
        }
    }
}
