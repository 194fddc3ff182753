package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The same steps as in the library, in a few lines, so that tests can break them one at a time. It writes no
 * file: everything stays in the journal. If a segment failed or is full, a new one follows.
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
            sync(segment);
        } catch (IOException e) {
            giveUp(length);
            throw e;
        }
        pass(length);
    }

    /** Makes the record durable. */
    void sync(UninterruptibleChannel segment) throws IOException {
        segment.forceData();
    }

    /** Never appends to the segment again. */
    void giveUp(int length) {
        current = null;
    }

    /** Continues behind the last record. */
    final void pass(int length) {
        position += length;
        sequence++;
    }

    private UninterruptibleChannel begin() throws IOException {
        number++;
        long oldest = Math.max(1, number - files() + 1);
        Path file = layout.journal((int) ((number - 1) % files()));
        begin(file, new JournalFormat.Header(JOURNAL, number, number - 1, oldest, sequence, size, sequence - 1));
        position = JournalFormat.HEADER_SIZE;
        current = UninterruptibleChannel.openToWrite(file);
        return current;
    }

    /** Returns the number of segments before the first one is used again: so many that none is. */
    int files() {
        return 100;
    }

    /** Begins a segment, and then names the journal in the root. */
    void begin(Path file, JournalFormat.Header header) throws IOException {
        beginSegment(file, header);
        nameJournal();
    }

    final void beginSegment(Path file, JournalFormat.Header header) throws IOException {
        boolean isThere = Files.exists(file);
        try (JournalSegment segment = isThere ? JournalSegment.existing(file, 0) : JournalSegment.create(file, size)) {
            UninterruptibleChannel.syncFolder(layout.root(), FolderSync.REQUIRED);
            segment.begin(header);
        }
    }

    final void nameJournal() throws IOException {
        try (UninterruptibleChannel lockFile = UninterruptibleChannel.openToLock(layout.lock())) {
            new JournalMark(lockFile).write(new JournalMark.Named(JOURNAL, number));
        }
        UninterruptibleChannel.syncFolder(layout.root(), FolderSync.REQUIRED);
    }

    @Override
    public void close() {}
}
