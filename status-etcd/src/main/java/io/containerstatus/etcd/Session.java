package io.containerstatus.etcd;

import com.google.protobuf.ByteString;
import io.containerstatus.CorruptStatusException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.StatusCodec;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.UnsupportedVersionException;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** One opening: its client, its ownership, and the knowledge about each key. Used on the client's worker. */
final class Session {
    private final EtcdSettings settings;
    private final EtcdClient client;
    private final Map<String, KnownKey> known = new HashMap<>();
    private final Map<String, Mono<Void>> underWay = new HashMap<>();
    private boolean closing;
    private volatile @Nullable Ownership ownership;
    private volatile Access access = Access.readOnly("it is not open");

    Session(EtcdSettings settings) {
        this.settings = settings;
        client = settings.connection().newClient();
    }

    EtcdClient client() {
        return client;
    }

    /** Returns whether the node can be written. May be called on any thread. */
    Access access() {
        Ownership owner = ownership;
        String lost = owner == null ? null : owner.lost();
        return lost == null
                ? access
                : Access.readOnly("the ownership of " + settings.keys().location() + " is lost: " + lost);
    }

    /**
     * Takes the ownership and reads the stored statuses. After a failure, this session cannot be used again
     * and must be closed.
     */
    Mono<Opened> open() {
        Duration time = settings.openTimeout().plus(settings.ownershipWait());
        Deadline until = after(time);
        return take(until)
                .doOnNext(this::own)
                .then()
                .onErrorResume(EtcdCallException.class, this::readOnly)
                .then(Mono.defer(() -> Pages.of(client, settings.keys().statuses(), until)))
                .map(stored -> Guarded.get(() -> opened(stored)))
                .onErrorMap(
                        EtcdCallException.class,
                        failure -> new UnreadableStatusException(
                                settings.keys().location(),
                                (until.isExpired() ? "not within " + time + ": " : "") + failure.getMessage(),
                                failure));
    }

    private Mono<Ownership> take(Deadline until) {
        long lease = Takeover.newLease();
        return new Takeover(client, settings, until, lease, owner -> Takeover.mayReplace(settings, owner))
                .run()
                .onErrorResume(failure -> Ownership.revoke(client, lease, after(settings.requestTimeout()))
                        .then(Mono.error(failure)));
    }

    private void own(Ownership taken) {
        ownership = taken;
        access = Access.WRITABLE;
        taken.keepAlive();
    }

    private Mono<Void> readOnly(EtcdCallException failure) {
        if (!failure.leavesReading()) {
            return Mono.error(failure);
        }
        access = Access.readOnly(String.valueOf(failure.getMessage()));
        return Mono.empty();
    }

    private Opened opened(List<KeyValue> stored) {
        List<Found> containers = new ArrayList<>();
        List<String> leftovers = new ArrayList<>();
        for (KeyValue one : stored) {
            String id = settings.keys().id(one.getKey());
            if (id == null) {
                leftovers.add("etcd:" + one.getKey().toStringUtf8());
                continue;
            }
            KnownKey key = new KnownKey();
            key.found(one);
            key.reported = key.revision;
            known.put(id, key);
            containers.add(found(id, one.getValue()));
        }
        return new Opened(access, containers, leftovers);
    }

    private Found found(String id, ByteString value) {
        String location = "etcd:" + settings.keys().status(id).toStringUtf8();
        try {
            return Found.of(id, StatusCodec.decode(value.toByteArray()));
        } catch (CorruptStatusException e) {
            return Found.failed(id, e.at(location));
        } catch (UnsupportedVersionException e) {
            return Found.failed(id, e.at(location));
        }
    }

    /**
     * Changes a container. If an earlier change of the same container is still in progress, because its
     * caller has cancelled it, that change ends first.
     */
    Mono<Void> change(String id, @Nullable ByteString value, boolean creates) {
        return Mono.defer(() -> Guarded.get(() -> {
            Ownership owner = ownership;
            if (owner == null || closing) {
                return Mono.error(new NotWrittenException(id, String.valueOf(access().reason()), null));
            }
            KnownKey key = known.computeIfAbsent(id, unknown -> new KnownKey());
            Change change = new Change(
                    client,
                    owner,
                    settings.keys(),
                    id,
                    key,
                    value,
                    creates,
                    settings.clock().instant().toString(),
                    after(settings.outcomeTimeout()));
            Sinks.Empty<Void> ended = Sinks.empty();
            Mono<Void> before = underWay.getOrDefault(id, Mono.empty());
            Mono<Void> end = ended.asMono();
            underWay.put(id, end);
            return before.onErrorComplete().then(change.run()).doFinally(signal -> {
                if (underWay.remove(id, end) && key.revision == 0 && key.reported == 0 && key.isSettled()) {
                    known.remove(id);
                }
                ended.tryEmitEmpty();
            });
        }));
    }

    /** Waits for the changes in progress, gives up the ownership, and ends the client. */
    Mono<Void> close() {
        return Mono.defer(() -> {
                    closing = true;
                    return Mono.when(List.copyOf(underWay.values()));
                })
                .then(Mono.defer(() -> {
                    Ownership owner = ownership;
                    return owner == null ? Mono.empty() : owner.release(after(settings.requestTimeout()));
                }))
                .subscribeOn(client.worker())
                .then(client.close());
    }

    private static Deadline after(Duration time) {
        return Deadline.after(time.toNanos(), TimeUnit.NANOSECONDS);
    }
}
