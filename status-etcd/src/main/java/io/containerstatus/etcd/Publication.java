package io.containerstatus.etcd;

import com.google.protobuf.UnsafeByteOperations;
import io.containerstatus.ContainerChange;
import io.containerstatus.NotWrittenException;
import io.containerstatus.RootLockedException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StoreClosedException;
import io.containerstatus.etcd.wire.KVGrpc;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.etcd.wire.Wire.ResponseHeader;
import io.containerstatus.etcd.wire.Wire.TxnRequest;
import io.containerstatus.etcd.wire.Wire.TxnResponse;
import io.containerstatus.reactive.Delivery;
import io.containerstatus.reactive.StatusChange;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import io.grpc.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 * Brings a store's statuses to etcd, one step after the other: takes the node, compares what is there with the store, sends
 * what differs, and sends what changes. When a step fails, the next one begins a moment later with what is known then.
 *
 * <p>The store's stream only tells which containers have changed; their statuses are looked up in the store when they are
 * sent. All of this happens on the client's worker, so no thread of the store's ever waits. {@link #health} may be called
 * on any thread.
 */
final class Publication {
    private static final Duration COMPARISON = Duration.ofSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    /** After what only an operator can mend. */
    private static final Duration LONGEST_PAUSE_AFTER_REFUSAL = Duration.ofSeconds(5);

    private static final Duration REFUSED_AGAIN = Duration.ofMinutes(1);

    private final StatusStore store;
    private final EtcdSettings settings;
    private final Duration closeTimeout;
    private final EtcdClient client;
    private final Unpublished unpublished = new Unpublished();
    /** What is stored of the node, by id; complete once it was compared. */
    private final Map<String, Published> published = new HashMap<>();

    private final Disposable.Swap hearing = Disposables.swap();
    private final Disposable.Swap looking = Disposables.swap();
    private final Disposable.Swap expiring = Disposables.swap();
    private final Disposable.Swap stepping = Disposables.swap();
    private final Sinks.One<String> lost = Sinks.one();
    private final Sinks.Empty<Void> end = Sinks.empty();

    private @Nullable Ownership ownership;
    /** The one before, whose lease may be there still, as long as no other one is taken. */
    private @Nullable Ownership former;

    private Predicate<KeyValue> replaceable;
    /** The revision of the key that tells of a fencing, as it was when the node was taken first. */
    private long fencedAt;

    private boolean isCompared;
    /** Whether it was ever compared, so that what others have changed can be told. */
    private boolean wasCompared;
    /** Whether the node was owned, was not for a while, and is again, so that others may have owned it meanwhile. */
    private boolean isRetaken;
    /** The fence of the last transaction, if that may still have its effect; else 0. */
    private long openSince;
    /** Whether etcd does not know of what it has acknowledged, as after a backup was restored. */
    private boolean hasGoneBack;

    private long lastRevision;
    private StatusBatch.Limits limits = StatusBatch.Limits.OF_ETCD;
    private boolean lookIsDue;
    private int failuresInARow;
    private boolean busy;
    private boolean taking;
    private boolean closing;
    private boolean expired;
    private boolean ended;
    private @Nullable String reasonOfLoss;
    private volatile View view = new View(FleetPublisherHealth.State.TAKING, false, false, null, null, null);

    /**
     * What is stored of one container.
     *
     * @param revision the revision of the key's last change; {@link #UNKNOWN} after a transaction whose effect is not known
     * @param status the status; null if it is not known, or is no status of the store's
     */
    private record Published(long revision, @Nullable Status status) {
        private static final long UNKNOWN = -1;
        private static final Published NOT_KNOWN = new Published(UNKNOWN, null);

        boolean isDocumentOf(Status other) {
            return status != null
                    && (status.equals(other) || withoutFlags(status).equals(withoutFlags(other)));
        }

        /** The three flags have no place in a document. */
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

    /**
     * Who owns the node.
     *
     * @param revision etcd's, at the time of the look
     * @param owner the owner's key, null for none
     * @param fencedAt the revision of the key that tells of a fencing, 0 for none
     */
    private record Look(long revision, @Nullable KeyValue owner, long fencedAt) {}

    private record View(
            FleetPublisherHealth.State state,
            boolean owner,
            boolean connected,
            @Nullable Throwable lastFailure,
            @Nullable Instant lastFailureAt,
            @Nullable String lost) {}

    Publication(StatusStore store, EtcdSettings settings, Duration closeTimeout, Transport transport) {
        this.store = store;
        this.settings = settings;
        this.closeTimeout = closeTimeout;
        client = new EtcdClient(transport, settings.credentials(), settings.requestTimeout());
        replaceable = owner -> Takeover.mayReplace(settings, owner);
    }

    void start() {
        client.worker().schedule(() -> {
            hear();
            looking.update(Flux.interval(settings.leaseTtl().dividedBy(3), client.worker())
                    .onBackpressureDrop()
                    .subscribe(tick -> {
                        lookIsDue = true;
                        go();
                    }));
            go();
        });
    }

    FleetPublisherHealth health() {
        View seen = view;
        Unpublished.Lag lag = unpublished.lag();
        Duration oldest =
                lag.containers() == 0 ? Duration.ZERO : Duration.ofNanos(Math.max(0, System.nanoTime() - lag.since()));
        return new FleetPublisherHealth(
                seen.state(),
                seen.owner(),
                seen.connected(),
                lag.containers(),
                oldest,
                seen.lastFailure(),
                seen.lastFailureAt(),
                seen.lost());
    }

    /** Emits how the ownership was lost; completes without that at any other end. */
    Mono<String> lost() {
        return lost.asMono();
    }

    /** Publishes what waits, for as long as is set, and ends; completes then. */
    Mono<Void> close() {
        return Mono.defer(() -> {
            try {
                client.worker().schedule(this::beginToClose);
            } catch (RejectedExecutionException e) {
                return end.asMono(); // It has ended by itself.
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
        if (!taking) { // What is being taken has to be known, to be given up.
            finish();
        }
    }

    // ---- The store

    private void hear() {
        hearing.update(store.changes(Delivery.latest().on(client.worker()))
                .subscribe(this::heard, this::deafened, this::beginToClose));
    }

    private void heard(StatusChange change) {
        if (change.kind() == ContainerChange.Kind.DELETED) {
            unpublished.deleted(change.id(), System.nanoTime());
        } else {
            unpublished.changed(change.id(), System.nanoTime());
        }
        go();
    }

    /** The stream has failed, as when the memory was at its end: what was missed is found by comparing anew. */
    private void deafened(Throwable failure) {
        if (failure instanceof StoreClosedException) {
            beginToClose();
            return;
        }
        show(failure, view.connected());
        hearing.update(client.worker()
                .schedule(
                        () -> {
                            isCompared = false;
                            hear();
                            go();
                        },
                        LONGEST_PAUSE.toNanos(),
                        TimeUnit.NANOSECONDS));
    }

    // ---- Steps

    /** Has the next step made, unless one is under way, or waits. */
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
        stepping.update(Mono.defer(this::next).subscribe(this::stepped, this::failed));
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

    private void failed(Throwable failure) {
        boolean answered = !(failure instanceof EtcdCallException call) || call.remedy() != Remedy.NEXT_ENDPOINT;
        show(failure, answered);
        if (closing && failure instanceof RootLockedException) {
            finish();
            return;
        }
        boolean isRefused = answered && !(failure instanceof RootLockedException);
        Duration longest = isRefused ? LONGEST_PAUSE_AFTER_REFUSAL : LONGEST_PAUSE;
        long full = Math.min(longest.toNanos(), FIRST_PAUSE.toNanos() << Math.min(failuresInARow++, 10));
        // With a jitter of a half: nodes that lost the same etcd do not come back at the same moment.
        long pause = full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1);
        stepping.update(client.worker().schedule(this::step, pause, TimeUnit.NANOSECONDS));
    }

    /** Makes the step that comes next; emits false if there is nothing to do. */
    private Mono<Boolean> next() {
        Ownership owner = ownership;
        if (owner == null) {
            return take();
        }
        if (owner.lost() != null || hasGoneBack) {
            return takeAgain(owner);
        }
        if (openSince != 0) {
            return raise(owner);
        }
        if (!isCompared) {
            return compare();
        }
        StatusBatch batch = nextBatch();
        if (!batch.isEmpty()) {
            return send(owner, batch);
        }
        if (lookIsDue) {
            return look().map(seen -> {
                owner.observe(seen.owner());
                hasGoneBack = seen.revision() < lastRevision;
                return true;
            });
        }
        return Mono.just(false);
    }

    // ---- The ownership

    private Mono<Look> look() {
        Keys keys = settings.keys();
        TxnRequest request = TxnRequest.newBuilder()
                .addSuccess(Txns.get(keys.owner()))
                .addSuccess(Txns.get(keys.fence()))
                .build();
        lookIsDue = false;
        return client.call(KVGrpc.getTxnMethod(), request, soon()).map(answer -> {
            answered();
            KeyValue fence = Txns.only(answer.getResponses(1).getResponseRange());
            return new Look(
                    answer.getHeader().getRevision(),
                    Txns.only(answer.getResponses(0).getResponseRange()),
                    fence == null ? 0 : fence.getModRevision());
        });
    }

    /** Takes the node for the first time, as soon as nobody else owns it. */
    private Mono<Boolean> take() {
        return look().flatMap(seen -> {
            fencedAt = seen.fencedAt();
            KeyValue owner = seen.owner();
            return owner == null || replaceable.test(owner)
                    ? takeOver(replaceable)
                    : Mono.error(new RootLockedException(settings.keys().place()));
        });
    }

    private Mono<Boolean> takeOver(Predicate<KeyValue> mayBeReplaced) {
        taking = true;
        Deadline until = after(settings.requestTimeout().multipliedBy(3));
        return new Takeover(client, settings, until, mayBeReplaced)
                .run()
                .map(taken -> {
                    own(taken);
                    return true;
                })
                .doOnTerminate(() -> taking = false);
    }

    private void own(Ownership taken) {
        Ownership before = ownership == null ? former : ownership;
        if (before != null) {
            before.release(soon()).subscribe();
        }
        former = null;
        ownership = taken;
        lastRevision = Math.max(lastRevision, taken.fence());
        isCompared = false;
        openSince = 0;
        hasGoneBack = false;
        taken.keepAlive();
        taken.loss().subscribe(reason -> {
            show();
            go();
        });
        answered();
    }

    /**
     * Takes the node again after the ownership has ended, if that was for nothing but the time: its lease has ended, as
     * etcd could not be reached, and nobody has owned or fenced the node since.
     */
    private Mono<Boolean> takeAgain(Ownership last) {
        return look().flatMap(seen -> {
            KeyValue owner = seen.owner();
            if (hasGoneBack || seen.revision() < lastRevision) {
                // As at the first time: what etcd holds tells nothing of what others have done. They are not replaced.
                lastRevision = seen.revision();
                wasCompared = false;
                hasGoneBack = false;
                replaceable = last::isOurs;
                former = last;
                ownership = null;
                return Mono.just(true);
            }
            if (seen.fencedAt() != fencedAt) {
                return lose("somebody has fenced it");
            }
            if (owner == null) {
                return last.hasLease(soon())
                        .flatMap(lives -> lives
                                ? lose("its key is gone though its lease is not: it was taken or fenced")
                                : takeBack(last));
            }
            return last.isOurs(owner)
                    ? takeBack(last)
                    : lose("another one has taken it: " + owner.getValue().toStringUtf8());
        });
    }

    private Mono<Boolean> takeBack(Ownership last) {
        isRetaken = true;
        return takeOver(last::isOurs)
                // Somebody was faster: the next look finds out who.
                .onErrorResume(RootLockedException.class, taken -> Mono.just(true));
    }

    private Mono<Boolean> lose(String reason) {
        reasonOfLoss = reason;
        return Mono.just(true);
    }

    /** Makes certain that the last transaction has no effect any more, if it has had none. */
    private Mono<Boolean> raise(Ownership owner) {
        return owner.raiseAbove(openSince, soon()).then(Mono.fromSupplier(() -> {
            answered();
            if (owner.fence() > openSince) {
                openSince = 0;
            } else if (owner.lost() == null) {
                hasGoneBack = true; // The key is ours, and older than it was.
            }
            return true;
        }));
    }

    // ---- The statuses

    /** Finds out what etcd holds, so that what differs can be sent. */
    private Mono<Boolean> compare() {
        Mono<Boolean> unfenced = isRetaken ? look().map(seen -> seen.fencedAt() == fencedAt) : Mono.just(true);
        return unfenced.flatMap(isStillOurs -> isStillOurs
                ? Pages.of(client, settings.keys().statuses(), after(COMPARISON))
                        .flatMap(this::compare)
                : lose("somebody has fenced it"));
    }

    private Mono<Boolean> compare(List<KeyValue> stored) {
        Map<String, KeyValue> found = new HashMap<>();
        for (KeyValue one : stored) {
            String id = settings.keys().id(one.getKey());
            if (id != null) {
                found.put(id, one);
            }
        }
        if (isRetaken && wasCompared && !isAsItWasLeft(found)) {
            return lose("another one has owned it meanwhile, and has changed its statuses");
        }
        long now = System.nanoTime();
        published.clear();
        found.forEach((id, one) -> {
            StatusStorage storage = store.get(id);
            Status status = storage == null ? null : storage.current();
            boolean isTheSame = status != null
                    && one.getValue().equals(UnsafeByteOperations.unsafeWrap(StatusCodec.encode(status)));
            published.put(id, new Published(one.getModRevision(), isTheSame ? status : null));
            if (isTheSame) {
                unpublished.isPublished(id);
            } else if (status == null) {
                unpublished.deleted(id, now);
            } else {
                unpublished.changed(id, now);
            }
        });
        for (StatusStorage storage : store.list()) {
            if (!found.containsKey(storage.id())) {
                unpublished.changed(storage.id(), now);
            }
        }
        isRetaken = false;
        isCompared = true;
        wasCompared = true;
        answered();
        return Mono.just(true);
    }

    /** Returns whether nobody but this publisher has changed these keys since it compared them. */
    private boolean isAsItWasLeft(Map<String, KeyValue> found) {
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

    /** Returns what is to be sent next; deletions first, as they are taken by an etcd that has no space for a status. */
    private StatusBatch nextBatch() {
        StatusBatch batch = new StatusBatch(settings.keys(), limits);
        while (batch.hasRoom()) {
            String id = unpublished.nextDeletion();
            if (id == null) {
                break;
            }
            if (published.containsKey(id)) {
                batch.delete(id);
            } else {
                unpublished.isDeleted(id, store.get(id) != null);
            }
        }
        if (!batch.isEmpty()) {
            return batch;
        }
        String refused = unpublished.nextHeld(System.nanoTime());
        if (refused != null && addNewest(refused, batch) && !batch.isEmpty()) {
            return batch; // Alone, so that no other one is refused with it.
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

    /** Adds the newest status of the container, if there is one and it differs; returns false if it does not fit. */
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
        Status status = storage.current();
        if (before != null && before.isDocumentOf(status)) {
            unpublished.isPublished(id);
            return true;
        }
        if (!batch.put(id, status)) {
            return false;
        }
        unpublished.begin(id);
        return true;
    }

    private Mono<Boolean> send(Ownership owner, StatusBatch batch) {
        long fence = owner.fence();
        return client.call(KVGrpc.getTxnMethod(), batch.transaction(fence), soon())
                .map(answer -> {
                    answered();
                    if (answer.getSucceeded()) {
                        isSent(batch, answer.getHeader());
                    } else {
                        isRefused(batch, answer, owner, fence);
                    }
                    return true;
                })
                .onErrorResume(EtcdCallException.class, failure -> hasFailed(batch, failure, fence));
    }

    private void isSent(StatusBatch batch, ResponseHeader header) {
        lastRevision = header.getRevision();
        batch.content().forEach((id, status) -> {
            if (status == null) {
                published.remove(id);
                unpublished.isDeleted(id, store.get(id) != null);
            } else {
                published.put(id, new Published(lastRevision, status));
                unpublished.isPut(id);
            }
        });
    }

    private void isRefused(StatusBatch batch, TxnResponse answer, Ownership owner, long fence) {
        owner.observe(Txns.only(answer.getResponses(0).getResponseRange()));
        // The key is ours, and no newer than it was known to be.
        hasGoneBack = owner.lost() == null && owner.fence() <= fence;
        isStillToBeSent(batch);
    }

    private void isStillToBeSent(StatusBatch batch) {
        batch.content().forEach((id, status) -> unpublished.hasFailed(id, status == null));
    }

    private Mono<Boolean> hasFailed(StatusBatch batch, EtcdCallException failure, long fence) {
        isStillToBeSent(batch);
        if (failure.effect() != Effect.NONE) {
            batch.content().keySet().forEach(id -> published.put(id, Published.NOT_KNOWN));
        }
        if (failure.effect() == Effect.OPEN) {
            openSince = fence;
        }
        if (failure.isRequestTooLarge() && batch.size() > 1) {
            limits = batch.halfTheBytes();
            return Mono.just(true);
        }
        if (failure.hasTooManyOperations() && batch.size() > 1) {
            limits = batch.halfTheOperations();
            return Mono.just(true);
        }
        if (failure.isRequestTooLarge()) {
            String id = batch.content().keySet().iterator().next();
            unpublished.hold(id, System.nanoTime() + REFUSED_AGAIN.toNanos());
            show(
                    new NotWrittenException(id, "etcd refuses it: " + failure.getMessage(), failure),
                    /* connected= */ true);
            return Mono.just(true);
        }
        return Mono.error(failure);
    }

    // ---- The end

    /** Gives up what is owned, and ends; what waits stays unpublished. */
    private void finish() {
        if (ended) {
            return;
        }
        ended = true;
        stepping.dispose();
        looking.dispose();
        hearing.dispose();
        expiring.dispose(); // The client's thread would stay for it.
        published.clear();
        show();
        String reason = reasonOfLoss;
        if (reason == null) {
            lost.tryEmitEmpty();
        } else {
            lost.tryEmitValue(reason);
        }
        Ownership owner = ownership == null ? former : ownership;
        Mono<Void> released = owner == null ? Mono.empty() : owner.release(soon());
        released.then(client.close()).subscribe(none -> {}, failure -> end.tryEmitEmpty(), end::tryEmitEmpty);
    }

    // ---- What is told

    private void answered() {
        View seen = view;
        if (!seen.connected() || seen.owner() != isOwner() || seen.state() == FleetPublisherHealth.State.TAKING) {
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
                        : "the ownership of " + settings.keys().place() + " is lost: " + reasonOfLoss);
    }

    private @Nullable Instant now() {
        try {
            return settings.clock().instant();
        } catch (RuntimeException e) {
            return null; // A clock of the application must not end the steps.
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

    /** With time for the pause that the client may make before. */
    private Deadline soon() {
        return after(settings.requestTimeout().plusSeconds(1));
    }

    private static Deadline after(Duration time) {
        return Deadline.after(time.toNanos(), TimeUnit.NANOSECONDS);
    }
}
