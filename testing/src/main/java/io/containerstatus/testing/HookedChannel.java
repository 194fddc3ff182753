package io.containerstatus.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileLock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Calls the hook, and then the real channel. A write accepts as many bytes as the hook returns. */
public final class HookedChannel extends AsynchronousFileChannel {
    /** The maximum number of bytes of a write, unless the hook returns another one. */
    public static final int LARGEST_WRITE = 40;

    private final AsynchronousFileChannel real;
    private final HookedFileSystem system;
    private final String path;

    HookedChannel(AsynchronousFileChannel real, HookedFileSystem system, String path) {
        this.real = real;
        this.system = system;
        this.path = path;
        system.opened();
    }

    @Override
    public Future<Integer> read(ByteBuffer target, long position) {
        return asked(FileOperation.READ, () -> real.read(target, position));
    }

    @Override
    public Future<Integer> write(ByteBuffer source, long position) {
        return asked(FileOperation.WRITE, () -> {
            int end = source.limit();
            source.limit(source.position() + system.hook.taken(path, source.remaining()));
            Future<Integer> written = real.write(source, position);
            source.limit(end);
            return written;
        });
    }

    private Future<Integer> asked(FileOperation operation, Supplier<Future<Integer>> work) {
        try {
            system.hook.before(operation, path);
            Future<Integer> done = work.get();
            system.hook.after(operation, path);
            return new ImpatientFuture(done);
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public void force(boolean metaData) throws IOException {
        system.hook.before(FileOperation.FORCE, path);
        if (system.syncing) {
            real.force(metaData);
        }
        system.hook.after(FileOperation.FORCE, path);
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        system.hook.before(FileOperation.LOCK, path);
        return real.tryLock(position, size, shared);
    }

    /** Closes the channel even if the hook throws, as the kernel does. */
    @Override
    public void close() throws IOException {
        if (!real.isOpen()) {
            return;
        }
        try {
            system.hook.before(FileOperation.CLOSE, path);
        } finally {
            system.closed();
            real.close();
        }
    }

    @Override
    public boolean isOpen() {
        return real.isOpen();
    }

    @Override
    public long size() throws IOException {
        return real.size();
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

    /** Checks the interrupt flag before it returns its result, like a future that has to wait. */
    private record ImpatientFuture(Future<Integer> real) implements Future<Integer> {
        @Override
        public Integer get() throws InterruptedException, ExecutionException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return real.get();
        }

        @Override
        public Integer get(long timeout, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public boolean isDone() {
            return true;
        }
    }
}
