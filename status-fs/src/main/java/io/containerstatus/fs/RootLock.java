package io.containerstatus.fs;

import io.containerstatus.InvalidRootException;
import io.containerstatus.RootLockedException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The lock of a root: exclusive if its file can be written; otherwise shared, or no lock at all.
 *
 * <p>A POSIX lock belongs to the process, and is released when the process closes <em>any</em> descriptor
 * of the file. So this process opens the file only once: a second opening of the same root is rejected
 * before it touches the file.
 */
final class RootLock implements Closeable {
    /** The roots that this process holds, by the identity of the folder, independent of the path. */
    private static final Set<Object> HELD = ConcurrentHashMap.newKeySet();

    /**
     * Channels on lock files that a copy of this class in another class loader has locked. Closing such a
     * channel would release that copy's lock. So the channels stay open, and the next attempt of the same kind
     * on the same file uses them again.
     */
    private static final Map<Foreign, UninterruptibleChannel> FOREIGN = new ConcurrentHashMap<>();

    /** More attempts are needed only if something replaces the lock file all the time. */
    private static final int ATTEMPTS = 4;

    private final Object key;
    private final @Nullable UninterruptibleChannel channel;
    private final Strength strength;
    private final String obstacle;
    private final @Nullable RootIdentity identity;

    /** How other writers are excluded. */
    enum Strength {
        EXCLUSIVE,
        /** They are not excluded, because the file system cannot lock files, and a setting accepts that. */
        UNLOCKED,
        /** There is at most a shared lock, so nothing may be changed. */
        READ_ONLY
    }

    /**
     * The kind of lock that a channel can take.
     *
     * @param file the identity of the lock file
     * @param shared whether the channel was opened for a shared lock, and so cannot take an exclusive one
     */
    private record Foreign(Object file, boolean shared) {
        static Foreign of(Layout layout, FileIdentity lockFile, boolean shared) {
            return new Foreign(lockFile.key() == null ? layout.lock() : lockFile.key(), shared);
        }
    }

    private RootLock(
            Object key,
            @Nullable UninterruptibleChannel channel,
            Strength strength,
            String obstacle,
            @Nullable RootIdentity identity) {
        this.key = key;
        this.channel = channel;
        this.strength = strength;
        this.obstacle = obstacle;
        this.identity = identity;
    }

    /**
     * Takes the strongest lock that is possible.
     *
     * @param acceptsUnlocked whether the root may be written if its file system cannot lock files
     * @throws RootLockedException if another store holds the lock
     * @throws InvalidRootException if the lock file is not a regular file
     */
    static RootLock take(Layout layout, boolean acceptsUnlocked) throws IOException {
        Object key = key(layout.root());
        if (!HELD.add(key)) {
            throw new RootLockedException(layout.root().toString());
        }
        RootLock lock = null;
        try {
            requireRegularFile(layout);
            lock = strongest(layout, key, acceptsUnlocked);
            return lock;
        } finally {
            if (lock == null) {
                HELD.remove(key);
            }
        }
    }

    Strength strength() {
        return strength;
    }

    /** Returns why the lock is not exclusive; empty if it is. */
    String obstacle() {
        return obstacle;
    }

    /** Returns the folder and the lock file that were taken; null if the root is only read. */
    @Nullable
    RootIdentity identity() {
        return identity;
    }

    /** Returns access to the journal's line in the lock file; null if the lock file is not open. */
    @Nullable
    JournalMark journalMark() {
        return channel == null ? null : new JournalMark(channel);
    }

    /**
     * Gives up the lock. If the path of the lock file leads to another file by now, the lock on that
     * file is not touched.
     */
    @Override
    public void close() throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            HELD.remove(key);
        }
    }

    private static RootLock strongest(Layout layout, Object key, boolean acceptsUnlocked) {
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                RootLock lock = attempt(layout, key, acceptsUnlocked);
                if (lock != null) {
                    return lock;
                }
            }
            throw new IOException("it was replaced during each attempt to open it");
        } catch (RootLockedException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            return sharedOrNone(layout, key, "its lock cannot be taken (" + layout.lock() + "): " + IoReason.of(e));
        }
    }

    /**
     * Opens the lock file and locks it. The opened file is known only if the path led to the same file before
     * the opening and after the locking; otherwise the caller tries again. If the file is missing, this only
     * creates it, and the caller tries again, too.
     *
     * @return null if nothing is locked
     */
    private static @Nullable RootLock attempt(Layout layout, Object key, boolean acceptsUnlocked) throws IOException {
        RootIdentity before = RootIdentity.of(layout);
        if (before.lock() == null) {
            create(layout);
            return null;
        }
        UninterruptibleChannel channel = channel(layout, before.lock(), /* shared= */ false);
        String obstacle = lock(channel, /* shared= */ false, acceptsUnlocked, layout, before.lock());
        RootLock lock = null;
        try {
            if (before.equals(RootIdentity.of(layout))) {
                Strength strength = obstacle.isEmpty() ? Strength.EXCLUSIVE : Strength.UNLOCKED;
                lock = new RootLock(key, channel, strength, obstacle, before);
            }
            return lock;
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
    }

    private static void create(Layout layout) throws IOException {
        try {
            UninterruptibleChannel.create(layout.lock(), Layout.ofFile(layout.lock()))
                    .close();
        } catch (FileAlreadyExistsException e) {
            // Another process has created it in the meantime.
        }
    }

    private static UninterruptibleChannel channel(Layout layout, @Nullable FileIdentity lockFile, boolean shared)
            throws IOException {
        UninterruptibleChannel foreign = lockFile == null ? null : FOREIGN.remove(Foreign.of(layout, lockFile, shared));
        if (foreign != null) {
            return foreign;
        }
        return shared
                ? UninterruptibleChannel.openToRead(layout.lock())
                : UninterruptibleChannel.openToLock(layout.lock(), Layout.ofFile(layout.lock()));
    }

    /**
     * Returns a lock to read: it excludes writers by a shared lock if that is possible; otherwise it takes no lock.
     */
    private static RootLock sharedOrNone(Layout layout, Object key, String obstacle) {
        try {
            FileIdentity before = RootIdentity.of(layout).lock();
            UninterruptibleChannel channel = channel(layout, before, /* shared= */ true);
            lock(channel, /* shared= */ true, /* acceptsUnlocked= */ false, layout, before);
            return new RootLock(key, channel, Strength.READ_ONLY, obstacle, null);
        } catch (RootLockedException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            return new RootLock(key, null, Strength.READ_ONLY, obstacle, null);
        }
    }

    /**
     * Locks the file; closes the channel if that fails.
     *
     * @param before the file that the path led to before the channel was opened; null for none
     * @return empty; or, if the root may be written unlocked, why its file system cannot lock the file
     */
    private static String lock(
            UninterruptibleChannel channel,
            boolean shared,
            boolean acceptsUnlocked,
            Layout layout,
            @Nullable FileIdentity before)
            throws IOException {
        boolean staysOpen = false;
        try {
            staysOpen = channel.tryLock(shared) != null;
        } catch (MissingCapabilityException e) {
            staysOpen = acceptsUnlocked;
            if (acceptsUnlocked) {
                return e.lack();
            }
            throw e;
        } catch (OverlappingFileLockException e) {
            staysOpen = true;
            keepOpen(channel, shared, layout, before);
            throw new RootLockedException(layout.root().toString());
        } finally {
            if (!staysOpen) {
                channel.close();
            }
        }
        if (!staysOpen) {
            throw new RootLockedException(layout.root().toString());
        }
        return "";
    }

    /**
     * Keeps a channel open on a file that a copy of this class has locked. It is used again only if the
     * identity of the file is known.
     */
    private static void keepOpen(
            UninterruptibleChannel channel, boolean shared, Layout layout, @Nullable FileIdentity before) {
        Foreign key = new Foreign(new Object(), shared);
        try {
            if (before != null && before.equals(FileIdentity.of(layout.lock()))) {
                key = Foreign.of(layout, before, shared);
            }
        } catch (IOException | RuntimeException e) {
            // The channel is never used again, but it stays open.
        }
        FOREIGN.put(key, channel);
    }

    private static Object key(Path root) throws IOException {
        Object file = Files.readAttributes(root, BasicFileAttributes.class).fileKey();
        return file == null ? root : file;
    }

    /** Checks the file before opening it: opening a FIFO would wait for a reader forever. */
    private static void requireRegularFile(Layout layout) {
        Path file = layout.lock();
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new InvalidRootException(
                    layout.root().toString(), "its lock file is not a regular file (" + file + ")", null);
        }
    }
}
