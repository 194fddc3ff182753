package io.containerstatus.reactive;

import io.containerstatus.SubscriberLaggedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

/**
 * A subscriber that records what it receives, for {@link StreamChecker} to check, and does what the test planned
 * for it.
 */
final class RecordingSubscriber implements CoreSubscriber<StatusChange> {
    /** The container that it watches; null if it watches the store. */
    final ExpectedStates.@Nullable Life life;

    final Delivery delivery;
    final List<StatusChange> received = new ArrayList<>();
    final Queue<String> faults = new ConcurrentLinkedQueue<>();
    /** What existed before and after the subscription, and how many lives there were. */
    Map<ExpectedStates.Life, Long> before = Map.of();

    Map<ExpectedStates.Life, Long> after = Map.of();
    int livesBefore;
    int livesAfter;

    volatile boolean left;
    volatile boolean completed;
    volatile @Nullable SubscriberLaggedException lag;

    private final Consumer<@Nullable StatusChange> answer;
    private final AtomicBoolean inside = new AtomicBoolean();
    private final AtomicLong demand = new AtomicLong();
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile @Nullable Subscription subscription;

    /**
     * Creates a watcher.
     *
     * @param life what it watches; null for the whole store
     * @param answer called with each change, and with null when it is cut off
     */
    RecordingSubscriber(
            ExpectedStates.@Nullable Life life, Delivery delivery, Consumer<@Nullable StatusChange> answer) {
        this.life = life;
        this.delivery = delivery;
        this.answer = answer;
    }

    void subscribe(StatusStore store, ExpectedStates expectedStates) {
        livesBefore = expectedStates.count();
        before = expectedStates.existing(store);
        (life == null ? store.changes(delivery) : life.container().changes(delivery)).subscribe(this);
        after = expectedStates.existing(store);
        livesAfter = expectedStates.count();
    }

    void request(long n) {
        demand.accumulateAndGet(n, Operators::addCap);
        subscription.request(n);
    }

    void cancel() {
        left = true;
        subscription.cancel();
    }

    long demand() {
        return demand.get();
    }

    boolean isActive() {
        return !left && !completed && lag == null;
    }

    boolean awaitEnd() throws InterruptedException {
        return end.await(StoreTest.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** How many changes it has received besides snapshots. */
    long changes() {
        return received.stream()
                .filter(change -> change.kind() != StatusChange.Kind.SNAPSHOT)
                .count();
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
    }

    @Override
    public void onNext(StatusChange change) {
        enter(change.toString());
        if (demand.getAndUpdate(n -> n == Long.MAX_VALUE ? n : n - 1) <= 0) {
            faults.add("not requested: " + change);
        }
        received.add(change);
        try {
            answer.accept(change);
        } finally {
            inside.set(false);
        }
    }

    @Override
    public void onError(Throwable failure) {
        enter("onError");
        if (failure instanceof SubscriberLaggedException lagged) {
            lag = lagged;
        } else {
            faults.add("failed: " + failure);
        }
        answer.accept(null);
        end.countDown();
        inside.set(false);
    }

    @Override
    public void onComplete() {
        enter("onComplete");
        completed = true;
        end.countDown();
        inside.set(false);
    }

    private void enter(String signal) {
        if (!inside.compareAndSet(false, true)) {
            faults.add(signal + " inside another signal");
        }
        if (completed || lag != null) {
            faults.add(signal + " after the end");
        }
    }
}
