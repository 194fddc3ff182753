package io.containerstatus.testing;

import java.io.IOException;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;

/**
 * Calls the hook, and then the real service. It closes the service even if the hook throws. Its keys are
 * those of the real service.
 */
record HookedWatchService(WatchService real, HookedFileSystem system) implements WatchService {
    @Override
    public WatchKey poll() {
        throw new UnsupportedOperationException();
    }

    @Override
    public WatchKey poll(long timeout, TimeUnit unit) throws InterruptedException {
        try {
            system.hook.before(FileOperation.AWAIT_EVENTS, "");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return real.poll(timeout, unit);
    }

    @Override
    public WatchKey take() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() throws IOException {
        try {
            system.hook.before(FileOperation.CLOSE_WATCH, "");
        } finally {
            real.close();
        }
    }
}
