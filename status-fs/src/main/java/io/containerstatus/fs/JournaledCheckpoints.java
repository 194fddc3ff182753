package io.containerstatus.fs;

import io.containerstatus.ContainerIds;
import io.containerstatus.InvalidContainerIdException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusException;
import io.containerstatus.fs.internal.DroppedErrors;
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
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;

/**
 * Status files with a journal in front of them. A write or deletion is durable once its record in the journal is
 * durable. All waiting changes, of all containers, share one write and one sync of the journal (group commit). The
 * files follow at most {@link Builder#filesWithin} later, as long as the disk can keep up. If a container changes
 * several times in the meantime, only its newest status is written to its file.
 *
 * <p>The first status of a container is written to its file at once, and then recorded in the journal.
 *
 * <p>While the checkpoints are open, a file may be older than the last completed change. The same holds after a
 * crash, until this library opens the root again. At every moment, each file is complete. After a close, the
 * files hold everything and the journal holds nothing. So use a journal only for a root that no other program
 * reads: see docs/journal.md.
 *
 * <p>The journal is stored in the root, as {@code .status.journal-<number>}, in segments of a fixed size. A
 * root with a journal can be opened with this class or with {@link FileCheckpoints}: both read the journal.
 *
 * <p>Failures, cancellation and interrupts are as in {@link FileCheckpoints}, with the following differences. A
 * change begins at the subscription, so a cancellation drops only its result; a failure then goes to Reactor's
 * {@code onErrorDropped} hook. If the journal cannot be written or synced, the changes that shared the write fail
 * with {@link io.containerstatus.IndeterminateWriteException}, and the next change begins a new segment. If a file
 * cannot be written, no caller gets an error, because the status is in the journal: the failure is logged, and the
 * write is tried again. If no segment of the journal is free because such writes fail, changes fail with
 * {@link NotWrittenException} after a wait of ten seconds.
 *
 * <p>The results of changes are signalled on the I/O scheduler of the files. If none was set, the journal has up
 * to 64 daemon threads of its own, named {@code status-journal-n}, which end after a minute without work or after
 * the close.
 *
 * <p>This class is threadsafe. For one container, start a write or deletion only after the previous one has ended.
 */
public final class JournaledCheckpoints implements StatusCheckpoints {
    private static final int THREADS = 64;

    private final StatusCheckpoints backEnd;
    private final JournalHome home;
    private final JournalSettings settings;
    private final JournalTimer timer;
    private final OwnScheduler own = new OwnScheduler("status-journal", THREADS, Integer.MAX_VALUE);
    private final Supplier<Scheduler> scheduler;
    /**
     * How many files may be written at a time. If the I/O scheduler was set by the user, most of its threads are left
     * to others.
     */
    private final int mostAtATime;

    private final InFlight underWay = new InFlight();
    private final Mono<Void> closing;
    /** The containers that the opening found or that were written since, except the deleted ones. */
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    private volatile @Nullable Open open;

    /** The parts that exist while the root is open for writing. */
    private record Open(JournalCommitter committer, JournalBehind behind, JournalSegments segments) {}

    JournaledCheckpoints(
            StatusCheckpoints backEnd,
            JournalHome home,
            JournalSettings settings,
            @Nullable Scheduler ioScheduler,
            JournalTimer timer) {
        this.backEnd = backEnd;
        this.home = home;
        this.settings = settings;
        this.timer = timer;
        this.scheduler = ioScheduler != null ? () -> ioScheduler : own;
        this.mostAtATime = ioScheduler != null ? THREADS / 4 : THREADS;
        this.closing = underWay.close()
                .then(Mono.defer(this::bringUpAll))
                .then(Mono.defer(() -> Mono.from(backEnd.close())))
                .doOnTerminate(own::end)
                .cache();
    }

    @Override
    public Mono<Opened> open() {
        return Mono.from(backEnd.open()).map(this::opened);
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
        JournalBehind behind = new JournalBehind(
                backEnd, mostAtATime, settings.filesWithin(), timer, () -> committer[0].segmentFreed());
        JournalSegments segments = new JournalSegments(home, settings, behind::isFree);
        committer[0] = new JournalCommitter(
                scheduler, home::requireOwned, segments, behind, timer, replay.nextSequence(), replay.synced());
        Map<Long, JournalSegment> byNumber = segments.counting();
        replay.newest()
                .forEach((id, one) ->
                        behind.recovered(id, one.status(), Objects.requireNonNull(byNumber.get(one.segment()))));
        behind.startDueWrites();
        return new Open(committer[0], behind, segments);
    }

    @Override
    public Access access() {
        return backEnd.access();
    }

    /** Returns how far the files are behind. Touches no file. May be called on any thread. */
    @Override
    public Backlog backlog() {
        Open now = open;
        return now == null ? Backlog.NONE : now.behind().backlog();
    }

    /**
     * Checks that the status is small enough for its file, and that its record fits into a segment. Touches no file.
     *
     * @throws io.containerstatus.StatusTooLargeException if it is too large
     */
    @Override
    public void requireStorable(String id, Status status) {
        backEnd.requireStorable(id, status);
        SizeLimit.check(id, status, maxDocument(id));
    }

    private int maxDocument(String id) {
        return settings.maxRecord() - JournalFormat.recordSize(id, null);
    }

    @Override
    public Mono<Void> create(String id, Status status) {
        Objects.requireNonNull(status, "status");
        // After an indeterminate change, an existing status may come from that change, and is replaced.
        return change(
                id,
                now -> now.committer().isUncertain(id)
                        ? writeNow(now, id, status)
                        : createNow(now, id, status, /* onlyNew= */ true));
    }

    /**
     * Writes the first status to its file, and then records it, so that an older record of this id does not
     * take precedence over the file.
     */
    private Mono<Void> createNow(Open now, String id, Status status, boolean onlyNew) {
        byte[] document = encoded(now, id, status);
        return now.behind()
                .settle(id)
                .then(Mono.defer(() -> Mono.from(onlyNew ? backEnd.create(id, status) : backEnd.write(id, status))))
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
        backEnd.requireStorable(id, status);
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

    /** A change, performed while the root is open for writing. */
    @FunctionalInterface
    private interface Change {
        Mono<Void> by(Open now);
    }

    private Mono<Void> change(String id, Change change) {
        if (!ContainerIds.isValid(id)) {
            return Mono.error(() -> new InvalidContainerIdException(id));
        }
        return Mono.create(sink -> {
            Disposable cancellation = Disposables.single();
            sink.onCancel(cancellation);
            if (!underWay.enter()) {
                sink.error(notWritten(id, "the root is closed"));
                return;
            }
            // Independent of the outer subscription: a change that has begun runs to its end.
            begun(id, change)
                    .contextWrite(sink.contextView())
                    .subscribe(
                            nothing -> {},
                            failure -> {
                                underWay.leave();
                                if (cancellation.isDisposed()) {
                                    // No subscriber receives it, and a failed change must not go unnoticed.
                                    DroppedErrors.drop(failure, Context.of(sink.contextView()));
                                } else {
                                    sink.error(failure);
                                }
                            },
                            () -> {
                                // This comes before the signal: a subscriber that closes the store must not wait
                                // for itself.
                                underWay.leave();
                                sink.success();
                            });
        });
    }

    /**
     * Signals everything that is thrown, even an Error. Otherwise the close would wait for a change that never ends.
     */
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
                () -> notWritten(id, Objects.requireNonNullElse(backEnd.access().reason(), "the root is not open")));
    }

    private StatusException notWritten(String id, String reason) {
        Open now = open;
        return now != null ? now.committer().refused(id, reason, null) : new NotWrittenException(id, reason, null);
    }

    /**
     * Rejects further changes, waits for the changes in progress, writes all waiting statuses to their files, empties
     * the journal durably, and closes the files. If a status cannot be written to its file, it stays in the journal,
     * where the next opening finds it, and a warning is logged. Later subscriptions get the same result.
     *
     * @return completes once the lock was given up. Fails as {@link FileCheckpoints#close} does
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
                .doOnTerminate(timer::stop);
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

    /** Collects the settings of the journal. Each setter checks its value. A builder is not threadsafe. */
    public static final class Builder {
        private final FileCheckpoints.Builder files;
        private long segmentSize = JournalSettings.DEFAULT_SEGMENT_SIZE;
        private Duration filesWithin = JournalSettings.DEFAULT_FILES_WITHIN;

        Builder(FileCheckpoints.Builder files) {
            this.files = files;
        }

        /**
         * Sets the length of one segment of the journal, in bytes. By default, 8 MiB. There are up to 16
         * segments, created when they are needed. If the record of a status does not fit into one segment, the
         * status is rejected as too large.
         *
         * @throws IllegalArgumentException if {@code segmentSize} is not in 16384..1073741824, or not a multiple
         *     of 4096
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
         * Sets the longest time between the record of a status and the write of its file, as long as the disk can
         * keep up. By default, one second. A longer time means fewer writes, because more statuses are replaced
         * before they are written, and a longer recovery after a crash.
         *
         * @throws IllegalArgumentException if {@code filesWithin} is not in 1 millisecond..1 hour
         */
        public Builder filesWithin(Duration filesWithin) {
            if (filesWithin.compareTo(Duration.ofMillis(1)) < 0 || filesWithin.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("filesWithin " + filesWithin + " is not in PT0.001S..PT1H");
            }
            this.filesWithin = filesWithin;
            return this;
        }

        /** Returns the checkpoints. Touches no file. */
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
