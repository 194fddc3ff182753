package io.containerstatus.etcd;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The health of a {@link FleetFollower} at one moment, for a health check or a page, see
 * {@link FleetFollower#health()}. Immutable. Only the library creates it.
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
     * Returns whether the follower receives etcd's changes, as far as is known: it has read a snapshot, and
     * etcd has accepted the watch after it. Sends no request. False before that, during an interruption,
     * after a gap until the new watch is accepted, and after the close.
     */
    public boolean current() {
        return link.watching() && !closed;
    }

    /**
     * Returns a human-readable reason why no events arrive from etcd; null if the connection is not
     * interrupted, or was not attempted yet.
     */
    public @Nullable String interruption() {
        return link.interruption();
    }

    /**
     * Returns when the interruption was noticed, by the follower's clock; null if the connection is not
     * interrupted, or if the clock threw an exception.
     */
    public @Nullable Instant interruptedSince() {
        return link.since();
    }

    /**
     * Returns how many snapshots were read: 0 before the first one, 1 if nothing goes wrong, and one more for
     * each {@linkplain FleetNotice.Kind#GAP gap}. After a failure of the streams, the count starts again at 0.
     */
    public int snapshots() {
        return link.snapshots();
    }

    /**
     * Returns etcd's revision up to which all events were received; 0 before the first snapshot. etcd's own
     * revision may be higher without a delay here, because changes of other keys count there, too.
     */
    public long revision() {
        return revision;
    }

    /** Returns how many nodes are known, with an owner or without. */
    public int nodes() {
        return counts.nodes();
    }

    /** Returns how many nodes have an owner. */
    public int ownedNodes() {
        return counts.owners();
    }

    /** Returns the number of containers on all nodes. */
    public int containers() {
        return counts.containers();
    }

    /** Returns the number of active subscriptions to streams. */
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
