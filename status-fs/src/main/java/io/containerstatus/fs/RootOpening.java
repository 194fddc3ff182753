package io.containerstatus.fs;

import io.containerstatus.InvalidRootException;
import io.containerstatus.StatusException;
import io.containerstatus.spi.StatusCheckpoints.Access;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;

/** Opens a root: creates it, takes its lock, sweeps it, and makes durable what an earlier run may have left unsynced. */
final class RootOpening {
    private final Path given;
    private final int maxFileSize;
    private final Clock clock;

    RootOpening(Path given, int maxFileSize, Clock clock) {
        this.given = given;
        this.maxFileSize = maxFileSize;
        this.clock = clock;
    }

    OwnedRoot run() {
        try {
            Layout layout = new Layout(new RootFolder(given).obtain());
            RootLock lock = RootLock.take(layout);
            try {
                return new OwnedRoot(layout, access(layout, lock), lock, maxFileSize, clock);
            } catch (RuntimeException | Error failure) {
                CleanUp.close(lock, failure);
                throw failure;
            }
        } catch (StatusException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new InvalidRootException(given.toString(), IoReason.of(e), e);
        }
    }

    private static Access access(Layout layout, RootLock lock) {
        if (!lock.obstacle().isEmpty()) {
            return Access.readOnly("root " + layout.root() + " can only be read: " + lock.obstacle());
        }
        new Sweep(layout).run();
        try {
            RootFolder.sync(layout.root());
            return Access.WRITABLE;
        } catch (IOException | RuntimeException e) {
            // What cannot be synced can still be read, and no container must be lost from sight for it.
            return Access.readOnly("root " + layout.root() + " can only be read: its sync failed: " + IoReason.of(e));
        }
    }
}
