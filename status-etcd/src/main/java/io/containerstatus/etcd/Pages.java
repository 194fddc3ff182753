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
 * Reads all keys of a range, as they were at one revision, page by page: so that no answer is too large, and none
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
    private final Reader reader;
    private ByteString next;
    private long revision;
    private long limit = FIRST_LIMIT;

    /** Takes the pages in. */
    interface Reader {
        /** Takes the next page. */
        void take(RangeResponse page);

        /** Forgets the pages before: they are no longer part of a whole, and the first one comes again. */
        void restart();

        /** Is told of each failure after which the same page is read once more. */
        default void failed(EtcdCallException failure) {}
    }

    /** Creates one for the keys from the start to before the end. */
    Pages(EtcdClient client, ByteString start, ByteString end, Reader reader, Deadline until) {
        this.client = client;
        this.until = until;
        this.start = start;
        this.end = end;
        this.reader = reader;
        next = start;
    }

    /** Returns all keys that begin with this, which ends with a slash; subscribe to it once. */
    static Mono<List<KeyValue>> of(EtcdClient client, ByteString beginning, Deadline until) {
        List<KeyValue> found = new ArrayList<>();
        Reader list = new Reader() {
            @Override
            public void take(RangeResponse page) {
                found.addAll(page.getKvsList());
            }

            @Override
            public void restart() {
                found.clear();
            }
        };
        return new Pages(client, beginning, Keys.endOf(beginning), list, until)
                .read()
                .thenReturn(found);
    }

    /** Reads all of them; subscribe to it once. */
    Mono<Void> read() {
        return Mono.defer(this::page).repeatWhenEmpty(pages -> pages).then();
    }

    /** Returns true when the last page was read, and nothing when there are more. */
    private Mono<Boolean> page() {
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

    private Mono<Boolean> take(RangeResponse page) {
        reader.take(page);
        if (!page.getMore()) {
            return Mono.just(true);
        }
        KeyValue last = page.getKvs(page.getKvsCount() - 1);
        next = last.getKey().concat(ByteString.copyFrom(new byte[1]));
        revision = revision == 0 ? page.getHeader().getRevision() : revision;
        long fitting = limit * PAGE_BYTES / Math.max(1, page.getSerializedSize());
        limit = Math.max(1, Math.min(LARGEST_LIMIT, fitting));
        return Mono.empty();
    }

    private Mono<Boolean> failed(EtcdCallException failure) {
        if (until.isExpired()) {
            return Mono.error(failure);
        }
        if (failure.isAnswerTooLarge() && limit > 1) {
            limit /= 2;
            return Mono.empty();
        }
        if (failure.code() == Status.Code.OUT_OF_RANGE) {
            // The revision was compacted meanwhile: the pages that are there are no longer part of a whole.
            reader.restart();
            next = start;
            revision = 0;
            return Mono.empty();
        }
        if (!failure.mayPass()) {
            return Mono.error(failure);
        }
        reader.failed(failure);
        return client.afterwards(failure).then(Mono.empty());
    }
}
