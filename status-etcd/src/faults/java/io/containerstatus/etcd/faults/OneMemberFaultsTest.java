package io.containerstatus.etcd.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tests one member, the supervisors of one node, and faults between them. */
class OneMemberFaultsTest {
    private static EtcdCluster cluster;
    private final FaultRun run = new FaultRun(cluster);

    @BeforeAll
    static void start() {
        cluster = EtcdCluster.of(1);
    }

    @AfterAll
    static void end() {
        if (cluster != null) { // Null if there is no etcd.
            cluster.close();
        }
    }

    @AfterEach
    void heal() {
        cluster.member().clients.heal();
        run.close();
    }

    private EtcdMember member() {
        return cluster.member();
    }

    @Test
    void theMemberIsKilledAndStartedAgain() {
        run.working(run.adapter());
        member().kill();
        FaultRun.pass(Duration.ofMillis(700));
        member().start();
        run.awaitMoreWrites(50);
        run.check("killed");
    }

    @Test
    void theMemberIsFrozenForLongerThanACallMayTake() {
        run.working(run.adapter());
        member().freeze();
        FaultRun.pass(Duration.ofMillis(1_200));
        member().thaw();
        run.awaitMoreWrites(50);
        run.check("frozen");
    }

    @Test
    void theClientIsCutOffForLongerThanACallMayTake() {
        run.working(run.adapter());
        member().clients.cut();
        FaultRun.pass(Duration.ofMillis(1_200));
        member().clients.heal();
        run.awaitMoreWrites(50);
        run.check("client cut off");
    }

    @Test
    void itsConnectionIsResetOverAndOver() {
        run.working(run.adapter());
        for (int i = 0; i < 10; i++) {
            member().clients.resetOnce();
            run.awaitMoreWrites(20);
        }
        run.check("resets");
    }

    @Test
    void oneByteComesAtATime() {
        run.working(run.adapter());
        member().clients.chunksOf(1);
        run.awaitMoreWrites(20);
        run.check("one byte at a time");
    }

    @Test
    void theOwnerIsFrozenPastItsLeaseAndReplaced() throws Exception {
        OwnerProcess frozen = run.workingProcess();
        frozen.freeze();
        run.working(run.adapter().ownershipWait(Supervisor.PATIENCE));
        frozen.thaw();

        assertThat(frozen.awaitLost()).contains("the ownership of etcd:" + run.prefix + "/node7 is lost");
        run.awaitMoreWrites(50);
        run.check("owner frozen past its lease");
    }

    @Test
    void theClientIsCutOffPastItsLease() {
        Supervisor cutOff = run.working(run.adapter().leaseTtl(Duration.ofSeconds(5)));
        member().clients.cut();
        FaultRun.pass(Duration.ofSeconds(7));
        member().clients.heal();

        cutOff.awaitLost();
        assertThat(cutOff.checkpoints().access().reason()).contains("its lease has ended");
        cutOff.close();
        run.working(run.adapter());
        run.check("client cut off past its lease");
    }

    @Test
    @Tag("soak")
    void ownersAreKilledAndTheNextOneSeizes() throws Exception {
        for (int i = 0; i < 5; i++) {
            OwnerProcess killed = run.workingProcess();
            killed.kill();
            run.working(run.adapter().seize()).close();
        }
        run.check("owners killed");
    }
}
