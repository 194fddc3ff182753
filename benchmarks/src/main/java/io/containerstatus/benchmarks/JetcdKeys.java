package io.containerstatus.benchmarks;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Mono;

/** The same transactions with jetcd, the usual client for a Java program. */
final class JetcdKeys implements AutoCloseable {
    private final Client client;
    private final KV kv;

    JetcdKeys(String url) {
        client = Client.builder().endpoints(url).build();
        kv = client.getKVClient();
    }

    /** Returns a Mono that replaces a document, if the owner's key and the document are unchanged. */
    Mono<TxnResponse> replacing(String ownersKey, long fence, String key) {
        ByteSequence owner = sequence(ownersKey);
        ByteSequence name = sequence(key);
        ChangingDocument document = new ChangingDocument();
        AtomicLong revision = new AtomicLong(kv.get(name).join().getKvs().stream()
                .mapToLong(one -> one.getModRevision())
                .sum());
        return Mono.fromFuture(() -> kv.txn()
                        .If(
                                new Cmp(owner, Cmp.Op.EQUAL, CmpTarget.modRevision(fence)),
                                new Cmp(name, Cmp.Op.EQUAL, CmpTarget.modRevision(revision.get())))
                        .Then(Op.put(name, ByteSequence.from(document.next()), PutOption.DEFAULT))
                        .Else(Op.get(name, GetOption.DEFAULT), Op.get(owner, GetOption.DEFAULT))
                        .commit())
                .doOnNext(answer -> {
                    if (!answer.isSucceeded()) {
                        throw new IllegalStateException("the conditions do not hold: " + answer);
                    }
                    revision.set(answer.getHeader().getRevision());
                });
    }

    private static ByteSequence sequence(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.close();
    }
}
