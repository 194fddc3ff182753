package io.containerstatus.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The minimum cost of a durable record: one write of as many bytes as the journal writes for one status, into
 * a file that already has its length, and one sync of its data. No journal can be faster. For one thread.
 */
final class BareAppend implements AutoCloseable {
    /** How many bytes of a record precede its id. */
    private static final int BEFORE_ID = 40;

    private static final int SEQUENCE_AT = 8;
    private static final byte[] ID = HeldStatuses.id(0).getBytes(StandardCharsets.US_ASCII);
    private static final int FILE_SIZE = 8 << 20;
    private static final int ZEROS = 1 << 20;

    private final FileChannel file;
    private final ChangingDocument document = new ChangingDocument();
    private final ByteBuffer record;
    private long sequence;
    private long position;

    /** Creates the file in this folder, full of zeros, and syncs it. */
    BareAppend(Path folder) throws IOException {
        record = ByteBuffer.allocateDirect(BEFORE_ID + ID.length + document.next().length)
                .order(ByteOrder.LITTLE_ENDIAN);
        record.put(BEFORE_ID, ID);
        file = FileChannel.open(
                folder.resolve("appended"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        for (long at = 0; at < FILE_SIZE; at += ZEROS) {
            write(ByteBuffer.allocate(ZEROS), at);
        }
        file.force(true);
    }

    /** Appends the next record durably. After the end of the file, continues at its beginning. */
    void append() throws IOException {
        record.clear().putLong(SEQUENCE_AT, ++sequence).put(BEFORE_ID + ID.length, document.next());
        if (position + record.capacity() > FILE_SIZE) {
            position = 0;
        }
        write(record, position);
        file.force(false);
        position += record.capacity();
    }

    /** Returns the record that was written last. */
    ByteBuffer last() throws IOException {
        ByteBuffer read = ByteBuffer.allocate(record.capacity()).order(ByteOrder.LITTLE_ENDIAN);
        file.read(read, position - record.capacity());
        return read.flip();
    }

    private void write(ByteBuffer bytes, long at) throws IOException {
        long next = at;
        while (bytes.hasRemaining()) {
            next += file.write(bytes, next);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
