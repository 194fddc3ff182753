package io.containerstatus.fs;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs each task on the thread that submits it, so that the file work of an asynchronous channel needs no other
 * thread. There is nothing to shut down.
 */
final class CallerThreadExecutor extends AbstractExecutorService {
    static final CallerThreadExecutor INSTANCE = new CallerThreadExecutor();

    private CallerThreadExecutor() {}

    @Override
    public void execute(Runnable task) {
        task.run();
    }

    @Override
    public void shutdown() {}

    @Override
    public List<Runnable> shutdownNow() {
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return true;
    }
}
