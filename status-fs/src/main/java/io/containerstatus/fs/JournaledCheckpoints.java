package io.containerstatus.fs;

import io.containerstatus.ContainerIds;
import io.containerstatus.InvalidContainerIdException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusException;
import io.containerstatus.fs.internal.HandOver;
import io.containerstatus.fs.internal.InFlight;
import io.containerstatus.fs.internal.OperatorLog;
import io.containerstatus.fs.internal.OwnScheduler;
import io.containerstatus.spi.StatusCheckpoints;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Status files with a journal in front of them. A write or a deletion is durable once its record in the journal is: all
 * that wait, of all containers, share one write and one sync. The files follow, at most {@link Builder#filesWithin} behind as
 * long as the disk can keep up. Of the statuses that a container went through meanwhile, only the newest gets to its file.
 *
 * <p>The first status of a container is written to its file at once, and then recorded.
 *
 * <p>While it is open, and after a crash until the root is opened again by this library, a file may be older than the status
 * that was acknowledged; it is whole at every moment. After a close the files hold everything, and the journal nothing. So it
 * is for a root that no other program reads: see docs/journal.md.
 *
 * <p>The journal lies in the root, as {@code .status.journal-<number>}, in segments of a fixed size. A root with a journal
 * may be opened with this class or with {@link FileCheckpoints}: both know what the journal holds.
 *
 * <p>Failures, cancellation and interrupts are those of {@link FileCheckpoints}, with one addition: when the journal cannot be
 * written or synced, the changes that shared the write fail with {@link io.containerstatus.IndeterminateWriteException}, and
 * the next change begins a new segment. When a file cannot be written, nobody is told but the log: its status is in the
 * journal, and the write is tried again. If it fails for so long that no segment is free, changes fail with {@link
 * NotWrittenException} after a wait of ten seconds.
 *
 * <p>This class is threadsafe. For one container, start a write or deletion only when the one before has ended.
 */
public final class JournaledCheckpoints implements StatusCheckpoints {
    private static final int THREADS = 64;

    private final StatusCheckpoints place;
    private final JournalHome home;
    private final JournalSettings settings;
    private final JournalTimer timer;
    private final OwnScheduler own = new OwnScheduler("status-journal", THREADS, Integer.MAX_VALUE);
    private final Supplier<Scheduler> scheduler;
    /** How many files may be written at a time: of threads that are not the journal's own, most are left to others. */
    private final int mostAtATime;

    private final InFlight underWay = new InFlight();
    private final Mono<Void> closing;
    /** The containers that have a status in their place, or a newer one in the journal. */
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    private volatile @Nullable Open open;

    /** What there is while the root is open to be written. */
    private record Open(JournalCommitter committer, JournalBehind behind, JournalSegments segments) {}

    JournaledCheckpoints(
            StatusCheckpoints place,
            JournalHome home,
            JournalSettings settings,
            @Nullable Scheduler ioScheduler,
            JournalTimer timer) {
        this.place = place;
        this.home = home;
        this.settings = settings;
        this.timer = timer;
        this.scheduler = ioScheduler != null ? () -> ioScheduler : own;
        this.mostAtATime = ioScheduler != null ? THREADS / 4 : THREADS;
        this.closing = underWay.close()
                .then(Mono.defer(this::bringUpAll))
                .then(Mono.defer(() -> Mono.from(place.close())))
                .doOnTerminate(own::end)
                .cache();
    }

    @Override
    public Mono<Opened> open() {
        return Mono.from(place.open()).map(this::opened);
    }

    private Opened opened(Opened found) {
        if (found.access().writable()) {
            found.containers().forEach(one -> known.add(one.id()));
            open = begin();
        }
        home.replay().forget();
        return found;
    }

    private Open begin() {
        JournalReplay replay = home.replay();
        JournalCommitter[] committer = new JournalCommitter[1];
        JournalBehind behind =
                new JournalBehind(place, mostAtATime, settings.filesWithin(), timer, () -> committer[0].segmentFreed());
        JournalSegments segments = new JournalSegments(home, settings, behind::isFree);
        committer[0] = new JournalCommitter(
                scheduler, home::requireOwned, segments, behind, replay.nextSequence(), replay.synced());
        Map<Long, JournalSegment> byNumber = segments.counting();
        replay.newest()
                .forEach((id, one) ->
                        behind.recovered(id, one.status(), Objects.requireNonNull(byNumber.get(one.segment()))));
        behind.pump();
        return new Open(committer[0], behind, segments);
    }

    @Override
    public Access access() {
        return place.access();
    }

    /** Returns how far the files are behind: looks at no file, and may be called on any thread. */
    @Override
    public Backlog backlog() {
        Open now = open;
        return now == null ? Backlog.NONE : now.behind().backlog();
    }

    /**
     * Checks that the status is not larger than what its place stores, and that its record fits into a segment. Touches no
     * file.
     *
     * @throws io.containerstatus.StatusTooLargeException if it is larger
     */
    @Override
    public void requireStorable(String id, Status status) {
        place.requireStorable(id, status);
        SizeLimit.check(id, status, maxDocument(id));
    }

    private int maxDocument(String id) {
        return settings.maxRecord() - JournalFormat.recordSize(id, null);
    }

    @Override
    public Mono<Void> create(String id, Status status) {
        Objects.requireNonNull(status, "status");
        // After an uncertain change, what there is may come from it, and is replaced.
        return change(
                id,
                now -> now.committer().isUncertain(id)
                        ? writeNow(now, id, status)
                        : createNow(now, id, status, /* onlyNew= */ true));
    }

    /** Has the place store the first status, and records it: an older record of this id must not win over the file. */
    private Mono<Void> createNow(Open now, String id, Status status, boolean onlyNew) {
        byte[] document = encoded(now, id, status);
        return now.behind()
                .settle(id)
                .then(Mono.defer(() -> Mono.from(onlyNew ? place.create(id, status) : place.write(id, status))))
                .then(append(now, id, status, document, /* inFile= */ true))
                .doOnSuccess(done -> known.add(id));
    }

    @Override
    public Mono<Void> write(String id, Status status) {
        Objects.requireNonNull(status, "status");
        return change(id, now -> writeNow(now, id, status));
    }

    private Mono<Void> writeNow(Open now, String id, Status status) {
        return known.contains(id)
                ? append(now, id, status, encoded(now, id, status), /* inFile= */ false)
                : createNow(now, id, status, /* onlyNew= */ false);
    }

    @Override
    public Mono<Void> delete(String id) {
        return change(
                id, now -> append(now, id, null, null, /* inFile= */ false).doOnSuccess(done -> known.remove(id)));
    }

    private byte[] encoded(Open now, String id, Status status) {
        place.requireStorable(id, status);
        byte[] document;
        try {
            document = StatusCodec.encode(status);
        } catch (RuntimeException | Error e) {
            throw now.committer().refused(id, "the new status could not be encoded: " + IoReason.of(e), e);
        }
        SizeLimit.check(id, document.length, maxDocument(id));
        return document;
    }

    private static Mono<Void> append(
            Open now, String id, @Nullable Status status, byte @Nullable [] document, boolean inFile) {
        return Mono.create(sink -> now.committer().append(new JournalAppend(id, status, document, inFile, sink)));
    }

    /** How a change is made while the root is open to be written. */
    @FunctionalInterface
    private interface Change {
        Mono<Void> by(Open now);
    }

    private Mono<Void> change(String id, Change change) {
        if (!ContainerIds.isValid(id)) {
            return Mono.error(() -> new InvalidContainerIdException(id));
        }
        return Mono.create(sink -> {
            if (!underWay.enter()) {
                sink.error(notWritten(id, "the root is closed"));
                return;
            }
            // Not tied to the subscription: what has begun is carried to its end.
            begun(id, change)
                    .contextWrite(sink.contextView())
                    .subscribe(
                            nothing -> {},
                            failure -> {
                                underWay.leave();
                                sink.error(failure);
                            },
                            () -> {
                                // Before the signal: a subscriber that closes the store does not wait for itself.
                                underWay.leave();
                                sink.success();
                            });
        });
    }

    /** Whatever is thrown is signalled, an Error included: the close would wait for a change that has not ended. */
    private Mono<Void> begun(String id, Change change) {
        try {
            Open now = open;
            return now != null ? change.by(now) : refused(id);
        } catch (Throwable thrown) {
            return Mono.error(thrown);
        }
    }

    private Mono<Void> refused(String id) {
        return Mono.error(
                () -> notWritten(id, Objects.requireNonNullElse(place.access().reason(), "the root is not open")));
    }

    private StatusException notWritten(String id, String reason) {
        Open now = open;
        return now != null ? now.committer().refused(id, reason, null) : new NotWrittenException(id, reason, null);
    }

    /**
     * Refuses further changes, waits for those under way, brings all files up, empties the journal durably, and closes the
     * place. What could not be brought up stays in the journal, and is logged: the next opening finds it. Idempotent.
     *
     * @return completes when the lock was given up, or fails as {@link FileCheckpoints#close} does
     */
    @Override
    public Mono<Void> close() {
        return closing;
    }

    private Mono<Void> bringUpAll() {
        Open now = open;
        if (now == null) {
            return Mono.empty();
        }
        return now.behind()
                .end()
                .flatMap(complete -> onIoThread(() -> finish(now, complete)))
                .doOnTerminate(now.behind()::stop);
    }

    private Mono<Void> onIoThread(Runnable task) {
        return Mono.create(sink -> {
            Runnable last = () -> {
                task.run();
                sink.success();
            };
            if (HandOver.give(last, scheduler) != null) {
                last.run();
            }
        });
    }

    private void finish(Open now, boolean complete) {
        try (JournalSegments segments = now.segments()) {
            if (complete) {
                home.requireOwned();
                segments.empty(now.committer().nextSequence(), now.committer().synced());
            } else {
                OperatorLog.warn(
                        JournaledCheckpoints.class,
                        "the journal of " + home.layout().root() + " still holds statuses that could not be written to"
                                + " their files; the next opening finds them",
                        now.behind().lastFailure());
            }
        } catch (IOException | RuntimeException | Error e) {
            OperatorLog.warn(
                    JournaledCheckpoints.class,
                    "the journal of " + home.layout().root() + " could not be emptied; the next opening reads it again",
                    e);
        }
    }

    /** Collects the settings of the journal. Each setter checks its value. Not threadsafe. */
    public static final class Builder {
        private final FileCheckpoints.Builder files;
        private long segmentSize = JournalSettings.DEFAULT_SEGMENT_SIZE;
        private Duration filesWithin = JournalSettings.DEFAULT_FILES_WITHIN;

        Builder(FileCheckpoints.Builder files) {
            this.files = files;
        }

        /**
         * Sets the length of one segment of the journal, in bytes; by default 8 MiB. There are up to 16, made as they are
         * needed. A status whose record does not fit into one is refused as too large.
         *
         * @throws IllegalArgumentException if it is not in 16384..1073741824, or no multiple of 4096
         */
        public Builder segmentSize(long segmentSize) {
            if (segmentSize < 16_384
                    || segmentSize > JournalFormat.MAX_SEGMENT_SIZE
                    || segmentSize % JournalFormat.HEADER_SIZE != 0) {
                throw new IllegalArgumentException(
                        "segmentSize " + segmentSize + " is not a multiple of 4096 in 16384..1073741824");
            }
            this.segmentSize = segmentSize;
            return this;
        }

        /**
         * Sets how far a file may be behind its record, as long as the disk can keep up; by default one second. A longer
         * time means fewer writes, as more of them are overtaken, and a longer recovery after a crash.
         *
         * @throws IllegalArgumentException if it is not in 1 ms..1 h
         */
        public Builder filesWithin(Duration filesWithin) {
            if (filesWithin.compareTo(Duration.ofMillis(1)) < 0 || filesWithin.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("filesWithin " + filesWithin + " is not in PT0.001S..PT1H");
            }
            this.filesWithin = filesWithin;
            return this;
        }

        /** Returns the checkpoints; touches no file. */
        public JournaledCheckpoints build() {
            FileCheckpoints behind = files.buildBehindJournal();
            return new JournaledCheckpoints(
                    behind,
                    behind.journalHome(),
                    new JournalSettings((int) segmentSize, JournalSettings.MAX_SEGMENTS, filesWithin),
                    behind.givenScheduler(),
                    new JournalTimer());
        }
    }
}
