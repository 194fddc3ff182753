package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The same steps as the library's, in a few lines, to be spoilt one at a time. It writes no file: everything stays in the
 * journal. A segment that failed, or is full, is followed by a new one.
 */
class PlainJournal implements Writer {
    private static final UUID JOURNAL = new UUID(1, 2);

    private final Layout layout;
    private final int size;
    private @Nullable UninterruptibleChannel current;
    private int position;
    private long number;
    private long sequence = 1;

    PlainJournal(Path root, int size) {
        this.layout = new Layout(root);
        this.size = size;
    }

    @Override
    public void open() {}

    @Override
    public void write(String id, Status status) throws IOException {
        append(id, StatusCodec.encode(status));
    }

    @Override
    public void delete(String id) throws IOException {
        append(id, null);
    }

    private void append(String id, byte @Nullable [] document) throws IOException {
        int length = JournalFormat.recordSize(id, document);
        UninterruptibleChannel segment = current;
        if (segment == null || position + length > size) {
            segment = begin();
        }
        ByteBuffer record = JournalFormat.newBuffer(length);
        JournalFormat.encode(new JournalFormat.Entry(sequence, number, sequence - 1, id, document), record);
        try {
            segment.write(record.flip(), position);
            segment.forceData();
        } catch (IOException e) {
            giveUp(length);
            throw e;
        }
        pass(length);
    }

    /** Never appends to the segment again. */
    void giveUp(int length) {
        current = null;
    }

    /** Goes on behind the last record. */
    final void pass(int length) {
        position += length;
        sequence++;
    }

    private UninterruptibleChannel begin() throws IOException {
        Path file = layout.journal((int) number);
        number++;
        try (JournalSegment segment = JournalSegment.create(file, size)) {
            UninterruptibleChannel.syncFolder(layout.root(), FolderSync.REQUIRED);
            segment.begin(new JournalFormat.Header(JOURNAL, number, number - 1, 1, sequence, size, sequence - 1));
        }
        try (UninterruptibleChannel lockFile = UninterruptibleChannel.openToLock(layout.lock())) {
            new JournalMark(lockFile).write(JOURNAL);
        }
        UninterruptibleChannel.syncFolder(layout.root(), FolderSync.REQUIRED);
        position = JournalFormat.HEADER_SIZE;
        current = UninterruptibleChannel.openToWrite(file);
        return current;
    }

    @Override
    public void close() {}
}
