package io.containerstatus.benchmarks;

import com.google.protobuf.ByteString;
import io.containerstatus.etcd.wire.KVGrpc;
import io.containerstatus.etcd.wire.WatchGrpc;
import io.containerstatus.etcd.wire.Wire.Compare;
import io.containerstatus.etcd.wire.Wire.PutRequest;
import io.containerstatus.etcd.wire.Wire.RangeRequest;
import io.containerstatus.etcd.wire.Wire.RangeResponse;
import io.containerstatus.etcd.wire.Wire.RequestOp;
import io.containerstatus.etcd.wire.Wire.TxnRequest;
import io.containerstatus.etcd.wire.Wire.TxnResponse;
import io.containerstatus.etcd.wire.Wire.WatchCreateRequest;
import io.containerstatus.etcd.wire.Wire.WatchRequest;
import io.containerstatus.etcd.wire.Wire.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/**
 * The calls of etcd that the library makes, and nothing else. Nothing on etcd can be faster. There is one
 * connection, configured as the library's; answers arrive on its thread, and nothing is decoded.
 */
final class BareEtcd implements AutoCloseable {
    /** As many operations as etcd accepts in one transaction, with room for the condition. */
    static final int FILLED_AT_ONCE = 120;

    private static final int LARGEST_ANSWER = 256 << 20;

    private final ManagedChannel channel;

    BareEtcd(String url) {
        channel = NettyChannelBuilder.forTarget("dns:///" + url.substring("http://".length()))
                .usePlaintext()
                .directExecutor()
                .maxInboundMessageSize(LARGEST_ANSWER)
                .build();
    }

    /** The beginning of all keys of a prefix, and the first key after them. */
    private record Span(ByteString begin, ByteString end) {
        static Span of(String beginning) {
            String end = beginning.substring(0, beginning.length() - 1)
                    + (char) (beginning.charAt(beginning.length() - 1) + 1);
            return new Span(ByteString.copyFromUtf8(beginning), ByteString.copyFromUtf8(end));
        }
    }

    /** Puts an owner's key. Returns its revision, for {@link #replacing}. */
    long own(String key) {
        return KVGrpc.newBlockingStub(channel)
                .put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(ByteString.copyFromUtf8("bare"))
                        .build())
                .getHeader()
                .getRevision();
    }

    /**
     * Returns a Mono that replaces a document, if the owner's key and the document are unchanged. Reads the
     * document's revision first. If another client changes the document, the next replacement fails.
     */
    Mono<TxnResponse> replacing(String ownersKey, long fence, String key) {
        ByteString owner = ByteString.copyFromUtf8(ownersKey);
        ByteString name = ByteString.copyFromUtf8(key);
        ChangingDocument document = new ChangingDocument();
        long found =
                KVGrpc.newBlockingStub(channel)
                        .range(RangeRequest.newBuilder().setKey(name).build())
                        .getKvsList()
                        .stream()
                        .mapToLong(one -> one.getModRevision())
                        .sum();
        AtomicLong revision = new AtomicLong(found);
        return Mono.<TxnResponse>create(caller -> {
                    TxnRequest request = TxnRequest.newBuilder()
                            .addCompare(unchanged(owner, fence))
                            .addCompare(unchanged(name, revision.get()))
                            .addSuccess(put(name, ByteString.copyFrom(document.next())))
                            .addFailure(get(name))
                            .addFailure(get(owner))
                            .build();
                    KVGrpc.newStub(channel).txn(request, new One<>(caller::success, caller::error));
                })
                .doOnNext(answer -> {
                    if (!answer.getSucceeded()) {
                        throw new IllegalStateException("the conditions do not hold: " + answer);
                    }
                    revision.set(answer.getHeader().getRevision());
                });
    }

    /** Puts the same document under all of these keys, many in one transaction. Returns the last revision. */
    long fill(List<String> keys, byte[] document) {
        ByteString value = ByteString.copyFrom(document);
        long revision = 0;
        for (int from = 0; from < keys.size(); from += FILLED_AT_ONCE) {
            TxnRequest.Builder request = TxnRequest.newBuilder();
            for (String key : keys.subList(from, Math.min(keys.size(), from + FILLED_AT_ONCE))) {
                request.addSuccess(put(ByteString.copyFromUtf8(key), value));
            }
            revision = KVGrpc.newBlockingStub(channel)
                    .txn(request.build())
                    .getHeader()
                    .getRevision();
        }
        return revision;
    }

    /** Reads all documents whose keys begin with this, in one answer. Returns their bytes. */
    List<byte[]> read(String beginning) {
        Span span = Span.of(beginning);
        RangeResponse answer = KVGrpc.newBlockingStub(channel)
                .range(RangeRequest.newBuilder()
                        .setKey(span.begin())
                        .setRangeEnd(span.end())
                        .build());
        List<byte[]> documents = new ArrayList<>(answer.getKvsCount());
        answer.getKvsList().forEach(one -> documents.add(one.getValue().toByteArray()));
        return documents;
    }

    /** Watches from the first revision after one, until the event of another revision has arrived. */
    void watch(String beginning, long after, long until) {
        Span span = Span.of(beginning);
        CompletableFuture<Void> received = new CompletableFuture<>();
        StreamObserver<WatchRequest> watch = WatchGrpc.newStub(channel)
                .watch(new One<WatchResponse>(
                        answer -> {
                            if (answer.getEventsList().stream()
                                    .anyMatch(event -> event.getKv().getModRevision() >= until)) {
                                received.complete(null);
                            }
                        },
                        received::completeExceptionally));
        watch.onNext(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder()
                        .setKey(span.begin())
                        .setRangeEnd(span.end())
                        .setStartRevision(after + 1)
                        .setFragment(true))
                .build());
        received.join();
        watch.onError(new IllegalStateException("all expected events were received"));
    }

    private static Compare unchanged(ByteString key, long revision) {
        return Compare.newBuilder()
                .setKey(key)
                .setTarget(Compare.CompareTarget.MOD)
                .setResult(Compare.CompareResult.EQUAL)
                .setModRevision(revision)
                .build();
    }

    private static RequestOp put(ByteString key, ByteString value) {
        return RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder().setKey(key).setValue(value))
                .build();
    }

    private static RequestOp get(ByteString key) {
        return RequestOp.newBuilder()
                .setRequestRange(RangeRequest.newBuilder().setKey(key))
                .build();
    }

    /** Passes on each answer. */
    private record One<T>(Consumer<T> next, Consumer<Throwable> failure) implements StreamObserver<T> {
        @Override
        public void onNext(T message) {
            next.accept(message);
        }

        @Override
        public void onError(Throwable thrown) {
            failure.accept(thrown);
        }

        @Override
        public void onCompleted() {}
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
