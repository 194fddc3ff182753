package io.containerstatus.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** One thread that runs all file work, and its thread id in the kernel. */
public final class TracedThread implements AutoCloseable {
    private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "traced");
        thread.setDaemon(true);
        return thread;
    });
    private final Thread thread;
    private final long id;

    /** Starts the thread. This works on Linux only, because it reads the thread id from {@code /proc}. */
    public TracedThread() throws InterruptedException {
        try {
            thread = executor.submit(Thread::currentThread).get();
            id = executor.submit(() -> Long.valueOf(Files.readSymbolicLink(Path.of("/proc/thread-self"))
                            .getFileName()
                            .toString()))
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the executor that runs work on the thread. */
    public ExecutorService executor() {
        return executor;
    }

    /** Returns the kernel's id of the thread. */
    public long id() {
        return id;
    }

    /** Interrupts the thread, whatever it is doing. */
    public void interrupt() {
        thread.interrupt();
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
