package io.containerstatus.etcd;

import io.containerstatus.etcd.wire.Wire.KeyValue;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The received content of a fleet on etcd: the newest document of each container, and the owner of each node.
 * All subscribers read it. It is changed on the client's worker only. The methods above {@link #add} may be
 * called on any thread, all others on the worker only.
 */
final class Fleet {
    private final FleetKeys keys;
    private final Clock clock;
    private final NavigableMap<String, FleetNode> nodes = new TreeMap<>();
    private final Set<FleetSubscription> subscribers = ConcurrentHashMap.newKeySet();
    private volatile FleetLink link = FleetLink.NONE;
    private volatile long revision;
    private volatile boolean ended;
    private int containers;
    private int owners;
    private volatile Counts counts = Counts.NONE;

    /** The sizes of the fleet after etcd's last answer. */
    record Counts(int nodes, int owners, int containers) {
        static final Counts NONE = new Counts(0, 0, 0);
    }

    Fleet(FleetKeys keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    FleetLink link() {
        return link;
    }

    /** Returns the revision up to which everything was received; 0 if nothing was received. */
    long revision() {
        return revision;
    }

    /** Returns whether no more changes will be received, because the follower was closed. */
    boolean hasEnded() {
        return ended;
    }

    Counts counts() {
        return counts;
    }

    int subscribers() {
        return subscribers.size();
    }

    /** Forgets a subscriber. */
    void remove(FleetSubscription subscriber) {
        subscribers.remove(subscriber);
    }

    /** Adds a subscriber. It receives the known content, and then the changes. */
    void add(FleetSubscription subscriber) {
        subscribers.add(subscriber);
        try {
            if (link.snapshots() > 0) {
                introduce(subscriber);
            }
        } catch (Throwable thrown) {
            subscriber.failFirst(thrown);
        }
        subscriber.start(this);
    }

    private void introduce(FleetSubscription subscriber) {
        subscriber.introduce(nodes.values());
        subscriber.caughtUp(link.snapshotRevision());
    }

    /** Applies the differences between a snapshot and the known content. */
    void replace(FleetSnapshot snapshot, String reason) {
        long at = snapshot.revision();
        revision = at;
        // Set first: a subscriber that observes a difference must also observe the gap.
        link = link.afterSnapshot(at, reason);
        for (FleetNode node : List.copyOf(nodes.values())) {
            for (FleetEntry entry : List.copyOf(node.entries().values())) {
                FleetDocument found = snapshot.document(node.name(), entry.id());
                if (found == null || found.createRevision() != entry.now().createRevision()) {
                    end(entry, entry.now().foundDeleted(at));
                }
            }
        }
        snapshot.nodes().forEach((name, found) -> {
            FleetNode node = own(name, new FleetNode.Owning(found.owner(), at));
            found.documents().forEach((id, document) -> {
                FleetEntry known = node.entries().get(id);
                if (known == null) {
                    begin(node, id, document);
                } else if (!known.now().isSameAs(document)) {
                    change(known, document);
                }
            });
        });
        for (FleetNode node : List.copyOf(nodes.values())) {
            if (!snapshot.nodes().containsKey(node.name())) {
                own(node, new FleetNode.Owning(null, at));
                dropIfEmpty(node);
            }
        }
        count();
        each(subscriber -> {
            if (subscriber.isIntroduced()) {
                subscriber.caughtUp(at);
            } else {
                introduce(subscriber);
                subscriber.onLinkChange();
            }
        });
    }

    /** Applies the put of a key. */
    void put(KeyValue stored, long receivedAt) {
        FleetKeys.Name name = keys.name(stored.getKey());
        if (name == null) {
            return;
        }
        FleetNode node = nodes.get(name.node());
        String id = name.id();
        if (id == null) {
            FleetNode.OwnerKey known = node == null ? null : node.now().key();
            if (known == null
                    ? isFirst(stored)
                    : isNext(stored, known.revision(), known.createRevision(), known.version())) {
                FleetNode.OwnerKey owner = FleetNode.OwnerKey.of(stored);
                own(name.node(), new FleetNode.Owning(owner, owner.revision()));
            }
            return;
        }
        FleetEntry entry = node == null ? null : node.entries().get(id);
        if (entry == null) {
            if (isFirst(stored)) {
                FleetNode known =
                        node != null ? node : own(name.node(), new FleetNode.Owning(null, stored.getModRevision()));
                begin(known, id, FleetDocument.received(stored, receivedAt));
            }
            return;
        }
        FleetDocument known = entry.now();
        if (isNext(stored, known.revision(), known.createRevision(), known.version())) {
            change(entry, FleetDocument.received(stored, receivedAt));
        }
    }

    /** Applies the deletion of a key, at the revision that the key carries. */
    void delete(KeyValue key, long receivedAt) {
        FleetKeys.Name name = keys.name(key.getKey());
        FleetNode node = name == null ? null : nodes.get(name.node());
        if (name == null || node == null) {
            return;
        }
        String id = name.id();
        if (id == null) {
            own(node, new FleetNode.Owning(null, key.getModRevision()));
        } else {
            FleetEntry entry = node.entries().get(id);
            if (entry != null) {
                end(entry, entry.now().deleted(key.getModRevision(), receivedAt));
            }
        }
        dropIfEmpty(node);
    }

    /** Notes that every put and deletion up to this revision was received. */
    void receivedUpTo(long newRevision) {
        revision = newRevision;
        count();
    }

    private void count() {
        counts = new Counts(nodes.size(), owners, containers);
    }

    private static boolean isFirst(KeyValue stored) {
        if (stored.getVersion() != 1) {
            throw gap(stored);
        }
        return true;
    }

    /**
     * Returns false if the event was received before. For example, a new watch repeats the events of a
     * revision that was received only in part.
     */
    private static boolean isNext(KeyValue stored, long known, long createRevision, long version) {
        if (stored.getModRevision() <= known) {
            return false;
        }
        if (stored.getCreateRevision() != createRevision || stored.getVersion() != version + 1) {
            throw gap(stored);
        }
        return true;
    }

    private static FleetGapException gap(KeyValue stored) {
        return new FleetGapException("an event before that of "
                + stored.getKey().toStringUtf8() + " at revision " + stored.getModRevision() + " is missing");
    }

    private FleetNode own(String name, FleetNode.Owning next) {
        FleetNode known = nodes.get(name);
        if (known != null) {
            own(known, next);
            return known;
        }
        FleetNode node = new FleetNode(name, next);
        nodes.put(name, node);
        owners += next.key() == null ? 0 : 1;
        each(subscriber -> subscriber.onChange(node));
        return node;
    }

    private void begin(FleetNode node, String id, FleetDocument document) {
        FleetEntry entry = new FleetEntry(node, id, document);
        node.entries().put(id, entry);
        containers++;
        each(subscriber -> subscriber.onChange(entry));
    }

    private void change(FleetEntry entry, FleetDocument document) {
        entry.set(document);
        each(subscriber -> subscriber.onChange(entry));
    }

    private void end(FleetEntry entry, FleetDocument left) {
        entry.set(left);
        entry.node().entries().remove(entry.id());
        containers--;
        each(subscriber -> subscriber.onChange(entry));
    }

    private void own(FleetNode node, FleetNode.Owning next) {
        FleetNode.OwnerKey before = node.now().key();
        FleetNode.OwnerKey after = next.key();
        boolean isSame = after == null ? before == null : before != null && after.isOwnerOf(before);
        // The same owner has written its key again to raise its fence. Subscribers are not notified of that.
        node.set(isSame ? new FleetNode.Owning(after, node.now().revision()) : next);
        owners += (after == null ? 0 : 1) - (before == null ? 0 : 1);
        if (!isSame) {
            each(subscriber -> subscriber.onChange(node));
        }
    }

    private void dropIfEmpty(FleetNode node) {
        if (node.isEmpty()) {
            nodes.remove(node.name());
            node.leave();
            each(subscriber -> subscriber.onChange(node));
        }
    }

    /** Notes that no events arrive from etcd. */
    void interrupted(String reason) {
        link = link.interrupted(reason, now());
        each(FleetSubscription::onLinkChange);
    }

    private @Nullable Instant now() {
        try {
            return clock.instant();
        } catch (Throwable thrown) {
            return null; // The application's clock must not stop the watch.
        }
    }

    /** Notes that etcd has accepted the watch, so that events arrive, without a gap. */
    void watched() {
        if (!link.watching()) {
            link = link.watched();
            each(FleetSubscription::onLinkChange);
        }
    }

    /** Fails all streams with this error. */
    void fail(Throwable reason) {
        subscribers.forEach(subscriber -> subscriber.fail(reason));
    }

    /** Completes each stream once it has emitted everything that was received. */
    void end() {
        ended = true;
        each(FleetSubscription::onEnd);
    }

    private void each(Consumer<FleetSubscription> action) {
        for (FleetSubscription subscriber : subscribers) {
            try {
                action.accept(subscriber);
            } catch (Throwable thrown) {
                // This subscriber has missed the change, so its stream must not continue. The other streams continue.
                subscriber.fail(thrown);
            }
        }
    }
}
