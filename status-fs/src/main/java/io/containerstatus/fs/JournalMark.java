package io.containerstatus.fs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the lock file of a root says of its journal: which one holds statuses that may be newer than their files, if there is
 * one, and how far it goes. So the opening notices that a journal was removed, or was copied from another root.
 */
final class JournalMark {
    private static final String NONE = "journal none";
    private static final Pattern LINE = Pattern.compile("journal ([0-9a-f-]{36}) ([0-9]{1,18}) *\n");
    /** So short that a power cut leaves the line before or this one. */
    private static final int LENGTH = 64;

    private final UninterruptibleChannel lockFile;

    /** A journal, and the number of its newest segment, or of the one before, if that is being begun. */
    record Named(UUID journal, long segment) {
        @Override
        public String toString() {
            return "journal " + journal + " " + segment;
        }
    }

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
    Named read() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LENGTH);
        while (bytes.hasRemaining() && lockFile.read(bytes, bytes.position()) > 0) {
            // The kernel may give fewer bytes than it was asked for.
        }
        Matcher line = LINE.matcher(new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1));
        if (!line.lookingAt()) {
            return null;
        }
        try {
            return new Named(UUID.fromString(line.group(1)), Long.parseLong(line.group(2)));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Names a journal durably; null for none. */
    void write(@Nullable Named named) throws IOException {
        String line = named == null ? NONE : named.toString();
        lockFile.write((line + " ".repeat(LENGTH - 1 - line.length()) + "\n").getBytes(StandardCharsets.US_ASCII));
        lockFile.force();
    }
}
