package io.containerstatus.etcd;

import io.containerstatus.Status;
import io.containerstatus.StatusException;
import org.jspecify.annotations.Nullable;

/**
 * The position of one subscriber in the changes of one container or node, or a notice that waits for its
 * turn. A cursor reads the current state when the subscriber is ready, instead of receiving each change. So
 * no change is buffered, and the newest state is never missed.
 */
abstract class FleetCursor {
    /**
     * Whether the subscriber has received an event from this cursor, or is about to. Guarded by the lock of
     * the subscription's queue.
     */
    private boolean known;

    final boolean isKnown() {
        return known;
    }

    final void setKnown() {
        known = true;
    }

    /** Returns whether the container or node is gone, so that nothing follows its current state. */
    abstract boolean isGone();

    /**
     * Returns the event to emit, and notes it as emitted; null if nothing has changed for the subscriber.
     * Called by the drain only.
     */
    abstract @Nullable FleetEvent read();

    /** A notice that is emitted after everything that was queued before it. */
    static final class Mark extends FleetCursor {
        private final FleetNotice notice;

        Mark(FleetNotice notice) {
            this.notice = notice;
        }

        @Override
        boolean isGone() {
            return false;
        }

        @Override
        FleetEvent read() {
            return notice;
        }
    }

    /** The cursor of a container. */
    static final class OfContainer extends FleetCursor {
        private final FleetEntry entry;
        private final FleetView view;
        private final FleetKeys keys;
        private final FleetChange.Kind first;
        private @Nullable FleetDocument emitted;
        /** The last emitted document that contained a status. */
        private @Nullable FleetDocument emittedStatus;

        OfContainer(FleetEntry entry, FleetView view, FleetKeys keys, FleetChange.Kind first) {
            this.entry = entry;
            this.view = view;
            this.keys = keys;
            this.first = first;
        }

        FleetEntry entry() {
            return entry;
        }

        /**
         * Returns when the last emitted document was received, as a {@code nanoTime}; null if it comes from a
         * snapshot, or if none was emitted.
         */
        @Nullable
        Long receivedAt() {
            return emitted == null ? null : emitted.receivedAt();
        }

        @Override
        boolean isGone() {
            return entry.now().isDeleted();
        }

        @Override
        @Nullable
        FleetEvent read() {
            FleetDocument before = emitted;
            FleetDocument now = entry.now();
            if (before == null) {
                return now.isDeleted() ? null : emit(first, now, decode(now));
            }
            if (before.isDeleted()) {
                return null; // The deletion came while this cursor was about to be read, and has queued it again.
            }
            if (now.isDeleted()) {
                return deletion(before, now);
            }
            if (before.hasSameBytesAs(now)) {
                return null;
            }
            FleetDocument.Content content = decode(now);
            FleetDocument.Content contentBefore = decode(before);
            if (content.saysTheSameAs(contentBefore) || !view.accepts(contentBefore.status(), content.status())) {
                return null;
            }
            return emit(FleetChange.Kind.UPDATED, now, content);
        }

        private FleetChange emit(FleetChange.Kind kind, FleetDocument now, FleetDocument.Content content) {
            FleetChange change = change(kind, now, content.status(), content.failure(), skipped(kind, now));
            emitted = now;
            if (content.status() != null) {
                emittedStatus = now;
            }
            return change;
        }

        private FleetChange deletion(FleetDocument before, FleetDocument now) {
            Status last = decode(now).status();
            if (last == null && emittedStatus != null) {
                last = decode(emittedStatus).status();
            }
            long skipped = Math.max(0, now.version() - before.version());
            emitted = now;
            return change(FleetChange.Kind.DELETED, now, last, null, skipped);
        }

        private FleetChange change(
                FleetChange.Kind kind,
                FleetDocument now,
                @Nullable Status current,
                @Nullable StatusException failure,
                long skipped) {
            return new FleetChange(
                    entry.node().name(),
                    entry.id(),
                    kind,
                    now.revision(),
                    emittedStatus == null ? null : decode(emittedStatus).status(),
                    current,
                    failure,
                    skipped);
        }

        private long skipped(FleetChange.Kind kind, FleetDocument now) {
            if (kind == FleetChange.Kind.SNAPSHOT) {
                return 0;
            }
            // A cluster that was restored from a backup counts the writes from that backup.
            return Math.max(0, now.version() - (emitted == null ? 0 : emitted.version()) - 1);
        }

        private FleetDocument.Content decode(FleetDocument document) {
            return document.read(keys.location(entry.node().name(), entry.id()));
        }
    }

    /** The cursor of a node. */
    static final class OfNode extends FleetCursor {
        private final FleetNode node;
        private final boolean wasThereBefore;
        private FleetNode.@Nullable Owning emitted;

        OfNode(FleetNode node, boolean wasThereBefore) {
            this.node = node;
            this.wasThereBefore = wasThereBefore;
        }

        FleetNode node() {
            return node;
        }

        @Override
        boolean isGone() {
            return node.isGone();
        }

        @Override
        @Nullable
        FleetEvent read() {
            FleetNode.Owning before = emitted;
            FleetNode.Owning now = node.now();
            FleetNode.OwnerKey owner = now.key();
            FleetNode.OwnerKey ownerBefore = before == null ? null : before.key();
            if (before != null && (owner == null ? ownerBefore == null : isSameOwner(owner, ownerBefore))) {
                return null;
            }
            emitted = now;
            NodeChange.Kind change = owner == null ? NodeChange.Kind.NOT_OWNED : NodeChange.Kind.OWNED;
            return new NodeChange(
                    node.name(),
                    before == null && wasThereBefore ? NodeChange.Kind.SNAPSHOT : change,
                    now.revision(),
                    ownerBefore == null ? null : ownerBefore.owner(),
                    owner == null ? null : owner.owner());
        }

        private static boolean isSameOwner(FleetNode.OwnerKey owner, FleetNode.@Nullable OwnerKey before) {
            return before != null && owner.isOwnerOf(before);
        }
    }
}
