package io.containerstatus.etcd;

import io.containerstatus.NotWrittenException;
import io.containerstatus.RootLockedException;
import io.containerstatus.StoreClosedException;
import io.containerstatus.etcd.wire.KVGrpc;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.etcd.wire.Wire.TxnRequest;
import io.containerstatus.etcd.wire.Wire.TxnResponse;
import io.containerstatus.reactive.Delivery;
import io.containerstatus.reactive.StatusChange;
import io.containerstatus.reactive.StatusStore;
import io.grpc.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Publishes a store's statuses on etcd, one step after another: takes the node, compares etcd with the store,
 * sends the differences, and then sends the changes. If a step fails, the next step begins after a pause, and
 * depends on the state at that time.
 *
 * <p>The store's stream reports only which containers have changed. Their statuses are read from the store
 * when they are sent. All of this runs on the client's worker, so no thread of the store ever waits.
 * {@link #health} may be called on any thread.
 */
final class Publication {
    private static final Duration COMPARISON = Duration.ofSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    /** The longest pause after a failure that only an operator can fix. */
    private static final Duration LONGEST_PAUSE_AFTER_REFUSAL = Duration.ofSeconds(5);

    private final StatusStore store;
    private final EtcdSettings settings;
    private final Duration closeTimeout;
    private final EtcdClient client;
    private final NodeContent content;
    private final Progress progress = new Progress();

    private final Disposable.Swap subscribing = Disposables.swap();
    private final Disposable.Swap checking = Disposables.swap();
    private final Disposable.Swap expiring = Disposables.swap();
    private final Disposable.Swap stepping = Disposables.swap();
    private final Sinks.One<String> lost = Sinks.one();
    private final Sinks.Empty<Void> end = Sinks.empty();

    private @Nullable Ownership ownership;
    /** The previous ownership, whose lease may still exist; null once another ownership is taken. */
    private @Nullable Ownership former;

    /**
     * The lease of each attempt to take the node, until one succeeds. It identifies a key that an attempt has
     * put, but whose answer was lost.
     */
    private long triedLease = Takeover.newLease();

    private boolean hasTried;
    /** Whether the publisher replaces an owner of the same identity, or any owner if the settings say so. */
    private boolean mayReplaceOthers = true;
    /** The revision of the fencing key when the node was first taken. */
    private long fencedAt;

    private boolean isCompared;
    /** Whether etcd was ever compared with the store, so that changes by others can be detected. */
    private boolean wasCompared;
    /**
     * Whether the ownership had ended and the node was taken again. Others may have owned the node in between.
     */
    private boolean isRetaken;
    /** The fence of the last transaction if that transaction may still take effect; otherwise 0. */
    private long openSince;

    private boolean checkIsDue;
    private int failuresInARow;
    private boolean busy;
    private boolean closing;
    private boolean expired;
    private boolean ended;
    private @Nullable String reasonOfLoss;
    private volatile View view = new View(FleetPublisherHealth.State.TAKING, false, false, null, null, null);

    /**
     * The owner of the node.
     *
     * @param owner the owner's key; null if it does not exist
     * @param fencedAt the revision of the fencing key; 0 if it does not exist
     */
    private record OwnerRead(@Nullable KeyValue owner, long fencedAt) {}

    private record View(
            FleetPublisherHealth.State state,
            boolean owner,
            boolean connected,
            @Nullable Throwable lastFailure,
            @Nullable Instant lastFailureAt,
            @Nullable String lost) {}

    Publication(StatusStore store, EtcdSettings settings, Duration closeTimeout) {
        this.store = store;
        this.settings = settings;
        this.closeTimeout = closeTimeout;
        client = settings.connection().newClient();
        content = new NodeContent(store, settings.keys());
    }

    void start() {
        client.worker().schedule(() -> {
            subscribeToStore();
            checking.update(Flux.interval(settings.leaseTtl().dividedBy(3), client.worker())
                    .onBackpressureDrop()
                    .subscribe(tick -> {
                        checkIsDue = true;
                        go();
                    }));
            go();
        });
    }

    FleetPublisherHealth health() {
        View current = view;
        Unpublished.Lag lag = content.lag();
        Duration oldest =
                lag.containers() == 0 ? Duration.ZERO : Duration.ofNanos(Math.max(0, System.nanoTime() - lag.since()));
        return new FleetPublisherHealth(
                current.state(),
                current.owner(),
                current.connected(),
                lag.containers(),
                oldest,
                current.lastFailure(),
                current.lastFailureAt(),
                current.lost());
    }

    /**
     * Emits the reason why the ownership was lost. Completes without a value if the publisher ends for any
     * other reason.
     */
    Mono<String> lost() {
        return lost.asMono();
    }

    /** Publishes the pending changes, for as long as the settings allow, and ends. Completes after the end. */
    Mono<Void> close() {
        return Mono.defer(() -> {
            try {
                client.worker().schedule(this::beginToClose);
            } catch (RejectedExecutionException e) {
                return end.asMono(); // The publisher has already ended.
            }
            return end.asMono();
        });
    }

    private void beginToClose() {
        if (closing || ended) {
            return;
        }
        closing = true;
        expiring.update(client.worker().schedule(this::expire, closeTimeout.toNanos(), TimeUnit.NANOSECONDS));
        go();
    }

    private void expire() {
        expired = true;
        finish();
    }

    // ---- The store

    private void subscribeToStore() {
        subscribing.update(store.changes(Delivery.latest().on(client.worker()))
                .subscribe(this::onChange, this::onStreamFailure, this::beginToClose));
    }

    private void onChange(StatusChange change) {
        switch (change.kind()) {
            case SNAPSHOT -> content.found(change.id());
            case CREATED, UPDATED -> content.changed(change.id());
            case DELETED -> content.deleted(change.id());
        }
        go();
    }

    /**
     * Handles a failure of the store's stream, such as a lack of memory. The next comparison finds the
     * missed changes.
     */
    private void onStreamFailure(Throwable failure) {
        if (failure instanceof StoreClosedException) {
            beginToClose();
            return;
        }
        show(failure, view.connected());
        subscribing.update(client.worker()
                .schedule(
                        () -> {
                            isCompared = false;
                            subscribeToStore();
                            go();
                        },
                        LONGEST_PAUSE.toNanos(),
                        TimeUnit.NANOSECONDS));
    }

    // ---- Steps

    /** Schedules the next step, unless one is in progress or already scheduled. */
    private void go() {
        if (!busy && !ended) {
            busy = true;
            client.worker().schedule(this::step);
        }
    }

    private void step() {
        if (ended) {
            return;
        }
        if (reasonOfLoss != null || expired) {
            finish();
            return;
        }
        stepping.update(Mono.defer(() -> Guarded.get(this::next)).subscribe(this::stepped, this::failed));
    }

    private void stepped(boolean done) {
        if (done) {
            failuresInARow = 0;
            client.worker().schedule(this::step);
            return;
        }
        busy = false;
        if (closing) {
            finish();
        }
    }

    private void failed(Throwable thrown) {
        Throwable failure = Guarded.unwrap(thrown);
        boolean answered = !(failure instanceof EtcdCallException call) || call.isAnswer();
        show(failure, answered);
        if (closing && failure instanceof RootLockedException) {
            finish();
            return;
        }
        boolean isRefused = answered && !(failure instanceof RootLockedException);
        Duration longest = isRefused ? LONGEST_PAUSE_AFTER_REFUSAL : LONGEST_PAUSE;
        long full = Math.min(longest.toNanos(), FIRST_PAUSE.toNanos() << Math.min(failuresInARow++, 10));
        // Half of the pause is random, so that nodes that lost the same etcd do not return at the same moment.
        long pause = full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1);
        stepping.update(client.worker().schedule(this::step, pause, TimeUnit.NANOSECONDS));
    }

    /** Runs the next step. Emits false if there is nothing to do. */
    private Mono<Boolean> next() {
        Ownership owner = ownership;
        if (owner == null) {
            return take();
        }
        if (owner.lost() != null || progress.hasGoneBack()) {
            return takeAgain(owner);
        }
        if (openSince != 0) {
            return raise(owner);
        }
        if (!isCompared) {
            return compare();
        }
        StatusBatch batch = content.nextBatch();
        if (!batch.isEmpty()) {
            return send(owner, batch);
        }
        if (checkIsDue) {
            return readOwner().map(read -> {
                owner.observe(read.owner());
                return true;
            });
        }
        return Mono.just(false);
    }

    // ---- The ownership

    private Mono<OwnerRead> readOwner() {
        Keys keys = settings.keys();
        TxnRequest request = TxnRequest.newBuilder()
                .addSuccess(Txns.get(keys.owner()))
                .addSuccess(Txns.get(keys.fence()))
                .build();
        checkIsDue = false;
        return client.call(KVGrpc.getTxnMethod(), request, soon()).map(answer -> {
            answered();
            progress.observe(answer);
            KeyValue fence = Txns.only(answer.getResponses(1).getResponseRange());
            return new OwnerRead(
                    Txns.only(answer.getResponses(0).getResponseRange()), fence == null ? 0 : fence.getModRevision());
        });
    }

    /** Takes the node for the first time, once it has no owner, or has an owner that may be replaced. */
    private Mono<Boolean> take() {
        progress.restart();
        return readOwner().flatMap(read -> {
            fencedAt = read.fencedAt();
            KeyValue owner = read.owner();
            return owner == null || mayReplace(owner)
                    ? takeOver(this::mayReplace)
                    : Mono.error(new RootLockedException(settings.keys().location()));
        });
    }

    private Mono<Boolean> takeOver(Predicate<KeyValue> mayBeReplaced) {
        hasTried = true;
        Deadline until = after(settings.requestTimeout().multipliedBy(3));
        return new Takeover(client, settings, until, triedLease, mayBeReplaced)
                .run()
                .map(taken -> {
                    own(taken);
                    return true;
                });
    }

    private boolean mayReplace(KeyValue owner) {
        return isOurs(owner) || (mayReplaceOthers && Takeover.mayReplace(settings, owner));
    }

    /**
     * Returns whether this owner's key belongs to the last ownership, or was put by an attempt whose answer
     * was lost.
     */
    private boolean isOurs(KeyValue owner) {
        Ownership last = lastOwnership();
        return owner.getLease() == triedLease || (last != null && last.isOurs(owner));
    }

    private @Nullable Ownership lastOwnership() {
        return ownership == null ? former : ownership;
    }

    private void own(Ownership taken) {
        Ownership before = lastOwnership();
        if (before != null) {
            before.release(soon()).subscribe();
        }
        former = null;
        ownership = taken;
        triedLease = Takeover.newLease();
        hasTried = false;
        progress.hasReached(taken.fence());
        isCompared = false;
        openSince = 0;
        taken.keepAlive();
        taken.loss().subscribe(reason -> {
            show();
            go();
        });
        answered();
    }

    /**
     * Takes the node again after the ownership has ended, but only if the lease has expired because etcd
     * could not be reached, and if nobody has owned or fenced the node since then. Otherwise, the ownership
     * is lost. If etcd has gone back, the publisher starts again as at the first time.
     */
    private Mono<Boolean> takeAgain(Ownership last) {
        return readOwner().flatMap(read -> {
            KeyValue owner = read.owner();
            if (progress.hasGoneBack()) {
                // Start again as at the first time, because the restored content does not show the changes of
                // other owners. Other owners are not replaced.
                wasCompared = false;
                isRetaken = false;
                mayReplaceOthers = false;
                former = last;
                ownership = null;
                return Mono.just(true);
            }
            if (read.fencedAt() != fencedAt) {
                return lose("the node was fenced");
            }
            if (owner == null) {
                return last.hasLease(soon())
                        .flatMap(exists -> exists
                                ? lose("its key was deleted while its lease is alive: the node was taken or fenced")
                                : takeBack());
            }
            return isOurs(owner)
                    ? takeBack()
                    : lose("another owner has taken it: " + owner.getValue().toStringUtf8());
        });
    }

    private Mono<Boolean> takeBack() {
        isRetaken = true;
        return takeOver(this::isOurs)
                // Another owner was faster. The next read shows which one.
                .onErrorResume(RootLockedException.class, taken -> Mono.just(true));
    }

    private Mono<Boolean> lose(String reason) {
        reasonOfLoss = reason;
        return Mono.just(true);
    }

    /** Makes sure that the last transaction can no longer take effect. */
    private Mono<Boolean> raise(Ownership owner) {
        return owner.raiseAbove(openSince, soon()).then(Mono.fromSupplier(() -> {
            answered();
            if (owner.fence() > openSince) {
                openSince = 0;
            } else if (owner.lost() == null) {
                progress.goneBack(); // The key is ours, but older than it was.
            }
            return true;
        }));
    }

    // ---- The statuses

    /** Reads the content of etcd and compares it with the store, so that the difference can be sent. */
    private Mono<Boolean> compare() {
        return Pages.of(client, settings.keys().statuses(), after(COMPARISON))
                .flatMap(stored -> isRetaken ? compareRetaken(stored) : Guarded.get(() -> compare(stored)));
    }

    /**
     * Compares after the node was taken again. The owner is read after the statuses. So a restoration is noticed
     * first, and the restored statuses are not mistaken for another owner's changes.
     */
    private Mono<Boolean> compareRetaken(List<KeyValue> stored) {
        return readOwner().flatMap(read -> {
            if (progress.hasGoneBack()) {
                return Mono.just(true);
            }
            if (read.fencedAt() != fencedAt) {
                return lose("the node was fenced");
            }
            if (wasCompared && !content.isAsItWasLeft(stored)) {
                return lose("another owner has changed its statuses in the meantime");
            }
            return Guarded.get(() -> compare(stored));
        });
    }

    private Mono<Boolean> compare(List<KeyValue> stored) {
        content.compare(stored);
        isRetaken = false;
        isCompared = true;
        wasCompared = true;
        answered();
        return Mono.just(true);
    }

    private Mono<Boolean> send(Ownership owner, StatusBatch batch) {
        long fence = owner.fence();
        return client.call(KVGrpc.getTxnMethod(), batch.transaction(fence), soon())
                .map(answer -> {
                    answered();
                    progress.observe(answer);
                    if (answer.getSucceeded()) {
                        content.isSent(batch, answer.getHeader().getRevision());
                    } else {
                        isRefused(batch, answer, owner, fence);
                    }
                    return true;
                })
                .onErrorResume(EtcdCallException.class, failure -> hasFailed(batch, failure, fence));
    }

    private void isRefused(StatusBatch batch, TxnResponse answer, Ownership owner, long fence) {
        owner.observe(Txns.only(answer.getResponses(0).getResponseRange()));
        if (owner.lost() == null && owner.fence() <= fence) {
            progress.goneBack(); // The key is ours, but not newer than the fence.
        }
        content.isNotSent(batch);
    }

    private Mono<Boolean> hasFailed(StatusBatch batch, EtcdCallException failure, long fence) {
        if (failure.effect() == Effect.NONE) {
            content.isNotSent(batch);
        } else {
            content.mayBeSent(batch);
        }
        if (failure.effect() == Effect.OPEN) {
            openSince = fence;
        }
        if (content.canMakeSmaller(batch, failure)) {
            return Mono.just(true);
        }
        if (failure.isRequestTooLarge()) {
            String id = content.hold(batch);
            show(
                    new NotWrittenException(id, "etcd refuses it: " + failure.getMessage(), failure),
                    /* connected= */ true);
            return Mono.just(true);
        }
        return Mono.error(failure);
    }

    // ---- The end

    /** Gives up the ownership, and ends. Pending changes stay unpublished. */
    private void finish() {
        if (ended) {
            return;
        }
        ended = true;
        stepping.dispose();
        checking.dispose();
        subscribing.dispose();
        expiring.dispose(); // Otherwise the client's thread would wait for this task.
        content.clear();
        show();
        String reason = reasonOfLoss;
        if (reason == null) {
            lost.tryEmitEmpty();
        } else {
            lost.tryEmitValue(reason);
        }
        Ownership owner = lastOwnership();
        Mono<Void> released = owner == null ? Mono.empty() : owner.release(soon());
        Mono<Void> givenUp = hasTried ? Ownership.revoke(client, triedLease, soon()) : Mono.empty();
        Mono.when(released, givenUp)
                .then(client.close())
                .subscribe(none -> {}, failure -> end.tryEmitEmpty(), end::tryEmitEmpty);
    }

    // ---- The health

    private void answered() {
        View current = view;
        if (!current.connected()
                || current.owner() != isOwner()
                || current.state() == FleetPublisherHealth.State.TAKING) {
            show(null, /* connected= */ true);
        }
    }

    private void show() {
        show(null, view.connected());
    }

    private void show(@Nullable Throwable failure, boolean connected) {
        View before = view;
        view = new View(
                state(),
                isOwner(),
                connected,
                failure == null ? before.lastFailure() : failure,
                failure == null ? before.lastFailureAt() : now(),
                reasonOfLoss == null
                        ? null
                        : "the ownership of " + settings.keys().location() + " is lost: " + reasonOfLoss);
    }

    private @Nullable Instant now() {
        try {
            return settings.clock().instant();
        } catch (RuntimeException e) {
            return null; // The application's clock must not end the steps.
        }
    }

    private FleetPublisherHealth.State state() {
        if (reasonOfLoss != null) {
            return FleetPublisherHealth.State.OWNERSHIP_LOST;
        }
        if (ended) {
            return FleetPublisherHealth.State.CLOSED;
        }
        return wasCompared ? FleetPublisherHealth.State.PUBLISHING : FleetPublisherHealth.State.TAKING;
    }

    private boolean isOwner() {
        Ownership owner = ownership;
        return !ended && owner != null && owner.lost() == null;
    }

    /** Returns the deadline of a call. It includes the pause that the client may make before the call. */
    private Deadline soon() {
        return after(settings.requestTimeout().plusSeconds(1));
    }

    private static Deadline after(Duration time) {
        return Deadline.after(time.toNanos(), TimeUnit.NANOSECONDS);
    }
}
