package io.containerstatus.fs;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.StatusException;
import io.containerstatus.fs.internal.HandOver;
import io.containerstatus.fs.internal.TaskDrain;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.scheduler.Scheduler;
import reactor.util.concurrent.Queues;

/**
 * Writes changes to the journal as a group commit: all waiting changes share one write and one sync. Callers queue
 * a change, and neither lock nor block. One thread at a time has the turn to commit. If more changes wait after a
 * commit, the thread hands the turn to another thread before it signals the committed changes. So no write waits for
 * subscribers. While the other thread wakes up, subscribers make their next changes, and these share its write.
 */
final class JournalCommitter {
    /** How many bytes go into one write, unless a single record takes more. */
    private static final int BUFFER = 256 << 10;
    /** How long changes wait for a segment before they fail. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Fails unless the path of the journal's folder certainly still leads to the folder that was taken. */
    @FunctionalInterface
    interface Ownership {
        void require() throws IOException;
    }

    private final Supplier<Scheduler> scheduler;
    private final Ownership ownership;
    private final JournalSegments segments;
    private final JournalBehind behind;
    private final JournalTimer timer;
    private final TaskDrain signals;
    private final Runnable turn = this::commit;
    private final Queue<JournalAppend> queue =
            Queues.<JournalAppend>unboundedMultiproducer().get();
    /** Whether a thread has the turn, or was requested to take it. */
    private final AtomicBoolean taken = new AtomicBoolean();
    /** The containers that may have a record in the journal whose change was not reported as durable. */
    private final Set<String> uncertain = ConcurrentHashMap.newKeySet();
    /** Whether a turn has ended with an unexpected throwable, such as an Error. Then every container is uncertain. */
    private volatile boolean everythingUncertain;
    /** How many times a segment may have become free. */
    private final AtomicInteger freed = new AtomicInteger();

    private volatile boolean waitsForSegment;
    /** The number of the last wait for a segment that has lasted longer than {@link #PATIENCE}. */
    private volatile int lostPatience;

    // The following fields are used only by the thread that has the turn.
    private final ByteBuffer buffer = JournalFormat.newBuffer(BUFFER);
    private final List<JournalAppend> batch = new ArrayList<>();
    /** A change that was taken from the queue, and is not in the batch. */
    private @Nullable JournalAppend next;

    private long nextSequence;
    /** The sequence number up to which all records are known to be durable. */
    private long synced;
    /** How many waits for a segment have begun. */
    private int waits;

    JournalCommitter(
            Supplier<Scheduler> scheduler,
            Ownership ownership,
            JournalSegments segments,
            JournalBehind behind,
            JournalTimer timer,
            long nextSequence,
            long synced) {
        this.scheduler = scheduler;
        this.ownership = ownership;
        this.segments = segments;
        this.behind = behind;
        this.timer = timer;
        this.signals = new TaskDrain(scheduler);
        this.nextSequence = nextSequence;
        this.synced = synced;
    }

    /** Queues a change. It is signalled on an I/O thread, or on this one if no thread can be started. */
    void append(JournalAppend change) {
        try {
            queue.offer(change);
        } catch (OutOfMemoryError noMemory) {
            // Otherwise the change would never be signalled, and the close would wait for it.
            change.end(noMemory);
            change.run();
            return;
        }
        callForTurn();
    }

    /** Continues if changes wait for a segment. */
    void segmentFreed() {
        freed.incrementAndGet();
        if (waitsForSegment) {
            callForTurn();
        }
    }

    /** Returns the failure of a change that did not begin. */
    StatusException refused(String id, String reason, @Nullable Throwable cause) {
        return everythingUncertain || uncertain.contains(id)
                ? new IndeterminateWriteException(id, reason, cause)
                : new NotWrittenException(id, reason, cause);
    }

    /** Returns the failure of a change of which no record was written. */
    private StatusException refused(JournalAppend change, String reason, @Nullable Throwable cause) {
        if (change.isInFile()) {
            // The next opening finds the file, or an older record that takes precedence over it.
            uncertain.add(change.id());
        }
        return refused(change.id(), reason, cause);
    }

    /** Returns whether an earlier change of the container has failed but may have taken effect. */
    boolean isUncertain(String id) {
        return uncertain.contains(id);
    }

    /** Returns the sequence number of the next record. Valid only once nothing is queued any more. */
    long nextSequence() {
        return nextSequence;
    }

    /**
     * Returns the sequence number up to which all records are known to be durable. Valid only once nothing
     * is queued any more.
     */
    long synced() {
        return synced;
    }

    private void callForTurn() {
        if (!taken.compareAndSet(false, true)) {
            return;
        }
        Throwable refused = HandOver.give(turn, scheduler);
        if (refused != null) {
            refuseAll(refused);
        }
    }

    /** Fails all queued changes, with the turn that no thread could take. Then gives the turn back. */
    private void refuseAll(Throwable cause) {
        do {
            try {
                drain();
                signals.add(refuseBatch("the I/O scheduler rejected the work", cause));
            } catch (Throwable thrown) {
                breakOff(thrown);
                Exceptions.throwIfJvmFatal(thrown);
                return;
            }
            batch.clear();
            taken.set(false);
        } while (!queue.isEmpty() && taken.compareAndSet(false, true));
        signals.run();
    }

    /**
     * Takes all queued changes into the batch. If memory runs out, the current change stays where
     * {@link #breakOff} finds it.
     */
    private void drain() {
        if (next == null) {
            next = queue.poll();
        }
        for (JournalAppend change = next; change != null; change = next) {
            batch.add(change);
            next = queue.poll();
        }
    }

    private void commit() {
        while (true) {
            int freedBefore = freed.get();
            try {
                // This comes before the turn goes to another thread, which may be done before this one goes on.
                signals.add(commitBatch());
            } catch (Throwable thrown) {
                breakOff(thrown);
                Exceptions.throwIfJvmFatal(thrown);
                return;
            }
            // Drops the references to changes that have ended.
            batch.clear();
            boolean hasNext = next != null;
            boolean lacksSegment = hasNext && waitsForSegment;
            if (!lacksSegment && (hasNext || !queue.isEmpty())) {
                if (handTurnOver()) {
                    return;
                }
                continue;
            }
            taken.set(false);
            try {
                // A segment may have been freed, or a change queued, while this thread had the turn. Then no
                // other thread took it.
                if (lacksSegment ? freed.get() != freedBefore : !queue.isEmpty()) {
                    callForTurn();
                }
            } finally {
                signals.runHere();
            }
            return;
        }
    }

    /**
     * Lets another thread take the turn. Meanwhile, this thread signals the changes that have ended. If a subscriber
     * blocks this thread, the other thread signals the rest after its commit.
     *
     * @return false if no other thread can take the turn. Then this thread keeps it
     */
    private boolean handTurnOver() {
        if (HandOver.giveToAnotherThread(turn, scheduler)) {
            signals.runHereAlone();
            return true;
        }
        signals.run();
        return false;
    }

    /**
     * Ends the changes that were taken from the queue with the throwable, and gives the turn back. This also works if
     * the virtual machine has no memory left. The store treats a failure of an unknown type as indeterminate.
     */
    private void breakOff(Throwable thrown) {
        everythingUncertain = true;
        segments.giveUpCurrent();
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).end(thrown);
        }
        signals.add(batch);
        batch.clear();
        JournalAppend left = next;
        next = null;
        if (left != null) {
            left.end(thrown);
            signals.add(left);
        }
        taken.set(false);
        try {
            if (!queue.isEmpty()) {
                callForTurn();
            }
        } finally {
            // This also signals what the turn before has left, if a subscriber blocks its thread.
            signals.runHere();
        }
    }

    /** Commits the queued changes, up to the limits of a write; returns the changes that this has ended. */
    private List<JournalAppend> commitBatch() {
        batch.clear();
        if (next == null) {
            next = queue.poll();
        }
        JournalAppend first = next;
        if (first == null) {
            waitsForSegment = false;
            return List.of();
        }
        try {
            ownership.require();
        } catch (IOException | RuntimeException e) {
            drain();
            return refuseBatch(IoReason.of(e), e);
        }
        JournalSegment segment = segments.withRoomFor(first.size());
        if (segment == null) {
            try {
                segment = segments.begin(nextSequence, synced);
            } catch (IOException | RuntimeException e) {
                drain();
                return refuseBatch("no new segment of the journal could be started: " + IoReason.of(e), e);
            }
        }
        if (segment == null) {
            return waitForSegment();
        }
        waitsForSegment = false;
        return write(first, segment);
    }

    private List<JournalAppend> waitForSegment() {
        if (!waitsForSegment) {
            waitsForSegment = true;
            int wait = ++waits;
            if (!timer.schedule(() -> losePatience(wait), PATIENCE.toNanos())) {
                // Nothing would end the wait, so the changes do not wait.
                lostPatience = wait;
            }
        }
        if (lostPatience != waits) {
            behind.makeAllDue();
            return List.of();
        }
        drain();
        return refuseBatch(
                "the journal is full, and its records cannot be written to their files", behind.lastFailure());
    }

    private void losePatience(int wait) {
        lostPatience = wait;
        // This works like a freed segment: a thread that has the turn checks again.
        segmentFreed();
    }

    private List<JournalAppend> write(JournalAppend first, JournalSegment segment) {
        ByteBuffer records = first.size() > buffer.capacity() ? JournalFormat.newBuffer(first.size()) : buffer.clear();
        int room = Math.min(segments.room(), records.capacity());
        long sequence = nextSequence;
        JournalAppend change = first;
        while (change != null && change.size() <= room - records.position()) {
            batch.add(change);
            next = null;
            JournalFormat.encode(
                    new JournalFormat.Entry(sequence++, segment.number(), synced, change.id(), change.document()),
                    records);
            change = queue.poll();
            next = change;
        }
        try {
            segment.append(records.flip());
        } catch (IOException | RuntimeException e) {
            // The contents of the file are unknown now. The next segment says that these records do not count.
            segments.giveUpCurrent();
            return failBatch(e);
        }
        nextSequence = sequence;
        synced = sequence - 1;
        List<JournalAppend> committed = List.copyOf(batch);
        if (!uncertain.isEmpty()) {
            committed.forEach(one -> uncertain.remove(one.id()));
        }
        behind.committed(committed, segment);
        return committed;
    }

    /** Fails the batch, of which nothing was written. */
    private List<JournalAppend> refuseBatch(String reason, @Nullable Throwable cause) {
        List<JournalAppend> refused = List.copyOf(batch);
        refused.forEach(one -> one.end(refused(one, reason, cause)));
        return refused;
    }

    /** Fails the batch, of which something may have been written. */
    private List<JournalAppend> failBatch(Throwable cause) {
        List<JournalAppend> failed = List.copyOf(batch);
        for (JournalAppend one : failed) {
            uncertain.add(one.id());
            one.end(new IndeterminateWriteException(
                    one.id(), "the journal could not be written: " + IoReason.of(cause), cause));
        }
        return failed;
    }
}
