package io.containerstatus.testing;

import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Set;

/**
 * A file system in memory that knows what a power cut may undo. It distinguishes what is durable from what
 * is not:
 *
 * <ul>
 *   <li>The bytes of a file become durable only by a sync of that file.
 *   <li>A name becomes durable only by a sync of the folder that contains it. Neither a sync of the file nor a sync
 *       of that folder's parent makes it durable. This applies to each creation, link, rename and removal, of a file
 *       or of a folder.
 * </ul>
 *
 * <p>{@link #powerCuts} returns the states that a power cut may leave:
 *
 * <ul>
 *   <li>Any subset of the unsynced changes of names may be left, in the order in which they were made. The rename of
 *       a file or of a folder is one change.
 *   <li>A file that was not synced may be empty, or hold zeros, its first half, or all of its bytes. If it was never
 *       synced, it may also be missing, together with its name. Otherwise, it may also hold the bytes of its last
 *       sync, with or without the first half of the new bytes over them.
 *   <li>If a file was written in place and has the same length as at its last sync, each of its sectors of
 *       512 bytes may be old or new.
 *   <li>A folder that is renamed keeps its durable names and its names that are not durable.
 * </ul>
 *
 * <p>The following is not simulated: symbolic links, other kinds of files, permissions, locks (each is granted), a
 * full disk, renames from one folder to another, an error state for each descriptor, and two names of one file after
 * a power cut. Operations are atomic with respect to each other. This class is threadsafe.
 */
public final class PowerCutFileSystem extends FileSystem {
    private final PowerCutProvider provider = new PowerCutProvider(this);
    private final Disk disk;

    /** Called before every operation, on its thread. It may wait, or throw to fail the operation. */
    public volatile Hook hook = Hook.NONE;

    /** The maximum number of bytes of a write. It is small, so that a file takes several writes. */
    public volatile int largestWrite = 80;

    /** Called after every operation that has changed something, before any other operation can begin. */
    public volatile Observer observer = Observer.NONE;

    /** Decides the outcome of each sync. */
    public volatile Syncs syncs = Syncs.WORK;

    /** Observes the operations. */
    @FunctionalInterface
    public interface Observer {
        Observer NONE = (operation, path) -> {};

        void after(FileOperation operation, String path);
    }

    /**
     * Decides the outcome of a sync. It is called on the thread of the sync, with the path that was opened.
     */
    @FunctionalInterface
    public interface Syncs {
        Syncs WORK = path -> Outcome.PERSISTS;

        Outcome of(String path);

        /** Outcomes of a sync. */
        enum Outcome {
            /** Makes the content durable, as a sync should. */
            PERSISTS,
            /** Reports success and does nothing. */
            IS_IGNORED,
            /**
             * Fails. From then on, the kernel takes the bytes of a file for clean: a later sync of the file
             * reports success, but the bytes are not on the disk unless they are written again. The names in
             * a folder stay not durable until a later sync.
             */
            FAILS_AND_FORGETS
        }
    }

    private PowerCutFileSystem(Disk disk) {
        this.disk = disk;
    }

    /** Returns an empty disk with a durable root folder. */
    public static PowerCutFileSystem blank() {
        return new PowerCutFileSystem(new Disk());
    }

    /** Returns a disk on which this state is durable, as the next boot finds it. */
    public static PowerCutFileSystem mounted(DiskState state) {
        Disk disk = new Disk();
        disk.fill(state);
        return new PowerCutFileSystem(disk);
    }

    /**
     * Returns the disk as the next process finds it if this process is killed now. Everything visible is
     * still there. What was not durable is still not durable. The two file systems share nothing.
     */
    public PowerCutFileSystem afterKill() {
        synchronized (disk) {
            return new PowerCutFileSystem(new DiskCopy().of(disk));
        }
    }

    /** Returns the states that a power cut may leave now. */
    public PowerCuts powerCuts() {
        synchronized (disk) {
            return new PowerCuts(new DiskCopy().of(disk));
        }
    }

    /** Returns the visible state. */
    public DiskState visible() {
        synchronized (disk) {
            return DiskState.visible(disk.root);
        }
    }

    Disk disk() {
        return disk;
    }

    @Override
    public Path getPath(String first, String... more) {
        String rest = String.join("/", more);
        return PowerCutPath.parsed(this, rest.isEmpty() ? first : first + "/" + rest);
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return Set.of("basic", "posix");
    }

    @Override
    public String getSeparator() {
        return "/";
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        throw new UnsupportedOperationException();
    }

    @Override
    public PathMatcher getPathMatcher(String syntaxAndPattern) {
        throw new UnsupportedOperationException();
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        throw new UnsupportedOperationException();
    }

    @Override
    public WatchService newWatchService() {
        throw new UnsupportedOperationException();
    }
}
