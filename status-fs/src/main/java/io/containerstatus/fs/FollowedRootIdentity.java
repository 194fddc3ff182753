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
 * The identity of the folder that a subscription follows. The path alone is not enough: another folder can
 * take it at any time.
 *
 * @param path the root, with all links resolved
 * @param key the identity of the folder, on Linux its device and inode numbers; null if the file system has none
 */
record FollowedRootIdentity(Path path, @Nullable Object key) {

    /** Returns the identity of the folder that the path leads to now. */
    static FollowedRootIdentity of(Path path) throws IOException {
        return new FollowedRootIdentity(path, keyOf(path));
    }

    /**
     * Checks that the path still leads to the same folder.
     *
     * @throws UnreadableStatusException if it does not, or if that cannot be determined
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

    /**
     * Returns the failure for a folder that is known to be gone, even if a new folder at its path has
     * got its inode number.
     */
    UnreadableStatusException gone() {
        try {
            require();
        } catch (UnreadableStatusException e) {
            return e;
        }
        return anotherFolder();
    }

    private UnreadableStatusException anotherFolder() {
        return new UnreadableStatusException(path.toString(), "its path leads to another folder now", null);
    }

    private static @Nullable Object keyOf(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }
}
