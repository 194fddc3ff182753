package io.containerstatus.fs;

import java.time.Duration;

/**
 * The settings of a journal.
 *
 * @param segmentSize the length of one segment, in bytes
 * @param maxSegments how many segments there may be
 * @param filesWithin the longest time between a record and the write of its file, as long as the disk can keep up
 */
record JournalSettings(int segmentSize, int maxSegments, Duration filesWithin) {
    static final int DEFAULT_SEGMENT_SIZE = 8 << 20;
    static final int MAX_SEGMENTS = 16;
    static final Duration DEFAULT_FILES_WITHIN = Duration.ofSeconds(1);

    static final JournalSettings DEFAULT =
            new JournalSettings(DEFAULT_SEGMENT_SIZE, MAX_SEGMENTS, DEFAULT_FILES_WITHIN);

    /** Returns the size limit of a record, in bytes: a record must fit into an empty segment. */
    int maxRecord() {
        return segmentSize - JournalFormat.HEADER_SIZE;
    }
}
