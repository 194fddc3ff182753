package io.containerstatus.etcd.faults;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tests three members, and faults of one or two of them. */
class ThreeMembersFaultsTest {
    private static final int MEMBERS = 3;

    private static EtcdCluster cluster;
    private FaultRun run;

    @BeforeAll
    static void start() {
        cluster = EtcdCluster.of(MEMBERS);
    }

    @AfterAll
    static void end() {
        if (cluster != null) { // Null if there is no etcd.
            cluster.close();
        }
    }

    @BeforeEach
    void awaitHealthy() {
        cluster.awaitHealthy();
        run = new FaultRun(cluster);
    }

    @AfterEach
    void close() {
        run.close();
    }

    private static EtcdMember follower() {
        EtcdMember leader = cluster.leader();
        return cluster.members().stream()
                .filter(member -> member != leader)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theLeaderIsKilled() {
        EtcdMember leader = cluster.leader();
        run.working(run.adapter(leader));
        leader.kill();
        run.awaitMoreWrites(50);
        leader.start();
        run.awaitMoreWrites(50);
        run.check("leader killed");
    }

    @Test
    void theLeaderIsCutOffAndClientsReachIt() {
        EtcdMember leader = cluster.leader();
        run.working(run.adapter(leader));
        cluster.cutOff(leader);
        run.awaitMoreWrites(50);
        cluster.healPeers();
        run.awaitMoreWrites(50);
        run.check("leader cut off");
    }

    @Test
    void aFollowerIsFrozenWithRequestsInside() {
        EtcdMember follower = follower();
        run.working(run.adapter(follower));
        follower.freeze();
        run.awaitMoreWrites(50);
        follower.thaw();
        run.awaitMoreWrites(50);
        run.check("follower frozen");
    }

    @Test
    @Tag("soak")
    void theLeaderIsFrozen() {
        EtcdMember leader = cluster.leader();
        run.working(run.adapter(leader));
        leader.freeze();
        run.awaitMoreWrites(50);
        leader.thaw();
        run.awaitMoreWrites(50);
        run.check("leader frozen");
    }

    @Test
    @Tag("soak")
    void theQuorumIsLostAndComesBack() {
        run.working(run.adapter());
        List<EtcdMember> lost = cluster.members().subList(1, MEMBERS);
        lost.forEach(EtcdMember::kill);
        FaultRun.pass(Duration.ofSeconds(3));
        lost.forEach(EtcdMember::start);
        run.awaitMoreWrites(50);
        run.check("quorum lost");
    }

    @Test
    @Tag("soak")
    void theQuorumIsFrozenAndGoesOn() {
        run.working(run.adapter());
        List<EtcdMember> frozen = cluster.members().subList(1, MEMBERS);
        frozen.forEach(EtcdMember::freeze);
        FaultRun.pass(Duration.ofSeconds(3));
        frozen.forEach(EtcdMember::thaw);
        run.awaitMoreWrites(50);
        run.check("quorum frozen");
    }

    @Test
    @Tag("soak")
    void eachMemberIsStartedAgainInTurn() {
        run.working(run.adapter());
        for (EtcdMember member : cluster.members()) {
            member.terminate();
            run.awaitMoreWrites(20);
            member.start();
            cluster.awaitHealthy();
            run.awaitMoreWrites(20);
        }
        run.check("rolling restart");
    }

    @Test
    @Tag("soak")
    void allAreKilledAndStartedAgain() {
        run.working(run.adapter());
        cluster.members().forEach(EtcdMember::kill);
        cluster.members().forEach(EtcdMember::start);
        run.awaitMoreWrites(50);
        run.check("all killed");
    }

    @Test
    @Tag("soak")
    void theLeadershipIsHandedOn() {
        run.working(run.adapter());
        for (int i = 0; i < 3; i++) {
            EtcdMember leader = cluster.leader();
            long next = follower().raw.status().getHeader().getMemberId();
            leader.raw.post(
                    "/v3/maintenance/transfer-leadership", "{\"targetID\":\"" + Long.toUnsignedString(next) + "\"}");
            run.awaitMoreWrites(30);
            cluster.awaitHealthy();
        }
        run.check("leadership handed on");
    }

    @Test
    @Tag("soak")
    void theClientIsCutOffFromAllPastItsLease() {
        Supervisor cutOff = run.working(run.adapter().leaseTtl(Duration.ofSeconds(5)));
        cluster.members().forEach(member -> member.clients.cut());
        FaultRun.pass(Duration.ofSeconds(7));
        cluster.members().forEach(member -> member.clients.heal());

        cutOff.awaitLost();
        cutOff.close();
        run.working(run.adapter());
        run.check("client cut off from three members past its lease");
    }
}
