package io.containerstatus.fs;

import io.containerstatus.ContainerChange.Kind;
import io.containerstatus.Status;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * Checks each signal against the earlier ones, and keeps the last change of each container. The statuses carry
 * the number of the write in their pid, and the number of the container's life in their exit code.
 */
final class FollowCheckingSubscriber implements CoreSubscriber<FollowedChange> {
    private final Predicate<Status> written;
    private final boolean requiresDeletions;
    private final AtomicBoolean inside = new AtomicBoolean();
    private final AtomicLong demand = new AtomicLong();
    private final Map<String, FollowedChange> known = new HashMap<>();
    private final Map<String, Long> newest = new HashMap<>();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Subscription subscription;
    private long received;

    /**
     * Creates it without demand.
     *
     * @param written whether this status was ever written
     * @param requiresDeletions whether a deletion must come between two containers of one id
     */
    FollowCheckingSubscriber(Predicate<Status> written, boolean requiresDeletions) {
        this.written = written;
        this.requiresDeletions = requiresDeletions;
    }

    void request(long n) {
        demand.getAndUpdate(before -> before + n < 0 ? Long.MAX_VALUE : before + n);
        Objects.requireNonNull(subscription, "subscription").request(n);
    }

    void cancel() {
        Objects.requireNonNull(subscription, "subscription").cancel();
    }

    Queue<String> faults() {
        return faults;
    }

    synchronized long received() {
        return received;
    }

    /** Returns the last known state: the status of each container, or the type of its failure. */
    synchronized Map<String, String> belief() {
        Map<String, String> belief = new HashMap<>();
        known.forEach((id, change) -> belief.put(
                id,
                change.current() != null
                        ? "write " + change.current().pid()
                        : change.failure().getClass().getSimpleName()));
        return belief;
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
    }

    @Override
    public synchronized void onNext(FollowedChange change) {
        if (!inside.compareAndSet(false, true)) {
            faults.add("two signals at once");
        }
        if (demand.getAndUpdate(before -> before == Long.MAX_VALUE ? before : before - 1) <= 0) {
            faults.add("not requested: " + change);
        }
        check(change, known.get(change.id()));
        if (change.kind() == Kind.DELETED) {
            known.remove(change.id());
        } else {
            known.put(change.id(), change);
        }
        received++;
        inside.set(false);
    }

    private void check(FollowedChange change, @Nullable FollowedChange before) {
        boolean first = change.kind() == Kind.SNAPSHOT || change.kind() == Kind.CREATED;
        if (first != (before == null)) {
            faults.add(change + " after " + before);
            return;
        }
        if (change.kind() == Kind.DELETED != change instanceof FollowedChange.Deleted) {
            faults.add("of the wrong kind: " + change);
        }
        if (!Objects.equals(change.previous(), before == null ? null : lastStatus(before))) {
            faults.add("previous of " + change + " after " + before);
        }
        if (change instanceof FollowedChange.WithStatus withStatus) {
            checkStatus(change, before, withStatus.current());
            if (before != null && withStatus.current().equals(before.current())) {
                faults.add("emitted twice: " + change);
            }
        }
    }

    private static @Nullable Status lastStatus(FollowedChange change) {
        return change.current() != null ? change.current() : change.previous();
    }

    private void checkStatus(FollowedChange change, @Nullable FollowedChange before, Status current) {
        if (!written.test(current)) {
            faults.add("never written: " + change);
        }
        long write = current.pid();
        if (newest.merge(change.id(), write, Math::max) > write) {
            faults.add("older than what was emitted: " + change);
        }
        Status last = before == null ? null : lastStatus(before);
        if (requiresDeletions && last != null && last.exitCode() != current.exitCode()) {
            faults.add("another container without a deletion: " + change);
        }
    }

    @Override
    public void onError(Throwable failure) {
        faults.add("failed: " + failure);
    }

    @Override
    public void onComplete() {
        faults.add("completed");
    }
}
