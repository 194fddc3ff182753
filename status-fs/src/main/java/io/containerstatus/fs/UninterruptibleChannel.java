package io.containerstatus.fs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileLock;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * An open file or folder whose operations cannot be broken by an interrupt of the thread. A {@code FileChannel}
 * closes itself when its thread is interrupted, and the write in progress fails. An asynchronous channel does
 * not. Every method blocks until the system call has ended, and leaves the thread's interrupt flag unchanged.
 *
 * <p>This class is not threadsafe, except for {@link #close}.
 */
final class UninterruptibleChannel implements Closeable {
    private static final Set<OpenOption> TO_READ = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

    private final AsynchronousFileChannel channel;
    private final Path path;
    /** Null for a file, because no setting omits the sync of a file. */
    private final @Nullable FolderSync folderSync;

    private UninterruptibleChannel(AsynchronousFileChannel channel, Path path, @Nullable FolderSync folderSync) {
        this.channel = channel;
        this.path = path;
        this.folderSync = folderSync;
    }

    /** Opens a folder to sync it. A link is an error. */
    static UninterruptibleChannel openFolder(Path folder, FolderSync sync) throws IOException {
        return open(folder, sync, TO_READ);
    }

    /** Opens a file to read it. A link is an error. */
    static UninterruptibleChannel openToRead(Path file) throws IOException {
        return open(file, null, TO_READ);
    }

    /** Creates a file, which must not exist, with these attributes from the first moment on. */
    static UninterruptibleChannel create(Path file, FileAttribute<?>... attributes) throws IOException {
        return open(file, null, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes);
    }

    /** Opens an existing file to write into it. A link is an error. */
    static UninterruptibleChannel openToWrite(Path file) throws IOException {
        return open(file, null, Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    }

    /** Opens a file to lock it exclusively, and creates it if it is missing. A link is an error. */
    static UninterruptibleChannel openToLock(Path file, FileAttribute<?>... attributes) throws IOException {
        Set<OpenOption> options = Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
        return open(file, null, options, attributes);
    }

    private static UninterruptibleChannel open(
            Path path, @Nullable FolderSync sync, Set<OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        AsynchronousFileChannel channel =
                AsynchronousFileChannel.open(path, options, CallerThreadExecutor.INSTANCE, attributes);
        return new UninterruptibleChannel(channel, path, sync);
    }

    /** Syncs a folder and closes it. */
    static void syncFolder(Path folder, FolderSync sync) throws IOException {
        try (UninterruptibleChannel channel = openFolder(folder, sync)) {
            channel.force();
        }
    }

    /** Writes all the bytes to the beginning of the file. */
    void write(byte[] bytes) throws IOException {
        write(ByteBuffer.wrap(bytes), 0);
    }

    /** Writes the remaining bytes of the buffer to this position of the file. */
    void write(ByteBuffer buffer, long position) throws IOException {
        long offset = position - buffer.position();
        // The kernel may accept fewer bytes than offered. Covered by DurableWriteTest.aShortWriteIsContinued.
        while (buffer.hasRemaining()) {
            if (await(channel.write(buffer, offset + buffer.position())) == 0) {
                throw new IOException("the file accepts no more bytes");
            }
        }
    }

    /** Returns the length of the file, in bytes. */
    long size() throws IOException {
        return channel.size();
    }

    /**
     * Reads from this position into the remaining space of the buffer. Returns the number of bytes, or -1 at
     * the end of the file.
     */
    int read(ByteBuffer buffer, long position) throws IOException {
        return await(channel.read(buffer, position));
    }

    /** Reads from the beginning of the file into an empty buffer, until the buffer is full or the file ends. */
    void readFromStart(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining() && read(buffer, buffer.position()) > 0) {
            // The kernel may return fewer bytes than requested.
        }
    }

    /**
     * Makes the written bytes durable, or the names in a folder. After a failure, it is unknown whether they are.
     *
     * @throws MissingCapabilityException if the file system cannot sync a folder, and the sync is required
     */
    void force() throws IOException {
        try {
            channel.force(true);
        } catch (IOException e) {
            if (folderSync == null || !IoReason.isInvalidArgument(e)) {
                throw e;
            }
            if (folderSync == FolderSync.REQUIRED) {
                throw MissingCapabilityException.folderSync(path, e);
            }
        }
    }

    /** Makes the bytes durable that were written into a file of unchanged length. */
    void forceData() throws IOException {
        channel.force(false);
    }

    /**
     * Locks the whole file for this process. Returns null if another process holds the lock.
     *
     * @throws MissingCapabilityException if the file system cannot lock files
     * @throws java.nio.channels.OverlappingFileLockException if this process already holds the lock
     */
    @Nullable
    FileLock tryLock(boolean shared) throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, shared);
        } catch (IOException e) {
            throw IoReason.isNoLocks(e) ? MissingCapabilityException.lock(path, e) : e;
        } catch (AssertionError e) {
            // JDK 17 throws an AssertionError if the attributes of an open file cannot be read.
            // Covered by FaultedOpeningTest.
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static int await(Future<Integer> result) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw rethrown(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static IOException rethrown(@Nullable Throwable cause) {
        if (cause instanceof IOException failure) {
            return failure;
        }
        if (cause instanceof Error failure) {
            throw failure;
        }
        return new IOException(cause);
    }
}
