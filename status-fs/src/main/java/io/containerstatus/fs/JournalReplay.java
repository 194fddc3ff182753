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
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a journal holds: the newest record of each container. Read without a change to any file. Not threadsafe.
 *
 * <p>The segments that count are a chain: the newest one says which one was before it, and which is the oldest. Within a
 * segment, records count as long as their numbers are lower than the first one of the segment behind it: what is beyond
 * was reported as uncertain when it was written.
 */
final class JournalReplay {
    /**
     * The newest record of a container.
     *
     * @param segment the number of its segment
     * @param status the status; null if the container was deleted
     */
    record Newest(long segment, @Nullable Status status) {}

    /** Notes durably which journal holds statuses that may be newer than their places; null for none. */
    @FunctionalInterface
    interface Marking {
        void mark(JournalMark.@Nullable Named journal) throws IOException;
    }

    /** A segment that was found. */
    record Segment(Path file, Header header) {}

    /** A record that counts, and where it is. */
    private record Located(Segment segment, Entry entry) {}

    /** The last write that was found: the only one that may not be durable. */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares writes.
    private record LastWrite(Path file, int position, byte[] bytes) {}

    private final Path folder;
    private final Consumer<Located> listener;
    private final List<Path> unchained = new ArrayList<>();
    private final List<Path> unusable = new ArrayList<>();
    private final List<Segment> chain = new ArrayList<>();
    private final Map<String, Located> newestRecords = new LinkedHashMap<>();
    private final Map<String, Newest> newest = new LinkedHashMap<>();
    private final List<String> damage = new ArrayList<>();
    private @Nullable UUID journal;
    private long nextSequence = 1;
    private long synced;
    private long lastNumber;
    /** The highest number of a segment with a record that counts. */
    private long lastWithRecord;

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
     * @throws InvalidRootException if a newer version has written one of them, one is missing, or they belong to different
     *     journals: then nothing can be said of the statuses, and nothing was changed
     */
    static JournalReplay of(Path folder, List<Path> files) throws IOException {
        return of(folder, files, null);
    }

    /** As above; also gives each record that counts to the listener, in their order. */
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
     * Checks that this is the journal that its folder knows.
     *
     * @param known the journal that the folder names; null if it names none
     * @param mark where it is named
     * @throws InvalidRootException if that one is not here, or lacks its newest segment; or if this one has records and is
     *     not that one
     */
    void requireOwn(JournalMark.@Nullable Named known, Path mark) {
        if (known != null && !known.journal().equals(journal) && (journal != null || damage.isEmpty())) {
            throw refused("its journal " + known.journal()
                    + " is missing, which may hold acknowledged statuses. Put it back; or, to go"
                    + " on with what the status files hold, remove all segments (.status.journal-*), and empty "
                    + mark);
        }
        if (known != null && lastNumber < known.segment()) {
            missing(known.segment());
        }
        if (known == null && journal != null && lastWithRecord > 0) {
            throw refused("the journal in it is not known to be its own. If it was copied here, remove all segments"
                    + " (.status.journal-*). If only " + mark + " was replaced, write this line into it: "
                    + new JournalMark.Named(journal, lastNumber));
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
     * Returns the files that cannot be used again. With a damaged header, nobody knows what the records in them are. With none,
     * who made the file may have been killed before it was durable.
     */
    List<Path> unusable() {
        return unusable;
    }

    /** Returns the newest record of each container that has one, in the order of the records. */
    Map<String, Newest> newest() {
        return newest;
    }

    /** Forgets the statuses, once somebody else has them: the replay is kept for as long as the root is open. */
    void forget() {
        newest.clear();
    }

    /** Returns what was found, with the newest record of each container in place of what its file says. */
    List<Found> over(List<Found> found) {
        if (newest.isEmpty()) {
            return found;
        }
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
        all.sort(Comparator.comparing(Found::id));
        return all;
    }

    /** Returns what could not be read though it was durable once: one sentence each, for a reader. */
    List<String> damage() {
        return damage;
    }

    /** Returns which journal it is; null if no file has a header. */
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

    /** Returns the highest number of a segment. */
    long lastNumber() {
        return lastNumber;
    }

    /**
     * Makes the last write durable: who made it may have been killed before its sync, or have seen that fail. Otherwise the
     * records that it overtakes could make room for others, and a power cut could then take it away. The bytes are written
     * anew, because a sync alone does not write again what an earlier one has given up.
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
     * Removes the journal, once everything in it is in its place. A crash may leave any part of the files. So one of them
     * says first that no record counts, durably, and it is removed when the others are gone for good.
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
            // Without it a power cut may keep records, and take away the header that says that they do not
            // count. Covered by JournalPowerCutTest.
            UninterruptibleChannel.syncFolder(root, folderSync);
            Files.deleteIfExists(last);
        } else {
            marking.mark(null);
            delete(others);
        }
        UninterruptibleChannel.syncFolder(root, folderSync);
    }

    private static void delete(List<Path> files) throws IOException {
        for (Path one : files) {
            Files.deleteIfExists(one);
        }
    }

    /**
     * Returns the segment that says that no record counts. It takes no space: an old one is written over. Also if the newest
     * one says so already: who wrote that may have been killed before it was synced.
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
                damage.add(file + ": " + e.getMessage());
            }
            return;
        }
        if (journal != null && !journal.equals(header.journal())) {
            throw refused(
                    file + " belongs to another journal than the segments beside it. Remove what is not of this root");
        }
        journal = header.journal();
        lastNumber = Math.max(lastNumber, header.number());
        Segment other = byNumber.put(header.number(), new Segment(file, header));
        if (other != null) {
            throw refused(file + " and " + other.file() + " are the same segment. Remove the copy");
        }
    }

    /** Returns whether it was never written to: the file is made full of zeros, and may have been cut short by a crash. */
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
     * Leaves out the newest segments as long as they have no record: who began one may have been killed before its header was
     * synced, so that a later one must not name it as the one before.
     */
    private void leaveOutLast() {
        while (chain.size() > 1 && chain.get(chain.size() - 1).header().number() > lastWithRecord) {
            unchained.add(chain.remove(chain.size() - 1).file());
        }
    }

    /** Only the newest: those that are overtaken are not worth it. */
    private void decodeNewest() {
        newestRecords.forEach(
                (id, one) -> newest.put(id, new Newest(one.segment().header().number(), status(one))));
        newestRecords.clear();
    }

    private void missing(long number) {
        String what = "segment " + number + " of the journal";
        if (damage.isEmpty()) {
            throw refused(
                    what + " is missing, which may hold acknowledged statuses. Put it back; or, to go on with what the"
                            + " status files hold, remove all other segments (.status.journal-*) as well");
        }
        damage.add(what + " could not be found, nor any before it");
    }

    private InvalidRootException refused(String reason) {
        return new InvalidRootException(folder.toString(), reason, null);
    }

    private void readRecords(Segment segment, @Nullable Segment next) throws IOException {
        Header header = segment.header();
        ByteBuffer bytes = read(segment.file(), (int) header.size());
        if (bytes.limit() < header.size()) {
            // Its length was durable before its header: no crash has cut it.
            damage.add(segment.file() + ": it is shorter than it was made; what is missing may have been durable");
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
        // Put anew, so that the order is that of the records.
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
                    + one.entry().id() + "\", is whole, but its status cannot be read: " + e.getMessage());
        }
    }

    /** Reads the beginning of a file; the result is shorter if the file is. */
    private static ByteBuffer read(Path file, int length) throws IOException {
        try (UninterruptibleChannel channel = UninterruptibleChannel.openToRead(file)) {
            ByteBuffer buffer =
                    ByteBuffer.allocate((int) Math.min(length, channel.size())).order(ByteOrder.LITTLE_ENDIAN);
            while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) > 0) {
                // The kernel may give fewer bytes than it was asked for.
            }
            return buffer.flip().order(ByteOrder.LITTLE_ENDIAN);
        }
    }
}
