package io.containerstatus.fs;

import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusException;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Found;
import java.io.Closeable;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
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
    private final SettledIds settled;

    /**
     * Takes over the lock.
     *
     * @param found the containers, in the order of their ids; where the access is writable, the root was synced after they were found
     */
    OwnedRoot(Layout layout, Access access, List<Found> found, RootLock lock, int maxFileSize, Clock clock) {
        this.layout = layout;
        this.access = access;
        this.lock = lock;
        this.maxFileSize = maxFileSize;
        this.reader = new StatusReader(layout, maxFileSize);
        this.preparation = new FolderPreparation(layout, reader, clock);
        this.settled = new SettledIds(access.writable() ? found : List.of());
    }

    Layout layout() {
        return layout;
    }

    /** Reads the status; null when there is none. What cannot be read is kept by the next write. */
    @Nullable
    Status read(String id) {
        try {
            Status status = reader.read(id);
            settled.read(id);
            return status;
        } catch (StatusException e) {
            settled.failToRead(id);
            throw e;
        }
    }

    /** Stores the status durably. */
    void write(String id, Status status) {
        requireWritable(id);
        Progress progress = progress(id);
        byte[] document = encoded(progress, status);
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
            if (done) {
                settled.add(id);
            } else {
                settled.fail(id, progress.isCommitting());
            }
        }
    }

    private void prepareAndWrite(Progress progress, byte[] document) throws IOException {
        boolean created = preparation.createIfMissing(progress);
        try {
            preparation.persistName(progress);
            UnfitStatus unfit = created ? null : preparation.examine(progress, settled.isUnread(progress.id()));
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
        Progress progress = progress(id);
        boolean done = false;
        try {
            new Deletion(layout, progress, settled.isWritten(id)).run();
            done = true;
        } catch (IOException | RuntimeException | Error failure) {
            throw progress.failed(failure);
        } finally {
            if (done) {
                settled.remove(id);
            } else {
                settled.fail(id, progress.isCommitting());
            }
        }
    }

    /** Gives up the lock. */
    @Override
    public void close() throws IOException {
        lock.close();
    }

    /** Returns the failure of a change that was not begun. */
    StatusException refused(String id, String reason, @Nullable Throwable cause) {
        return progress(id).failed(reason, cause);
    }

    private Progress progress(String id) {
        return new Progress(id, layout.folder(id), settled.isUncertain(id));
    }

    private void requireWritable(String id) {
        if (!access.writable()) {
            throw new NotWrittenException(id, access.reason(), null);
        }
    }

    private byte[] encoded(Progress progress, Status status) {
        byte[] document;
        try {
            document = StatusCodec.encode(status);
        } catch (RuntimeException failure) {
            progress.next("the new status could not be encoded", layout.status(progress.folder()));
            throw progress.failed(failure);
        }
        if (document.length > maxFileSize) {
            String reason =
                    "it takes " + document.length + " bytes, and at most " + maxFileSize + " could be read again";
            throw progress.failed(reason, null);
        }
        return document;
    }
}
