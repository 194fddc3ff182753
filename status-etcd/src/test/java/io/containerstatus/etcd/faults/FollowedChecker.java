package io.containerstatus.etcd.faults;

import io.containerstatus.ContainerChange.Kind;
import io.containerstatus.Status;
import io.containerstatus.etcd.FleetChange;
import io.containerstatus.etcd.faults.HistoryEntry.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Checks what one subscriber of a follower has received of a node. The history has all changes of etcd as
 * events. Each received change is one of them, and the changes of a container come in their order. A
 * subscriber may miss a status if it receives a later one, and the missed ones are counted. It misses no
 * deletion of a container that it has received. In the end, it has received what etcd holds.
 */
final class FollowedChecker {
    private final String id;
    private final TreeMap<Long, Event> events = new TreeMap<>();
    private final List<String> violations = new ArrayList<>();
    private final List<String> gaps = new ArrayList<>();
    private final List<String> duplicates = new ArrayList<>();
    private @Nullable FleetChange before;

    private FollowedChecker(String id, List<HistoryEntry> operations) {
        this.id = id;
        for (HistoryEntry operation : operations) {
            if (operation instanceof Event event) {
                events.put(event.revision(), event);
            }
        }
    }

    /** Checks the received changes of all containers of a node, by container. */
    static HistoryCheck check(History history, Map<String, List<FleetChange>> received) {
        Map<String, List<HistoryEntry>> observed = history.byContainer();
        TreeMap<String, HistoryCheck> verdicts = new TreeMap<>();
        observed.forEach(
                (id, operations) -> verdicts.put(id, check(id, operations, received.getOrDefault(id, List.of()))));
        received.forEach((id, changes) -> verdicts.computeIfAbsent(id, unknown -> check(id, List.of(), changes)));
        return verdicts.values().stream().reduce(HistoryCheck.NONE, HistoryCheck::and);
    }

    /** Checks the received changes of one container. */
    static HistoryCheck check(String id, List<HistoryEntry> operations, List<FleetChange> received) {
        FollowedChecker checker = new FollowedChecker(id, operations);
        received.forEach(checker::next);
        checker.checkEnd();
        return new HistoryCheck(0, 0, received.size(), checker.violations, checker.gaps, checker.duplicates);
    }

    private void next(FleetChange change) {
        FleetChange last = before;
        if (last != null && change.revision() <= last.revision()) {
            (change.revision() == last.revision() ? duplicates : violations)
                    .add(id + ": " + text(change) + " is received after " + text(last));
            return;
        }
        before = change;
        Event event = events.get(change.revision());
        if (event == null || !isOf(change, event)) {
            violations.add(id + ": " + text(change) + " is not " + event);
            return;
        }
        boolean existed = last != null && last.kind() != Kind.DELETED;
        checkKind(change, last, existed);
        List<Event> missed =
                List.copyOf(events.subMap(last == null ? 0 : last.revision(), false, change.revision(), false)
                        .values());
        if (existed && missed.stream().anyMatch(one -> one.put() == null)) {
            gaps.add(id + ": its deletion between " + text(last) + " and " + text(change) + " is missing");
        } else {
            checkSkipped(change, event, missed);
        }
    }

    /** A deletion has the last status from before it. */
    private boolean isOf(FleetChange change, Event event) {
        boolean deletes = change.kind() == Kind.DELETED;
        Map.Entry<Long, Event> put = deletes ? events.lowerEntry(event.revision()) : Map.entry(event.revision(), event);
        return deletes == (event.put() == null)
                && put != null
                && Objects.equals(numberOf(change.current()), put.getValue().put());
    }

    private static String text(@Nullable FleetChange change) {
        return change == null
                ? "nothing"
                : change.kind() + " " + numberOf(change.current()) + " at revision " + change.revision();
    }

    private static @Nullable WriteNumber numberOf(@Nullable Status status) {
        return status == null ? null : WriteNumber.of(status);
    }

    private void checkKind(FleetChange change, @Nullable FleetChange last, boolean existed) {
        boolean isOfExisting = change.kind() == Kind.UPDATED || change.kind() == Kind.DELETED;
        Status previous = existed ? last.current() : null;
        if (isOfExisting != existed || (change.kind() == Kind.SNAPSHOT && last != null)) {
            violations.add(id + ": " + text(change) + " is received after " + text(last));
        } else if (!Objects.equals(change.previous(), previous)) {
            violations.add(id + ": " + text(change) + " has another previous status than " + text(last));
        } else if (change.kind() == Kind.UPDATED && Objects.equals(change.current(), previous)) {
            duplicates.add(id + ": " + text(change) + " is received after " + text(last));
        }
    }

    private void checkSkipped(FleetChange change, Event event, List<Event> missed) {
        long skipped =
                switch (change.kind()) {
                    case SNAPSHOT -> 0;
                    case CREATED -> event.version() - 1;
                    default -> missed.size();
                };
        if (change.skipped() != skipped) {
            violations.add(id + ": " + text(change) + " must count " + skipped + " skipped writes");
        }
    }

    private void checkEnd() {
        Event last = events.isEmpty() ? null : events.lastEntry().getValue();
        WriteNumber onEtcd = last == null ? null : last.put();
        FleetChange received = before;
        WriteNumber known = received == null || received.kind() == Kind.DELETED ? null : numberOf(received.current());
        if (!Objects.equals(known, onEtcd)) {
            gaps.add(id + ": " + last + " is not received; the last change is " + text(received));
        }
    }
}
