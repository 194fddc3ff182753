package io.containerstatus.etcd;

import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Work whose {@link Error}s reach the subscriber. Reactor throws some errors, such as an
 * {@link OutOfMemoryError}, on the thread instead, where no subscriber would receive them. So an
 * exception carries them to the subscriber.
 */
final class Guarded {
    private Guarded() {}

    /** Runs the work. An {@link Error} is thrown as a {@link CompletionException}. */
    static void run(Runnable work) {
        try {
            work.run();
        } catch (Error error) {
            throw new CompletionException(error);
        }
    }

    /** Returns the result of the work. An {@link Error} is thrown as a {@link CompletionException}. */
    static <T> T get(Supplier<T> work) {
        try {
            return work.get();
        } catch (Error error) {
            throw new CompletionException(error);
        }
    }

    /** Returns the error that was wrapped; if none was wrapped, the given failure. */
    static Throwable unwrap(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
