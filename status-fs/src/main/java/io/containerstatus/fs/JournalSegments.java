package io.containerstatus.fs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
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
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The segments of an open journal: those whose records count, the oldest first, and those that can be used again. A segment
 * can be used again when it is the oldest and everything in it is in its place. Used by one thread at a time.
 */
final class JournalSegments implements Closeable {
    private final JournalSettings settings;
    private final IntFunction<Path> files;
    private final Path folder;
    private final FolderSync folderSync;
    private final UUID journal;
    private final Predicate<JournalSegment> isFree;
    private final Deque<JournalSegment> counting = new ArrayDeque<>();
    private final Deque<JournalSegment> unused = new ArrayDeque<>();
    private final List<JournalSegment> obsolete = new ArrayList<>();
    private final Set<Path> taken = new HashSet<>();
    private long lastNumber;
    /** The segment that records are appended to; null if the next one has to begin a new segment. */
    private @Nullable JournalSegment current;

    /**
     * Takes over what a replay has found. Touches no file.
     *
     * @param isFree says of a segment whether everything in it is in its place
     */
    JournalSegments(
            JournalReplay replay,
            Layout layout,
            JournalSettings settings,
            FolderSync folderSync,
            Predicate<JournalSegment> isFree) {
        this.settings = settings;
        this.files = layout::journal;
        this.folder = layout.root();
        this.folderSync = folderSync;
        this.isFree = isFree;
        UUID known = replay.journal();
        this.journal = known != null ? known : UUID.randomUUID();
        this.lastNumber = replay.lastNumber();
        for (JournalReplay.Segment one : replay.chain()) {
            counting.add(JournalSegment.existing(one.file(), one.header().number()));
            taken.add(one.file());
        }
        for (Path file : replay.unchained()) {
            unused.add(JournalSegment.existing(file, 0));
            taken.add(file);
        }
    }

    /** Returns the segments whose records count, by their number. */
    Map<Long, JournalSegment> counting() {
        Map<Long, JournalSegment> byNumber = new HashMap<>();
        counting.forEach(one -> byNumber.put(one.number(), one));
        return byNumber;
    }

    /** Returns the segment to append to, if it has room for so many bytes; else null. */
    @Nullable
    JournalSegment withRoomFor(int size) {
        JournalSegment now = current;
        return now != null && size <= settings.segmentSize() - now.position() ? now : null;
    }

    /** Returns how many bytes fit into the segment that is appended to. */
    int room() {
        JournalSegment now = current;
        return now == null ? 0 : settings.segmentSize() - now.position();
    }

    /** Never appends to the present segment again: a write or a sync of it failed. */
    void giveUpCurrent() {
        current = null;
    }

    /**
     * Begins a new segment, durably.
     *
     * @param firstSequence the number of the next record
     * @return null if none can be used again yet and there are as many as there may be
     */
    @Nullable
    JournalSegment begin(long firstSequence) throws IOException {
        release();
        JournalSegment next = next();
        if (next == null) {
            return null;
        }
        JournalSegment last = counting.peekLast();
        JournalSegment oldest = counting.peekFirst();
        // Also if this fails: what is in the file then may have the number.
        lastNumber++;
        next.begin(new JournalFormat.Header(
                journal,
                lastNumber,
                last == null ? 0 : last.number(),
                oldest == null ? lastNumber : oldest.number(),
                firstSequence,
                settings.segmentSize()));
        unused.remove(next);
        counting.addLast(next);
        current = next;
        removeObsolete();
        return next;
    }

    /** Has the journal say that none of its records counts any more, durably: everything is in its place. */
    void empty(long firstSequence) throws IOException {
        if (counting.isEmpty()) {
            return;
        }
        current = null;
        if (begin(firstSequence) == null) {
            throw new IOException("no segment is free");
        }
    }

    /**
     * Removes the journal, once everything in it is in its place. It is emptied first, and the segment that says so goes
     * last: a crash in between must leave no older records that count, and no segment that is missed.
     */
    void remove(long nextSequence) throws IOException {
        empty(nextSequence);
        JournalSegment last = current;
        for (Path file : List.copyOf(taken)) {
            if (last == null || !file.equals(last.file())) {
                Files.deleteIfExists(file);
            }
        }
        UninterruptibleChannel.syncFolder(folder, folderSync);
        if (last != null) {
            Files.deleteIfExists(last.file());
            UninterruptibleChannel.syncFolder(folder, folderSync);
        }
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
            if (Files.size(next.file()) == settings.segmentSize()) {
                return next;
            }
            // Of another size, from an earlier setting or cut short by a crash. The newest header may still name it.
            obsolete.add(unused.removeFirst());
        }
        return counting.size() < settings.maxSegments() ? create(unusedFile()) : null;
    }

    /** Removes the files that the newest header does not name any more, and that cannot be used again. */
    private void removeObsolete() {
        obsolete.removeIf(one -> {
            try {
                one.close();
                Files.deleteIfExists(one.file());
                taken.remove(one.file());
                return true;
            } catch (IOException | RuntimeException e) {
                // It costs only space, and the next segment that is begun tries again.
                return false;
            }
        });
    }

    private Path unusedFile() {
        int slot = 0;
        while (taken.contains(files.apply(slot))) {
            slot++;
        }
        return files.apply(slot);
    }

    private JournalSegment create(Path file) throws IOException {
        JournalSegment created = JournalSegment.create(file, settings.segmentSize());
        UninterruptibleChannel.syncFolder(folder, folderSync);
        taken.add(file);
        unused.addFirst(created);
        return created;
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (Collection<JournalSegment> some : List.of(counting, unused, obsolete)) {
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
