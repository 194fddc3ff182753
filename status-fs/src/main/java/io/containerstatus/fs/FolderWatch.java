package io.containerstatus.fs;

import io.containerstatus.ContainerIds;
import io.containerstatus.StatusException;
import io.containerstatus.WatchLimitExceededException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The operating system's file events of a root, of its parent and of the folders in it. If the file system has no
 * file events, this class only waits. One thread may wait for events while another one watches folders.
 */
final class FolderWatch implements Closeable {
    private static final WatchEvent.Kind<?>[] KINDS = {
        StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE, StandardWatchEventKinds.ENTRY_MODIFY
    };
    /** For the parent, only names matter. */
    private static final WatchEvent.Kind<?>[] NAME_KINDS = {
        StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE
    };

    private final FollowedRootIdentity root;
    private final @Nullable Path parent;
    private final @Nullable WatchService service;
    private final FollowerMetricsGuard metrics;
    /** How many folders are watched, including the root and its parent. Guarded by this. */
    private int watched;
    /** Guarded by this. */
    private boolean closed;

    private FolderWatch(FollowedRootIdentity root, @Nullable WatchService service, FollowerMetricsGuard metrics) {
        this.root = root;
        this.parent = root.path().getParent();
        this.service = service;
        this.metrics = metrics;
    }

    /** Returns a watch that watches no folder and only waits. */
    static FolderWatch polling(FollowedRootIdentity root) {
        return new FolderWatch(root, null, FollowerMetricsGuard.NONE);
    }

    /**
     * Watches the root, and its parent if that is permitted.
     *
     * @throws WatchLimitExceededException if the operating system gives no watch
     */
    static FolderWatch open(FollowedRootIdentity root, FollowerMetricsGuard metrics) throws IOException {
        FolderWatch watch = new FolderWatch(root, newService(root.path()), metrics);
        try {
            watch.watchRoot();
            return watch;
        } catch (RuntimeException | Error failure) {
            SuppressingCleanup.close(watch, failure);
            throw failure;
        }
    }

    private static @Nullable WatchService newService(Path root) throws IOException {
        try {
            return root.getFileSystem().newWatchService();
        } catch (UnsupportedOperationException e) {
            return null;
        } catch (IOException e) {
            if (isLimit(e)) {
                throw limit(root, "fs.inotify.max_user_instances", 0, e);
            }
            throw e;
        }
    }

    private void watchRoot() {
        // The parent first: if both are the same folder, under two mounts, the root's watch replaces the parent's.
        if (parent != null && service != null) {
            count(null, key(parent, service, NAME_KINDS));
        }
        watch(root.path(), null);
    }

    /**
     * Watches a folder in the root. For the operating system, a watch belongs to a folder and not to a name. So the
     * key is the same as before exactly if the folder is the same, even if another folder got its inode number.
     *
     * @param before the key of the folder that had this name; cancelled if the folder is another one
     * @return the key; {@link NoWatchKey#KEY} if the folder cannot be watched; null if there is no such folder
     * @throws WatchLimitExceededException if the operating system gives no more watches
     */
    @Nullable
    WatchKey watch(Path folder, @Nullable WatchKey before) {
        WatchKey key = service == null ? NoWatchKey.KEY : key(folder, service, KINDS);
        if (key != before) {
            count(before, key);
            if (before != null) {
                before.cancel();
            }
        }
        return key;
    }

    private @Nullable WatchKey key(Path folder, WatchService from, WatchEvent.Kind<?>[] kinds) {
        try {
            if (!isFolder(folder)) {
                return null;
            }
            WatchKey key = folder.register(from, kinds);
            if (!folder.equals(key.watchable())) {
                // The folder had another name when it was first watched, and its events would still be
                // reported under that name.
                key.cancel();
                key = folder.register(from, kinds);
            }
            return key;
        } catch (NoSuchFileException | NotDirectoryException e) {
            return null;
        } catch (IOException e) {
            if (isLimit(e)) {
                throw limit(root.path(), "fs.inotify.max_user_watches", watched(), e);
            }
            // The folder may not be watched. Then only the full scans notice its changes.
            return NoWatchKey.KEY;
        }
    }

    /** Throws if the attributes cannot be read, unlike {@code Files.isDirectory}, because the folder may exist. */
    private static boolean isFolder(Path folder) throws IOException {
        return Files.readAttributes(folder, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isDirectory();
    }

    private synchronized void count(@Nullable WatchKey before, @Nullable WatchKey now) {
        int change = (isReal(now) ? 1 : 0) - (isReal(before) ? 1 : 0);
        if (!closed) {
            watched += change;
            metrics.watches(change);
        }
    }

    private synchronized int watched() {
        return watched;
    }

    private static boolean isReal(@Nullable WatchKey key) {
        return key != null && key != NoWatchKey.KEY;
    }

    /** Waits for file events, at most this long. Returns the key that has events, or null. */
    @Nullable
    WatchKey await(long nanos) throws InterruptedException {
        if (service == null) {
            TimeUnit.NANOSECONDS.sleep(nanos);
            return null;
        }
        return service.poll(nanos, TimeUnit.NANOSECONDS);
    }

    /**
     * Records what may have changed, and re-arms the key.
     *
     * @throws io.containerstatus.UnreadableStatusException if the path no longer leads to the same root
     */
    void collect(WatchKey key, DirtyIds dirtyIds) {
        Path folder = (Path) key.watchable();
        if (root.path().equals(folder)) {
            collectOfRoot(key, dirtyIds);
        } else if (parent != null && parent.equals(folder)) {
            collectOfParent(key);
        } else {
            collectOfContainer(key, folder.getFileName().toString(), dirtyIds);
        }
    }

    private void collectOfRoot(WatchKey key, DirtyIds dirtyIds) {
        for (WatchEvent<?> event : key.pollEvents()) {
            if (isOverflow(event)) {
                dirtyIds.everything();
            } else if (ContainerIds.isValid(event.context().toString())) {
                dirtyIds.at(event.context().toString(), true);
            }
        }
        if (!key.reset()) {
            // Only the operating system ends this watch, and only if the folder or its file system is gone.
            throw root.gone();
        }
    }

    private void collectOfParent(WatchKey key) {
        boolean ofRoot = false;
        for (WatchEvent<?> event : key.pollEvents()) {
            ofRoot |= isOverflow(event) || root.path().getFileName().equals(event.context());
        }
        boolean ended = !key.reset();
        if (ofRoot || ended) {
            root.require();
        }
    }

    private static void collectOfContainer(WatchKey key, String id, DirtyIds dirtyIds) {
        for (WatchEvent<?> event : key.pollEvents()) {
            dirtyIds.at(id, isOverflow(event) || Layout.isStatus((Path) event.context()));
        }
        if (!key.reset()) {
            // The folder is gone, or its watch was cancelled.
            dirtyIds.at(id, true);
        }
    }

    private static boolean isOverflow(WatchEvent<?> event) {
        return event.kind() == StandardWatchEventKinds.OVERFLOW;
    }

    private static boolean isLimit(IOException failure) {
        // The JDK has no exception type for this limit. Its message is "User limit of inotify watches reached".
        return String.valueOf(failure.getMessage()).contains("inotify");
    }

    private static StatusException limit(Path root, String setting, int watched, IOException cause) {
        return new WatchLimitExceededException(root.toString(), setting, watched, IoReason.of(cause), cause);
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            if (!closed) {
                closed = true;
                metrics.watches(-watched);
            }
        }
        if (service != null) {
            service.close();
        }
    }
}
