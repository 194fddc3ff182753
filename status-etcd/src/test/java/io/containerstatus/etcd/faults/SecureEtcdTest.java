package io.containerstatus.etcd.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.NotWrittenException;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.etcd.EtcdCheckpoints;
import io.containerstatus.etcd.EtcdTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

/** Tests a real etcd with certificates, and with users whose tokens expire after three seconds. */
@Tag("long")
class SecureEtcdTest {
    private static final String PASSWORD = "secret of node7";

    @TempDir
    private Path folder;

    private EtcdCluster cluster;
    private FaultRun run;

    @BeforeEach
    void start() throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair keys = generator.generateKeyPair();
        Path publicKey = Files.writeString(
                folder.resolve("public"),
                Certificates.pem("PUBLIC KEY", keys.getPublic().getEncoded()));
        Path privateKey = Files.writeString(
                folder.resolve("private"),
                Certificates.pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
        cluster = EtcdCluster.of(1, options(publicKey, privateKey));
        EtcdMember member = cluster.member();
        // A node needs the right to read and write below the prefix, and nothing else.
        member.raw.post("/v3/auth/user/add", "{\"name\":\"root\",\"password\":\"root\"}");
        member.raw.post("/v3/auth/role/add", "{\"name\":\"root\"}");
        member.raw.post("/v3/auth/user/grant", "{\"user\":\"root\",\"role\":\"root\"}");
        member.raw.post("/v3/auth/user/add", "{\"name\":\"node7\",\"password\":\"" + PASSWORD + "\"}");
        member.raw.post("/v3/auth/role/add", "{\"name\":\"node\"}");
        member.raw.post(
                "/v3/auth/role/grant",
                "{\"name\":\"node\",\"perm\":{\"permType\":\"READWRITE\",\"key\":\"" + RawEtcd.base64("/faults")
                        + "\",\"range_end\":\"" + RawEtcd.base64("/faultt") + "\"}}");
        member.raw.post("/v3/auth/user/grant", "{\"user\":\"node7\",\"role\":\"node\"}");
        member.raw.post("/v3/auth/user/add", "{\"name\":\"reader\",\"password\":\"reader\"}");
        member.raw.post("/v3/auth/role/add", "{\"name\":\"reader\"}");
        member.raw.post(
                "/v3/auth/role/grant",
                "{\"name\":\"reader\",\"perm\":{\"permType\":\"READ\",\"key\":\"" + RawEtcd.base64("/faults")
                        + "\",\"range_end\":\"" + RawEtcd.base64("/faultt") + "\"}}");
        member.raw.post("/v3/auth/user/grant", "{\"user\":\"reader\",\"role\":\"reader\"}");
        member.raw.post("/v3/auth/enable", "{}");
        member.callAsRoot("root", null);
    }

    private static String[] options(Path publicKey, Path privateKey) {
        // A token expires at a whole second: this one after two to three seconds. With ttl=1s, a new token may expire
        // before its first use. With 3s, the deadline of a call in RawEtcd is over before.
        return new String[] {
            "--bcrypt-cost=4",
            "--auth-token=jwt,pub-key=" + publicKey + ",priv-key=" + privateKey + ",sign-method=RS256,ttl=3s"
        };
    }

    @AfterEach
    void end() {
        if (run != null) {
            run.close();
        }
        if (cluster != null) { // Null if there is no etcd.
            cluster.close();
        }
    }

    @Test
    void aTokenThatHasExpiredIsReplaced() {
        run = new FaultRun(cluster);
        AtomicInteger asked = new AtomicInteger();
        run.working(run.adapter().credentials("node7", () -> {
            asked.incrementAndGet();
            return PASSWORD;
        }));
        FaultRun.pass(Duration.ofMillis(3_500));
        run.awaitMoreWrites(50);

        assertThat(asked).hasValueGreaterThan(1);
        run.check("tokens that expire");
    }

    @Test
    void aUserWhoMayOnlyReadOpensItReadOnly() {
        run = new FaultRun(cluster);
        run.working(run.adapter().credentials("node7", () -> PASSWORD)).close();
        EtcdCheckpoints reader =
                run.adapter().credentials("reader", () -> "reader").build();

        StepVerifier.create(reader.open())
                .assertNext(opened -> {
                    assertThat(opened.access().writable()).isFalse();
                    assertThat(opened.access().reason()).contains("permission denied");
                    assertThat(opened.containers()).isNotEmpty();
                })
                .expectComplete()
                .verify(Supervisor.PATIENCE);
        StepVerifier.create(reader.delete("web-1"))
                .expectError(NotWrittenException.class)
                .verify(Supervisor.PATIENCE);
        reader.close().block(Supervisor.PATIENCE);
        run.check("a reader without the right to write");
    }

    @Test
    void aWrongPasswordAndAnUnknownClientAreRefused() throws Exception {
        Certificates certificates = startWithCertificates();
        run = new FaultRun(cluster);

        assertRefused(
                run.adapter().tls(presenting(certificates, "client")).credentials("node7", () -> "wrong"),
                "authentication failed");
        assertRefused(run.adapter().tls(presenting(certificates, "stranger")).credentials("node7", () -> PASSWORD), "");
        assertRefused(
                run.adapter().tls(EtcdTls.trusting(certificates.authority())).credentials("node7", () -> PASSWORD), "");
        assertRefused(
                run.adapter()
                        .tls(EtcdTls.trusting(certificates.certificate("stranger"))
                                .presenting(certificates.certificate("client"), certificates.key("client")))
                        .credentials("node7", () -> PASSWORD),
                "");
        run.working(run.adapter().tls(presenting(certificates, "client")).credentials("node7", () -> PASSWORD));
        cluster.member().clients.resetOnce();
        run.awaitMoreWrites(50);
        run.check("certificates and passwords");
    }

    private Certificates startWithCertificates() throws IOException, GeneralSecurityException {
        Certificates certificates = new Certificates(folder.resolve("certificates"));
        cluster.member().terminate();
        cluster.configure(List.of(
                "--bcrypt-cost=4",
                "--client-cert-auth",
                "--trusted-ca-file=" + certificates.authority(),
                "--cert-file=" + certificates.certificate("server"),
                "--key-file=" + certificates.key("server")));
        cluster.member().callAsRoot("root", certificates);
        cluster.member().start();
        cluster.awaitHealthy();
        return certificates;
    }

    private static EtcdTls presenting(Certificates certificates, String name) {
        return EtcdTls.trusting(certificates.authority())
                .presenting(certificates.certificate(name), certificates.key(name));
    }

    private static void assertRefused(EtcdCheckpoints.Builder builder, String reason) {
        EtcdCheckpoints refused = builder.openTimeout(Duration.ofSeconds(1)).build();
        StepVerifier.create(refused.open())
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(UnreadableStatusException.class)
                        .hasMessageContaining(reason))
                .verify(Supervisor.PATIENCE);
        refused.close().block(Supervisor.PATIENCE);
    }
}
