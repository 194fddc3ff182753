package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.UnreadableStatusException;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.test.InMemoryCheckpoints;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.test.StepVerifier;

/**
 * Tests openings for which etcd, or what is needed to reach it, is not available: they end in time, and block
 * no caller's thread.
 */
@Timeout(120)
@Tag("long")
class OpeningTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration REQUEST = Duration.ofMillis(300);
    private static final Duration OPEN = Duration.ofMillis(1_500);

    private final List<Long> threadsBefore =
            threads().stream().map(Thread::getId).toList();

    @TempDir
    private Path folder;

    /** Loading gRPC's classes for the first time can take longer than an opening here may take. */
    @BeforeAll
    static void loadClasses() throws Exception {
        Transport transport = new NettyTransport(EtcdEndpoints.of("http://127.0.0.1:1"), EtcdTls.OF_JDK);
        transport.members().forEach(member -> member.channel().build().shutdownNow());
        transport.close().block(PATIENCE);
    }

    @Nested
    class WithoutAnEtcd {
        @Test
        void endsWithTheTimeAndSaysThatNobodyListens() {
            try (LoopbackPort free = LoopbackPort.reserve()) {
                String authority = "127.0.0.1:" + free.number();
                assertEnds("http://" + authority, authority + " failed: unavailable");
            }
        }

        @Test
        void endsWithTheTimeAndSaysThatNobodyAnswers() throws IOException {
            try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                String authority = "127.0.0.1:" + silent.getLocalPort();
                assertEnds("http://" + authority, authority + " failed: deadline exceeded");
            }
        }

        private void assertEnds(String url, String reason) {
            EtcdCheckpoints checkpoints = adapter(EtcdEndpoints.of(url)).build();
            long begun = System.nanoTime();
            StepVerifier.create(checkpoints.open())
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(UnreadableStatusException.class)
                            .hasMessageContaining("etcd:/status/node7")
                            .hasMessageContaining("not within PT1.5S: ")
                            .hasMessageContaining(reason))
                    .verify(PATIENCE);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(OPEN, OPEN.multipliedBy(4));
            checkpoints.close().block(PATIENCE);
        }
    }

    /** Uses a pipe without a writer: opening it for reading blocks. */
    @Nested
    @DisabledOnOs(OS.WINDOWS)
    class FilesThatCannotBeRead {
        private final EtcdEndpoints secure = EtcdEndpoints.of("https://127.0.0.1:1");

        @Test
        void failTheOpeningInTimeAndHoldUpNobody() throws Exception {
            EtcdTls waiting = waitingTls();
            EtcdCheckpoints checkpoints = adapter(secure).tls(waiting).build();
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Disposable unused = checkpoints.open().subscribe(opened -> {}, failure::set);
            assertThat(failure).hasNullValue(); // The subscription has returned.

            Awaitility.await().atMost(PATIENCE).until(() -> failure.get() != null);
            assertThat(failure.get())
                    .isInstanceOf(UnreadableStatusException.class)
                    .hasMessageContaining("not within PT1.5S: ")
                    .hasMessageContaining("files of the TLS settings");
            checkpoints.close().block(PATIENCE);
            assertNoThreadIsLeft();
        }

        @Test
        void holdUpNoPublisherAndItReportsThem() throws Exception {
            StatusStore store = StatusStore.builder(new InMemoryCheckpoints())
                    .open()
                    .blockOptional(PATIENCE)
                    .orElseThrow();
            FleetPublisher publisher = FleetPublisher.builder(store, secure, "/status", "node7")
                    .tls(waitingTls())
                    .requestTimeout(REQUEST)
                    .start();
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(publisher.health().lastFailure()).hasMessageContaining("files of the TLS settings");
                assertThat(publisher.health().connected()).isFalse();
            });
            publisher.close().block(PATIENCE);
            store.close().block(PATIENCE);
            assertNoThreadIsLeft();
        }

        @Test
        void holdUpNoFollowerAndItReportsThem() throws Exception {
            FleetFollower follower = FleetFollower.builder(secure, "/status")
                    .tls(waitingTls())
                    .requestTimeout(REQUEST)
                    .build();
            StepVerifier.create(follower.changes())
                    .then(() -> Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                                    follower.health().interruption())
                            .contains("files of the TLS settings")))
                    .thenCancel()
                    .verify(PATIENCE);
            follower.close().block(PATIENCE);
            assertNoThreadIsLeft();
        }

        private EtcdTls waitingTls() throws IOException, InterruptedException {
            Path pipe = folder.resolve("pipe");
            assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                    .isZero();
            return EtcdTls.trusting(pipe);
        }

        private void assertNoThreadIsLeft() throws IOException {
            assertThat(newThreads()).contains("status-etcd-settings"); // It cannot be interrupted there.
            try (OutputStream writer = Files.newOutputStream(folder.resolve("pipe"))) {
                writer.write('x');
            }
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(newThreads())
                    .isEmpty());
        }
    }

    @Nested
    class APasswordThatIsNotSupplied {
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch interrupted = new CountDownLatch(1);
        private final CountDownLatch never = new CountDownLatch(1);

        private String password() {
            asked.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return "secret";
        }

        @Test
        void failsTheOpeningInTimeAndIsInterrupted() throws InterruptedException {
            EtcdCheckpoints checkpoints = adapter(EtcdEndpoints.of("http://127.0.0.1:1"))
                    .credentials("node7", this::password)
                    .build();
            StepVerifier.create(checkpoints.open())
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(UnreadableStatusException.class)
                            .hasMessageContaining("not within PT1.5S: ")
                            .hasMessageContaining("password was not supplied"))
                    .verify(PATIENCE);
            checkpoints.close().block(PATIENCE);
            asked.await();
            interrupted.await();
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(newThreads())
                    .isEmpty());
        }
    }

    private static EtcdCheckpoints.Builder adapter(EtcdEndpoints endpoints) {
        return EtcdCheckpoints.builder(endpoints, "/status", "node7")
                .requestTimeout(REQUEST)
                .openTimeout(OPEN);
    }

    private List<String> newThreads() {
        return threads().stream()
                .filter(thread -> !threadsBefore.contains(thread.getId()))
                .map(Thread::getName)
                .toList();
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("status-etcd"))
                .toList();
    }
}
