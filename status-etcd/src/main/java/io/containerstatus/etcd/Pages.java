package io.containerstatus.etcd;

import com.google.protobuf.ByteString;
import io.containerstatus.etcd.wire.KVGrpc;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.etcd.wire.Wire.RangeRequest;
import io.containerstatus.etcd.wire.Wire.RangeResponse;
import io.grpc.Deadline;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Reads all keys that begin alike, as they were at one revision, page by page: so that no answer is too large, and none
 * takes etcd for long. A page aims at 4 MiB; for each one, etcd counts all that is left.
 */
final class Pages {
    /** Few, as it is not known yet how large they are: gRPC logs every part of an answer that is too large. */
    private static final int FIRST_LIMIT = 128;

    private static final int LARGEST_LIMIT = 10_000;
    private static final long PAGE_BYTES = 4 << 20;

    private final EtcdClient client;
    private final ByteString start;
    private final ByteString end;
    private final Deadline until;
    private final List<KeyValue> found = new ArrayList<>();
    private ByteString next;
    private long revision;
    private long limit = FIRST_LIMIT;

    /** Creates one for the keys that begin with this, which ends with a slash. */
    Pages(EtcdClient client, ByteString beginning, Deadline until) {
        this.client = client;
        this.until = until;
        start = beginning;
        end = Keys.endOf(beginning);
        next = start;
    }

    /** Returns all of them; subscribe to it once. */
    Mono<List<KeyValue>> read() {
        return Mono.defer(this::page).repeatWhenEmpty(pages -> pages);
    }

    /** Returns all of them when the last page was read, and nothing when there are more. */
    private Mono<List<KeyValue>> page() {
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(next)
                .setRangeEnd(end)
                .setLimit(limit)
                .setRevision(revision)
                .build();
        return client.call(KVGrpc.getRangeMethod(), request, until)
                .flatMap(this::take)
                .onErrorResume(EtcdCallException.class, this::failed);
    }

    private Mono<List<KeyValue>> take(RangeResponse page) {
        found.addAll(page.getKvsList());
        if (!page.getMore()) {
            return Mono.just(found);
        }
        KeyValue last = page.getKvs(page.getKvsCount() - 1);
        next = last.getKey().concat(ByteString.copyFrom(new byte[1]));
        revision = revision == 0 ? page.getHeader().getRevision() : revision;
        long fitting = limit * PAGE_BYTES / Math.max(1, page.getSerializedSize());
        limit = Math.max(1, Math.min(LARGEST_LIMIT, fitting));
        return Mono.empty();
    }

    private Mono<List<KeyValue>> failed(EtcdCallException failure) {
        if (until.isExpired()) {
            return Mono.error(failure);
        }
        if (failure.isAnswerTooLarge() && limit > 1) {
            limit /= 2;
            return Mono.empty();
        }
        if (failure.code() == Status.Code.OUT_OF_RANGE) {
            // The revision was compacted meanwhile: the pages that are there are no longer part of a whole.
            found.clear();
            next = start;
            revision = 0;
            return Mono.empty();
        }
        return failure.mayPass() ? client.afterwards(failure).then(Mono.empty()) : Mono.error(failure);
    }
}
