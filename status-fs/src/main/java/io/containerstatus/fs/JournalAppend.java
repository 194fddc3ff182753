package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.fs.internal.DroppedErrors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;

/**
 * One change to be appended to the journal, with the subscriber that waits for it. When run, it signals the subscriber.
 */
final class JournalAppend implements Runnable {
    private final String id;
    private final @Nullable Status status;
    /** The encoded status; null for a deletion. */
    private final byte @Nullable [] document;
    /** Whether the container's file already holds the change. */
    private final boolean inFile;

    private final MonoSink<Void> sink;
    private @Nullable Throwable failure;

    JournalAppend(String id, @Nullable Status status, byte @Nullable [] document, boolean inFile, MonoSink<Void> sink) {
        this.id = id;
        this.status = status;
        this.document = document;
        this.inFile = inFile;
        this.sink = sink;
    }

    String id() {
        return id;
    }

    /** Returns the new status; null for a deletion. */
    @Nullable
    Status status() {
        return status;
    }

    byte @Nullable [] document() {
        return document;
    }

    boolean isInFile() {
        return inFile;
    }

    int size() {
        return JournalFormat.recordSize(id, document);
    }

    /** Records the result; null means success. */
    void end(@Nullable Throwable failure) {
        this.failure = failure;
    }

    /** Signals the result. Throws nothing. */
    @Override
    public void run() {
        try {
            if (failure == null) {
                sink.success();
            } else {
                sink.error(failure);
            }
        } catch (Throwable thrown) {
            // A subscriber must not throw. If one does, the others of the batch must still be signalled.
            DroppedErrors.drop(thrown, Context.empty());
        }
    }
}
