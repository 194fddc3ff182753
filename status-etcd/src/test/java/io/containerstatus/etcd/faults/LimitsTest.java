package io.containerstatus.etcd.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.NotWrittenException;
import io.containerstatus.StatusCodec;
import io.containerstatus.etcd.EtcdCheckpoints;
import io.containerstatus.etcd.EtcdProgram;
import io.containerstatus.etcd.faults.CallCuts.Fault;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Tests what an operator does to etcd, or forgets: compaction, quota, and the restore of a snapshot. */
@Tag("long")
class LimitsTest {
    private static final int MEGABYTE = 1 << 20;

    private EtcdCluster cluster;
    private FaultRun run;

    private void start(String... options) {
        cluster = EtcdCluster.of(1, options);
        run = new FaultRun(cluster);
    }

    @AfterEach
    void close() {
        if (cluster != null) {
            cluster.member().clients.calls().close();
            run.close();
            cluster.close();
        }
    }

    private EtcdMember member() {
        return cluster.member();
    }

    private String key(String id) {
        return run.prefix + "/s/" + FaultRun.NODE + "/" + id;
    }

    @Test
    void whatIsCompactedBetweenTwoPagesIsReadAnew() throws Exception {
        start();
        String document = new String(StatusCodec.encode(new WriteNumber(0, 1).status()), StandardCharsets.UTF_8);
        List<String> ids = IntStream.range(100, 400).mapToObj(i -> "c" + i).toList();
        ids.forEach(id -> member().raw.put(key(id), document));
        // Before it come a lease, the owner's key, and the first page. The repeated read has one page.
        member().clients.calls().at(4, Fault.REQUEST_WAITS);
        EtcdCheckpoints node = run.adapter().build();
        CompletableFuture<Opened> opening = node.open().toFuture();
        Awaitility.await().until(member().clients.calls()::isReached);
        member().raw.delete(key("c100"));
        member().raw.put(key("c400"), document);
        member().raw.compact(member().raw.list(key("c")).getHeader().getRevision());
        member().clients.calls().release();

        assertThat(opening.get().containers())
                .extracting(Found::id)
                .hasSize(300)
                .doesNotContain("c100")
                .contains("c101", "c400");
        assertThat(member().clients.calls().requests()).isEqualTo(5);
        node.close().block(Supervisor.PATIENCE);
    }

    @Test
    void aHistoryThatIsCompactedWhileTheClientIsCutOffIsOfNoMatter() {
        start();
        run.working(run.adapter());
        member().clients.cut();
        FaultRun.pass(Duration.ofMillis(1_200));
        member().raw.compact(member().raw.list(key("w")).getHeader().getRevision());
        member().clients.heal();
        run.awaitMoreWrites(50);
        run.check("compaction while cut off");
    }

    @Test
    void theQuotaIsUsedUpAndThereIsSpaceAgain() {
        start("--quota-backend-bytes=" + 16 * MEGABYTE);
        Supervisor owner = run.working(run.adapter());
        String megabyte = "x".repeat(MEGABYTE);
        assertThat(IntStream.range(0, 40).anyMatch(i -> isRefused("/junk" + i, megabyte)))
                .isTrue();
        String refused = owner.checkpoints()
                .write("other", new WriteNumber(0, 1).status())
                .then(Mono.just("written"))
                .onErrorResume(NotWrittenException.class, e -> Mono.just(e.getMessage()))
                .block(Supervisor.PATIENCE);
        assertThat(refused).contains("database space exceeded");
        EtcdCheckpoints reader = EtcdCheckpoints.builder(cluster.endpoints(), run.prefix, "node8")
                .build();
        assertThat(reader.open()
                        .blockOptional(Supervisor.PATIENCE)
                        .orElseThrow()
                        .access()
                        .writable())
                .isFalse();
        reader.close().block(Supervisor.PATIENCE);

        IntStream.range(0, 40).forEach(i -> member().raw.delete("/junk" + i));
        member().raw.compact(member().raw.list("/junk/").getHeader().getRevision());
        member().raw.post("/v3/maintenance/defragment", "{}");
        String id = Long.toUnsignedString(member().raw.status().getHeader().getMemberId());
        member().raw
                .post(
                        "/v3/maintenance/alarm",
                        "{\"action\":\"DEACTIVATE\",\"alarm\":\"NOSPACE\",\"memberID\":\"" + id + "\"}");
        run.awaitMoreWrites(50);
        run.check("quota used up");
    }

    private boolean isRefused(String key, String value) {
        try {
            member().raw.put(key, value);
            return false;
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("database space exceeded");
            return true;
        }
    }

    /**
     * Then revisions go back, and everything acknowledged after the snapshot is lost. No client can prevent that.
     * A write of a container that is not in the snapshot may succeed before the loss is noticed.
     */
    @Test
    void aSnapshotIsRestoredAndTheOwnershipIsLostUntilTheNextOpening() throws Exception {
        start();
        Supervisor owner = run.working(run.adapter());
        Path snapshot = cluster.folder().resolve("snapshot");
        ctl("--endpoints=" + member().raw.url(), "snapshot", "save", snapshot.toString());
        run.awaitMoreWrites(100);
        owner.stop();
        member().kill();
        Path restored = cluster.folder().resolve("restored");
        ctl(
                "snapshot",
                "restore",
                snapshot.toString(),
                "--name=" + member().name,
                "--initial-cluster=" + cluster.initialCluster(),
                "--initial-advertise-peer-urls=" + member().peers.url(),
                "--data-dir=" + restored);
        member().useData(restored);
        member().start();
        cluster.awaitHealthy();

        List<String> outcomes =
                run.ids.stream().map(id -> outcome(owner.checkpoints(), id)).toList();
        assertThat(outcomes)
                .last()
                .asString()
                .contains("the ownership of ", "is lost: etcd has gone back to an earlier state");
        EtcdCheckpoints next = run.adapter().seize().build();
        next.open().block(Supervisor.PATIENCE);
        for (String id : run.ids) {
            assertThat(outcome(next, id)).isEqualTo("written");
            assertThat(ObservedNode.stampOf(member().raw.get(key(id)))).isEqualTo(new WriteNumber(9, 1));
        }
        next.close().block(Supervisor.PATIENCE);
    }

    private static String outcome(EtcdCheckpoints checkpoints, String id) {
        return checkpoints
                .write(id, new WriteNumber(9, 1).status())
                .then(Mono.just("written"))
                .onErrorResume(NotWrittenException.class, e -> Mono.just(e.getMessage()))
                .block(Supervisor.PATIENCE);
    }

    private void ctl(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(EtcdProgram.client().toString()));
        command.addAll(List.of(arguments));
        Process process = EtcdMember.started(command, cluster.folder().resolve("ctl.log"));
        int exit = process.onExit().join().exitValue();
        assertThat(exit)
                .as(Files.readString(cluster.folder().resolve("ctl.log")))
                .isZero();
    }
}
