package io.containerstatus.etcd.faults;

import io.containerstatus.testing.PrintedCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Tests random faults of three members and of their connections, one or two at a time. Supervisors of one
 * node succeed each other, another node is published, and a follower follows both.
 * {@code -Dstatus.etcd.soak.seconds} sets how long. {@code -Dstatus.etcd.soak.seed} repeats the plan of the
 * faults, but not the timing of the threads.
 */
@Tag("soak")
class EtcdSoakTest {
    private static final long SECONDS = Long.getLong("status.etcd.soak.seconds", 600);
    private static final long SEED = Long.getLong("status.etcd.soak.seed", System.nanoTime());

    private final Random random = new Random(SEED);
    private final List<String> plan = new ArrayList<>();

    @Test
    void afterRandomFaultsNothingIsWrongAndNothingIsLeft() {
        System.out.println("etcd soak: -Dstatus.etcd.soak.seed=" + SEED);
        long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
        HistoryCheck supervised = HistoryCheck.NONE;
        HistoryCheck published = HistoryCheck.NONE;
        HistoryCheck followed = HistoryCheck.NONE;
        int rounds = 0;
        try (EtcdCluster cluster = EtcdCluster.of(3)) {
            // Each history covers one minute, so that memory does not grow over time.
            while (System.nanoTime() < end) {
                long endOfRound =
                        Math.min(end, System.nanoTime() + Duration.ofMinutes(1).toNanos());
                cluster.awaitHealthy();
                try (FaultRun run = new FaultRun(cluster, 10);
                        FleetRun fleet = new FleetRun(cluster, run.prefix, 10)) {
                    round(cluster, run, fleet, endOfRound);
                    run.endOwners();
                    // The follower ends before the checks that nothing is left.
                    published = published.and(fleet.verdict("soak"));
                    supervised = supervised.and(run.check("soak"));
                    followed = followed.and(fleet.followed().check(FaultRun.NODE, run.history));
                    rounds++;
                }
                String counts = "etcd, soak with seed " + SEED + ", so far " + plan.size() + " faults in " + rounds
                        + " rounds: supervised node: " + supervised + "; followed: " + followed
                        + "; published node, and followed twice: " + published;
                PrintedCounts.print(counts);
                published.assertNothingWrong();
                followed.assertNothingWrong();
            }
        }
    }

    private void round(EtcdCluster cluster, FaultRun run, FleetRun fleet, long end) {
        // The lease may end during a fault.
        fleet.begin(
                fleet.publisher(any(cluster)).leaseTtl(Duration.ofSeconds(5)),
                fleet.follower(cluster.endpoints(any(cluster))));
        Supervisor owner = run.working(run.adapter(any(cluster)));
        while (System.nanoTime() < end) {
            fault(cluster, cluster.members().get(random.nextInt(3)));
            run.awaitMoreWrites(20);
            fleet.awaitMoreChanges(2);
            if (random.nextInt(4) == 0) {
                owner = next(cluster, run, owner);
            }
        }
    }

    private EtcdMember any(EtcdCluster cluster) {
        return cluster.members().get(random.nextInt(3));
    }

    /**
     * Returns the next supervisor. It begins after the previous one has closed, or takes the ownership while
     * that one works.
     */
    private Supervisor next(EtcdCluster cluster, FaultRun run, Supervisor before) {
        if (random.nextBoolean()) {
            before.close();
            return run.working(run.adapter(any(cluster)));
        }
        Supervisor next = run.working(run.adapter(any(cluster)).seize());
        before.awaitLost();
        before.close();
        return next;
    }

    private void fault(EtcdCluster cluster, EtcdMember member) {
        int kind = random.nextInt(8);
        Duration time = Duration.ofMillis(100 + random.nextInt(2_500));
        plan.add(kind + " of " + member.name + " for " + time);
        switch (kind) {
            case 0 -> {
                member.kill();
                FaultRun.pass(time);
                member.start();
            }
            case 1 -> {
                member.freeze();
                FaultRun.pass(time);
                member.thaw();
            }
            case 2 -> {
                cluster.cutOff(member);
                FaultRun.pass(time);
                cluster.healPeers();
            }
            case 3 -> {
                member.clients.cut();
                FaultRun.pass(time);
                member.clients.heal();
            }
            case 4 -> {
                member.clients.reset();
                FaultRun.pass(time);
                member.clients.heal();
            }
            case 5 -> {
                cluster.members().forEach(one -> one.clients.resetOnce());
                FaultRun.pass(time);
            }
            case 6 -> {
                member.clients.delay(Duration.ofMillis(random.nextInt(200)));
                member.peers.delay(Duration.ofMillis(random.nextInt(50)));
                FaultRun.pass(time);
                member.clients.heal();
                member.peers.heal();
            }
            default -> {
                cluster.members().forEach(one -> one.clients.cut());
                FaultRun.pass(time);
                cluster.members().forEach(one -> one.clients.heal());
            }
        }
        cluster.awaitHealthy();
    }
}
