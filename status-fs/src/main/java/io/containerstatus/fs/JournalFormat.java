package io.containerstatus.fs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a journal, as in docs/journal-format.md: a segment is a header of {@link #HEADER_SIZE} bytes,
 * followed by records. Each record begins at a multiple of {@link #ALIGNMENT}. All numbers are little-endian.
 */
final class JournalFormat {
    /** The version that is written, and the only version that is read. */
    static final int VERSION = 1;

    /** The position of the first record. The header is a block of its own, which no write of records touches. */
    static final int HEADER_SIZE = 4096;

    static final int ALIGNMENT = 8;

    static final long MAX_SEGMENT_SIZE = 1 << 30;

    /** The size of a record without its id and its document. */
    static final int RECORD_OVERHEAD = 40;

    private static final byte[] MAGIC = "STATUSJ\n".getBytes(StandardCharsets.US_ASCII);
    /** The length of the header's fields, including its checksum; the rest of the block is zero. */
    private static final int HEADER_LENGTH = 80;

    private static final byte WRITTEN = 1;
    private static final byte DELETED = 2;

    private JournalFormat() {}

    /**
     * The header of a segment.
     *
     * @param journal the id of its journal
     * @param number its number, higher than that of every earlier segment
     * @param previous the number of the previous segment; 0 for the first one
     * @param oldest the number of the oldest segment whose records count; its own number if no earlier records count
     * @param firstSequence the sequence number of its first record. In earlier segments, records with this
     *     number or a higher one do not count
     * @param size its length in bytes
     * @param synced the sequence number up to which everything in the earlier segments is known to have been
     *     durable. Lower than {@code firstSequence - 1} if there was a crash before
     */
    record Header(UUID journal, long number, long previous, long oldest, long firstSequence, long size, long synced) {
        /** Returns whether a writer can have written these values. */
        boolean isConsistent() {
            return previous >= 0
                    && previous < number
                    && oldest > 0
                    && oldest <= number
                    && synced >= 0
                    && synced < firstSequence
                    && size > HEADER_SIZE
                    && size <= MAX_SEGMENT_SIZE;
        }
    }

    /**
     * One record.
     *
     * @param sequence its number in the journal
     * @param segment the number of its segment
     * @param synced the sequence number up to which everything was durable when this record was written
     * @param id the container
     * @param document the new status, encoded as in its file; null for a deletion
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Entry(long sequence, long segment, long synced, String id, byte @Nullable [] document) {
        /** Returns the size of the record in its segment, in bytes. */
        int size() {
            return recordSize(id, document);
        }
    }

    /** The reason why the header of a segment cannot be read. */
    static final class UnreadableHeader extends Exception {
        private static final long serialVersionUID = 1L;

        /** Whether a newer version of this library has written it. */
        private final boolean newer;

        private UnreadableHeader(String message, boolean newer) {
            super(message, null, false, false);
            this.newer = newer;
        }

        boolean isNewer() {
            return newer;
        }
    }

    static ByteBuffer newBuffer(int capacity) {
        return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Returns the size of a record in its segment, in bytes: a multiple of {@link #ALIGNMENT}. Ids are ASCII. */
    static int recordSize(String id, byte @Nullable [] document) {
        return aligned(RECORD_OVERHEAD + id.length() + (document == null ? 0 : document.length));
    }

    private static int aligned(int length) {
        return (length + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** Returns the block that encodes a header. */
    static ByteBuffer encode(Header header) {
        ByteBuffer block = newBuffer(HEADER_SIZE);
        block.put(MAGIC);
        block.putInt(0); // Replaced by the checksum below.
        block.putInt(VERSION);
        block.putLong(header.journal().getMostSignificantBits());
        block.putLong(header.journal().getLeastSignificantBits());
        block.putLong(header.number());
        block.putLong(header.previous());
        block.putLong(header.oldest());
        block.putLong(header.firstSequence());
        block.putLong(header.size());
        block.putLong(header.synced());
        block.putInt(MAGIC.length, checksum(block, MAGIC.length + Integer.BYTES, HEADER_LENGTH));
        return block.rewind();
    }

    /** Reads a header from the beginning of the buffer. */
    static Header decodeHeader(ByteBuffer block) throws UnreadableHeader {
        if (block.limit() < HEADER_SIZE) {
            throw new UnreadableHeader("it is shorter than a header", false);
        }
        for (int i = 0; i < MAGIC.length; i++) {
            if (block.get(i) != MAGIC[i]) {
                throw new UnreadableHeader("it does not begin with the header of a journal", false);
            }
        }
        int version = block.getInt(MAGIC.length + Integer.BYTES);
        if (block.getInt(MAGIC.length) != checksum(block, MAGIC.length + Integer.BYTES, HEADER_LENGTH)) {
            throw new UnreadableHeader("the checksum of its header does not match", false);
        }
        if (version != VERSION) {
            throw new UnreadableHeader(
                    "it has the version " + version + ", and " + VERSION + " is the newest known", true);
        }
        Header header = new Header(
                new UUID(block.getLong(16), block.getLong(24)),
                block.getLong(32),
                block.getLong(40),
                block.getLong(48),
                block.getLong(56),
                block.getLong(64),
                block.getLong(72));
        if (!header.isConsistent()) {
            throw new UnreadableHeader("its fields are inconsistent: " + header, false);
        }
        return header;
    }

    /** Appends a record to the buffer, and zeros up to the next multiple of the alignment. */
    static void encode(Entry entry, ByteBuffer buffer) {
        int start = buffer.position();
        byte[] document = entry.document();
        byte[] id = entry.id().getBytes(StandardCharsets.US_ASCII);
        int length = RECORD_OVERHEAD + id.length + (document == null ? 0 : document.length);
        buffer.putInt(0); // Replaced by the checksum below.
        buffer.putInt(length);
        buffer.putLong(entry.sequence());
        buffer.putLong(entry.segment());
        buffer.putLong(entry.synced());
        buffer.put(document == null ? DELETED : WRITTEN);
        buffer.put((byte) id.length);
        buffer.putShort((short) 0);
        buffer.putInt(document == null ? 0 : document.length);
        buffer.put(id);
        if (document != null) {
            buffer.put(document);
        }
        buffer.putInt(start, checksum(buffer, start + Integer.BYTES, start + length));
        while (buffer.position() % ALIGNMENT != 0) {
            buffer.put((byte) 0);
        }
    }

    /**
     * Reads the record at this position of the buffer.
     *
     * @return null if no complete record begins there
     */
    static @Nullable Entry decode(ByteBuffer buffer, int start) {
        if (buffer.limit() - start < RECORD_OVERHEAD) {
            return null;
        }
        int length = buffer.getInt(start + 4);
        int idLength = buffer.get(start + 33) & 0xff;
        int documentLength = buffer.getInt(start + 36);
        if (documentLength < 0
                || length != (long) RECORD_OVERHEAD + idLength + documentLength
                || length > buffer.limit() - start
                || buffer.getInt(start) != checksum(buffer, start + Integer.BYTES, start + length)) {
            return null;
        }
        byte kind = buffer.get(start + 32);
        if (kind != WRITTEN && (kind != DELETED || documentLength != 0)) {
            return null;
        }
        byte[] id = new byte[idLength];
        buffer.get(start + RECORD_OVERHEAD, id);
        byte[] document = null;
        if (kind == WRITTEN) {
            document = new byte[documentLength];
            buffer.get(start + RECORD_OVERHEAD + idLength, document);
        }
        return new Entry(
                buffer.getLong(start + 8),
                buffer.getLong(start + 16),
                buffer.getLong(start + 24),
                new String(id, StandardCharsets.US_ASCII),
                document);
    }

    private static int checksum(ByteBuffer buffer, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(from, to - from));
        return (int) crc.getValue();
    }
}
