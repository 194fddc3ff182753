package io.containerstatus.fs;

import io.containerstatus.InvalidRootException;
import io.containerstatus.RootLockedException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The lock of a root: exclusive where its file can be written, else shared or none at all.
 *
 * <p>A POSIX lock belongs to the process, and falls when the process closes <em>any</em> descriptor of the file. So this
 * process opens the file once: a second opening of the same root is refused before it touches the file.
 */
final class RootLock implements Closeable {
    /** The roots that this process holds, by what identifies the folder, whatever path led to it. */
    private static final Set<Object> HELD = ConcurrentHashMap.newKeySet();

    /**
     * Channels on lock files that a copy of this class in another class loader has locked. Closing one would take the
     * lock away from that copy, so they stay open, and serve the next attempt.
     */
    private static final Map<Object, SteadyChannel> FOREIGN = new ConcurrentHashMap<>();

    private final Object key;
    private final @Nullable SteadyChannel channel;
    private final String obstacle;

    private RootLock(Object key, @Nullable SteadyChannel channel, String obstacle) {
        this.key = key;
        this.channel = channel;
        this.obstacle = obstacle;
    }

    /**
     * Takes the strongest lock that can be had.
     *
     * @throws RootLockedException if someone else has it
     * @throws InvalidRootException if something else stands in the place of the lock file
     */
    static RootLock take(Layout layout) throws IOException {
        Object key = key(layout.root());
        if (!HELD.add(key)) {
            throw new RootLockedException(layout.root().toString());
        }
        RootLock lock = null;
        try {
            requireRegularFile(layout);
            lock = lock(layout, key);
            return lock;
        } finally {
            if (lock == null) {
                HELD.remove(key);
            }
        }
    }

    /** Returns why the lock is not exclusive, and the root cannot be written; empty when it is. */
    String obstacle() {
        return obstacle;
    }

    /** Gives the lock up. */
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

    private static RootLock lock(Layout layout, Object key) {
        SteadyChannel foreign = FOREIGN.remove(key);
        try {
            SteadyChannel channel =
                    foreign != null ? foreign : SteadyChannel.openToLock(layout.lock(), Layout.ofFile(layout.lock()));
            lock(channel, false, layout, key);
            return new RootLock(key, channel, "");
        } catch (RootLockedException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            return sharedOrNone(layout, key, "its lock cannot be taken (" + layout.lock() + "): " + IoReason.of(e));
        }
    }

    /** A reader keeps writers out where it may; where it may not, it still reads. */
    private static RootLock sharedOrNone(Layout layout, Object key, String obstacle) {
        try {
            SteadyChannel channel = SteadyChannel.openToRead(layout.lock());
            lock(channel, true, layout, key);
            return new RootLock(key, channel, obstacle);
        } catch (RootLockedException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            return new RootLock(key, null, obstacle);
        }
    }

    private static void lock(SteadyChannel channel, boolean shared, Layout layout, Object key) throws IOException {
        boolean locked = false;
        boolean foreign = false;
        try {
            locked = channel.tryLock(shared) != null;
        } catch (OverlappingFileLockException e) {
            foreign = true;
            FOREIGN.put(key, channel);
        } finally {
            if (!locked && !foreign) {
                channel.close();
            }
        }
        if (!locked) {
            throw new RootLockedException(layout.root().toString());
        }
    }

    private static Object key(Path root) throws IOException {
        Object file = Files.readAttributes(root, BasicFileAttributes.class).fileKey();
        return file == null ? root : file;
    }

    /** Looks before it opens: the opening of a FIFO would wait for a reader, for ever. */
    private static void requireRegularFile(Layout layout) {
        Path file = layout.lock();
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new InvalidRootException(
                    layout.root().toString(), "its lock is no regular file (" + file + ")", null);
        }
    }
}
