package io.containerstatus.etcd.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.CorruptStatusException;
import io.containerstatus.StatusCodec;
import io.containerstatus.UnsupportedVersionException;
import io.containerstatus.etcd.wire.Wire.Event;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.etcd.wire.Wire.WatchCreateRequest;
import io.containerstatus.etcd.wire.Wire.WatchRequest;
import io.containerstatus.etcd.wire.Wire.WatchResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Records what readers and watchers observe of one node. One of them reads its containers at every member in
 * turn. Another one watches them; after a failure, it continues at the next member from where it was. Both go
 * directly to the members.
 */
final class ObservedNode implements AutoCloseable {
    /** The key that ends the watch. It belongs to no container. */
    private static final String END = "~end";

    private final List<EtcdMember> members;
    private final String statuses;
    private final List<String> ids;
    private final History history;
    private final ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor();
    private volatile boolean ended;
    private volatile long observedUpTo;
    private StreamObserver<WatchRequest> watch;
    private volatile boolean endWasObserved;
    private volatile @Nullable Throwable unexpected;
    private int turn;
    private int reads;

    ObservedNode(List<EtcdMember> members, String prefix, String node, List<String> ids, History history) {
        this.members = members;
        this.statuses = prefix + "/s/" + node + "/";
        this.ids = ids;
        this.history = history;
        observedUpTo = members.get(0).raw.list(statuses).getHeader().getRevision();
        watcher.execute(this::watch);
        reader.scheduleWithFixedDelay(this::read, 0, 1, TimeUnit.MILLISECONDS);
    }

    private void read() {
        EtcdMember member = members.get(reads % members.size());
        String id = ids.get(reads / members.size() % ids.size());
        reads++;
        try {
            readOne(member, id);
        } catch (StatusRuntimeException e) {
            // Nothing was read.
        } catch (RuntimeException | AssertionError e) {
            unexpected = e;
            throw e;
        }
    }

    private void readOne(EtcdMember member, String id) {
        long start = System.nanoTime();
        KeyValue found = member.raw.get(statuses + id);
        history.read(id, stampOf(found), start);
    }

    static @Nullable WriteNumber stampOf(@Nullable KeyValue stored) {
        try {
            return stored == null
                    ? null
                    : WriteNumber.of(StatusCodec.decode(stored.getValue().toByteArray()));
        } catch (CorruptStatusException | UnsupportedVersionException e) {
            throw new AssertionError(e);
        }
    }

    private void watch() {
        if (ended) {
            return;
        }
        Watcher next = new Watcher();
        watch = members.get(turn++ % members.size()).raw.watch().watch(next);
        watch.onNext(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder()
                        .setKey(RawEtcd.bytes(statuses))
                        .setRangeEnd(RawEtcd.endOf(statuses))
                        .setStartRevision(observedUpTo + 1)
                        .setProgressNotify(true))
                .build());
    }

    /** Answers come on the watcher's thread, one after another. Answers of a failed watcher are ignored. */
    private final class Watcher implements StreamObserver<WatchResponse> {
        private boolean failed;

        @Override
        public void onNext(WatchResponse response) {
            watcher.execute(() -> {
                if (failed) {
                    return;
                }
                if (response.getCanceled()) {
                    unexpected = new IllegalStateException("the watch has ended: " + response);
                }
                for (Event event : response.getEventsList()) {
                    observe(event);
                }
            });
        }

        private void observe(Event event) {
            KeyValue kv = event.getKv();
            String id = kv.getKey().toStringUtf8().substring(statuses.length());
            observedUpTo = kv.getModRevision();
            if (id.equals(END)) {
                endWasObserved = true;
                return;
            }
            boolean deletes = event.getType() == Event.EventType.DELETE;
            history.event(id, deletes ? null : stampOf(kv), kv.getModRevision(), deletes ? 0 : kv.getVersion());
        }

        @Override
        public void onError(Throwable failure) {
            if (!ended) {
                watcher.execute(() -> failed = true);
                watcher.schedule(ObservedNode.this::watch, 100, TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void onCompleted() {
            onError(new IllegalStateException("the watch was completed"));
        }
    }

    /**
     * Reads everything again at every member, waits for the last event, and ends. The owners must have ended before.
     */
    void readAtLast() {
        endReading();
        for (EtcdMember member : members) {
            for (String id : ids) {
                readOne(member, id);
            }
        }
        members.get(0).raw.put(statuses + END, "");
        members.get(0).raw.delete(statuses + END);
        Awaitility.await().atMost(Supervisor.PATIENCE).until(() -> endWasObserved);
        assertThat(unexpected).isNull();
    }

    /** Returns the revision of the last observed event. */
    long observedUpTo() {
        return observedUpTo;
    }

    private void endReading() {
        reader.shutdown();
        try {
            assertThat(reader.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        ended = true;
        endReading();
        watcher.shutdownNow();
    }
}
