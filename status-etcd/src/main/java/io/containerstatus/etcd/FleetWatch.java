package io.containerstatus.etcd;

import io.containerstatus.etcd.wire.KVGrpc;
import io.containerstatus.etcd.wire.WatchGrpc;
import io.containerstatus.etcd.wire.Wire.Event;
import io.containerstatus.etcd.wire.Wire.RangeRequest;
import io.containerstatus.etcd.wire.Wire.ResponseHeader;
import io.containerstatus.etcd.wire.Wire.WatchCreateRequest;
import io.containerstatus.etcd.wire.Wire.WatchRequest;
import io.containerstatus.etcd.wire.Wire.WatchResponse;
import io.grpc.Deadline;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Keeps a {@link Fleet} up to date with etcd: reads a snapshot, and watches from the next revision on. If the
 * watch breaks, another watch continues after the last received revision. If that is impossible, because etcd
 * no longer has the changes or is not the same cluster any more, a new snapshot is read. Used on the client's worker.
 *
 * <p>Each new watch, and a check at intervals, verify that etcd is the same cluster and has not gone back.
 * Without these checks, a watch from a future revision would receive no events and no error. A restored
 * cluster can have the same id as the old one, and revisions beyond those that were received. But its raft
 * term starts again.
 */
final class FleetWatch {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final long ANY_TIME = 365;

    private final EtcdClient client;
    private final FleetSettings settings;
    private final Fleet fleet;
    /** Why a snapshot is needed; null if the watch can continue. */
    private @Nullable String gap = "";

    /** Everything up to this revision was received. */
    private long revision;

    private long clusterId;
    private long term;
    /** Whether more events of the next revision are still to come. */
    private boolean amidRevision;

    private boolean denied;

    FleetWatch(EtcdClient client, FleetSettings settings, Fleet fleet) {
        this.client = client;
        this.settings = settings;
        this.fleet = fleet;
    }

    /**
     * Runs until it is cancelled. Fails only with a failure that a retry cannot fix, for example if etcd
     * refuses the watch.
     */
    Mono<Void> run() {
        return Flux.defer(this::attempt)
                .doOnNext(answer -> Guarded.run(() -> take(answer)))
                .doOnError(this::broken)
                .retryWhen(Retry.backoff(Long.MAX_VALUE, FIRST_PAUSE)
                        .maxBackoff(LONGEST_PAUSE)
                        .transientErrors(true)
                        .scheduler(client.worker())
                        .filter(FleetWatch::mayPass))
                .then();
    }

    private Flux<WatchResponse> attempt() {
        return (gap != null ? snapshot(gap) : check(revision)).thenMany(Flux.defer(this::watch));
    }

    private Mono<Void> snapshot(String reason) {
        long begun = System.nanoTime();
        FleetSnapshot snapshot =
                new FleetSnapshot(settings.keys(), failure -> interrupted(String.valueOf(failure.getMessage())));
        Pages pages = new Pages(client, settings.keys().start(), settings.keys().end(), snapshot, anyTime());
        return pages.read()
                .doOnSuccess(read -> Guarded.run(() -> {
                    settings.metrics().snapshot(snapshot.containers(), begun);
                    take(snapshot, reason);
                }));
    }

    private void take(FleetSnapshot snapshot, String reason) {
        gap = null;
        clusterId = snapshot.header().getClusterId();
        term = snapshot.header().getRaftTerm();
        revision = snapshot.revision();
        fleet.replace(snapshot, reason);
    }

    /**
     * Checks, with a majority of the members, that etcd still has this revision, is the same cluster, and has
     * not gone back. At 0, etcd's current revision is read. The answer may be older than an event that comes
     * in the meantime. So it is compared with the revision that was known before the call.
     */
    private Mono<Void> check(long at) {
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(settings.keys().start())
                .setRevision(at)
                .build();
        long known = revision;
        return client.call(KVGrpc.getRangeMethod(), request, anyTime())
                .doOnNext(answer -> requireSame(answer.getHeader(), known))
                .then()
                .onErrorMap(
                        failure -> failure instanceof EtcdCallException call && call.code() == Status.Code.OUT_OF_RANGE,
                        failure -> new FleetGapException(
                                "revision " + at + " is no longer available: " + failure.getMessage()));
    }

    private void requireSame(ResponseHeader header, long known) {
        requireSameCluster(header);
        if (header.getRevision() < known || header.getRaftTerm() < term) {
            throw new FleetGapException("the cluster was restored: it is at revision " + header.getRevision()
                    + " in term " + header.getRaftTerm() + ", and was at " + known + " in term " + term);
        }
        term = header.getRaftTerm();
    }

    private void requireSameCluster(ResponseHeader header) {
        if (header.getClusterId() != clusterId) {
            throw new FleetGapException("another cluster answers: " + Long.toHexString(header.getClusterId())
                    + " instead of " + Long.toHexString(clusterId));
        }
    }

    private Flux<WatchResponse> watch() {
        amidRevision = false;
        WatchCreateRequest.Builder create = WatchCreateRequest.newBuilder()
                .setKey(settings.keys().start())
                .setRangeEnd(settings.keys().end())
                .setStartRevision(revision + 1)
                .setFragment(true)
                .setProgressNotify(true);
        WatchRequest request =
                WatchRequest.newBuilder().setCreateRequest(create).build();
        Flux<Void> checks = Flux.interval(settings.checkEvery(), client.worker())
                .onBackpressureDrop()
                .concatMap(tick -> check(0), 1);
        return client.stream(WatchGrpc.getWatchMethod(), request)
                .onErrorMap(
                        failure -> failure instanceof EtcdCallException call && call.remedy() == Remedy.AUTHENTICATE,
                        failure -> refused(String.valueOf(failure.getMessage()), /* isDenied= */ true))
                .takeUntilOther(checks);
    }

    private void take(WatchResponse answer) {
        if (answer.getCanceled()) {
            throw cancelled(answer);
        }
        requireSameCluster(answer.getHeader());
        if (answer.getCreated()) {
            // The header has etcd's current revision. Events of earlier revisions may still follow.
            denied = false;
            fleet.watched();
        } else if (answer.getEventsCount() > 0) {
            settings.metrics().events(answer.getEventsCount());
            events(answer);
        } else if (!amidRevision && answer.getHeader().getRevision() > revision) {
            revision = answer.getHeader().getRevision(); // A progress notice: everything up to there was sent.
            fleet.receivedUpTo(revision);
        }
    }

    private void events(WatchResponse answer) {
        long now = System.nanoTime();
        for (Event event : answer.getEventsList()) {
            if (event.getKv().getModRevision() <= revision) {
                continue; // This event was received before.
            }
            if (event.getType() == Event.EventType.DELETE) {
                fleet.delete(event.getKv(), now);
            } else {
                fleet.put(event.getKv(), now);
            }
        }
        long last = answer.getEvents(answer.getEventsCount() - 1).getKv().getModRevision();
        amidRevision = answer.getFragment();
        revision = Math.max(revision, amidRevision ? last - 1 : last);
        fleet.receivedUpTo(revision);
    }

    private RuntimeException cancelled(WatchResponse answer) {
        String reason = answer.getCancelReason();
        if (answer.getCompactRevision() != 0) {
            return new FleetGapException("the changes up to revision " + answer.getCompactRevision()
                    + " were compacted, but were received only up to " + revision);
        }
        return refused(reason.isEmpty() ? "no reason is given" : reason, reason.contains("permission denied"));
    }

    /**
     * Returns the failure of a watch that etcd refuses. etcd does not report whether the token is old or the
     * right is missing. The check before the next watch renews the token, so a second refusal is permanent.
     */
    private EtcdCallException refused(String reason, boolean isDenied) {
        Status status = isDenied && denied
                ? Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied")
                : Status.UNAVAILABLE.withDescription(reason);
        denied = isDenied;
        return EtcdCallException.of(
                WatchGrpc.getWatchMethod().getFullMethodName(), settings.keys().location(), status, /* sent= */ true);
    }

    private void broken(Throwable failure) {
        if (failure instanceof FleetGapException) {
            gap = String.valueOf(failure.getMessage());
        }
        interrupted(String.valueOf(failure.getMessage()));
    }

    private void interrupted(String reason) {
        fleet.interrupted(reason);
        settings.metrics().interruption(reason);
    }

    private static boolean mayPass(Throwable failure) {
        return failure instanceof FleetGapException || (failure instanceof EtcdCallException call && call.mayPass());
    }

    private static Deadline anyTime() {
        return Deadline.after(ANY_TIME, TimeUnit.DAYS);
    }
}
