package io.containerstatus.fs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One file of a journal, of a fixed length. Used only by the thread that has the turn to commit, except for the
 * dirty count, which is guarded by the lock of {@link JournalBehind}.
 */
final class JournalSegment implements Closeable {
    private final Path file;
    private @Nullable UninterruptibleChannel channel;
    private long number;
    private int position = JournalFormat.HEADER_SIZE;
    /** How many containers have their newest record here, and not yet in their file. */
    private int dirty;

    private JournalSegment(Path file, long number) {
        this.file = file;
        this.number = number;
    }

    /** Returns an existing file. Its number is 0 if none of its records count. */
    static JournalSegment existing(Path file, long number) {
        return new JournalSegment(file, number);
    }

    /**
     * Creates a file full of zeros, durably. Later writes into it then change no metadata, so that each sync
     * costs one flush of the disk. After a failure, the file is removed again.
     */
    static JournalSegment create(Path file, int size) throws IOException {
        Files.deleteIfExists(file);
        UninterruptibleChannel channel = null;
        try {
            channel = UninterruptibleChannel.create(file, Layout.ofFile(file));
            ByteBuffer zeros = ByteBuffer.allocate(Math.min(size, 1 << 20));
            for (int at = 0; at < size; at += zeros.capacity()) {
                channel.write(zeros.clear().limit(Math.min(zeros.capacity(), size - at)), at);
            }
            channel.force();
            JournalSegment segment = new JournalSegment(file, 0);
            segment.channel = channel;
            return segment;
        } catch (IOException | RuntimeException | Error failure) {
            SuppressingCleanup.close(channel, failure);
            SuppressingCleanup.deleteIfExists(file, failure);
            throw failure;
        }
    }

    /** Begins the segment again under another number, durably. Its old records do not count from then on. */
    void begin(JournalFormat.Header header) throws IOException {
        UninterruptibleChannel open = channel;
        if (open == null) {
            open = UninterruptibleChannel.openToWrite(file);
            channel = open;
        }
        open.write(JournalFormat.encode(header), 0);
        // The header is synced before the first record is written. That record may overwrite an old record, which
        // must not count by then.
        open.forceData();
        number = header.number();
        position = JournalFormat.HEADER_SIZE;
    }

    /** Appends records, durably. After a failure, nothing may be appended to this segment any more. */
    void append(ByteBuffer records) throws IOException {
        int length = records.remaining();
        UninterruptibleChannel open = channel;
        if (open == null) {
            throw new IOException("the segment was not begun");
        }
        open.write(records, position);
        open.forceData();
        position += length;
    }

    int position() {
        return position;
    }

    Path file() {
        return file;
    }

    long number() {
        return number;
    }

    int dirty() {
        return dirty;
    }

    void addDirty(int count) {
        dirty += count;
    }

    @Override
    public void close() throws IOException {
        UninterruptibleChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }
}
