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
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Keeps a {@link Fleet} as etcd has it: by a snapshot, and a watch from the revision after it. When the watch breaks, another
 * one goes on from the last revision heard; when it cannot, since etcd has forgotten what came then or is not the one that
 * it was, by a new snapshot. Used on the client's worker.
 *
 * <p>That etcd is the same, and has not gone back, is looked at with each new watch, and at intervals: a watch from a
 * revision that is yet to come waits in silence. A restored cluster can have the number of the old one, and revisions
 * beyond what was heard; its term of election begins anew.
 */
final class FleetWatch {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final long ANY_TIME = 365;

    private final EtcdClient client;
    private final FleetSettings settings;
    private final Fleet fleet;
    /** Why a snapshot is needed; null if the watch can go on. */
    private @Nullable String gap = "";

    /** All up to it was heard. */
    private long revision;

    private long clusterId;
    private long term;
    /** Whether more events of the revision after the one above are to come. */
    private boolean amidRevision;

    private boolean denied;

    FleetWatch(EtcdClient client, FleetSettings settings, Fleet fleet) {
        this.client = client;
        this.settings = settings;
        this.fleet = fleet;
    }

    /** Does it until it is cancelled, or fails since etcd refuses it: then the failure is not one that passes. */
    Mono<Void> run() {
        return Flux.defer(this::attempt)
                .doOnNext(answer -> guarded(() -> take(answer)))
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
                .doOnSuccess(read -> guarded(() -> {
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

    /** Has the failure be one that Reactor signals: some errors it throws at the thread, where nobody would hear of them. */
    static void guarded(Runnable work) {
        try {
            work.run();
        } catch (Error error) {
            throw new CompletionException(error);
        }
    }

    /** Asks a majority whether what was heard is still a part of what etcd knows; at 0, of what it knows now. */
    private Mono<Void> check(long at) {
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(settings.keys().start())
                .setRevision(at)
                .build();
        return client.call(KVGrpc.getRangeMethod(), request, anyTime())
                .doOnNext(answer -> requireSame(answer.getHeader()))
                .then()
                .onErrorMap(
                        failure -> failure instanceof EtcdCallException call && call.code() == Status.Code.OUT_OF_RANGE,
                        failure -> new FleetGapException(
                                "revision " + at + " is not there any more: " + failure.getMessage()));
    }

    private void requireSame(ResponseHeader header) {
        requireSameCluster(header);
        if (header.getRevision() < revision || header.getRaftTerm() < term) {
            throw new FleetGapException("the cluster was restored: it is at revision " + header.getRevision()
                    + " in term " + header.getRaftTerm() + ", and was at " + revision + " in term " + term);
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
            // Its revision is that of etcd now. Events of before it may still be to come.
            denied = false;
            fleet.resumed();
        } else if (answer.getEventsCount() > 0) {
            settings.metrics().events(answer.getEventsCount());
            events(answer);
        } else if (!amidRevision && answer.getHeader().getRevision() > revision) {
            revision = answer.getHeader().getRevision(); // A notice of progress: all up to there was sent.
            fleet.heardUpTo(revision);
        }
    }

    private void events(WatchResponse answer) {
        long now = System.nanoTime();
        for (Event event : answer.getEventsList()) {
            if (event.getKv().getModRevision() <= revision) {
                continue; // Heard before.
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
        fleet.heardUpTo(revision);
    }

    private RuntimeException cancelled(WatchResponse answer) {
        String reason = answer.getCancelReason();
        if (answer.getCompactRevision() != 0) {
            return new FleetGapException("the changes up to revision " + answer.getCompactRevision()
                    + " are compacted, and were heard up to " + revision);
        }
        return refused(reason.isEmpty() ? "no reason is given" : reason, reason.contains("permission denied"));
    }

    /**
     * Returns the failure of a watch that etcd does not grant. Whether the token is old or the right is missing, it does
     * not tell. The look before the next watch renews the token; so a second refusal is for good.
     */
    private EtcdCallException refused(String reason, boolean isDenied) {
        Status status = isDenied && denied
                ? Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied")
                : Status.UNAVAILABLE.withDescription(reason);
        denied = isDenied;
        return EtcdCallException.of(
                WatchGrpc.getWatchMethod().getFullMethodName(), settings.keys().place(), status, /* sent= */ true);
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
