package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.etcd.wire.KVGrpc;
import io.containerstatus.etcd.wire.Wire.TxnRequest;
import io.grpc.Deadline;
import io.grpc.Status.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class NettyTransportTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<Long> threadsBefore =
            threads().stream().map(Thread::getId).toList();

    @Test
    void afterTheCloseNoThreadIsLeft() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            EtcdClient client = client(silent.getLocalPort());
            assertThat(failureOfACall(client).code()).isEqualTo(Code.DEADLINE_EXCEEDED);
            assertThat(newThreads())
                    .contains("status-etcd-client")
                    .anyMatch(name -> name.startsWith("status-etcd-io-"))
                    // Netty keeps this thread for a second after the close of another client, such as that of
                    // the previous test.
                    .filteredOn(name -> !name.startsWith("globalEventExecutor"))
                    .allMatch(name -> name.matches("status-etcd-(io-[0-9]+-1|client|names|settings)"));
            client.close().block(PATIENCE);
        }
        Awaitility.await().untilAsserted(() -> assertThat(newThreads()).isEmpty());
    }

    @Test
    void aRefusedConnectionFailsAtOnceAndNothingWasSent() {
        LoopbackPort reserved = LoopbackPort.reserve();
        int free = reserved.number();
        EtcdClient client = client(free);
        EtcdCallException failure = failureOfACall(client);
        client.close().block(PATIENCE);
        reserved.close();

        assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(failure.effect()).isEqualTo(Effect.NONE);
        assertThat(failure).hasMessageContaining("127.0.0.1:" + free);
    }

    private static EtcdClient client(int port) {
        EtcdEndpoints endpoints = EtcdEndpoints.of("http://127.0.0.1:" + port);
        return new EtcdClient(() -> new NettyTransport(endpoints, EtcdTls.OF_JDK), null, Duration.ofSeconds(1));
    }

    private static EtcdCallException failureOfACall(EtcdClient client) {
        return (EtcdCallException) client.call(
                        KVGrpc.getTxnMethod(),
                        TxnRequest.getDefaultInstance(),
                        Deadline.after(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .subscribeOn(client.worker())
                .then(Mono.<Throwable>empty())
                .onErrorResume(Mono::just)
                .blockOptional(PATIENCE)
                .orElseThrow();
    }

    private List<String> newThreads() {
        return threads().stream()
                .filter(thread -> !threadsBefore.contains(thread.getId()))
                .map(Thread::getName)
                .toList();
    }

    /** Ignores threads of others in this process, such as a timer thread of gRPC. */
    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("(status-etcd|grpc|globalEvent).*"))
                .toList();
    }
}
