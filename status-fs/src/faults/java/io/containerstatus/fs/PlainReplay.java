package io.containerstatus.fs;

import io.containerstatus.fs.JournalFormat.Entry;
import io.containerstatus.fs.JournalFormat.Header;
import io.containerstatus.fs.JournalFormat.UnreadableHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of a journal as the library does, in a few lines, so that tests can break the steps one at a time.
 */
class PlainReplay {
    /** What the newest record of each container says. */
    final Map<String, String> newest = new TreeMap<>();

    boolean reportsDamage;

    /** Reads segments whose headers are complete. */
    void read(Collection<byte[]> segments) throws UnreadableHeader {
        TreeMap<Long, byte[]> byNumber = new TreeMap<>();
        for (byte[] one : segments) {
            byNumber.put(header(one).number(), one);
        }
        byNumber.headMap(header(byNumber.lastEntry().getValue()).oldest()).clear();
        for (Map.Entry<Long, byte[]> one : byNumber.entrySet()) {
            Map.Entry<Long, byte[]> next = byNumber.higherEntry(one.getKey());
            readRecords(one.getValue(), next == null ? null : header(next.getValue()));
        }
    }

    private static ByteBuffer buffer(byte[] segment) {
        return ByteBuffer.wrap(segment).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Header header(byte[] segment) throws UnreadableHeader {
        return JournalFormat.decodeHeader(buffer(segment));
    }

    private void readRecords(byte[] segment, @Nullable Header next) throws UnreadableHeader {
        ByteBuffer bytes = buffer(segment);
        Header header = header(segment);
        long expected = header.firstSequence();
        long missing = Long.MAX_VALUE;
        long synced = next == null ? 0 : next.synced();
        int at = JournalFormat.HEADER_SIZE;
        while (at < bytes.limit()) {
            Entry entry = decode(bytes, at);
            if (entry == null || !isOf(header, entry) || !follows(entry, expected)) {
                if (stops()) {
                    break;
                }
                at += JournalFormat.ALIGNMENT;
                continue;
            }
            if (next != null && isBeyond(next, entry)) {
                break;
            }
            if (entry.sequence() > expected) {
                missing = Math.min(missing, expected);
            }
            byte[] document = entry.document();
            newest.put(entry.id(), document == null ? "" : new String(document, StandardCharsets.UTF_8));
            synced = Math.max(synced, entry.synced());
            expected = entry.sequence() + 1;
            at += entry.size();
        }
        if (next != null && expected < next.firstSequence()) {
            missing = Math.min(missing, expected);
        }
        reportsDamage |= missing <= synced && !stops();
    }

    @Nullable
    Entry decode(ByteBuffer bytes, int at) {
        return JournalFormat.decode(bytes, at);
    }

    boolean isOf(Header header, Entry entry) {
        return entry.segment() == header.number();
    }

    boolean follows(Entry entry, long expected) {
        return entry.sequence() >= expected;
    }

    /**
     * Returns whether the record was reported as indeterminate: the next segment has another record with this number.
     */
    boolean isBeyond(Header next, Entry entry) {
        return entry.sequence() >= next.firstSequence();
    }

    /** Returns whether nothing counts behind bytes that are no record. */
    boolean stops() {
        return false;
    }
}
