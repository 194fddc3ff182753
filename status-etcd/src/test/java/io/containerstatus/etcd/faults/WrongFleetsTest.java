package io.containerstatus.etcd.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.ContainerChange.Kind;
import io.containerstatus.StatusCodec;
import io.containerstatus.etcd.FleetChange;
import io.containerstatus.etcd.FleetEvent;
import io.containerstatus.etcd.faults.HistoryEntry.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;

/**
 * Tests publishers and followers that only seem to work, on a real server. The checks find each mistake, and
 * none without one.
 */
@Tag("long")
class WrongFleetsTest {
    private static EtcdCluster cluster;

    private final FleetRun run = new FleetRun(cluster);

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
        run.close();
    }

    /** What a wrong follower does with the changes of one container. */
    private enum Mistake {
        LOSES_A_STATUS,
        LOSES_A_DELETION,
        LOSES_THE_LAST_CHANGES,
        REPEATS_A_CHANGE,
        REORDERS_TWO_CHANGES
    }

    /** A follower that makes one mistake in the changes of the container web-1, once it is told to. */
    private static final class WrongFollower {
        private final Mistake mistake;
        private volatile boolean begun;
        private volatile boolean done;
        private @Nullable FleetEvent late;

        WrongFollower(Mistake mistake) {
            this.mistake = mistake;
        }

        Flux<FleetEvent> of(Flux<FleetEvent> right) {
            return right.concatMapIterable(this::events);
        }

        private List<FleetEvent> events(FleetEvent event) {
            if (!begun || !(event instanceof FleetChange change) || !change.id().equals("web-1")) {
                return List.of(event);
            }
            FleetEvent earlier = late;
            if (earlier != null) {
                late = null;
                return List.of(event, earlier);
            }
            if (done) {
                return mistake == Mistake.LOSES_THE_LAST_CHANGES ? List.of() : List.of(event);
            }
            if (change.kind() != (mistake == Mistake.LOSES_A_DELETION ? Kind.DELETED : Kind.UPDATED)) {
                return List.of(event);
            }
            done = true;
            if (mistake == Mistake.REPEATS_A_CHANGE) {
                return List.of(event, event);
            }
            late = mistake == Mistake.REORDERS_TWO_CHANGES ? event : null;
            return List.of();
        }
    }

    private void begin() {
        run.begin(cluster.member());
    }

    @Test
    void nothingIsFoundWithoutAMistake() {
        begin();

        run.check("one member");
    }

    @ParameterizedTest
    @EnumSource(Mistake.class)
    void aMistakeOfAFollowerIsDetected(Mistake mistake) {
        WrongFollower wrong = new WrongFollower(mistake);
        run.begin(run.publisher(cluster.member()), run.follower(cluster.endpoints()), wrong::of);
        wrong.begun = true;
        Awaitility.await().atMost(Supervisor.PATIENCE).until(() -> wrong.done);
        WriteNumber now = run.node.newest();
        Awaitility.await()
                .atMost(Supervisor.PATIENCE)
                .until(() -> run.followed().statusesAfter(now, FleetRun.NODE, "web-2") > 5);

        assertIsDetected(run.verdict(mistake.toString()));
    }

    @Test
    void aStatusThatIsNeverPublishedIsDetected() {
        begin();
        run.node.stop();
        pretend("web-1", /* deletes= */ false);

        assertIsDetected(run.verdict("a lost status"));
    }

    @Test
    void aDeletionThatIsNeverPublishedIsDetected() {
        begin();
        run.node.stop();
        pretend(run.node.store.list().iterator().next().id(), /* deletes= */ true);

        assertIsDetected(run.verdict("a lost deletion"));
    }

    /** Records a change that is not made, as if the publisher had lost it. */
    private void pretend(String id, boolean deletes) {
        WriteNumber number = run.node.next();
        run.history.begin(id, number, deletes);
        run.history.end(id, number, Outcome.ACKNOWLEDGED);
    }

    @Test
    void anEarlierStatusAfterALaterOneIsDetected() {
        begin();
        run.node.stop();
        byte[] first = StatusCodec.encode(new WriteNumber(1, 1).status());
        cluster.member()
                .raw
                .put(run.prefix + "/s/" + FleetRun.NODE + "/web-1", new String(first, StandardCharsets.UTF_8));

        assertIsDetected(run.verdict("an earlier status"));
    }

    private static void assertIsDetected(HistoryCheck verdict) {
        assertThat(verdict.violations().size()
                        + verdict.gaps().size()
                        + verdict.duplicates().size())
                .as(verdict.toString())
                .isPositive();
    }
}
