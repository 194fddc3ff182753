package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.fs.JournalFormat.Entry;
import io.containerstatus.fs.JournalFormat.Header;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which records of a segment count, what is missing, and where the last write begins. */
class JournalScanTest {
    private static final int SIZE = 8192;
    /** The size of each record here. */
    private static final int RECORD = 48;

    private static final UUID JOURNAL = new UUID(1, 2);
    private static final Header HEADER = new Header(JOURNAL, 7, 6, 6, 11, SIZE, 10);

    private final ByteBuffer segment = JournalFormat.newBuffer(SIZE);

    JournalScanTest() {
        segment.put(JournalFormat.encode(HEADER));
    }

    private static Entry record(long sequence, long synced) {
        return new Entry(sequence, HEADER.number(), synced, "web-1", null);
    }

    private void append(Entry entry) {
        JournalFormat.encode(entry, segment);
    }

    private static int at(int record) {
        return JournalFormat.HEADER_SIZE + record * RECORD;
    }

    private void damage(int record) {
        segment.put(at(record) + 9, (byte) (segment.get(at(record) + 9) ^ 1));
    }

    private static Header next(long firstSequence, long synced) {
        return new Header(JOURNAL, 8, 7, 7, firstSequence, SIZE, synced);
    }

    private JournalScan scan(Header next, Long... sequences) {
        return scan(next, SIZE, sequences);
    }

    private JournalScan scan(Header next, int length, Long... sequences) {
        JournalScan scan = new JournalScan(
                HEADER, next, segment.duplicate().order(segment.order()).clear().limit(length));
        List<Long> found = new ArrayList<>();
        scan.run(entry -> found.add(entry.sequence()));
        assertThat(found).containsExactly(sequences);
        return scan;
    }

    @Test
    void aSegmentWithoutRecordsContinuesWhereItsHeaderSays() {
        JournalScan scan = scan(null);
        assertThat(scan.hasRecords()).isFalse();
        assertThat(scan.nextSequence()).isEqualTo(11);
        assertThat(scan.durable()).isEqualTo(10);
        assertThat(scan.damage()).isEmpty();
    }

    /** All records of one write name the same record as the last durable one. */
    @Test
    void theLastWriteBeginsWithTheFirstRecordThatNamesThePreviousWrite() {
        append(record(11, 10));
        append(record(12, 10));
        append(record(13, 12));
        append(record(14, 12));
        append(record(15, 12));
        JournalScan scan = scan(null, 11L, 12L, 13L, 14L, 15L);
        assertThat(scan.hasRecords()).isTrue();
        assertThat(scan.lastWriteAt()).isEqualTo(at(2));
        assertThat(scan.lastWrite()).isEqualTo(Arrays.copyOfRange(segment.array(), at(2), at(5)));
        assertThat(scan.nextSequence()).isEqualTo(16);
        assertThat(scan.durable()).isEqualTo(12);
    }

    @Test
    void theOnlyWriteIsTheLastOne() {
        append(record(11, 10));
        append(record(12, 10));
        JournalScan scan = scan(null, 11L, 12L);
        assertThat(scan.lastWriteAt()).isEqualTo(at(0));
        assertThat(scan.lastWrite()).hasSize(2 * RECORD);
    }

    @Test
    void theLastWriteEndsWithItsPaddingAlsoWhereTheFileEndsBefore() {
        append(record(11, 10));
        JournalScan scan = scan(null, at(1) - 2, 11L);
        assertThat(scan.lastWrite()).isEqualTo(Arrays.copyOfRange(segment.array(), at(0), at(1)));
    }

    @Test
    void aMissingRecordThatWasDurableIsDamage() {
        append(record(11, 10));
        append(record(12, 11));
        append(record(13, 12));
        damage(1);
        assertThat(scan(null, 11L, 13L).damage()).containsExactly(new JournalScan.Gap(12, 12));
    }

    @Test
    void aMissingRecordOfTheLastWriteIsNoDamage() {
        append(record(11, 10));
        append(record(12, 11));
        append(record(13, 11));
        damage(1);
        assertThat(scan(null, 11L, 13L).damage()).isEmpty();
    }

    @Test
    void recordsThatTheNextSegmentDoesNotCountAreLeftOut() {
        append(record(11, 10));
        append(record(12, 11));
        append(record(13, 12));
        JournalScan scan = scan(next(13, 12), 11L, 12L);
        assertThat(scan.nextSequence()).isEqualTo(13);
        assertThat(scan.damage()).isEmpty();
    }

    @Test
    void theNextSegmentSaysHowManyRecordsThereWere() {
        append(record(11, 10));
        append(record(12, 11));
        append(record(13, 12));
        damage(2);
        assertThat(scan(next(14, 12), 11L, 12L).damage()).isEmpty();
        assertThat(scan(next(14, 13), 11L, 12L).damage()).containsExactly(new JournalScan.Gap(13, 13));
    }

    @Test
    void recordsOfAnEarlierUseOfTheFileDoNotCount() {
        append(record(11, 10));
        append(new Entry(12, HEADER.number() - 1, 11, "web-1", null));
        append(record(10, 9));
        append(new Entry(12, HEADER.number(), 11, "../web", null));
        assertThat(scan(null, 11L).nextSequence()).isEqualTo(12);
    }
}
