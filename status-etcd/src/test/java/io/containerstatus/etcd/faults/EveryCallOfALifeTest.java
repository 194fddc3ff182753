package io.containerstatus.etcd.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.etcd.EtcdCheckpoints;
import io.containerstatus.etcd.faults.CallCuts.Fault;
import io.containerstatus.etcd.faults.Operation.Outcome;
import io.containerstatus.testing.PrintedCounts;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/**
 * A node's life, from its opening to its close, once for each call in it: each time, that call goes wrong. A call that comes
 * late comes when the next thing of that life has been done. All of it succeeds all the same, as etcd can be reached again
 * at once.
 */
class EveryCallOfALifeTest {
    private static final int CALLS = 9;
    private static final String ID = "web-1";

    private static EtcdCluster cluster;
    private final FaultRun run = new FaultRun(cluster, 1);
    private final CallCuts calls = cluster.member().clients.calls();
    private int thingsDoneSince;

    @BeforeAll
    static void start() {
        cluster = EtcdCluster.of(1);
    }

    @AfterAll
    static void end() {
        if (cluster != null) { // Without an etcd, there is none.
            cluster.close();
        }
    }

    @AfterEach
    void close() {
        calls.close();
        run.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"RESET_BEFORE_THE_REQUEST", "RESET_BEFORE_THE_ANSWER", "REQUEST_IS_LATE"})
    void goesWell(Fault fault) {
        int call = 0;
        do {
            call++;
            calls.at(call, fault);
            thingsDoneSince = 0;
            live(call);
        } while (calls.isReached());

        // The last one had no fault: a life has one call less, and as many as are known of.
        assertThat(call - 1).isEqualTo(CALLS);
        run.check("a life with one call that goes wrong, " + fault);
        PrintedCounts.print("etcd, lives in which a call goes wrong, " + fault + ": " + CALLS);
    }

    private void live(int epoch) {
        EtcdCheckpoints node = run.adapter().identity("node7").build();
        Owner owner = run.owner(node);
        owner.open();
        whatIsLateComes();
        change(new Stamp(epoch, 1), node.create(ID, new Stamp(epoch, 1).status()), false);
        change(new Stamp(epoch, 2), node.write(ID, new Stamp(epoch, 2).status()), false);
        change(new Stamp(epoch, 3), node.delete(ID), true);
        change(new Stamp(epoch, 4), node.create(ID, new Stamp(epoch, 4).status()), false);
        // The last thing but one, so that the next life can create it again.
        change(new Stamp(epoch, 5), node.delete(ID), true);
        owner.close();
        thingsDoneSince++;
        whatIsLateComes();
    }

    private void change(Stamp stamp, Mono<Void> change, boolean deletes) {
        run.history.begin(ID, stamp, deletes);
        change.block(Owner.PATIENCE);
        run.history.end(ID, stamp, Outcome.ACKNOWLEDGED);
        readBack();
        whatIsLateComes();
        readBack();
    }

    private void readBack() {
        long start = System.nanoTime();
        var stored = cluster.member().raw.get(run.prefix + "/s/" + FaultRun.NODE + "/" + ID);
        run.history.read(ID, Witness.stampOf(stored), start);
    }

    private void whatIsLateComes() {
        if (calls.isReached() && thingsDoneSince++ >= 1) {
            calls.release();
            if (calls.fault() == Fault.REQUEST_IS_LATE) {
                Awaitility.await().atMost(Duration.ofSeconds(20)).until(calls::isLateAnswered);
            }
        }
    }
}
