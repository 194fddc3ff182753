package io.containerstatus.fs;

import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.fs.internal.OperatorLog;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Backlog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Brings the places behind a journal up to it: of each container whose newest record is not in its place yet, the newest
 * status is written there, a while after the record. What is overtaken meanwhile is never written. One container has one
 * write at a time; several containers are written side by side.
 *
 * <p>Threadsafe. Its lock also guards how many containers a segment is ahead of.
 */
final class JournalBehind {
    /** So that times of {@link System#nanoTime} can be compared as numbers. */
    private static final long EPOCH = System.nanoTime();

    /** How many writes are under way side by side as long as they are not late. */
    private static final int FEWEST = 2;

    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);

    private final StatusCheckpoints place;
    /** How many writes may be under way. */
    private final int most;
    /** How long after its record a container waits for its write: less than is promised, so that the write has the rest. */
    private final long delay;
    /** The rest of what is promised. */
    private final long reserve;
    /** Is called when a segment may have become free. */
    private final Runnable freed;

    private final JournalTimer timer;

    /** The containers whose newest record is not in their place. */
    private final Map<String, Dirty> dirty = new HashMap<>();
    /** Those of them that wait for a write, in the order in which they are due. */
    private final PriorityQueue<Dirty> waiting =
            new PriorityQueue<>(Comparator.comparingLong((Dirty one) -> one.dueAt - EPOCH));
    /** How many writes are under way. */
    private int writing;
    /** How many calls of {@link #pump} there are that have not been served. */
    private final AtomicInteger pumps = new AtomicInteger();

    /** Whether everything is due at once, as segments have run out. */
    private boolean urgent;

    /** Whether the timer is set, and for when. */
    private boolean timed;

    private long timedFor;
    private @Nullable MonoSink<Boolean> end;
    private int failedAtEnd;
    /** How many containers there are whose last write failed. */
    private int failing;

    private @Nullable Throwable lastFailure;

    /** A container whose newest record is not in its place yet. */
    private static final class Dirty {
        final String id;
        final List<MonoSink<Void>> waiters = new ArrayList<>(0);

        @Nullable
        Status status;

        JournalSegment segment;
        /** When the oldest record that is not in the place was written. */
        long since;

        long dueAt;
        boolean isWritten;
        /** How long the next attempt waits after one that failed; 0 if the last one did not. */
        long retryNanos;
        /** Whether there is a newer record than the one that is being written. */
        boolean overtaken;

        Dirty(String id, @Nullable Status status, JournalSegment segment, long since) {
            this.id = id;
            this.status = status;
            this.segment = segment;
            this.since = since;
        }
    }

    /**
     * Prepares.
     *
     * @param most how many writes may be under way, once they are late
     */
    JournalBehind(StatusCheckpoints place, int most, Duration filesWithin, JournalTimer timer, Runnable freed) {
        this.place = place;
        this.most = most;
        this.delay = filesWithin.toNanos() * 3 / 4;
        this.reserve = filesWithin.toNanos() - delay;
        this.timer = timer;
        this.freed = freed;
    }

    /** Takes over what a journal held when it was opened: as if it had been recorded now, so that the start is not slowed. */
    synchronized void recovered(String id, @Nullable Status status, JournalSegment segment) {
        long now = System.nanoTime();
        Dirty one = new Dirty(id, status, segment, now);
        one.dueAt = now + delay;
        segment.addDirty(1);
        dirty.put(id, one);
        waiting.add(one);
    }

    /** Takes over changes that have become durable in this segment, in their order. */
    void committed(List<JournalAppend> changes, JournalSegment segment) {
        long now = System.nanoTime();
        synchronized (this) {
            for (JournalAppend change : changes) {
                if (!change.isInFile()) {
                    add(change, segment, now);
                }
            }
        }
        pump();
    }

    private void add(JournalAppend change, JournalSegment segment, long now) {
        Dirty one = dirty.get(change.id());
        if (one == null) {
            one = new Dirty(change.id(), change.status(), segment, now);
            one.dueAt = urgent ? now : now + delay;
            dirty.put(change.id(), one);
            waiting.add(one);
        } else {
            if (one.isWritten && !one.overtaken) {
                one.overtaken = true;
                one.since = now;
            }
            one.segment.addDirty(-1);
            one.segment = segment;
            one.status = change.status();
        }
        segment.addDirty(1);
    }

    /** Returns whether no container has its newest record in this segment and not in its place. */
    synchronized boolean isFree(JournalSegment segment) {
        return segment.dirty() == 0;
    }

    /** Has everything written at once that waits, until nothing waits any more: a segment is needed. */
    void hurry() {
        synchronized (this) {
            if (urgent) {
                return;
            }
            urgent = true;
            long now = System.nanoTime();
            List<Dirty> all = new ArrayList<>(waiting);
            waiting.clear();
            for (Dirty one : all) {
                if (one.retryNanos == 0) {
                    one.dueAt = Math.min(one.dueAt, now);
                }
                waiting.add(one);
            }
        }
        pump();
    }

    /**
     * Completes when the place of the container holds its newest record, and when those are gone from their places that were
     * deleted and whose ids differ from this one only in case; fails if one of these writes does.
     */
    Mono<Void> settle(String id) {
        return Mono.<Void>create(sink -> {
                    if (isSettled(id, sink)) {
                        sink.success();
                    } else {
                        pump();
                    }
                })
                .repeat(() -> unsettled(id) != null)
                .then();
    }

    private synchronized @Nullable Dirty unsettled(String id) {
        Dirty same = dirty.get(id);
        if (same != null) {
            return same;
        }
        for (Dirty one : dirty.values()) {
            if (one.status == null && one.id.equalsIgnoreCase(id)) {
                return one;
            }
        }
        return null;
    }

    private synchronized boolean isSettled(String id, MonoSink<Void> waiter) {
        Dirty one = unsettled(id);
        if (one == null) {
            return true;
        }
        one.waiters.add(waiter);
        if (waiting.remove(one)) {
            one.dueAt = System.nanoTime();
            waiting.add(one);
        }
        return false;
    }

    /** Writes everything, tries nothing twice, and returns whether all of it was written. */
    Mono<Boolean> end() {
        return Mono.create(sink -> {
            synchronized (this) {
                end = sink;
            }
            pump();
        });
    }

    /** Ends the timer. */
    void stop() {
        timer.stop();
    }

    /** Returns how far the place is behind. */
    synchronized Backlog backlog() {
        long now = System.nanoTime();
        long oldest = 0;
        for (Dirty one : dirty.values()) {
            oldest = Math.max(oldest, now - one.since);
        }
        return new Backlog(dirty.size(), Duration.ofNanos(oldest), lastFailure);
    }

    /** Returns why the last write failed; null if it succeeded, or there was none. */
    synchronized @Nullable Throwable lastFailure() {
        return lastFailure;
    }

    /** Starts what is due, on this thread; nothing of it blocks. */
    void pump() {
        if (pumps.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            Dirty next;
            while ((next = nextDue()) != null) {
                write(next);
            }
            endIfThrough();
            seen = pumps.addAndGet(-seen);
        } while (seen != 0);
    }

    private synchronized @Nullable Dirty nextDue() {
        Dirty first = waiting.peek();
        if (first == null || writing >= most) {
            return null;
        }
        long now = System.nanoTime();
        if (end == null && first.dueAt - now > 0) {
            wakeUpAt(first.dueAt, now);
            return null;
        }
        if (writing >= sideBySide(now - first.dueAt)) {
            // The next write that ends, or record that comes, looks again.
            return null;
        }
        waiting.remove();
        first.isWritten = true;
        first.overtaken = false;
        writing++;
        return first;
    }

    /** Returns how many writes may be under way now. Each one slows the journal's syncs down, so the fewest that are in time. */
    private int sideBySide(long late) {
        return urgent || end != null ? most : (int) Math.max(FEWEST, Math.min(most, most * late / reserve));
    }

    private void wakeUpAt(long time, long now) {
        if (timed && timedFor - time <= 0) {
            return;
        }
        try {
            timer.schedule(this::wakenUp, time - now);
            timed = true;
            timedFor = time;
        } catch (RuntimeException | Error e) {
            // No thread can be had, or the end has come. The next record, or the end, starts the write instead.
        }
    }

    /** Runs a task after so much time, unless the end has come or no thread can be had. */
    void later(Runnable task, Duration time) {
        try {
            timer.schedule(task, time.toNanos());
        } catch (RuntimeException | Error e) {
            // The next change, or the next write that ends, is as good.
        }
    }

    private void wakenUp() {
        synchronized (this) {
            timed = false;
        }
        pump();
    }

    private void write(Dirty one) {
        Status status;
        synchronized (this) {
            status = one.status;
        }
        Publisher<Void> write;
        try {
            write = status == null ? place.delete(one.id) : place.write(one.id, status);
        } catch (Throwable thrown) {
            // An adapter may not throw; one that does must not stop the others.
            write = Mono.error(thrown);
        }
        try {
            Flux.from(write).subscribe(nothing -> {}, failure -> failed(one, failure), () -> written(one));
        } catch (Throwable thrown) {
            failed(one, thrown);
        }
    }

    private void written(Dirty one) {
        List<MonoSink<Void>> waiters = List.of();
        synchronized (this) {
            writing--;
            one.isWritten = false;
            if (one.retryNanos != 0 && --failing == 0) {
                lastFailure = null;
            }
            one.retryNanos = 0;
            if (one.overtaken) {
                one.dueAt = urgent || !one.waiters.isEmpty() ? System.nanoTime() : one.since + delay;
                waiting.add(one);
            } else {
                dirty.remove(one.id);
                one.segment.addDirty(-1);
                waiters = List.copyOf(one.waiters);
            }
            if (waiting.isEmpty()) {
                urgent = false;
            }
        }
        waiters.forEach(MonoSink::success);
        freed.run();
        pump();
    }

    private void failed(Dirty one, Throwable failure) {
        List<MonoSink<Void>> waiters;
        boolean isFirst;
        synchronized (this) {
            if (!one.isWritten) {
                // The subscription has told the end, and then thrown.
                return;
            }
            writing--;
            one.isWritten = false;
            isFirst = failing == 0;
            if (one.retryNanos == 0) {
                failing++;
            }
            lastFailure = failure;
            one.retryNanos = Math.min(LAST_RETRY.toNanos(), Math.max(FIRST_RETRY.toNanos(), one.retryNanos * 2));
            one.dueAt = System.nanoTime() + one.retryNanos;
            if (end == null) {
                waiting.add(one);
            } else {
                failedAtEnd++;
            }
            waiters = List.copyOf(one.waiters);
            one.waiters.clear();
        }
        if (isFirst) {
            OperatorLog.warn(
                    JournalBehind.class,
                    "the status of container \"" + one.id + "\" is safe in the journal, but could not be written to its"
                            + " place; this is tried again until it succeeds",
                    failure);
        }
        for (MonoSink<Void> waiter : waiters) {
            waiter.error(
                    new NotWrittenException(one.id, "the change before could not be brought to its place", failure));
        }
        pump();
    }

    private void endIfThrough() {
        MonoSink<Boolean> ended = null;
        boolean complete = false;
        synchronized (this) {
            if (end != null && waiting.isEmpty() && writing == 0) {
                ended = end;
                end = null;
                complete = failedAtEnd == 0;
            }
        }
        if (ended != null) {
            ended.success(complete);
        }
    }
}
