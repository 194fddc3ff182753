package io.containerstatus.etcd.faults;

import io.containerstatus.testing.PrintedCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Tests random faults of three members and of their connections, one or two at a time, while supervisors
 * succeed each other. {@code -Dstatus.etcd.soak.seconds} sets how long. {@code -Dstatus.etcd.soak.seed}
 * repeats the plan of the faults, but not the timing of the threads.
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
        HistoryCheck total = HistoryCheck.NONE;
        int rounds = 0;
        try (EtcdCluster cluster = EtcdCluster.of(3)) {
            // Each history covers one minute, so that memory does not grow over time.
            while (System.nanoTime() < end) {
                long endOfRound =
                        Math.min(end, System.nanoTime() + Duration.ofMinutes(1).toNanos());
                cluster.awaitHealthy();
                try (FaultRun run = new FaultRun(cluster, 10)) {
                    total = total.and(round(cluster, run, endOfRound));
                    rounds++;
                }
            }
        }
        PrintedCounts.print(
                "etcd, soak with seed " + SEED + ", " + plan.size() + " faults in " + rounds + " rounds: " + total);
    }

    private HistoryCheck round(EtcdCluster cluster, FaultRun run, long end) {
        Supervisor owner = run.working(run.adapter(any(cluster)));
        while (System.nanoTime() < end) {
            fault(cluster, cluster.members().get(random.nextInt(3)));
            run.awaitMoreWrites(20);
            if (random.nextInt(4) == 0) {
                owner = next(cluster, run, owner);
            }
        }
        return run.check("soak, so far " + plan.size() + " faults");
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
