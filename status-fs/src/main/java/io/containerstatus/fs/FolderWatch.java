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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The operating system's file events of a root and of the folders in it, or nothing but the passing of time where there
 * are none. One thread may wait for events while another one watches folders.
 */
final class FolderWatch implements Closeable {
    private static final WatchEvent.Kind<?>[] KINDS = {
        StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE, StandardWatchEventKinds.ENTRY_MODIFY
    };

    private final Path root;
    private final @Nullable WatchService service;
    /** How many folders are watched, the root among them. */
    private int watched;

    private FolderWatch(Path root, @Nullable WatchService service) {
        this.root = root;
        this.service = service;
    }

    /** Watches no folder: waiting is all it does. */
    static FolderWatch polling(Path root) {
        return new FolderWatch(root, null);
    }

    /**
     * Watches the root.
     *
     * @throws WatchLimitExceededException if the operating system gives no watch
     */
    static FolderWatch open(Path root) throws IOException {
        FolderWatch watch = new FolderWatch(root, newService(root));
        try {
            watch.watch(root, null);
            return watch;
        } catch (RuntimeException | Error failure) {
            CleanUp.close(watch, failure);
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

    /**
     * Watches a folder in the root. For the operating system a watch belongs to a folder, not to a name: the key is the
     * same as before exactly if the folder is, also when another one got its number.
     *
     * @param before the key of the folder that had this name; given up if it is another one
     * @return the key; {@link Unwatched#KEY} when it cannot be watched; null when there is no such folder
     * @throws WatchLimitExceededException if the operating system gives no more watches
     */
    @Nullable
    WatchKey watch(Path folder, @Nullable WatchKey before) {
        WatchKey key = service == null ? Unwatched.KEY : key(folder, service);
        if (key != before) {
            watched += isReal(key) ? 1 : 0;
            giveUp(before);
        }
        return key;
    }

    private @Nullable WatchKey key(Path folder, WatchService from) {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        try {
            WatchKey key = folder.register(from, KINDS);
            if (!folder.equals(key.watchable())) {
                // It had another name when it was watched first, and its events would still be told by that one.
                key.cancel();
                key = folder.register(from, KINDS);
            }
            return key;
        } catch (NoSuchFileException | NotDirectoryException e) {
            return null;
        } catch (IOException e) {
            if (isLimit(e)) {
                throw limit(root, "fs.inotify.max_user_watches", watched, e);
            }
            // We may not: then the full looks are all there is.
            return Unwatched.KEY;
        }
    }

    private void giveUp(@Nullable WatchKey key) {
        if (key != null) {
            watched -= isReal(key) ? 1 : 0;
            key.cancel();
        }
    }

    private static boolean isReal(@Nullable WatchKey key) {
        return key != null && key != Unwatched.KEY;
    }

    /** Waits for file events, at most this long, and takes down where something may have happened. */
    void await(long nanos, Hints hints) throws InterruptedException {
        if (service == null) {
            TimeUnit.NANOSECONDS.sleep(nanos);
            return;
        }
        WatchKey key = service.poll(nanos, TimeUnit.NANOSECONDS);
        if (key != null) {
            collect(key, hints);
        }
    }

    /** Takes down where something may have happened, and has the key report again. */
    void collect(WatchKey key, Hints hints) {
        boolean ofRoot = root.equals(key.watchable());
        String folder = name(key.watchable());
        for (WatchEvent<?> event : key.pollEvents()) {
            if (event.kind() == StandardWatchEventKinds.OVERFLOW) {
                hint(hints, ofRoot, folder);
            } else if (!ofRoot) {
                hints.at(folder, Layout.isStatus((Path) event.context()));
            } else if (ContainerIds.isValid(name(event.context()))) {
                hints.at(name(event.context()), true);
            }
        }
        if (!key.reset()) {
            // The folder is gone, or was given up.
            hint(hints, ofRoot, folder);
        }
    }

    private static void hint(Hints hints, boolean ofRoot, String folder) {
        if (ofRoot) {
            hints.everything();
        } else {
            hints.at(folder, true);
        }
    }

    private static String name(Object path) {
        return ((Path) path).getFileName().toString();
    }

    private static boolean isLimit(IOException failure) {
        // The JDK has no type for it, and says "User limit of inotify watches reached".
        return String.valueOf(failure.getMessage()).contains("inotify");
    }

    private static StatusException limit(Path root, String setting, int watched, IOException cause) {
        return new WatchLimitExceededException(root.toString(), setting, watched, IoReason.of(cause), cause);
    }

    @Override
    public void close() throws IOException {
        if (service != null) {
            service.close();
        }
    }
}
