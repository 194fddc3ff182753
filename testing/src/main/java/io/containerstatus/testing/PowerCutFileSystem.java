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
 * A file system in memory that knows what a power cut may take away. It keeps what is durable apart from what is not:
 *
 * <ul>
 *   <li>the bytes of a file become durable by a sync of the file, and by nothing else;
 *   <li>a name (created, linked, renamed, removed; of a file or of a folder) becomes durable by a sync of the folder
 *       that it is in, and by nothing else: neither by a sync of the file that has it nor by one of the folder above.
 * </ul>
 *
 * {@link #powerCuts} gives the states that a power cut may leave: of the changes of names that were not synced any
 * subset, in the order in which they were made, a rename being one change, of a folder as of a file; of a file that was
 * not synced nothing, not even the name, or no bytes, zeros, the first half, all, and what it held at its last sync; of a
 * file that was written in place, as long as at its last sync, each sector of 512 bytes as it was or as it is. A
 * folder that is renamed takes along what is durable of its names, and what is not.
 *
 * <p>Not simulated: symbolic links, other kinds of files, permissions, locks (each is granted), space that runs out,
 * renames from one folder to another, several descriptors with an error state each, and, after a power cut, that two
 * names lead to one file. Operations are atomic to each other; threadsafe.
 */
public final class PowerCutFileSystem extends FileSystem {
    private final PowerCutProvider provider = new PowerCutProvider(this);
    private final Disk disk;

    /** Asked before every operation, on its thread; it may wait, or fail instead. */
    public volatile Hook hook = Hook.NONE;

    /** How many bytes a write takes at most: few, so that a write has several steps. */
    public volatile int largestWrite = 80;

    /** Told of every operation that has changed something, before any other operation can begin. */
    public volatile Observer observer = Observer.NONE;

    /** Decides what each sync does. */
    public volatile Syncs syncs = Syncs.WORK;

    /** What is told of the operations. */
    @FunctionalInterface
    public interface Observer {
        Observer NONE = (operation, path) -> {};

        void after(Operation operation, String path);
    }

    /** What a sync does. It is asked on the thread of the sync, with the path that was opened. */
    @FunctionalInterface
    public interface Syncs {
        Syncs WORK = path -> Outcome.PERSISTS;

        Outcome of(String path);

        /** Outcomes of a sync. */
        enum Outcome {
            /** What it is for. */
            PERSISTS,
            /** Reports success and does nothing, as if it had never been called. */
            IS_IGNORED,
            /**
             * Fails. The kernel takes the bytes of a file for clean from then on: a later sync of it reports success, and
             * they are not on the disk, unless they are written again. The names in a folder are not durable, and a later sync makes them so.
             */
            FAILS_AND_FORGETS
        }
    }

    private PowerCutFileSystem(Disk disk) {
        this.disk = disk;
    }

    /** Returns a disk with a durable root folder, and nothing in it. */
    public static PowerCutFileSystem blank() {
        return new PowerCutFileSystem(new Disk());
    }

    /** Returns a disk on which all of this is durable: what the next boot finds. */
    public static PowerCutFileSystem mounted(DiskState state) {
        Disk disk = new Disk();
        disk.fill(state);
        return new PowerCutFileSystem(disk);
    }

    /**
     * Returns the same disk as the next process finds it when this one was killed now: all is there that can be seen,
     * and what was not durable is still not. The two share nothing.
     */
    public PowerCutFileSystem afterKill() {
        synchronized (disk) {
            return new PowerCutFileSystem(new DiskCopy().of(disk));
        }
    }

    /** Returns what a power cut may leave now. */
    public PowerCuts powerCuts() {
        synchronized (disk) {
            return new PowerCuts(new DiskCopy().of(disk));
        }
    }

    /** Returns what can be seen now. */
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
