package io.containerstatus.reactive;

import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * Checks each signal against the earlier ones. There must be no gap that {@code skipped} does not count, no
 * duplicate, nothing out of order, no change of an unknown container, nothing without demand, and no two
 * signals at once.
 */
class CheckingSubscriber implements CoreSubscriber<StatusChange> {
    private final boolean ofStore;
    private final boolean maySkip;
    private final AtomicBoolean inside = new AtomicBoolean();
    private final AtomicLong demand = new AtomicLong();
    private final Map<String, StatusChange> known = new HashMap<>();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile @Nullable Subscription subscription;
    private volatile @Nullable StatusChange last;
    private volatile long received;
    private volatile boolean ended;

    CheckingSubscriber(boolean ofStore, boolean maySkip) {
        this.ofStore = ofStore;
        this.maySkip = maySkip;
    }

    static CheckingSubscriber ofContainer(Delivery delivery) {
        return new CheckingSubscriber(false, delivery.isLatest());
    }

    static CheckingSubscriber ofStore(Delivery delivery) {
        return new CheckingSubscriber(true, delivery.isLatest());
    }

    void request(int n) {
        demand.addAndGet(n);
        Subscription current = subscription;
        if (current != null) {
            current.request(n);
        }
    }

    void cancel() {
        Subscription current = subscription;
        if (current != null) {
            current.cancel();
        }
    }

    Queue<String> faults() {
        return faults;
    }

    /** Returns the change received last, of any container. */
    @Nullable
    StatusChange last() {
        return last;
    }

    /**
     * Returns the containers that exist according to the received changes. Valid only after the end of the stream.
     */
    Map<String, StatusChange> known() {
        return known;
    }

    long received() {
        return received;
    }

    boolean hasEnded() {
        return ended;
    }

    boolean awaitEnd() throws InterruptedException {
        return end.await(StoreTest.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
        long early = demand.get();
        if (early > 0) {
            given.request(early);
        }
    }

    @Override
    public void onNext(StatusChange change) {
        enter("onNext");
        if (demand.getAndDecrement() <= 0) {
            faults.add("not requested: " + change);
        }
        check(change, known.get(change.id()));
        if (change.kind() == StatusChange.Kind.DELETED) {
            known.remove(change.id());
        } else {
            known.put(change.id(), change);
        }
        last = change;
        received++;
        inside.set(false);
    }

    private void check(StatusChange change, @Nullable StatusChange before) {
        boolean first = change.kind() == StatusChange.Kind.SNAPSHOT || change.kind() == StatusChange.Kind.CREATED;
        if (first && before != null) {
            faults.add(change + " though it is known as " + before);
        } else if (!first && before == null && (ofStore || received > 0)) {
            faults.add(change + " though it is not known");
        }
        if (before != null && change.revision() != before.revision() + 1 + change.skipped()) {
            faults.add("gap between " + before + " and " + change);
        }
        if (before != null && !before.current().equals(change.previous())) {
            faults.add("another status before " + change + " than " + before);
        }
        if (change.kind() == StatusChange.Kind.CREATED && change.revision() != 1 + change.skipped()) {
            faults.add("gap before " + change);
        }
        if (!maySkip && change.skipped() != 0) {
            faults.add("skipped: " + change);
        }
    }

    @Override
    public void onError(Throwable failure) {
        faults.add("failed: " + failure);
        end("onError");
    }

    @Override
    public void onComplete() {
        end("onComplete");
    }

    private void end(String signal) {
        enter(signal);
        ended = true;
        inside.set(false);
        end.countDown();
    }

    private void enter(String signal) {
        if (!inside.compareAndSet(false, true)) {
            faults.add(signal + " while inside another signal");
        }
        if (ended) {
            faults.add(signal + " after the end");
        }
    }
}
