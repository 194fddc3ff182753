package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.fs.internal.DroppedErrors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;

/**
 * One change on its way into the journal, and who waits for it. The waiting subscriber is signalled when it runs.
 */
final class JournalAppend implements Runnable {
    private final String id;
    private final @Nullable Status status;
    /** Encoded by the caller; null for a deletion. */
    private final byte @Nullable [] document;
    /** Whether the container's file holds the change already. */
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

    /** Notes how it ended; null for well. */
    void end(@Nullable Throwable failure) {
        this.failure = failure;
    }

    /** Signals the end. Throws nothing. */
    @Override
    public void run() {
        try {
            if (failure == null) {
                sink.success();
            } else {
                sink.error(failure);
            }
        } catch (Throwable thrown) {
            // A subscriber may not throw; one that does must not keep the others of the batch waiting.
            DroppedErrors.drop(thrown, Context.empty());
        }
    }
}
