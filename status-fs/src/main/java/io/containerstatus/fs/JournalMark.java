package io.containerstatus.fs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The line in the lock file that names the root's journal: which journal holds statuses that may be newer than
 * their files, if there is one, and its newest segment. So the opening detects that a journal was removed, or
 * was copied from another root.
 */
final class JournalMark {
    private static final String NONE = "journal none";
    private static final Pattern LINE = Pattern.compile("journal ([0-9a-f-]{36}) ([0-9]{1,18}) *\n");
    /** The length of the line. It is so short that a power cut leaves either the previous line or the new one. */
    private static final int LENGTH = 64;

    private final UninterruptibleChannel lockFile;

    /** A journal, and the number of its newest segment, or of the previous one while the newest is being begun. */
    record Named(UUID journal, long segment) {
        @Override
        public String toString() {
            return "journal " + journal + " " + segment;
        }
    }

    /**
     * Prepares to read and write the line.
     *
     * @param lockFile the channel that holds the lock, because closing another one would release the lock
     */
    JournalMark(UninterruptibleChannel lockFile) {
        this.lockFile = lockFile;
    }

    /** Returns the journal that is named; null if none is, or if the lock file holds something else. */
    @Nullable
    Named read() throws IOException {
        Matcher line = LINE.matcher(line());
        if (!line.lookingAt()) {
            return null;
        }
        try {
            return new Named(UUID.fromString(line.group(1)), Long.parseLong(line.group(2)));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Returns whether the line says that there is no journal, rather than being absent. */
    boolean saysNone() throws IOException {
        return line().equals(padded(NONE));
    }

    private String line() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LENGTH);
        lockFile.readFromStart(bytes);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    }

    private static String padded(String line) {
        return line + " ".repeat(LENGTH - 1 - line.length()) + "\n";
    }

    /** Names a journal durably; null for none. */
    void write(@Nullable Named named) throws IOException {
        String line = padded(named == null ? NONE : named.toString());
        lockFile.write(line.getBytes(StandardCharsets.US_ASCII));
        lockFile.force();
    }
}
