package io.containerstatus.fs;

import io.containerstatus.UnreadableStatusException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The folder that a subscription follows, and not merely its path: another folder can take the path at any time.
 *
 * @param path the root, with all links resolved
 * @param key the identity of the folder, on Linux its device and its inode number; null where the file system has none
 */
record FollowedRootIdentity(Path path, @Nullable Object key) {

    /** Returns the identity of the folder that has this path now. */
    static FollowedRootIdentity of(Path path) throws IOException {
        return new FollowedRootIdentity(path, keyOf(path));
    }

    /**
     * Requires that the folder still has its path.
     *
     * @throws UnreadableStatusException if it has not, or if this cannot be found out
     */
    void require() {
        try {
            if (Objects.equals(key, keyOf(path))) {
                return;
            }
        } catch (IOException | RuntimeException e) {
            throw new UnreadableStatusException(path.toString(), IoReason.of(e), e);
        }
        throw anotherFolder();
    }

    /** Returns the failure for a folder that is known to be gone; a new folder may have got its inode number. */
    UnreadableStatusException gone() {
        try {
            require();
        } catch (UnreadableStatusException e) {
            return e;
        }
        return anotherFolder();
    }

    private UnreadableStatusException anotherFolder() {
        return new UnreadableStatusException(path.toString(), "another folder has taken its place", null);
    }

    private static @Nullable Object keyOf(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }
}
