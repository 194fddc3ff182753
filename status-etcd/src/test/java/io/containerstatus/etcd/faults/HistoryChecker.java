package io.containerstatus.etcd.faults;

import io.containerstatus.etcd.faults.HistoryEntry.Event;
import io.containerstatus.etcd.faults.HistoryEntry.Outcome;
import io.containerstatus.etcd.faults.HistoryEntry.Read;
import io.containerstatus.etcd.faults.HistoryEntry.Takeover;
import io.containerstatus.etcd.faults.HistoryEntry.Write;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Checks in one pass whether the observations of one container are linearizable, where writes take effect in
 * the order of their {@link WriteNumber}s or not at all: the owners succeed each other, and each has one write at a
 * time in progress. The next write begins only when the previous one has ended or can no longer take effect.
 * That is stricter than a register: a write with an unknown outcome may not take effect after a later one.
 *
 * <p>Writes and takeovers are numbered in that order. Write {@code i} has position {@code 2i}. What observes
 * it has an odd position after it, the first possible one. The history is linearizable if and only if nothing
 * that ended before something else began has a later position. If a read finds nothing, several deletions may
 * be the reason. Then it has the first possible position, and nothing is concluded about which deletion it was.
 */
final class HistoryChecker {
    private final List<HistoryEntry> changes;
    private final Map<WriteNumber, Integer> numbers = new HashMap<>();
    private final TreeSet<Integer> deletions = new TreeSet<>();
    /** Writes that have taken effect. */
    private final TreeSet<Integer> applied = new TreeSet<>();
    /** Writes of which the effect is unknown. */
    private final TreeSet<Integer> open = new TreeSet<>();

    private final Map<Integer, Long> positionAtStart = new HashMap<>();
    private final Map<Read, Long> readAfter = new IdentityHashMap<>();
    private final List<String> violations = new ArrayList<>();
    private final List<String> gaps = new ArrayList<>();
    private final List<String> duplicates = new ArrayList<>();
    private final String id;
    private final List<HistoryEntry> operations;
    private long lastPosition;

    private record Moment(long time, boolean isEnd, HistoryEntry operation) {}

    private HistoryChecker(String id, List<HistoryEntry> operations) {
        this.id = id;
        this.operations = operations;
        changes = new ArrayList<>(operations.stream()
                .filter(operation -> operation instanceof Write || operation instanceof Takeover)
                .sorted(Comparator.comparing(HistoryChecker::stamp))
                .toList());
        changes.add(0, null); // The initial state: no status.
        deletions.add(0);
        for (int i = 1; i < changes.size(); i++) {
            HistoryEntry change = changes.get(i);
            if (numbers.put(stamp(change), i) != null) {
                violations.add(id + ": two changes are " + stamp(change));
            }
            if (change instanceof Write write && write.outcome() != Outcome.NOT_WRITTEN) {
                (write.outcome() == Outcome.ACKNOWLEDGED ? applied : open).add(i);
                if (write.deletes()) {
                    deletions.add(i);
                }
            }
        }
    }

    private static WriteNumber stamp(HistoryEntry change) {
        return change instanceof Write write ? write.stamp() : ((Takeover) change).stamp();
    }

    /** Checks the observations of all containers. */
    static HistoryCheck check(History history) {
        return history.byContainer().entrySet().stream()
                .map(container -> check(container.getKey(), container.getValue()))
                .reduce(HistoryCheck.NONE, HistoryCheck::and);
    }

    /** Checks the observations of one container. */
    static HistoryCheck check(String id, List<HistoryEntry> operations) {
        return new HistoryChecker(id, operations).verdict();
    }

    private HistoryCheck verdict() {
        List<Event> events = all(Event.class);
        if (!events.isEmpty()) {
            checkEvents(events);
        }
        List<Moment> moments = new ArrayList<>();
        for (HistoryEntry operation : operations) {
            if (operation instanceof Write write) {
                moments.add(new Moment(write.start(), false, write));
                moments.add(new Moment(write.end(), true, write));
            } else if (operation instanceof Takeover takeover) {
                moments.add(new Moment(takeover.start(), false, takeover));
                moments.add(new Moment(takeover.end(), true, takeover));
            } else if (operation instanceof Read read) {
                moments.add(new Moment(read.start(), false, read));
                moments.add(new Moment(read.end(), true, read));
            }
        }
        // If one operation begins at the moment at which another one ends, they are concurrent.
        moments.sort(Comparator.comparingLong(Moment::time).thenComparing(Moment::isEnd));
        moments.forEach(this::pass);
        long acknowledged = all(Write.class).stream()
                .filter(write -> write.outcome() == Outcome.ACKNOWLEDGED)
                .count();
        return new HistoryCheck(acknowledged, all(Read.class).size(), events.size(), violations, gaps, duplicates);
    }

    private <T> List<T> all(Class<T> type) {
        return operations.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private void pass(Moment moment) {
        if (moment.operation() instanceof Read read) {
            if (moment.isEnd()) {
                place(read, readAfter.remove(read));
            } else {
                readAfter.put(read, lastPosition);
            }
            return;
        }
        int number = numbers.get(stamp(moment.operation()));
        boolean isTakeover = moment.operation() instanceof Takeover;
        boolean acknowledged = moment.operation() instanceof Write write && write.outcome() == Outcome.ACKNOWLEDGED;
        if (!moment.isEnd()) {
            positionAtStart.put(number, lastPosition);
            if ((isTakeover || applied.contains(number)) && 2L * number <= lastPosition) {
                violations.add(id + ": " + name(number) + " had an effect, but had been overtaken before it began: by "
                        + name((int) (lastPosition / 2)));
            }
        } else if (isTakeover || acknowledged) {
            lastPosition = Math.max(lastPosition, 2L * number);
        }
    }

    private void place(Read read, long after) {
        List<Integer> candidates = new ArrayList<>();
        WriteNumber found = read.found();
        if (found == null) {
            deletions.stream().filter(number -> isPossible(number, after)).forEach(candidates::add);
        } else {
            Integer number = numbers.get(found);
            if (number != null
                    && changes.get(number) instanceof Write write
                    && !write.deletes()
                    && isPossible(number, after)) {
                candidates.add(number);
            }
        }
        if (candidates.isEmpty()) {
            violations.add(id + ": a read has found " + found + " after " + name((int) (after / 2)));
            return;
        }
        long position = candidates.stream()
                .mapToLong(number -> positionOfRead(number, after))
                .min()
                .orElseThrow();
        lastPosition = Math.max(lastPosition, position);
        if (candidates.size() == 1) {
            int number = candidates.get(0);
            if (open.remove(number)) {
                applied.add(number);
            }
            // These writes had no effect. Otherwise, the read would have found a later one.
            open.subSet(number, false, (int) (position / 2), true).clear();
        }
    }

    private static long positionOfRead(int number, long after) {
        return Math.max(2L * number + 1, after | 1);
    }

    private boolean isPossible(int number, long after) {
        if (number != 0) {
            Long positionAtItsStart = positionAtStart.get(number);
            if (positionAtItsStart == null) {
                return false; // The write has not begun yet.
            }
            boolean isOpen = open.contains(number) && 2L * number > positionAtItsStart;
            if (!isOpen && !applied.contains(number)) {
                return false;
            }
        }
        Integer next = applied.higher(number);
        return next == null || next > positionOfRead(number, after) / 2;
    }

    private String name(int number) {
        return number == 0 ? "the beginning" : stamp(changes.get(number)).toString();
    }

    /** Events show which writes took effect: all that are reported, and no others. */
    private void checkEvents(List<Event> events) {
        TreeSet<Integer> reported = new TreeSet<>();
        Event before = null;
        int last = 0;
        for (Event event : events) {
            if (before != null && event.revision() <= before.revision()) {
                duplicates.add(id + ": " + event + " is reported after " + before);
                continue;
            }
            boolean existed = before != null && before.put() != null;
            long expected = existed ? before.version() + 1 : 1;
            if (event.put() == null ? !existed : event.version() != expected) {
                gaps.add(id + ": something is missing between " + before + " and " + event);
            }
            if (event.put() != null) {
                Integer number = numbers.get(event.put());
                if (number == null || !(applied.contains(number) || open.contains(number))) {
                    violations.add(id + ": " + event + " is of no write that may have had an effect");
                } else {
                    checkOrder(last, number, before, event);
                    reported.add(number);
                    last = Math.max(last, number);
                }
            }
            before = event;
        }
        checkOrder(last, changes.size(), before, null);
        for (int number : List.copyOf(applied)) {
            if (((Write) changes.get(number)).deletes() || reported.contains(number)) {
                continue;
            }
            gaps.add(id + ": " + name(number) + " was acknowledged, and no event reports it");
        }
        for (int number : List.copyOf(open)) {
            boolean deletes = ((Write) changes.get(number)).deletes();
            if (reported.contains(number)) {
                open.remove(number);
                applied.add(number);
            } else if (!deletes) {
                open.remove(number);
            }
        }
    }

    /** Between two reported puts, a deletion is reported if and only if one took effect. */
    private void checkOrder(int last, int number, @Nullable Event before, @Nullable Event event) {
        if (number <= last) {
            violations.add(id + ": " + event + " has overwritten " + before);
            return;
        }
        boolean wasDeleted = before != null && before.put() == null;
        var between = deletions.subSet(last, last == 0, number, false);
        if (wasDeleted && between.isEmpty()) {
            violations.add(id + ": " + before + " is a deletion that nobody has asked for");
        }
        boolean deletionAcknowledged = between.stream().anyMatch(one -> one != 0 && applied.contains(one));
        if (before != null && before.put() != null && deletionAcknowledged) {
            gaps.add(id + ": no event reports that it was deleted between " + before + " and " + event);
        }
    }
}
