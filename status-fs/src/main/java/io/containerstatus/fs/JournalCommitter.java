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
 * Writes changes to the journal: all that wait go into one write and one sync. Callers queue a change, and neither lock nor
 * block. One thread at a time has the turn to commit, and keeps it as long as changes come. Then another thread signals what
 * was committed, so that no write waits for subscribers.
 */
final class JournalCommitter {
    /** How many bytes go into one write, unless one record alone takes more. */
    private static final int BUFFER = 256 << 10;
    /** How long changes wait for a segment until they fail. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Fails if the folder of the journal is not, or not for certain, the one that was taken. */
    @FunctionalInterface
    interface Ownership {
        void require() throws IOException;
    }

    private final Supplier<Scheduler> scheduler;
    private final Ownership ownership;
    private final JournalSegments segments;
    private final JournalBehind behind;
    private final TaskDrain signals;
    private final Runnable turn = this::commit;
    private final Queue<JournalAppend> queue =
            Queues.<JournalAppend>unboundedMultiproducer().get();
    /** Whether a thread has the turn, or is on its way to take it. */
    private final AtomicBoolean taken = new AtomicBoolean();
    /** The containers of which a record may be in the journal that nobody was told of as durable. */
    private final Set<String> uncertain = ConcurrentHashMap.newKeySet();
    /** Whether the virtual machine failed in the midst of a turn. */
    private volatile boolean everythingUncertain;
    /** How often a segment may have become free. */
    private final AtomicInteger freed = new AtomicInteger();

    private volatile boolean waitsForSegment;
    /** Which of the waits for a segment has lasted too long. */
    private volatile int lostPatience;

    // What follows belongs to the thread that has the turn.
    private final ByteBuffer buffer = JournalFormat.newBuffer(BUFFER);
    private final List<JournalAppend> batch = new ArrayList<>();
    /** A change that was taken from the queue, and is not in the batch. */
    private @Nullable JournalAppend next;

    private long nextSequence;
    /** The number up to which all records are known to be durable. */
    private long synced;
    /** The waits for a segment, counted. */
    private int waits;

    JournalCommitter(
            Supplier<Scheduler> scheduler,
            Ownership ownership,
            JournalSegments segments,
            JournalBehind behind,
            long nextSequence,
            long synced) {
        this.scheduler = scheduler;
        this.ownership = ownership;
        this.segments = segments;
        this.behind = behind;
        this.signals = new TaskDrain(scheduler);
        this.nextSequence = nextSequence;
        this.synced = synced;
    }

    /** Queues a change. It is signalled on an I/O thread; on this one if no thread can be had. */
    void append(JournalAppend change) {
        queue.offer(change);
        callForTurn();
    }

    /** Goes on if changes wait for a segment. */
    void segmentFreed() {
        freed.incrementAndGet();
        if (waitsForSegment) {
            callForTurn();
        }
    }

    /** Returns the failure of a change that was not begun. */
    StatusException refused(String id, String reason, @Nullable Throwable cause) {
        return everythingUncertain || uncertain.contains(id)
                ? new IndeterminateWriteException(id, reason, cause)
                : new NotWrittenException(id, reason, cause);
    }

    /** Returns the failure of a change of which no record was written. */
    private StatusException refused(JournalAppend change, String reason, @Nullable Throwable cause) {
        if (change.isInFile()) {
            // The next opening finds the file, or an older record that wins over it.
            uncertain.add(change.id());
        }
        return refused(change.id(), reason, cause);
    }

    /** Returns whether an earlier change of the container has failed and may be in force all the same. */
    boolean isUncertain(String id) {
        return uncertain.contains(id);
    }

    /** Returns the number of the next record. Only once nothing is queued any more. */
    long nextSequence() {
        return nextSequence;
    }

    /** Returns the number up to which all records are known to be durable. Only once nothing is queued any more. */
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

    /** Fails what is queued, with the turn, which nobody takes; then gives the turn back. */
    private void refuseAll(Throwable cause) {
        do {
            List<JournalAppend> refused;
            try {
                drain();
                refused = refuseBatch("the I/O scheduler takes no work", cause);
            } catch (Throwable thrown) {
                breakOff(thrown);
                Exceptions.throwIfJvmFatal(thrown);
                return;
            }
            batch.clear();
            taken.set(false);
            refused.forEach(JournalAppend::run);
        } while (!queue.isEmpty() && taken.compareAndSet(false, true));
    }

    /** Takes all that is queued into the batch. What the batch has no memory for stays where {@link #breakOff} finds it. */
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
            List<JournalAppend> ended;
            try {
                ended = commitBatch();
            } catch (Throwable thrown) {
                breakOff(thrown);
                Exceptions.throwIfJvmFatal(thrown);
                return;
            }
            // Nobody holds on to what has ended.
            batch.clear();
            boolean hasNext = next != null;
            boolean waits = hasNext && waitsForSegment;
            if (!waits && (hasNext || !queue.isEmpty())) {
                // Another thread signals: while it wakes up, the next write is under way.
                signals.run(ended);
                continue;
            }
            taken.set(false);
            try {
                // A segment that was freed, or a change that came, while this thread had the turn found it taken.
                if (waits ? freed.get() != freedBefore : !queue.isEmpty()) {
                    callForTurn();
                }
            } finally {
                if (ended.size() == 1) {
                    ended.get(0).run();
                } else if (!ended.isEmpty()) {
                    signals.runHere(ended);
                }
            }
            return;
        }
    }

    /**
     * Ends what was taken from the queue with what was thrown, and gives the turn back. Allocates nothing: the virtual
     * machine may have no memory left. The store takes a failure of an unknown kind as indeterminate.
     */
    private void breakOff(Throwable thrown) {
        everythingUncertain = true;
        segments.giveUpCurrent();
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).end(thrown);
            batch.get(i).run();
        }
        batch.clear();
        JournalAppend left = next;
        next = null;
        if (left != null) {
            left.end(thrown);
            left.run();
        }
        taken.set(false);
        if (!queue.isEmpty()) {
            callForTurn();
        }
    }

    /** Commits what is queued, as much as fits; returns what has ended by that. */
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
                return refuseBatch("no segment of the journal could be begun: " + IoReason.of(e), e);
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
            behind.later(() -> losePatience(wait), PATIENCE);
        }
        if (lostPatience != waits) {
            behind.hurry();
            return List.of();
        }
        drain();
        return refuseBatch(
                "the journal is full, and its records cannot be brought to their places", behind.lastFailure());
    }

    private void losePatience(int wait) {
        lostPatience = wait;
        // As a freed segment does: a thread that has the turn looks once more.
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
            // What is in the file by now, nobody knows. The next segment says that it does not count.
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

    /** Ends the batch of which nothing was written. */
    private List<JournalAppend> refuseBatch(String reason, @Nullable Throwable cause) {
        List<JournalAppend> refused = List.copyOf(batch);
        refused.forEach(one -> one.end(refused(one, reason, cause)));
        return refused;
    }

    /** Ends the batch of which something may have been written. */
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
