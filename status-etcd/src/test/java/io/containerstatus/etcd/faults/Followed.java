package io.containerstatus.etcd.faults;

import io.containerstatus.ContainerChange.Kind;
import io.containerstatus.etcd.FleetChange;
import io.containerstatus.etcd.FleetEvent;
import io.containerstatus.etcd.FleetNotice;
import io.containerstatus.etcd.NodeChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import reactor.core.publisher.Flux;

/** All that one subscriber of a follower has received. This class is threadsafe. */
final class Followed {
    private final Map<String, Map<String, List<FleetChange>>> changes = new TreeMap<>();
    private final Map<String, List<NodeChange>> owners = new TreeMap<>();
    private final List<FleetNotice> notices = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private boolean completed;

    /** Subscribes to these events. */
    Followed(Flux<FleetEvent> events) {
        events.subscribe(this::add, this::failed, this::complete);
    }

    private synchronized void add(FleetEvent event) {
        if (event instanceof FleetChange change) {
            changes.computeIfAbsent(change.node(), unknown -> new TreeMap<>())
                    .computeIfAbsent(change.id(), unknown -> new ArrayList<>())
                    .add(change);
            if (change.failure() != null) {
                violations.add(change.toString());
            }
        } else if (event instanceof NodeChange owner) {
            owners.computeIfAbsent(owner.node(), unknown -> new ArrayList<>()).add(owner);
        } else {
            notices.add((FleetNotice) event);
        }
    }

    private synchronized void failed(Throwable failure) {
        violations.add("the stream has failed: " + failure);
        completed = true;
    }

    private synchronized void complete() {
        completed = true;
    }

    synchronized boolean isCompleted() {
        return completed;
    }

    /** Returns how many statuses of this container have a greater number. */
    synchronized long statusesAfter(WriteNumber number, String node, String id) {
        return changes.getOrDefault(node, Map.of()).getOrDefault(id, List.of()).stream()
                .filter(change -> change.kind() != Kind.DELETED && change.current() != null && isAfter(number, change))
                .count();
    }

    private static boolean isAfter(WriteNumber number, FleetChange change) {
        return WriteNumber.of(change.current()).compareTo(number) > 0;
    }

    /** Returns whether the node has an owner, as far as was received. */
    synchronized boolean isOwned(String node) {
        List<NodeChange> all = owners.getOrDefault(node, List.of());
        return !all.isEmpty() && all.get(all.size() - 1).owner() != null;
    }

    /** Returns how often the node got an owner. */
    synchronized long timesOwned(String node) {
        return owners.getOrDefault(node, List.of()).stream()
                .filter(change -> change.owner() != null)
                .count();
    }

    /** Checks the notices, and the changes of a node against the changes of etcd. */
    synchronized HistoryCheck check(String node, History history) {
        List<String> gaps = notices.stream()
                .filter(notice -> notice.kind() == FleetNotice.Kind.GAP)
                .map(FleetNotice::toString)
                .toList();
        Map<String, List<FleetChange>> received = changes.getOrDefault(node, Map.of());
        if (!gaps.isEmpty()) {
            // The changes after a gap are differences from a snapshot, which the checker does not know.
            long count = received.values().stream().mapToLong(List::size).sum();
            return new HistoryCheck(0, 0, count, violations, gaps, List.of());
        }
        long caughtUp = notices.stream().filter(FleetNotice::caughtUp).count();
        List<String> wrong = new ArrayList<>(violations);
        if (caughtUp != 1) {
            wrong.add("the subscriber was caught up " + caughtUp + " times");
        }
        return FollowedChecker.check(history, received).and(new HistoryCheck(0, 0, 0, wrong, List.of(), List.of()));
    }
}
