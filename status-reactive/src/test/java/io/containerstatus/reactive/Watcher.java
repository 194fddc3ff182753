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

/** A subscriber that writes down what it is told, for {@link Verdict} to judge, and does what the test planned for it. */
final class Watcher implements CoreSubscriber<StatusChange> {
    /** The container it watches; null for one that watches the store. */
    final Lives.@Nullable Life life;

    final Delivery delivery;
    final List<StatusChange> told = new ArrayList<>();
    final Queue<String> faults = new ConcurrentLinkedQueue<>();
    /** What stood before and after the subscription, and how many lives there were. */
    Map<Lives.Life, Long> before = Map.of();

    Map<Lives.Life, Long> after = Map.of();
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
     * @param life what it watches, or null for all
     * @param answer what it does when it is told something; called with null when it is cut off
     */
    Watcher(Lives.@Nullable Life life, Delivery delivery, Consumer<@Nullable StatusChange> answer) {
        this.life = life;
        this.delivery = delivery;
        this.answer = answer;
    }

    void subscribe(StatusStore store, Lives lives) {
        livesBefore = lives.count();
        before = lives.standing(store);
        (life == null ? store.changes(delivery) : life.container().changes(delivery)).subscribe(this);
        after = lives.standing(store);
        livesAfter = lives.count();
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

    /** How many changes it was told besides snapshots. */
    long changes() {
        return told.stream()
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
        told.add(change);
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
