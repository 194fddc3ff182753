package io.containerstatus.fs;

import java.time.Duration;

/**
 * How a journal is kept.
 *
 * @param segmentSize the length of one segment, in bytes
 * @param maxSegments how many segments there may be
 * @param filesWithin how long after a record its file is to be written, at most, as long as the disk can keep up
 */
record JournalSettings(int segmentSize, int maxSegments, Duration filesWithin) {
    static final int DEFAULT_SEGMENT_SIZE = 8 << 20;
    static final int MAX_SEGMENTS = 16;
    static final Duration DEFAULT_FILES_WITHIN = Duration.ofSeconds(1);

    static final JournalSettings DEFAULT =
            new JournalSettings(DEFAULT_SEGMENT_SIZE, MAX_SEGMENTS, DEFAULT_FILES_WITHIN);

    /** Returns how many bytes the largest record may take: it has to fit into an empty segment. */
    int maxRecord() {
        return segmentSize - JournalFormat.HEADER_SIZE;
    }
}
