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
 * Reads all keys of a range as of one revision, page by page. So no answer is too large, and none occupies
 * etcd for long. A page aims at 4 MiB. For each page, etcd counts all keys that are left.
 */
final class Pages {
    /**
     * The limit of the first page. It is small, because the sizes of the values are not known yet, and gRPC
     * logs every part of an answer that is too large.
     */
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

    /** Receives the pages. */
    interface Reader {
        /** Receives the next page. */
        void take(RangeResponse page);

        /** Discards all pages so far, because they cannot be completed. The first page comes again. */
        void restart();

        /** Called for each failure after which the same page is read again. */
        default void failed(EtcdCallException failure) {}
    }

    /** Creates a reader of the keys from the start, inclusive, to the end, exclusive. */
    Pages(EtcdClient client, ByteString start, ByteString end, Reader reader, Deadline until) {
        this.client = client;
        this.until = until;
        this.start = start;
        this.end = end;
        this.reader = reader;
        next = start;
    }

    /** Returns all keys that begin with this text, which ends with a slash. Subscribe once. */
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

    /** Reads all pages. Subscribe once. */
    Mono<Void> read() {
        return Mono.defer(this::page).repeatWhenEmpty(pages -> pages).then();
    }

    /** Emits true once the last page was read, or nothing if there are more pages. */
    private Mono<Boolean> page() {
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(next)
                .setRangeEnd(end)
                .setLimit(limit)
                .setRevision(revision)
                .build();
        return client.call(KVGrpc.getRangeMethod(), request, until)
                .flatMap(page -> Guarded.get(() -> take(page)))
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
            // The revision was compacted in the meantime, so the pages so far cannot be completed.
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
