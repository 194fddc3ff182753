package io.containerstatus.fs;

import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.fs.internal.OperatorLog;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Backlog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Writes the newest statuses of a journal to the files behind it. If the newest record of a container is not in
 * its file yet, its status is written there some time after the record. A status that is replaced in the meantime
 * is never written. Each container has one write at a time; several containers are written in parallel.
 *
 * <p>This class is threadsafe. Its lock also guards the dirty count of each segment.
 */
final class JournalBehind {
    /** How many writes may be in progress while none is late. */
    private static final int FEWEST = 2;

    private final StatusCheckpoints backEnd;
    /** The limit of writes in progress. */
    private final int most;
    /**
     * How long after its record a container waits before its write. This is less than {@code filesWithin}, so that
     * the write has the rest of that time.
     */
    private final long delay;
    /** The rest of {@code filesWithin}, for the write. */
    private final long reserve;
    /** Called when a segment may have become free. */
    private final Runnable freed;

    private final JournalTimer timer;

    /** The containers whose newest record is not in their file. */
    private final Map<String, DirtyContainer> dirty = new HashMap<>();
    /** Those of them whose newest record is a deletion. */
    private final PendingDeletions deletions = new PendingDeletions();
    /** The dirty containers that wait for a write, in the order in which they are due. */
    private final NavigableSet<DirtyContainer> waiting = new TreeSet<>(DirtyContainer.BY_DUE_TIME);
    /** How many of these wait for the retry of a failed write. */
    private int retries;
    /** How many writes are in progress. */
    private int writing;
    /** How many calls of {@link #startDueWrites} have not been served. */
    private final AtomicInteger starts = new AtomicInteger();

    /** Whether every waiting write except the retries is due at once, because no segment is free. */
    private boolean urgent;

    /** Whether the timer is set, and for when. */
    private boolean timed;

    private long timedFor;
    /** Not created when it is needed, because no memory may be left then. */
    private final Runnable wakeUp = this::wakenUp;

    private @Nullable MonoSink<Boolean> end;
    /** How many containers stay in the journal, because their write failed at the end. */
    private int leftInJournal;
    /** The number of containers whose last write failed. */
    private int failing;

    private @Nullable Throwable lastFailure;

    /**
     * Prepares the writes.
     *
     * @param most how many writes may be in progress once they are late
     */
    JournalBehind(StatusCheckpoints backEnd, int most, Duration filesWithin, JournalTimer timer, Runnable freed) {
        this.backEnd = backEnd;
        this.most = most;
        this.delay = filesWithin.toNanos() * 3 / 4;
        this.reserve = filesWithin.toNanos() - delay;
        this.timer = timer;
        this.freed = freed;
    }

    /**
     * Takes over a record that the journal held at the opening. Its write becomes due as if it were recorded now, so
     * that the writes do not slow down the start.
     */
    synchronized void recovered(String id, @Nullable Status status, JournalSegment segment) {
        add(id, status, segment, timer.now());
    }

    /** Takes over changes that have become durable in this segment, in their order. */
    void committed(List<JournalAppend> changes, JournalSegment segment) {
        long now = timer.now();
        synchronized (this) {
            for (JournalAppend change : changes) {
                if (!change.isInFile()) {
                    add(change.id(), change.status(), segment, now);
                }
            }
        }
        startDueWrites();
    }

    private void add(String id, @Nullable Status status, JournalSegment segment, long now) {
        DirtyContainer one = dirty.get(id);
        if (one == null) {
            one = new DirtyContainer(id, status, segment, now, urgent ? now : now + delay);
            dirty.put(id, one);
            waiting.add(one);
        } else {
            if (one.isDeletion()) {
                deletions.remove(id);
            }
            one.recordAgain(status, segment, now);
        }
        if (one.isDeletion()) {
            deletions.add(id);
        }
    }

    /** Returns whether the newest record of every container in this segment is in its file. */
    synchronized boolean isFree(JournalSegment segment) {
        return segment.dirty() == 0;
    }

    /**
     * Makes every waiting write due now, because a segment is needed. Retries keep their time. Records that come
     * later are due at once as well, until no write waits any more except retries.
     */
    void makeAllDue() {
        synchronized (this) {
            if (urgent || onlyRetriesWait()) {
                return;
            }
            urgent = true;
            long now = timer.now();
            List<DirtyContainer> all = new ArrayList<>(waiting);
            waiting.clear();
            for (DirtyContainer one : all) {
                if (!one.isFailing()) {
                    one.setDueAt(Math.min(one.dueAt(), now));
                }
                waiting.add(one);
            }
        }
        startDueWrites();
    }

    private boolean onlyRetriesWait() {
        return waiting.size() == retries;
    }

    /**
     * Completes once the container's file holds its newest record, and once every deleted container whose id
     * differs from this one only in case is removed. Fails if one of these writes fails.
     */
    Mono<Void> settle(String id) {
        return Mono.<Void>create(sink -> {
                    if (waitFor(id, sink)) {
                        startDueWrites();
                    } else {
                        sink.success();
                    }
                })
                .repeat(() -> unsettled(id) != null)
                .then();
    }

    private synchronized @Nullable DirtyContainer unsettled(String id) {
        DirtyContainer same = dirty.get(id);
        if (same != null) {
            return same;
        }
        String deleted = deletions.any(id);
        return deleted == null ? null : dirty.get(deleted);
    }

    /** Registers the waiter with the next write that it must wait for. Returns false if there is no such write. */
    private synchronized boolean waitFor(String id, MonoSink<Void> waiter) {
        DirtyContainer one = unsettled(id);
        if (one == null) {
            return false;
        }
        one.addWaiter(waiter);
        if (waiting.remove(one)) {
            one.setDueAt(timer.now());
            waiting.add(one);
        }
        return true;
    }

    /** Writes everything, without retries, and emits whether everything was written. */
    Mono<Boolean> end() {
        return Mono.create(sink -> {
            synchronized (this) {
                end = sink;
            }
            startDueWrites();
        });
    }

    /** Returns how far the files are behind. */
    synchronized Backlog backlog() {
        long now = timer.now();
        long oldestAge = 0;
        for (DirtyContainer one : dirty.values()) {
            oldestAge = Math.max(oldestAge, now - one.since());
        }
        return new Backlog(dirty.size(), Duration.ofNanos(oldestAge), lastFailure);
    }

    /** Returns the latest failure of a write; null if no container's last write failed. */
    synchronized @Nullable Throwable lastFailure() {
        return lastFailure;
    }

    /** Starts the writes that are due, on this thread. Does not block. */
    void startDueWrites() {
        if (starts.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            DirtyContainer next;
            while ((next = nextDue()) != null) {
                write(next);
            }
            endIfThrough();
            missed = starts.addAndGet(-missed);
        } while (missed != 0);
    }

    private synchronized @Nullable DirtyContainer nextDue() {
        if (waiting.isEmpty() || writing >= most) {
            return null;
        }
        DirtyContainer first = waiting.first();
        long now = timer.now();
        if (end == null && first.dueAt() > now) {
            wakeUpAt(first.dueAt(), now);
            return null;
        }
        if (writing >= maxParallelWrites(now - first.dueAt())) {
            // The next write that ends, or the next record, checks again.
            return null;
        }
        waiting.remove(first);
        retries -= first.isFailing() ? 1 : 0;
        first.beginWrite();
        writing++;
        return first;
    }

    /**
     * Returns how many writes may be in progress now. Each write slows down the journal's syncs, so this is the
     * smallest number that keeps the writes in time.
     *
     * @param late how long ago the next write was due, in nanoseconds
     */
    private int maxParallelWrites(long late) {
        return urgent || end != null ? most : (int) Math.max(FEWEST, Math.min(most, most * late / reserve));
    }

    private void wakeUpAt(long time, long now) {
        if (timed && timedFor <= time) {
            return;
        }
        // If this fails, the next record, or the end, starts the write instead.
        if (timer.schedule(wakeUp, time - now)) {
            timed = true;
            timedFor = time;
        }
    }

    private void wakenUp() {
        synchronized (this) {
            timed = false;
        }
        startDueWrites();
    }

    private void write(DirtyContainer one) {
        String id = one.id();
        Status status;
        synchronized (this) {
            status = one.status();
        }
        Publisher<Void> write;
        try {
            write = status == null ? backEnd.delete(id) : backEnd.write(id, status);
        } catch (Throwable thrown) {
            // An adapter must not throw. If one does, the other writes must continue.
            write = Mono.error(thrown);
        }
        try {
            Flux.from(write).subscribe(nothing -> {}, failure -> failed(one, failure), () -> written(one));
        } catch (Throwable thrown) {
            failed(one, thrown);
        }
    }

    private void written(DirtyContainer one) {
        List<MonoSink<Void>> waiters = List.of();
        synchronized (this) {
            writing--;
            if (one.isFailing() && --failing == 0) {
                lastFailure = null;
            }
            if (one.endWrite()) {
                dirty.remove(one.id());
                deletions.remove(one.id());
                waiters = one.takeWaiters();
            } else {
                one.setDueAt(urgent || one.hasWaiters() ? timer.now() : one.since() + delay);
                waiting.add(one);
            }
            urgent = urgent && !onlyRetriesWait();
        }
        waiters.forEach(MonoSink::success);
        freed.run();
        startDueWrites();
    }

    private void failed(DirtyContainer one, Throwable failure) {
        List<MonoSink<Void>> waiters;
        boolean isFirst;
        boolean isRetried;
        synchronized (this) {
            if (!one.isBeingWritten()) {
                // The subscription has signalled its end, and then thrown.
                return;
            }
            writing--;
            isFirst = !one.isFailing();
            isRetried = end == null;
            failing += isFirst ? 1 : 0;
            lastFailure = failure;
            one.failWrite(timer.now());
            if (isRetried) {
                waiting.add(one);
                retries++;
            } else {
                leftInJournal++;
            }
            urgent = urgent && !onlyRetriesWait();
            waiters = one.takeWaiters();
        }
        if (isFirst) {
            OperatorLog.warn(
                    JournalBehind.class,
                    "the last change of container \"" + one.id() + "\" is safe in the journal, but could not be written"
                            + " to its file; "
                            + (isRetried ? "the write is repeated until it succeeds" : "the next opening finds it"),
                    failure);
        }
        for (MonoSink<Void> waiter : waiters) {
            waiter.error(
                    new NotWrittenException(one.id(), "the previous change could not be written to its file", failure));
        }
        startDueWrites();
    }

    private void endIfThrough() {
        MonoSink<Boolean> ended = null;
        boolean complete = false;
        synchronized (this) {
            if (end != null && waiting.isEmpty() && writing == 0) {
                ended = end;
                end = null;
                complete = leftInJournal == 0;
            }
        }
        if (ended != null) {
            ended.success(complete);
        }
    }
}
