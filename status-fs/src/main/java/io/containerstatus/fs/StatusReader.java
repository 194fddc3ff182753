package io.containerstatus.fs;

import io.containerstatus.CorruptStatusException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusException;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.UnsupportedVersionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads a container's status. Follows no link below the root, and changes nothing. */
final class StatusReader {
    /** The default limit of a file, in bytes. */
    static final int DEFAULT_MAX_FILE_SIZE = 1 << 20;

    /** The size of the first buffer, in bytes. A larger status takes some more reads. */
    private static final int USUAL_FILE_SIZE = 4096;

    /** Leaves room for the header of an array in the virtual machine, and for one byte more than allowed. */
    private static final int LARGEST_FILE_SIZE = Integer.MAX_VALUE - 16;

    private final Layout layout;
    private final int maxFileSize;

    StatusReader(Layout layout, int maxFileSize) {
        this.layout = layout;
        this.maxFileSize = maxFileSize;
    }

    /** Returns the setting if it is in range. */
    static int requireMaxFileSize(long maxFileSize) {
        if (maxFileSize < 1 || maxFileSize > LARGEST_FILE_SIZE) {
            throw new IllegalArgumentException(
                    "maxFileSize " + maxFileSize + " is not in 1.." + LARGEST_FILE_SIZE + " bytes");
        }
        return (int) maxFileSize;
    }

    /** Returns the status; null if the container has none. */
    @Nullable
    Status read(String id) {
        Path folder = layout.folder(id);
        try {
            requireFolder(folder);
        } catch (NoSuchFileException e) {
            return null;
        } catch (StatusException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw unreadable(layout.status(folder), e);
        }
        return readIn(folder, newBuffer());
    }

    /** Returns a buffer for {@link #readIn}. */
    ByteBuffer newBuffer() {
        return ByteBuffer.allocate(Math.min(maxFileSize, USUAL_FILE_SIZE) + 1);
    }

    /**
     * Returns the status in an existing folder; null if there is none.
     *
     * @param buffer from {@link #newBuffer}; its contents are overwritten
     */
    @Nullable
    Status readIn(Path folder, ByteBuffer buffer) {
        Path file = layout.status(folder);
        try {
            requireRegularFile(file);
            return decode(file, bytes(file, buffer.clear()));
        } catch (NoSuchFileException e) {
            return null;
        } catch (StatusException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw unreadable(file, e);
        }
    }

    private static UnreadableStatusException unreadable(Path file, Exception e) {
        return new UnreadableStatusException(file.toString(), IoReason.of(e), e);
    }

    private void requireFolder(Path folder) throws IOException {
        BasicFileAttributes attributes = attributes(folder);
        if (!attributes.isDirectory()) {
            throw new UnreadableStatusException(
                    folder.toString(), "it is " + FileIdentity.kind(attributes) + ", not a folder", null);
        }
    }

    /** Checks the file before opening it: opening a FIFO would wait for a writer forever. */
    private void requireRegularFile(Path file) throws IOException {
        BasicFileAttributes attributes = attributes(file);
        if (!attributes.isRegularFile()) {
            throw new UnreadableStatusException(
                    file.toString(), "it is " + FileIdentity.kind(attributes) + ", not a regular file", null);
        }
        if (attributes.size() > maxFileSize) {
            throw tooLarge(file, attributes.size() + " bytes");
        }
    }

    private byte[] bytes(Path file, ByteBuffer first) throws IOException {
        try (UninterruptibleChannel channel = UninterruptibleChannel.openToRead(file)) {
            ByteBuffer buffer = first;
            while (channel.read(buffer, buffer.position()) >= 0) {
                if (buffer.position() > maxFileSize) {
                    throw tooLarge(file, "more than " + maxFileSize + " bytes");
                }
                if (!buffer.hasRemaining()) {
                    // Reads again from the beginning: few statuses are so large, and the file is in the cache now.
                    buffer = ByteBuffer.allocate((int) Math.min(maxFileSize + 1L, buffer.capacity() * 2L));
                }
            }
            return Arrays.copyOf(buffer.array(), buffer.position());
        }
    }

    private UnreadableStatusException tooLarge(Path file, String size) {
        return new UnreadableStatusException(
                file.toString(), "it holds " + size + ", and at most " + maxFileSize + " are read", null);
    }

    private static Status decode(Path file, byte[] document) {
        try {
            return StatusCodec.decode(document);
        } catch (CorruptStatusException e) {
            throw e.at(file.toString());
        } catch (UnsupportedVersionException e) {
            throw e.at(file.toString());
        }
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}
