package io.containerstatus.etcd.faults;

import io.containerstatus.etcd.EtcdEndpoints;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Tests a node that is published and followed on three members, and faults of one or two of them, or of the
 * connections to them. As long as a majority can be reached, changes made during the fault arrive during the
 * fault.
 */
@Tag("long")
class ThreeMembersFleetTest {
    private static EtcdCluster cluster;
    private FleetRun run;

    @BeforeAll
    static void startCluster() {
        cluster = EtcdCluster.of(3);
    }

    @AfterAll
    static void endCluster() {
        if (cluster != null) { // Null if there is no etcd.
            cluster.close();
        }
    }

    @BeforeEach
    void awaitHealthy() {
        cluster.awaitHealthy();
        run = new FleetRun(cluster);
    }

    @AfterEach
    void close() {
        if (run != null) { // Null if the cluster is not healthy.
            run.close();
        }
    }

    @Test
    void theLeaderIsKilled() {
        EtcdMember leader = cluster.leader();
        run.begin(leader);
        leader.kill();
        run.awaitMoreChanges(5);
        leader.start();
        run.awaitMoreChanges(5);
        run.check("leader killed");
    }

    @Test
    void theLeaderIsCutOffAndClientsReachIt() {
        EtcdMember leader = cluster.leader();
        run.begin(leader);
        cluster.cutOff(leader);
        run.awaitMoreChanges(5);
        cluster.healPeers();
        run.awaitMoreChanges(5);
        run.check("leader cut off");
    }

    @Test
    void theLeaderIsFrozen() {
        EtcdMember leader = cluster.leader();
        run.begin(leader);
        leader.freeze();
        run.awaitMoreChanges(5);
        leader.thaw();
        run.awaitMoreChanges(5);
        run.check("leader frozen");
    }

    @Test
    void aMemberAcceptsConnectionsAndAnswersNothing() {
        EtcdMember silent = cluster.member();
        silent.clients.cut();
        run.begin(silent);
        silent.clients.heal();
        run.awaitMoreChanges(5);
        run.check("silent member");
    }

    @Test
    void theQuorumIsLostAndComesBack() {
        run.begin(cluster.member());
        List<EtcdMember> lost = cluster.members().subList(1, 3);
        lost.forEach(EtcdMember::kill);
        FaultRun.pass(Duration.ofSeconds(2));
        lost.forEach(EtcdMember::start);
        run.awaitMoreChanges(5);
        run.check("quorum lost");
    }

    @Test
    @Tag("soak")
    void aPublisherThatIsCutOffPastItsLeaseTakesItsNodeAgain() {
        EtcdEndpoints notCutOff = EtcdEndpoints.of(
                cluster.members().stream().map(member -> member.raw.url()).toList());
        run.begin(run.publisher(cluster.member()).leaseTtl(Duration.ofSeconds(5)), run.follower(notCutOff));
        cluster.members().forEach(member -> member.clients.cut());
        run.awaitOwned(false);
        cluster.members().forEach(member -> member.clients.heal());
        run.awaitOwned(true);
        run.awaitMoreChanges(5);
        run.checkTakenAgain("publisher cut off past its lease");
    }

    @Test
    @Tag("soak")
    void eachMemberIsStartedAgainInTurn() {
        run.begin(cluster.leader());
        for (EtcdMember member : cluster.members()) {
            member.terminate();
            run.awaitMoreChanges(3);
            member.start();
            cluster.awaitHealthy();
            run.awaitMoreChanges(3);
        }
        run.check("rolling restart");
    }
}
