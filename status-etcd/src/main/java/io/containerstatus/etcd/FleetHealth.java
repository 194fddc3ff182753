package io.containerstatus.etcd;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link FleetFollower} is at one moment, for a health check or a page: see {@link FleetFollower#health()}. Immutable.
 * Only the library creates it.
 */
public final class FleetHealth {
    private final FleetLink link;
    private final long revision;
    private final Fleet.Counts counts;
    private final int subscribers;
    private final boolean closed;

    FleetHealth(FleetLink link, long revision, Fleet.Counts counts, int subscribers, boolean closed) {
        this.link = link;
        this.revision = revision;
        this.counts = counts;
        this.subscribers = subscribers;
        this.closed = closed;
    }

    /**
     * Returns whether etcd is heard: a snapshot was taken, and the watch that follows it is open, as far as is known.
     * Nobody is asked to find that out. False before the first subscription, and after the close.
     */
    public boolean current() {
        return link.snapshots() > 0 && link.interruption() == null && !closed;
    }

    /** Returns why etcd is not heard, for a reader; null when it is, or was not listened to yet. */
    public @Nullable String interruption() {
        return link.interruption();
    }

    /** Returns since when it is not heard, by the follower's clock; null when it is, or the clock has thrown. */
    public @Nullable Instant interruptedSince() {
        return link.since();
    }

    /**
     * Returns how many snapshots were taken: 0 before the first one, 1 in quiet times, one more for each {@linkplain
     * FleetNotice.Kind#GAP gap}. After a failure of the streams it counts anew.
     */
    public int snapshots() {
        return link.snapshots();
    }

    /**
     * Returns etcd's revision up to which its events were heard; 0 before the first snapshot. That etcd itself is further
     * says little: other keys than the fleet's count, too.
     */
    public long revision() {
        return revision;
    }

    /** Returns how many nodes are known, with an owner or without. */
    public int nodes() {
        return counts.nodes();
    }

    /** Returns how many of them have an owner. */
    public int ownedNodes() {
        return counts.owners();
    }

    /** Returns how many containers there are, on all nodes. */
    public int containers() {
        return counts.containers();
    }

    /** Returns how many streams are subscribed to. */
    public int subscribers() {
        return subscribers;
    }

    /** Returns whether {@link FleetFollower#close()} was subscribed to. */
    public boolean closed() {
        return closed;
    }

    @Override
    public String toString() {
        String state = current() ? "current" : link.snapshots() == 0 ? "not caught up" : "not current";
        return state
                + (link.interruption() == null ? "" : ": since " + link.since() + ": " + link.interruption())
                + "; revision " + revision + "; nodes " + counts.nodes() + ", owned " + counts.owners()
                + "; containers " + counts.containers() + "; subscribers " + subscribers
                + (closed ? "; closed" : "");
    }
}
