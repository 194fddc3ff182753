package io.containerstatus.etcd.faults;

import io.containerstatus.etcd.faults.HistoryEntry.Event;
import io.containerstatus.etcd.faults.HistoryEntry.Outcome;
import io.containerstatus.etcd.faults.HistoryEntry.Read;
import io.containerstatus.etcd.faults.HistoryEntry.Write;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Checks what a publisher has made of the changes of a local store. The history has the changes of the store
 * as writes, and the changes of etcd as events. A publisher may leave out a status if it sends a later one.
 * It must not leave out a deletion, except of a container that is not on etcd. Nothing comes after something
 * later, and in the end etcd holds what the store holds.
 */
final class PublishedChecker {
    private final String id;
    private final TreeMap<WriteNumber, Write> writes = new TreeMap<>();
    private final List<String> violations = new ArrayList<>();
    private final List<String> gaps = new ArrayList<>();
    private final List<String> duplicates = new ArrayList<>();
    /** The last change that is known to be on etcd; for a deletion, the first one that it can be. */
    private WriteNumber last = new WriteNumber(0, 0);

    private boolean isThere;

    private PublishedChecker(String id) {
        this.id = id;
    }

    /** Checks the observations of all containers. */
    static HistoryCheck check(History history) {
        return history.byContainer().entrySet().stream()
                .map(container -> check(container.getKey(), container.getValue()))
                .reduce(HistoryCheck.NONE, HistoryCheck::and);
    }

    /** Checks the observations of one container. */
    static HistoryCheck check(String id, List<HistoryEntry> operations) {
        return new PublishedChecker(id).verdict(operations);
    }

    private HistoryCheck verdict(List<HistoryEntry> operations) {
        List<Event> events = new ArrayList<>();
        List<Read> reads = new ArrayList<>();
        for (HistoryEntry operation : operations) {
            if (operation instanceof Write write) {
                writes.put(write.stamp(), write);
            } else if (operation instanceof Event event) {
                events.add(event);
            } else if (operation instanceof Read read) {
                reads.add(read);
            }
        }
        Event before = null;
        for (Event event : events) {
            if (before != null && event.revision() <= before.revision()) {
                duplicates.add(id + ": " + event + " is reported after " + before);
            } else if (event.put() == null) {
                deleted(event);
            } else {
                put(event, event.put());
            }
            before = event;
        }
        checkEnd();
        checkReads(events, reads);
        return new HistoryCheck(acknowledged(), reads.size(), events.size(), violations, gaps, duplicates);
    }

    private void put(Event event, WriteNumber number) {
        Write write = writes.get(number);
        if (write == null || write.deletes()) {
            violations.add(id + ": " + event + " is no status of the store");
            return;
        }
        if (number.compareTo(last) < 0) {
            violations.add(id + ": " + event + " comes after " + last);
            return;
        }
        // The same status may be put again, if the outcome of the first transaction was unknown.
        if (isThere && firstDeletionAfter(last, number, /* acknowledged= */ true) != null) {
            gaps.add(id + ": its deletion between " + last + " and " + event + " is missing");
        }
        last = number;
        isThere = true;
    }

    private void deleted(Event event) {
        WriteNumber deletion = firstDeletionAfter(last, null, /* acknowledged= */ false);
        if (!isThere || deletion == null) {
            violations.add(id + ": " + event + " is a deletion that nobody has asked for, after " + last);
            return;
        }
        last = deletion;
        isThere = false;
    }

    private @Nullable WriteNumber firstDeletionAfter(
            WriteNumber after, @Nullable WriteNumber before, boolean acknowledged) {
        return writes.tailMap(after, false).values().stream()
                .takeWhile(write -> before == null || write.stamp().compareTo(before) < 0)
                .filter(write -> write.deletes()
                        && (acknowledged
                                ? write.outcome() == Outcome.ACKNOWLEDGED
                                : write.outcome() != Outcome.NOT_WRITTEN))
                .findFirst()
                .map(Write::stamp)
                .orElse(null);
    }

    private void checkEnd() {
        Write newest = writes.isEmpty() ? null : writes.lastEntry().getValue();
        if (newest == null || newest.outcome() != Outcome.ACKNOWLEDGED) {
            return;
        }
        boolean isPublished = newest.deletes() ? !isThere : isThere && last.equals(newest.stamp());
        if (!isPublished) {
            gaps.add(id + ": " + newest + " was acknowledged, but etcd holds " + (isThere ? last : "nothing"));
        }
    }

    /** Each read finds a status that was put, and later reads find later ones. */
    private void checkReads(List<Event> events, List<Read> reads) {
        Set<WriteNumber> reported = new HashSet<>();
        events.forEach(event -> reported.add(event.put()));
        WriteNumber before = new WriteNumber(0, 0);
        for (Read read :
                reads.stream().sorted(Comparator.comparingLong(Read::start)).toList()) {
            WriteNumber found = read.found();
            if (found == null) {
                continue;
            }
            if (found.compareTo(before) < 0) {
                violations.add(id + ": a read has found " + found + " after " + before);
            } else if (!reported.contains(found)) {
                violations.add(id + ": a read has found " + found + ", and no event reports it");
            }
            before = found;
        }
    }

    private long acknowledged() {
        return writes.values().stream()
                .filter(write -> write.outcome() == Outcome.ACKNOWLEDGED)
                .count();
    }
}
