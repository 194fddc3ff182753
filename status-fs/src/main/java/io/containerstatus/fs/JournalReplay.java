package io.containerstatus.fs;

import io.containerstatus.InvalidRootException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusException;
import io.containerstatus.fs.JournalFormat.Entry;
import io.containerstatus.fs.JournalFormat.Header;
import io.containerstatus.spi.StatusCheckpoints.Found;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a journal: the newest record of each container. Changes no file while reading. This class is not threadsafe.
 *
 * <p>The segments that count form a chain: the header of each segment names the previous segment, and the newest
 * header says which segment is the oldest one. In a segment, records count only if their sequence numbers are
 * lower than the first one of the next segment: the writes of all others were reported as indeterminate.
 */
final class JournalReplay {
    /**
     * The newest record of a container.
     *
     * @param segment the number of its segment
     * @param status the status; null if the container was deleted
     */
    record Newest(long segment, @Nullable Status status) {}

    /** Records durably which journal holds statuses that may be newer than their files; null for none. */
    @FunctionalInterface
    interface Marking {
        void mark(JournalMark.@Nullable Named journal) throws IOException;
    }

    /** A segment that was found. */
    record Segment(Path file, Header header) {}

    /** A record that counts, and its segment. */
    private record Located(Segment segment, Entry entry) {}

    /** The last write that was found. Only this write may not be durable. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record LastWrite(Path file, int position, byte[] bytes) {}

    private final Path folder;
    private final Consumer<Located> listener;
    private final List<Path> unchained = new ArrayList<>();
    private final List<Path> unusable = new ArrayList<>();
    private final List<Segment> chain = new ArrayList<>();
    private final Map<String, Located> newestRecords = new LinkedHashMap<>();
    private final Map<String, Newest> newest = new LinkedHashMap<>();
    private final List<String> damage = new ArrayList<>();
    /**
     * The headers that cannot be read. They are damage, unless it is certain that nothing is missing without
     * their segments.
     */
    private final List<String> unreadable = new ArrayList<>();

    private @Nullable UUID journal;
    private long nextSequence = 1;
    private long synced;
    private long lastNumber;
    /** The highest number of a segment with a record that counts. */
    private long lastWithRecord;
    /** Whether a segment that counts is missing. It may be a segment whose header cannot be read. */
    private boolean lacksSegment;

    private @Nullable LastWrite lastWrite;

    private JournalReplay(Path folder, @Nullable Consumer<JournalContents.Entry> listener) {
        this.folder = folder;
        this.listener = listener == null
                ? record -> {}
                : record -> listener.accept(new JournalContents.Entry(
                        record.entry().sequence(), record.entry().id(), status(record)));
    }

    /**
     * Reads the journal in these files.
     *
     * @param files the segments, in any order; none if there is no journal
     * @throws InvalidRootException if a newer version has written a segment, a segment is missing, or segments
     *     belong to different journals. Then the statuses are unknown, and nothing was changed
     */
    static JournalReplay of(Path folder, List<Path> files) throws IOException {
        return of(folder, files, null);
    }

    /** As {@link #of(Path, List)}. Also passes each record that counts to the listener, in order. */
    static JournalReplay of(Path folder, List<Path> files, @Nullable Consumer<JournalContents.Entry> listener)
            throws IOException {
        JournalReplay replay = new JournalReplay(folder, listener);
        Map<Long, Segment> byNumber = new HashMap<>();
        for (Path file : files) {
            replay.readHeader(file, byNumber);
        }
        replay.buildChain(byNumber);
        for (int i = 0; i < replay.chain.size(); i++) {
            Segment next = i + 1 < replay.chain.size() ? replay.chain.get(i + 1) : null;
            replay.readRecords(replay.chain.get(i), next);
        }
        replay.leaveOutLast();
        replay.decodeNewest();
        return replay;
    }

    /**
     * Checks that this is the journal that the mark names. If nothing of that journal is missing, a segment
     * whose header cannot be read is no damage: either it did not count any more, or a crash has cut its header
     * before anything was recorded in it, because a segment is named before its first record.
     *
     * @param mark the entry that names the journal
     * @param where the file that holds the mark
     * @throws InvalidRootException if the named journal is missing, or lacks its newest segment; or if this
     *     journal has records and is not the named one
     */
    void requireOwn(JournalMark mark, Path where) throws IOException {
        JournalMark.Named known = mark.read();
        if (known == null && !unreadable.isEmpty() && mark.saysNone()) {
            // The unreadable header may be the one that said that no record counts.
            countNothing();
            return;
        }
        if (known != null && !known.journal().equals(journal) && (journal != null || unreadable.isEmpty())) {
            throw refused("its journal " + known.journal()
                    + " is missing. It may hold acknowledged statuses. Put it back; or, to"
                    + " continue with the contents of the status files, remove all segments (.status.journal-*), and empty "
                    + where);
        }
        if (known != null && lastNumber < known.segment()) {
            missing(known.segment());
            // New segments belong to the named journal and get higher numbers than the missing one. So they match the
            // mark even if a crash keeps it as it is.
            journal = known.journal();
            lastNumber = known.segment();
        }
        if (known == null && journal != null && lastWithRecord > 0) {
            throw refused("its lock file does not name this journal. If it was copied here, remove all segments"
                    + " (.status.journal-*). If only " + where + " was replaced, write this line into it: "
                    + new JournalMark.Named(journal, lastNumber));
        }
        if (!lacksSegment) {
            unreadable.clear();
        }
    }

    /** Returns the segments that count, the oldest first. */
    List<Segment> chain() {
        return chain;
    }

    /** Returns the files that do not count any more. */
    List<Path> unchained() {
        return unchained;
    }

    /**
     * Returns the files that must not be used again. If the header is damaged, the records behind it are unknown.
     * If there is no header, the process that created the file may have been killed before the file was durable.
     */
    List<Path> unusable() {
        return unusable;
    }

    /** Returns the newest record of each container that has a record, in the order of the records. */
    Map<String, Newest> newest() {
        return newest;
    }

    /** Drops the statuses once they were handed over, because the replay is kept as long as the root is open. */
    void forget() {
        newest.clear();
    }

    /** Returns the containers that were found, but with the newest record of each container instead of its file. */
    List<Found> over(List<Found> found) {
        List<Found> all = new ArrayList<>();
        for (Found one : found) {
            if (!newest.containsKey(one.id())) {
                all.add(one);
            }
        }
        newest.forEach((id, one) -> {
            if (one.status() != null) {
                all.add(new Found.Loaded(id, one.status(), /* fromJournal= */ true));
            }
        });
        return all;
    }

    /** Returns what was durable once and cannot be read any more, as human-readable sentences. */
    List<String> damage() {
        List<String> all = new ArrayList<>(unreadable);
        all.addAll(damage);
        return all;
    }

    /** Returns the id of the journal; null if neither a file nor the mark names it. */
    @Nullable
    UUID journal() {
        return journal;
    }

    /** Returns the sequence number of the next record. */
    long nextSequence() {
        return nextSequence;
    }

    /** Returns the sequence number up to which everything is known to have been durable. */
    long synced() {
        return synced;
    }

    /** Returns the highest number of a segment, also if that segment is missing. */
    long lastNumber() {
        return lastNumber;
    }

    /**
     * Makes the last write durable. The process that performed it may have been killed before its sync, or its
     * sync may have failed. Without this, the segments of older records of the same containers could be used
     * again, and a power cut could then undo the last write. The bytes are written anew: a sync alone does not
     * write what an earlier failed sync has given up.
     */
    void makeDurable() throws IOException {
        LastWrite last = lastWrite;
        if (last == null) {
            return;
        }
        try (UninterruptibleChannel channel = UninterruptibleChannel.openToWrite(last.file())) {
            channel.write(ByteBuffer.wrap(last.bytes()), last.position());
            channel.forceData();
        }
        lastWrite = null;
    }

    /**
     * Removes the journal, once everything in it is in its file. A crash may leave any part of the
     * journal's files. So first, one segment says durably that no record counts. It is removed last, once
     * the others are durably gone.
     */
    void remove(Path root, FolderSync folderSync, Marking marking) throws IOException {
        List<Path> others = new ArrayList<>(unchained);
        others.addAll(unusable);
        chain.forEach(one -> others.add(one.file()));
        if (others.isEmpty()) {
            return;
        }
        if (!chain.isEmpty()) {
            Path last = emptied();
            others.remove(last);
            marking.mark(null);
            delete(others);
            // Without this sync, a power cut may keep records, and remove the header that says that they do not
            // count. Covered by JournalPowerCutTest.
            UninterruptibleChannel.syncFolder(root, folderSync);
            Files.deleteIfExists(last);
        } else {
            marking.mark(null);
            delete(unchained);
            // Without this sync, a power cut may keep records that do not count, and remove the unreadable
            // header by which the next opening recognises that.
            UninterruptibleChannel.syncFolder(root, folderSync);
            delete(unusable);
        }
        UninterruptibleChannel.syncFolder(root, folderSync);
    }

    private static void delete(List<Path> files) throws IOException {
        for (Path one : files) {
            Files.deleteIfExists(one);
        }
    }

    /**
     * Makes one segment say durably that no record counts, and returns its file. An old segment is overwritten,
     * so this takes no space. This is done even if the newest segment already says so, because the process that
     * wrote it may have been killed before the sync.
     */
    private Path emptied() throws IOException {
        Segment oldest = chain.get(0);
        try (JournalSegment segment = JournalSegment.existing(oldest.file(), 0)) {
            segment.begin(new Header(
                    oldest.header().journal(),
                    lastNumber + 1,
                    0,
                    lastNumber + 1,
                    nextSequence,
                    oldest.header().size(),
                    synced));
        }
        return oldest.file();
    }

    private void readHeader(Path file, Map<Long, Segment> byNumber) throws IOException {
        ByteBuffer block = read(file, JournalFormat.HEADER_SIZE);
        Header header;
        try {
            header = JournalFormat.decodeHeader(block);
        } catch (JournalFormat.UnreadableHeader e) {
            if (e.isNewer()) {
                throw refused(file + " cannot be used: " + e.getMessage() + ". Open the root with a newer release");
            }
            unusable.add(file);
            if (!isBlank(block)) {
                unreadable.add(file + ": " + e.getMessage());
            }
            return;
        }
        if (journal != null && !journal.equals(header.journal())) {
            throw refused(
                    file
                            + " belongs to another journal than the segments beside it. Remove the segments that do not belong to this root");
        }
        journal = header.journal();
        lastNumber = Math.max(lastNumber, header.number());
        Segment other = byNumber.put(header.number(), new Segment(file, header));
        if (other != null) {
            throw refused(file + " and " + other.file() + " are the same segment. Remove the copy");
        }
    }

    /**
     * Returns whether the file was never written to: it is created full of zeros, and a crash may have cut it short.
     */
    private static boolean isBlank(ByteBuffer block) {
        for (int i = 0; i < block.limit(); i++) {
            if (block.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private void buildChain(Map<Long, Segment> byNumber) {
        Segment last = byNumber.remove(lastNumber);
        Deque<Segment> backwards = new ArrayDeque<>();
        Segment at = last;
        while (at != null) {
            backwards.addFirst(at);
            Header header = at.header();
            at = null;
            if (header.number() != last.header().oldest()) {
                at = byNumber.remove(header.previous());
                if (at == null) {
                    missing(header.previous());
                }
            }
        }
        chain.addAll(backwards);
        byNumber.values().forEach(one -> unchained.add(one.file()));
    }

    /**
     * Leaves out the newest segments without records. The process that began such a segment may have been
     * killed before its header was synced, so a later segment must not name it as its previous one.
     */
    private void leaveOutLast() {
        while (chain.size() > 1 && chain.get(chain.size() - 1).header().number() > lastWithRecord) {
            unchained.add(chain.remove(chain.size() - 1).file());
        }
    }

    /** Decodes only the newest records, because the replaced records are not needed. */
    private void decodeNewest() {
        newestRecords.forEach(
                (id, one) -> newest.put(id, new Newest(one.segment().header().number(), status(one))));
        newestRecords.clear();
    }

    private void missing(long number) {
        String what = "segment " + number + " of the journal";
        if (damage.isEmpty() && unreadable.isEmpty()) {
            throw refused(what
                    + " is missing. It may hold acknowledged statuses. Put it back; or, to continue with the contents of"
                    + " the status files, remove all other segments (.status.journal-*) as well");
        }
        lacksSegment = true;
        damage.add(what + " and all earlier segments could not be found");
    }

    private void countNothing() {
        chain.forEach(one -> unchained.add(one.file()));
        chain.clear();
        newest.clear();
        damage.clear();
        unreadable.clear();
        lastWrite = null;
    }

    private InvalidRootException refused(String reason) {
        return new InvalidRootException(folder.toString(), reason, null);
    }

    private void readRecords(Segment segment, @Nullable Segment next) throws IOException {
        Header header = segment.header();
        ByteBuffer bytes = read(segment.file(), (int) header.size());
        if (bytes.limit() < header.size()) {
            // Its length was durable before its header, so no crash has cut it.
            damage.add(segment.file() + ": it is shorter than at its creation; the missing part may have been durable");
        }
        JournalScan scan = new JournalScan(header, next == null ? null : next.header(), bytes);
        scan.run(entry -> found(new Located(segment, entry)));
        for (JournalScan.Gap gap : scan.damage()) {
            damage.add(segment.file() + ": the records " + gap.first() + " to " + gap.last()
                    + " cannot be read; they were durable once");
        }
        if (scan.hasRecords()) {
            lastWithRecord = header.number();
            lastWrite = new LastWrite(segment.file(), scan.lastWriteAt(), scan.lastWrite());
        }
        nextSequence = scan.nextSequence();
        synced = scan.durable();
    }

    private void found(Located one) {
        // The older record is removed first, so that the map keeps the order of the records.
        newestRecords.remove(one.entry().id());
        newestRecords.put(one.entry().id(), one);
        listener.accept(one);
    }

    private @Nullable Status status(Located one) {
        byte[] document = one.entry().document();
        try {
            return document == null ? null : StatusCodec.decode(document);
        } catch (StatusException e) {
            throw refused(one.segment().file() + ": the record " + one.entry().sequence() + ", of container \""
                    + one.entry().id() + "\", is complete, but its status cannot be read: " + e.getMessage());
        }
    }

    /** Reads the beginning of a file. The result is shorter if the file is. */
    private static ByteBuffer read(Path file, int length) throws IOException {
        try (UninterruptibleChannel channel = UninterruptibleChannel.openToRead(file)) {
            ByteBuffer buffer =
                    ByteBuffer.allocate((int) Math.min(length, channel.size())).order(ByteOrder.LITTLE_ENDIAN);
            channel.readFromStart(buffer);
            return buffer.flip().order(ByteOrder.LITTLE_ENDIAN);
        }
    }
}
