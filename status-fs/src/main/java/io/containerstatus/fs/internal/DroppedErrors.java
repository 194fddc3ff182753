package io.containerstatus.fs.internal;

import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** Errors that no subscriber can receive. */
public final class DroppedErrors {
    private DroppedErrors() {}

    /** Passes the error to Reactor's {@code onErrorDropped} hook. Ignores what the hook throws. */
    public static void drop(Throwable error, Context context) {
        try {
            Operators.onErrorDropped(error, context);
        } catch (Throwable thrownByHook) {
            // The hook belongs to the application, and it has received the error. The caller must continue.
        }
    }
}
