package io.containerstatus.etcd.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.etcd.EtcdCheckpoints;
import io.containerstatus.etcd.faults.CallCuts.Fault;
import io.containerstatus.etcd.faults.HistoryEntry.Outcome;
import io.containerstatus.testing.PrintedCounts;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/**
 * Tests the life of a node, from its opening to its close, once for each call in it. Each time, that call
 * fails. A late call arrives after the next step of that life. All steps succeed nevertheless, because etcd
 * can be reached again immediately.
 */
@Tag("long")
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
        if (cluster != null) { // Null if there is no etcd.
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

        // The last life had no fault: it has one call less, as many as expected.
        assertThat(call - 1).isEqualTo(CALLS);
        run.check("a life with one call that goes wrong, " + fault);
        PrintedCounts.print("etcd, lives in which a call goes wrong, " + fault + ": " + CALLS);
    }

    private void live(int epoch) {
        EtcdCheckpoints node = run.adapter().identity("node7").build();
        Supervisor owner = run.owner(node);
        owner.open();
        whatIsLateComes();
        change(new WriteNumber(epoch, 1), node.create(ID, new WriteNumber(epoch, 1).status()), false);
        change(new WriteNumber(epoch, 2), node.write(ID, new WriteNumber(epoch, 2).status()), false);
        change(new WriteNumber(epoch, 3), node.delete(ID), true);
        change(new WriteNumber(epoch, 4), node.create(ID, new WriteNumber(epoch, 4).status()), false);
        // Deleted before the close, so that the next life can create it again.
        change(new WriteNumber(epoch, 5), node.delete(ID), true);
        owner.close();
        thingsDoneSince++;
        whatIsLateComes();
    }

    private void change(WriteNumber stamp, Mono<Void> change, boolean deletes) {
        run.history.begin(ID, stamp, deletes);
        change.block(Supervisor.PATIENCE);
        run.history.end(ID, stamp, Outcome.ACKNOWLEDGED);
        readBack();
        whatIsLateComes();
        readBack();
    }

    private void readBack() {
        long start = System.nanoTime();
        var stored = cluster.member().raw.get(run.prefix + "/s/" + FaultRun.NODE + "/" + ID);
        run.history.read(ID, ObservedNode.stampOf(stored), start);
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
