package io.containerstatus.testing;

import io.containerstatus.testing.DiskNode.File;
import io.containerstatus.testing.DiskNode.Folder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** An open file or folder. */
final class PowerCutChannel extends AsynchronousFileChannel {
    private final PowerCutProvider provider;
    private final PowerCutFileSystem system;
    private final Path path;
    private final DiskNode node;
    private volatile boolean open = true;

    PowerCutChannel(PowerCutProvider provider, PowerCutFileSystem system, Path path, DiskNode node) {
        this.provider = provider;
        this.system = system;
        this.path = path;
        this.node = node;
    }

    @Override
    public Future<Integer> read(ByteBuffer target, long position) {
        return result(() -> provider.read(FileOperation.READ, path, disk -> {
            byte[] bytes = ((File) node).bytes;
            int count = Math.min(target.remaining(), bytes.length - (int) position);
            if (count <= 0) {
                return -1;
            }
            target.put(bytes, (int) position, count);
            return count;
        }));
    }

    @Override
    public Future<Integer> write(ByteBuffer source, long position) {
        return result(() -> provider.change(FileOperation.WRITE, path, disk -> {
            byte[] bytes = new byte[Math.min(source.remaining(), system.largestWrite)];
            source.get(bytes);
            ((File) node).write(bytes, (int) position);
            disk.touch(node);
            return bytes.length;
        }));
    }

    private interface Counting {
        int run() throws IOException;
    }

    private static Future<Integer> result(Counting work) {
        try {
            return CompletableFuture.completedFuture(work.run());
        } catch (IOException | RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public void force(boolean metaData) throws IOException {
        provider.change(FileOperation.FORCE, path, disk -> {
            PowerCutFileSystem.Syncs.Outcome outcome = system.syncs.of(path.toString());
            switch (outcome) {
                case PERSISTS -> persist();
                case FAILS_AND_FORGETS -> {
                    forget();
                    throw new IOException("Input/output error");
                }
                case IS_IGNORED -> {}
            }
            return outcome;
        });
    }

    private void persist() {
        if (node instanceof File file) {
            file.persist();
        } else {
            ((Folder) node).persist();
        }
    }

    private void forget() {
        if (node instanceof File file) {
            file.forget();
        }
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        return provider.read(FileOperation.LOCK, path, disk -> new FileLock(this, position, size, shared) {
            @Override
            public boolean isValid() {
                return open;
            }

            @Override
            public void release() {}
        });
    }

    /** Closes the channel even if the hook throws, as the kernel does. */
    @Override
    public void close() throws IOException {
        if (open) {
            open = false;
            system.hook.before(FileOperation.CLOSE, path.toString());
        }
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public long size() throws IOException {
        return provider.read(FileOperation.STAT, path, disk -> ((File) node).bytes.length);
    }

    @Override
    public AsynchronousFileChannel truncate(long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <A> void lock(
            long position, long size, boolean shared, A attachment, CompletionHandler<FileLock, ? super A> handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<FileLock> lock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <A> void read(
            ByteBuffer target, long position, A attachment, CompletionHandler<Integer, ? super A> handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <A> void write(
            ByteBuffer source, long position, A attachment, CompletionHandler<Integer, ? super A> handler) {
        throw new UnsupportedOperationException();
    }
}
