package io.containerstatus.fs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The segments of an open journal: the segments whose records count, the oldest first, and the segments that can be
 * used again. A segment can be used again once it is the oldest one and everything in it is in its file. Used by one
 * thread at a time.
 */
final class JournalSegments implements Closeable {
    private final JournalHome home;
    private final JournalSettings settings;
    private final UUID journal;
    private final Predicate<JournalSegment> isFree;
    private final Deque<JournalSegment> counting = new ArrayDeque<>();
    private final Deque<JournalSegment> unused = new ArrayDeque<>();
    /** Segments that cannot be used again. They are removed once a new segment says durably that they do not count. */
    private final List<JournalSegment> outdated = new ArrayList<>();

    private final Set<Path> taken = new HashSet<>();
    private long lastNumber;
    /** The segment that records are appended to; null if the next record must begin a new segment. */
    private @Nullable JournalSegment current;

    /**
     * Takes over the segments that were found. Touches no file.
     *
     * @param isFree returns whether everything in a segment is in its file
     */
    JournalSegments(JournalHome home, JournalSettings settings, Predicate<JournalSegment> isFree) {
        this.home = home;
        this.settings = settings;
        this.isFree = isFree;
        JournalReplay found = home.replay();
        UUID known = found.journal();
        this.journal = known != null ? known : UUID.randomUUID();
        this.lastNumber = found.lastNumber();
        for (JournalReplay.Segment one : found.chain()) {
            counting.add(JournalSegment.existing(one.file(), one.header().number()));
            taken.add(one.file());
        }
        for (Path file : found.unchained()) {
            unused.add(JournalSegment.existing(file, 0));
            taken.add(file);
        }
        for (Path file : found.unusable()) {
            // A new segment in this file could get the number of a damaged one, whose old records would count again.
            outdated.add(JournalSegment.existing(file, 0));
            taken.add(file);
        }
    }

    /** Returns the segments whose records count, by number. */
    Map<Long, JournalSegment> counting() {
        Map<Long, JournalSegment> byNumber = new HashMap<>();
        counting.forEach(one -> byNumber.put(one.number(), one));
        return byNumber;
    }

    /** Returns the current segment if it has room for this many bytes; else null. */
    @Nullable
    JournalSegment withRoomFor(int size) {
        JournalSegment now = current;
        return now != null && size <= settings.segmentSize() - now.position() ? now : null;
    }

    /** Returns how many bytes fit into the current segment. */
    int room() {
        JournalSegment now = current;
        return now == null ? 0 : settings.segmentSize() - now.position();
    }

    /** Ends the use of the current segment for new records, because a write or sync of it failed. */
    void giveUpCurrent() {
        current = null;
    }

    /**
     * Begins a new segment, durably.
     *
     * @param firstSequence the sequence number of the next record
     * @param synced the sequence number up to which all records are known to be durable
     * @return null if no segment can be used again yet, and the maximum number of segments exists
     */
    @Nullable
    JournalSegment begin(long firstSequence, long synced) throws IOException {
        JournalSegment next = beginUnmarked(firstSequence, synced);
        if (next != null) {
            // The lock file names the segment before its first record is written, but after the segment exists: the
            // opening requires that a named segment exists.
            home.mark(new JournalMark.Named(journal, next.number()));
        }
        current = next;
        return next;
    }

    private @Nullable JournalSegment beginUnmarked(long firstSequence, long synced) throws IOException {
        // This comes before any record of the new segment allows the reuse of another segment.
        home.replay().makeDurable();
        release();
        JournalSegment next = next();
        if (next == null) {
            return null;
        }
        JournalSegment last = counting.peekLast();
        JournalSegment oldest = counting.peekFirst();
        // The number is used up even if the next step fails, because the file may then hold it.
        lastNumber++;
        next.begin(new JournalFormat.Header(
                journal,
                lastNumber,
                last == null ? 0 : last.number(),
                oldest == null ? lastNumber : oldest.number(),
                firstSequence,
                settings.segmentSize(),
                synced));
        unused.remove(next);
        counting.addLast(next);
        outdated.removeIf(this::isRemoved);
        return next;
    }

    /** Makes the journal say durably that none of its records counts any more, because everything is in its file. */
    void empty(long firstSequence, long synced) throws IOException {
        if (counting.isEmpty()) {
            return;
        }
        current = null;
        if (beginUnmarked(firstSequence, synced) == null) {
            throw new IOException("no segment is free");
        }
        home.mark(null);
    }

    private void release() {
        JournalSegment oldest;
        while ((oldest = counting.peekFirst()) != null && oldest != current && isFree.test(oldest)) {
            counting.removeFirst();
            unused.addLast(oldest);
        }
    }

    private @Nullable JournalSegment next() throws IOException {
        JournalSegment next;
        while ((next = unused.peekFirst()) != null) {
            if (isOfThisSize(next.file())) {
                return next;
            }
            // The file stays for now: the newest header on the disk may still say that it counts, so a
            // replay must find it.
            outdated.add(unused.removeFirst());
        }
        return counting.size() < settings.maxSegments() ? create(unusedFile()) : null;
    }

    /** Returns false if the file has the size of an earlier setting, was cut short by a crash, or is missing. */
    private boolean isOfThisSize(Path file) throws IOException {
        try {
            return Files.size(file) == settings.segmentSize();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private boolean isRemoved(JournalSegment one) {
        try {
            one.close();
            Files.deleteIfExists(one.file());
            taken.remove(one.file());
            return true;
        } catch (IOException | RuntimeException e) {
            // It only takes space. The next segment tries again.
            return false;
        }
    }

    private Path unusedFile() {
        int slot = 0;
        Path file = home.layout().journal(slot);
        while (taken.contains(file)) {
            file = home.layout().journal(++slot);
        }
        return file;
    }

    private JournalSegment create(Path file) throws IOException {
        JournalSegment created = JournalSegment.create(file, settings.segmentSize());
        try {
            UninterruptibleChannel.syncFolder(home.layout().root(), home.folderSync());
        } catch (IOException | RuntimeException | Error failure) {
            SuppressingCleanup.close(created, failure);
            SuppressingCleanup.deleteIfExists(file, failure);
            throw failure;
        }
        taken.add(file);
        unused.addFirst(created);
        return created;
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (Collection<JournalSegment> some : List.of(counting, unused, outdated)) {
            for (JournalSegment one : some) {
                try {
                    one.close();
                } catch (IOException e) {
                    failure = e;
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
