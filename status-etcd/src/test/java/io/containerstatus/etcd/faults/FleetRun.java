package io.containerstatus.etcd.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.etcd.EtcdEndpoints;
import io.containerstatus.etcd.FleetEvent;
import io.containerstatus.etcd.FleetFollower;
import io.containerstatus.etcd.FleetPublisher;
import io.containerstatus.etcd.FleetPublisherHealth;
import io.containerstatus.etcd.FleetPublisherHealth.State;
import io.containerstatus.etcd.FleetView;
import io.containerstatus.testing.PrintedCounts;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A node that is published and followed while something fails, and everything that its publisher, the
 * follower's subscribers and others have observed of it. One subscriber is fast, and one is slow, so that it
 * skips changes. At the end, the observations are checked, and that nothing is left behind.
 */
final class FleetRun implements AutoCloseable {
    static final String NODE = "node8";
    private static final AtomicInteger PREFIXES = new AtomicInteger();
    private static final Duration SLOWNESS = Duration.ofMillis(20);

    final List<String> ids;
    final History history = new History();
    final String prefix;
    final LocalNode node;
    private final EtcdCluster cluster;
    private final Leftovers leftovers;
    private final ObservedNode witness;
    private @Nullable FleetPublisher publisher;
    private @Nullable FleetFollower follower;
    private Followed fast;
    private Followed slow;

    FleetRun(EtcdCluster cluster) {
        this(cluster, "/fleet" + PREFIXES.incrementAndGet(), 8);
    }

    FleetRun(EtcdCluster cluster, String prefix, int containers) {
        this.cluster = cluster;
        this.prefix = prefix;
        leftovers = new Leftovers(cluster);
        ids = IntStream.rangeClosed(1, containers).mapToObj(i -> "web-" + i).toList();
        node = new LocalNode(ids, history);
        witness = new ObservedNode(cluster.members(), prefix, NODE, ids, history);
    }

    /** Returns the builder of a publisher that reaches this member first. */
    FleetPublisher.Builder publisher(EtcdMember first) {
        return FleetPublisher.builder(node.store, cluster.endpoints(first), prefix, NODE)
                .leaseTtl(Duration.ofSeconds(60))
                .requestTimeout(Duration.ofMillis(500))
                .closeTimeout(Duration.ofSeconds(30));
    }

    /** Returns the builder of a follower that uses these endpoints. */
    FleetFollower.Builder follower(EtcdEndpoints endpoints) {
        return FleetFollower.builder(endpoints, prefix)
                .requestTimeout(Duration.ofMillis(500))
                .checkEvery(Duration.ofMillis(300));
    }

    /** Begins to change containers, to publish them, and to follow them, through this member first. */
    void begin(EtcdMember first) {
        begin(publisher(first), follower(cluster.endpoints(first)));
    }

    void begin(FleetPublisher.Builder publishing, FleetFollower.Builder following) {
        begin(publishing, following, UnaryOperator.identity());
    }

    /** Begins with a fast subscriber that receives the events through this operator. */
    void begin(
            FleetPublisher.Builder publishing,
            FleetFollower.Builder following,
            UnaryOperator<Flux<FleetEvent>> operator) {
        node.begin();
        publisher = publishing.start();
        FleetFollower started = following.build();
        follower = started;
        fast = new Followed(started.events(FleetView.all()).transform(operator));
        slow = new Followed(started.events(FleetView.all())
                .concatMap(event -> Mono.delay(SLOWNESS).thenReturn(event), /* prefetch= */ 1));
        awaitMoreChanges(5);
    }

    /** Waits until this many new statuses of each container are received that are made from now on. */
    void awaitMoreChanges(int count) {
        WriteNumber now = node.newest();
        Awaitility.await()
                .pollInterval(Duration.ofMillis(20))
                .atMost(Supervisor.PATIENCE)
                .until(() -> ids.stream().allMatch(id -> fast.statusesAfter(now, NODE, id) >= count));
    }

    /** Waits until the follower's subscriber is told that the node has an owner, or none. */
    void awaitOwned(boolean owned) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(20))
                .atMost(Supervisor.PATIENCE)
                .until(() -> fast.isOwned(NODE) == owned);
    }

    /** Returns what the fast subscriber has received. */
    Followed followed() {
        return fast;
    }

    /**
     * Ends everything, and checks all observations and that nothing is left behind. The publisher must have
     * kept the node from its first takeover to the end.
     */
    HistoryCheck check(String name) {
        HistoryCheck verdict = verdictOfNothingWrong(name);
        assertThat(fast.timesOwned(NODE)).as("times owned").isEqualTo(1);
        return verdict;
    }

    /** The same, for a publisher that must have lost the node and taken it again, once or more often. */
    HistoryCheck checkTakenAgain(String name) {
        HistoryCheck verdict = verdictOfNothingWrong(name);
        assertThat(fast.timesOwned(NODE)).as("times owned").isGreaterThan(1);
        return verdict;
    }

    private HistoryCheck verdictOfNothingWrong(String name) {
        HistoryCheck verdict = verdict(name);
        verdict.assertNothingWrong();
        assertThat(fast.isOwned(NODE)).as("owned").isFalse();
        leftovers.assertNone(prefix, ids);
        return verdict;
    }

    /** Ends everything, and returns what the checkers find. */
    HistoryCheck verdict(String name) {
        node.stop();
        assertThat(node.unexpected()).isEmpty();
        cluster.awaitHealthy();
        Awaitility.await().atMost(Supervisor.PATIENCE).untilAsserted(() -> {
            FleetPublisherHealth health = publisher.health();
            assertThat(health.pending()).isZero();
            assertThat(health.state()).isEqualTo(State.PUBLISHING);
            assertThat(health.owner()).isTrue();
        });
        node.close();
        publisher.close().block(Supervisor.PATIENCE);
        witness.readAtLast();
        long revision = witness.observedUpTo();
        Awaitility.await()
                .atMost(Supervisor.PATIENCE)
                .until(() -> follower.health().revision() >= revision);
        follower.close().block(Supervisor.PATIENCE);
        Awaitility.await().atMost(Supervisor.PATIENCE).until(() -> fast.isCompleted() && slow.isCompleted());
        witness.close();

        HistoryCheck published = PublishedChecker.check(history);
        HistoryCheck received = fast.check(NODE, history);
        HistoryCheck receivedSlowly = slow.check(NODE, history);
        PrintedCounts.print("etcd, fleet, " + name + ": published: " + published + "; received: " + received
                + "; received slowly: " + receivedSlowly);
        assertThat(published.acknowledged()).isGreaterThan(20);
        assertThat(published.reads()).isGreaterThan(ids.size());
        assertThat(receivedSlowly.events()).isBetween(1L, published.events());
        return published.and(received).and(receivedSlowly);
    }

    /** Ends everything that the test has not ended. */
    @Override
    public void close() {
        node.close();
        if (publisher != null) {
            publisher.close().block(Supervisor.PATIENCE);
        }
        if (follower != null) {
            follower.close().block(Supervisor.PATIENCE);
        }
        witness.close();
    }
}
