package io.containerstatus.fs;

import io.containerstatus.ContainerIds;
import io.containerstatus.fs.JournalFormat.Entry;
import io.containerstatus.fs.JournalFormat.Header;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Scans the bytes of one segment, and finds the records that count. This class is not threadsafe.
 *
 * <p>If no complete record begins at a position, the scan skips it and continues behind it. Missing records are
 * damage if a later record, or the next segment, says that they were durable once. Otherwise, they belong to a
 * write that a crash has cut, and whose success was never reported.
 */
final class JournalScan {
    private final Header header;
    /** The first sequence number that does not count. */
    private final long end;

    private final ByteBuffer bytes;
    private final List<Gap> gaps = new ArrayList<>();
    private long expected;
    /** The sequence number up to which all records are known to have been durable. */
    private long durable;
    /** The sequence number of the previous write's last record; 0 if it is unknown. */
    private long writeBefore;

    private int lastWriteAt;
    private int recordsEnd;

    /** A range of missing sequence numbers, with the first and the last of them. */
    record Gap(long first, long last) {}

    /**
     * Prepares a scan.
     *
     * @param next the header of the next segment that counts; null if this segment is the newest
     * @param bytes the segment from its beginning
     */
    JournalScan(Header header, @Nullable Header next, ByteBuffer bytes) {
        this.header = header;
        this.bytes = bytes;
        this.end = next == null ? Long.MAX_VALUE : next.firstSequence();
        this.durable = next == null ? header.synced() : Math.min(next.synced(), end - 1);
        this.expected = header.firstSequence();
        this.lastWriteAt = JournalFormat.HEADER_SIZE;
    }

    /** Passes each record that counts to the listener, in order. */
    void run(Consumer<Entry> listener) {
        int limit = endOfContent();
        int at = JournalFormat.HEADER_SIZE;
        while (at < limit) {
            Entry entry = JournalFormat.decode(bytes, at);
            if (entry == null) {
                at += JournalFormat.ALIGNMENT;
                continue;
            }
            if (counts(entry)) {
                if (entry.sequence() >= end) {
                    break;
                }
                found(entry, at);
                listener.accept(entry);
            }
            // Also skips a complete record of an earlier use of the file: no newer record begins inside it.
            at += entry.size();
        }
        if (end != Long.MAX_VALUE && expected < end) {
            gaps.add(new Gap(expected, end - 1));
        }
    }

    private boolean counts(Entry entry) {
        return entry.segment() == header.number() && entry.sequence() >= expected && ContainerIds.isValid(entry.id());
    }

    private void found(Entry entry, int at) {
        if (entry.sequence() > expected) {
            gaps.add(new Gap(expected, entry.sequence() - 1));
        }
        if (entry.synced() > writeBefore) {
            // All records of one write name the last record of the previous write.
            writeBefore = entry.synced();
            lastWriteAt = at;
        }
        durable = Math.max(durable, entry.synced());
        expected = entry.sequence() + 1;
        recordsEnd = at + entry.size();
    }

    /** Returns where the zeros begin that were never overwritten. No record ends with eight zero bytes. */
    private int endOfContent() {
        int limit = bytes.limit() & -JournalFormat.ALIGNMENT;
        while (limit > 0 && bytes.getLong(limit - JournalFormat.ALIGNMENT) == 0) {
            limit -= JournalFormat.ALIGNMENT;
        }
        return limit;
    }

    boolean hasRecords() {
        return recordsEnd > 0;
    }

    /** Returns the sequence number of the next record. */
    long nextSequence() {
        return end == Long.MAX_VALUE ? expected : end;
    }

    /** Returns the sequence number up to which everything is known to have been durable. */
    long durable() {
        return durable;
    }

    /** Returns the sequence numbers that are missing although they were durable once. */
    List<Gap> damage() {
        return gaps.stream()
                .filter(gap -> gap.first() <= durable)
                .map(gap -> new Gap(gap.first(), Math.min(gap.last(), durable)))
                .toList();
    }

    /** Returns the position in the file of the last write that has a record. */
    int lastWriteAt() {
        return lastWriteAt;
    }

    /** Returns a copy of the bytes of the last write, up to its last complete record. */
    byte[] lastWrite() {
        byte[] copy = new byte[recordsEnd - lastWriteAt];
        // The file may end within the padding of the last record.
        bytes.get(lastWriteAt, copy, 0, Math.min(copy.length, bytes.limit() - lastWriteAt));
        return copy;
    }
}
