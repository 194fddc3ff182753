package io.containerstatus.etcd;

import com.google.protobuf.UnsafeByteOperations;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The known statuses of a node on etcd, and their difference from the store. The difference has to be sent.
 * Used on the client's worker; {@link #lag} may be called on any thread.
 */
final class NodeContent {
    private static final Duration REFUSED_AGAIN = Duration.ofMinutes(1);

    private final StatusStore store;
    private final Keys keys;
    private final Unpublished unpublished = new Unpublished();
    /**
     * The statuses that are or may be on etcd, by container id. Before the first comparison, these are the
     * containers that the store had when the publisher started. An earlier publisher may have published them.
     */
    private final Map<String, Published> published = new HashMap<>();

    private boolean isCompared;
    private StatusBatch.Limits limits = StatusBatch.Limits.OF_ETCD;

    NodeContent(StatusStore store, Keys keys) {
        this.store = store;
        this.keys = keys;
    }

    /**
     * The status of one container on etcd.
     *
     * @param revision the revision of the key's last change; {@link #UNKNOWN} before the first comparison, and
     *     after a transaction whose outcome is unknown
     * @param status the stored status; null if it is unknown, or if it was not the store's status at the
     *     comparison
     * @param container the container of the store that the status was or may have been sent for; null if it is unknown,
     *     because an earlier publisher or another program may have put it
     */
    private record Published(
            long revision,
            @Nullable Status status,
            @Nullable StatusStorage container) {
        private static final long UNKNOWN = -1;
        private static final Published NOT_KNOWN = new Published(UNKNOWN, null, null);

        /** Returns whether the key may be unchanged since this was noted, if it has this revision now. */
        boolean mayHave(long revisionNow) {
            return revision == UNKNOWN || revision == revisionNow;
        }

        /** Returns whether the key is of another container with this id, which was deleted in the meantime. */
        boolean isOfFormer(StatusStorage storage) {
            return container != null && container != storage;
        }

        boolean isDocumentOf(Status other) {
            return status != null
                    && (status.equals(other) || withoutFlags(status).equals(withoutFlags(other)));
        }

        /** A document does not contain the three flags. */
        private static Status withoutFlags(Status status) {
            return status.starting() || status.removing() || status.unknown()
                    ? status.toBuilder()
                            .starting(false)
                            .removing(false)
                            .unknown(false)
                            .build()
                    : status;
        }
    }

    /** Returns how much is pending. May be called on any thread. */
    Unpublished.Lag lag() {
        return unpublished.lag();
    }

    /** Notes that the store had the container when the publisher subscribed to it. */
    void found(String id) {
        if (!isCompared) {
            published.put(id, Published.NOT_KNOWN);
        }
        changed(id);
    }

    /** Notes that the store has a new status of the container. */
    void changed(String id) {
        unpublished.changed(id, System.nanoTime());
    }

    /**
     * Notes that the store has deleted the container. If etcd does not have it, it is forgotten at once. So
     * containers that come and go while etcd cannot be reached take no memory.
     */
    void deleted(String id) {
        if (published.containsKey(id)) {
            unpublished.deleted(id, System.nanoTime());
        } else {
            unpublished.isGone(id, System.nanoTime());
        }
    }

    private Map<String, KeyValue> byId(List<KeyValue> stored) {
        Map<String, KeyValue> found = new HashMap<>();
        for (KeyValue one : stored) {
            String id = keys.id(one.getKey());
            if (id != null) {
                found.put(id, one);
            }
        }
        return found;
    }

    /** Compares the content of etcd with the store, and notes each difference as pending. */
    void compare(List<KeyValue> stored) {
        Map<String, KeyValue> found = byId(stored);
        long now = System.nanoTime();
        Map<String, Published> before = new HashMap<>(published);
        published.clear();
        isCompared = true;
        found.forEach((id, one) -> {
            StatusStorage storage = store.get(id);
            Status status = storage == null ? null : storage.current();
            boolean isTheSame = status != null
                    && one.getValue().equals(UnsafeByteOperations.unsafeWrap(StatusCodec.encode(status)));
            Published known = before.get(id);
            StatusStorage container = known != null && known.mayHave(one.getModRevision()) ? known.container() : null;
            published.put(id, new Published(one.getModRevision(), isTheSame ? status : null, container));
            if (status == null || (container != null && container != storage)) {
                unpublished.deleted(id, now);
            } else if (isTheSame) {
                unpublished.isPublished(id);
            } else {
                unpublished.changed(id, now);
            }
        });
        for (StatusStorage storage : store.list()) {
            if (!found.containsKey(storage.id())) {
                unpublished.changed(storage.id(), now);
            }
        }
    }

    /**
     * Returns whether only this publisher has changed these keys since it compared them. A key with an
     * unknown revision is not checked.
     */
    boolean isAsItWasLeft(List<KeyValue> stored) {
        Map<String, KeyValue> found = byId(stored);
        Set<String> ids = new HashSet<>(found.keySet());
        ids.addAll(published.keySet());
        for (String id : ids) {
            Published known = published.get(id);
            KeyValue one = found.get(id);
            long revisionThen = known == null ? 0 : known.revision();
            long revisionNow = one == null ? 0 : one.getModRevision();
            if (revisionThen != revisionNow && revisionThen != Published.UNKNOWN) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns the next batch to send; empty if nothing is due. Deletions come first, because etcd accepts
     * them even if it has no space for a status.
     */
    StatusBatch nextBatch() {
        StatusBatch batch = new StatusBatch(keys, limits);
        while (batch.hasRoom()) {
            String id = unpublished.nextDeletion();
            if (id == null) {
                break;
            }
            Published before = published.get(id);
            StatusStorage storage = store.get(id);
            // The key may already be of a later container with this id.
            if (before != null && (storage == null || before.container() != storage)) {
                batch.delete(id);
            } else {
                unpublished.isDeleted(id, storage != null);
            }
        }
        if (!batch.isEmpty()) {
            return batch;
        }
        String refused = unpublished.nextHeld(System.nanoTime());
        if (refused != null && addNewest(refused, batch) && !batch.isEmpty()) {
            return batch; // Sent alone, so that no other status is refused together with it.
        }
        List<String> ids = unpublished.updates(limits.operations());
        while (!ids.isEmpty() && batch.isEmpty()) {
            for (String id : ids) {
                if (!addNewest(id, batch)) {
                    break;
                }
            }
            ids = unpublished.updates(limits.operations());
        }
        return batch.isEmpty() && unpublished.hasDeletions() ? nextBatch() : batch;
    }

    /**
     * Adds the newest status of the container, if the container exists and etcd does not hold that status
     * yet. Returns false if the status does not fit.
     */
    private boolean addNewest(String id, StatusBatch batch) {
        StatusStorage storage = store.get(id);
        Published before = published.get(id);
        if (storage == null) {
            if (before != null) {
                unpublished.deleted(id, System.nanoTime());
            } else {
                unpublished.isPublished(id);
            }
            return true;
        }
        if (before != null && before.isOfFormer(storage)) {
            unpublished.deleted(id, System.nanoTime()); // The stream has not reported it yet.
            return true;
        }
        Status status = storage.current();
        if (before != null && before.isDocumentOf(status)) {
            unpublished.isPublished(id);
            return true;
        }
        if (!batch.put(storage, status)) {
            return false;
        }
        unpublished.begin(id);
        return true;
    }

    /** Notes that etcd holds the whole batch as of this revision. */
    void isSent(StatusBatch batch, long revision) {
        batch.content().forEach((id, put) -> {
            if (put == null) {
                published.remove(id);
                unpublished.isDeleted(id, store.get(id) != null);
            } else {
                published.put(id, new Published(revision, put.status(), put.container()));
                unpublished.isPut(id);
            }
        });
    }

    /** Notes that etcd holds nothing of the batch. */
    void isNotSent(StatusBatch batch) {
        hasFailed(batch);
    }

    /** Notes that etcd holds either the whole batch or nothing of it. */
    void mayBeSent(StatusBatch batch) {
        batch.content().forEach((id, put) -> {
            Published before = published.get(id);
            StatusStorage container = put != null ? put.container() : before == null ? null : before.container();
            published.put(id, new Published(Published.UNKNOWN, null, container));
        });
        hasFailed(batch);
    }

    /** Notes that the batch is still to be sent, except containers that are gone and not on etcd. */
    private void hasFailed(StatusBatch batch) {
        batch.content().forEach((id, put) -> {
            unpublished.hasFailed(id, put == null);
            if (!published.containsKey(id) && store.get(id) == null) {
                unpublished.isGone(id, System.nanoTime());
            }
        });
    }

    /**
     * Makes the next batches smaller than one that was refused for its size. Returns false if this one was
     * refused for another reason, or has only one operation.
     */
    boolean canMakeSmaller(StatusBatch batch, EtcdCallException failure) {
        if (batch.size() == 1 || !(failure.isRequestTooLarge() || failure.hasTooManyOperations())) {
            return false;
        }
        limits = failure.isRequestTooLarge() ? batch.halfTheBytes() : batch.halfTheOperations();
        return true;
    }

    /** Delays the single refused status for a minute, or until it changes. Returns the container's id. */
    String hold(StatusBatch batch) {
        String id = batch.content().keySet().iterator().next();
        unpublished.hold(id, System.nanoTime() + REFUSED_AGAIN.toNanos());
        return id;
    }

    /** Forgets the content of etcd, because nothing more will be sent. */
    void clear() {
        published.clear();
    }
}
