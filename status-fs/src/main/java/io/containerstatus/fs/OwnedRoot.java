package io.containerstatus.fs;

import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusException;
import io.containerstatus.spi.StatusCheckpoints.Access;
import java.io.Closeable;
import java.io.IOException;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * A root that was opened, with its lock: all that may change files. Its methods block. Different containers may be
 * written at the same time, one container only by one caller at a time.
 */
final class OwnedRoot implements Closeable {
    private final Layout layout;
    private final Access access;
    private final RootLock lock;
    private final StatusReader reader;
    private final FolderPreparation preparation;
    private final int maxFileSize;
    private final SettledIds settled = new SettledIds();

    OwnedRoot(Layout layout, Access access, RootLock lock, int maxFileSize, Clock clock) {
        this.layout = layout;
        this.access = access;
        this.lock = lock;
        this.maxFileSize = maxFileSize;
        this.reader = new StatusReader(layout, maxFileSize);
        this.preparation = new FolderPreparation(layout, reader, clock);
    }

    Layout layout() {
        return layout;
    }

    Access access() {
        return access;
    }

    /**
     * Reads the status; null when there is none. A good one saves the next write its preparation: the root was synced
     * when it was opened, so the name of the folder is durable.
     */
    @Nullable
    Status read(String id) {
        long begun = settled.now();
        Status status = reader.read(id);
        if (status != null && access.writable()) {
            settled.addUnlessRemovedSince(begun, id);
        }
        return status;
    }

    /** Stores the status durably. */
    void write(String id, Status status) {
        requireWritable(id);
        byte[] document = encoded(id, status);
        Progress progress = new Progress(id, layout.folder(id));
        boolean done = false;
        try {
            if (settled.contains(id)) {
                new DurableWrite(layout, progress, document, null).run();
            } else {
                prepareAndWrite(progress, document);
            }
            done = true;
        } catch (IOException | RuntimeException | Error failure) {
            throw progress.failed(failure);
        } finally {
            settle(id, done);
        }
    }

    private void prepareAndWrite(Progress progress, byte[] document) throws IOException {
        boolean created = preparation.createIfMissing(progress);
        try {
            preparation.persistName(progress);
            UnfitStatus unfit = created ? null : preparation.examine(progress);
            new DurableWrite(layout, progress, document, unfit).run();
        } catch (IOException | RuntimeException | Error failure) {
            if (created && !progress.isCommitting()) {
                CleanUp.deleteIfExists(progress.folder(), failure);
            }
            throw failure;
        }
    }

    /** Removes the container durably; without effect when there is none. */
    void delete(String id) {
        requireWritable(id);
        Progress progress = new Progress(id, layout.folder(id));
        try {
            new Deletion(layout, progress).run();
        } catch (IOException | RuntimeException | Error failure) {
            throw progress.failed(failure);
        } finally {
            settled.remove(id);
        }
    }

    /** Gives up the lock. */
    @Override
    public void close() throws IOException {
        lock.close();
    }

    private void settle(String id, boolean done) {
        if (done) {
            settled.add(id);
        } else {
            settled.remove(id);
        }
    }

    private void requireWritable(String id) {
        if (!access.writable()) {
            throw new NotWrittenException(id, access.reason(), null);
        }
    }

    private byte[] encoded(String id, Status status) {
        byte[] document;
        try {
            document = StatusCodec.encode(status);
        } catch (StatusException e) {
            throw new NotWrittenException(id, "it cannot be encoded: " + e.getMessage(), e);
        }
        if (document.length > maxFileSize) {
            String reason =
                    "it takes " + document.length + " bytes, and at most " + maxFileSize + " could be read again";
            throw new NotWrittenException(id, reason, null);
        }
        return document;
    }
}
