package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.etcd.wire.KVGrpc;
import io.containerstatus.etcd.wire.Wire.TxnRequest;
import io.grpc.Deadline;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Tests a name service that does not answer: gRPC calls it on the thread that it was given for lookups. */
class SlowNamesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final CountDownLatch answer = new CountDownLatch(1);
    private final CountDownLatch asked = new CountDownLatch(1);
    private final NameResolverProvider slow = new SlowNames();
    private EtcdClient client;

    @BeforeEach
    void register() {
        NameResolverRegistry.getDefaultRegistry().register(slow);
        client = new EtcdClient(OneMember::new, null, Duration.ofMillis(200));
    }

    @AfterEach
    void close() {
        answer.countDown();
        client.close().block(PATIENCE);
        NameResolverRegistry.getDefaultRegistry().deregister(slow);
    }

    @Test
    void delaysNoDeadline() throws InterruptedException {
        StepVerifier.create(client.call(
                                KVGrpc.getTxnMethod(),
                                TxnRequest.getDefaultInstance(),
                                Deadline.after(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .subscribeOn(client.worker()))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(EtcdCallException.class, e -> assertThat(e.effect())
                                .isEqualTo(Effect.NONE)))
                .verify(PATIENCE);
        asked.await();
    }

    @Test
    void delaysNothingElseOfTheClient() throws InterruptedException {
        client.call(
                        KVGrpc.getTxnMethod(),
                        TxnRequest.getDefaultInstance(),
                        Deadline.after(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .subscribeOn(client.worker())
                .subscribe(done -> {}, failure -> {});
        asked.await();

        StepVerifier.create(Mono.just("done").subscribeOn(client.worker()))
                .expectNext("done")
                .expectComplete()
                .verify(PATIENCE);
    }

    private static final class OneMember implements Transport {
        @Override
        public List<Member> members() {
            return List.of(new Member("slow", InProcessChannelBuilder.forTarget("slow:///etcd")));
        }

        @Override
        public Mono<Void> close() {
            return Mono.empty();
        }
    }

    private final class SlowNames extends NameResolverProvider {
        @Override
        protected boolean isAvailable() {
            return true;
        }

        @Override
        protected int priority() {
            return 5;
        }

        @Override
        public String getDefaultScheme() {
            return "slow";
        }

        @Override
        public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
            return Set.of(InProcessSocketAddress.class);
        }

        @Override
        public NameResolver newNameResolver(URI target, NameResolver.Args arguments) {
            return new NameResolver() {
                @Override
                public String getServiceAuthority() {
                    return "slow";
                }

                @Override
                public void start(Listener2 listener) {
                    Executor lookups = arguments.getOffloadExecutor();
                    lookups.execute(SlowNamesTest.this::ask);
                }

                @Override
                public void shutdown() {}
            };
        }
    }

    private void ask() {
        asked.countDown();
        try {
            boolean unused = answer.await(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
