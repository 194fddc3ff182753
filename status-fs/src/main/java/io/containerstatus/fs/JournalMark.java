package io.containerstatus.fs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the lock file of a root says of its journal: which one holds statuses that may be newer than their files, if there is
 * one. So the opening notices that a journal was removed, or was copied from another root.
 */
final class JournalMark {
    private static final String PREFIX = "journal ";
    private static final String NONE = "none";
    private static final int ID_LENGTH = 36;
    /** So short that a power cut leaves the one or the other. */
    private static final int LENGTH = PREFIX.length() + ID_LENGTH + 1;

    private final UninterruptibleChannel lockFile;

    /**
     * Prepares to read and write it.
     *
     * @param lockFile the channel that holds the lock: to close another one would give the lock up
     */
    JournalMark(UninterruptibleChannel lockFile) {
        this.lockFile = lockFile;
    }

    /** Returns the journal that is named; null if none is, and if the lock file holds something else. */
    @Nullable
    UUID read() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LENGTH);
        while (bytes.hasRemaining() && lockFile.read(bytes, bytes.position()) > 0) {
            // The kernel may give fewer bytes than it was asked for.
        }
        String line = new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1).strip();
        if (!line.startsWith(PREFIX)) {
            return null;
        }
        try {
            return UUID.fromString(line.substring(PREFIX.length()));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Names a journal durably; null for none. */
    void write(@Nullable UUID journal) throws IOException {
        String line = PREFIX + (journal == null ? NONE : journal);
        lockFile.write((line + " ".repeat(LENGTH - 1 - line.length()) + "\n").getBytes(StandardCharsets.US_ASCII));
        lockFile.force();
    }
}
