package io.containerstatus.benchmarks;

import static io.containerstatus.benchmarks.report.Target.atMost;

import io.containerstatus.StatusCodec;
import io.containerstatus.benchmarks.report.Profile;
import io.containerstatus.benchmarks.report.Rounds;
import io.containerstatus.benchmarks.report.Target;
import io.containerstatus.etcd.EtcdCheckpoints;
import io.containerstatus.etcd.EtcdEndpoints;
import io.containerstatus.etcd.FleetFollower;
import io.containerstatus.etcd.FleetNotice;
import io.containerstatus.etcd.FleetView;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** A large fleet that is opened, kept in memory, and caught up with after an outage. */
final class FleetSize {
    private static final int NODES = 100;
    private static final String PREFIX = "/fleet";
    private static final String STATUSES = PREFIX + "/s/";
    private static final int LIMIT = 400;
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final byte[] DOCUMENT = StatusCodec.encode(Samples.STORED);

    private FleetSize() {}

    static void measure(Run run, EtcdServers.Program program) throws Exception {
        try (EtcdServers etcd = EtcdServers.start(run, program, 1);
                BareEtcd bare = new BareEtcd(etcd.urls().get(0))) {
            open(run, etcd, bare);
            int containers = run.plan().fleet().containers();
            List<String> keys = IntStream.range(0, containers)
                    .mapToObj(i -> STATUSES + "node" + i % NODES + "/" + HeldStatuses.id(i))
                    .toList();
            bare.fill(keys, DOCUMENT);
            snapshot(run, etcd, bare, containers);
            heap(run, etcd, containers);
            outage(run, etcd, bare, keys);
        }
    }

    /** Opens one node, compared with a bare range request that is decoded. */
    private static void open(Run run, EtcdServers etcd, BareEtcd bare) throws Exception {
        int containers = run.plan().fleet().opened();
        String statuses = "/opened/s/node/";
        bare.fill(
                IntStream.range(0, containers)
                        .mapToObj(i -> statuses + HeldStatuses.id(i))
                        .toList(),
                DOCUMENT);
        String opening = "EtcdCheckpoints.open(), " + containers + " containers";
        String range = "bare range request with decoding, " + containers + " keys";
        Comparison found = Comparison.of(
                run,
                FleetGroup.NAME,
                run.plan().rounds(),
                "containers/s",
                List.of(
                        new Contender(opening, () -> openOnce(etcd, containers)),
                        new Contender(range, () -> rangeOnce(bare, statuses, containers))));
        found.requireAtLeast("fleet-open", opening, range, 0.5);
    }

    private static double openOnce(EtcdServers etcd, int containers) {
        EtcdCheckpoints node = EtcdCheckpoints.builder(EtcdEndpoints.of(etcd.urls()), "/opened", "node")
                .build();
        long began = System.nanoTime();
        int found = Objects.requireNonNull(node.open().block()).containers().size();
        double perSecond = perSecond(containers, began);
        node.close().block();
        return checked(perSecond, found, containers);
    }

    private static double rangeOnce(BareEtcd bare, String beginning, int containers) throws Exception {
        long began = System.nanoTime();
        List<byte[]> documents = bare.read(beginning);
        for (byte[] document : documents) {
            StatusCodec.decode(document);
        }
        return checked(perSecond(containers, began), documents.size(), containers);
    }

    /** Follows the fleet until all of it was emitted once, compared with a bare range request that is decoded. */
    private static void snapshot(Run run, EtcdServers etcd, BareEtcd bare, int containers) throws Exception {
        String followed = "FleetFollower until the snapshot is emitted, " + containers + " containers";
        String range = "bare range request with decoding, " + containers + " keys of the fleet";
        Comparison found = Comparison.of(
                run,
                FleetGroup.NAME,
                run.plan().rounds(),
                "containers/s",
                List.of(
                        new Contender(followed, () -> {
                            FleetFollower fleet = follower(etcd.urls().get(0));
                            long began = System.nanoTime();
                            long emitted = caughtUp(fleet);
                            double perSecond = perSecond(containers, began);
                            fleet.close().block();
                            return checked(perSecond, emitted, containers + NODES + 1);
                        }),
                        new Contender(range, () -> rangeOnce(bare, STATUSES, containers))));
        found.requireAtLeast("fleet-snapshot", followed, range, 0.5);
    }

    private static FleetFollower follower(String url) {
        return FleetFollower.builder(EtcdEndpoints.of(url), PREFIX).build();
    }

    /** Returns how many events were emitted up to the end of the snapshot. */
    private static long caughtUp(FleetFollower fleet) {
        return Objects.requireNonNull(fleet.events(FleetView.all())
                .takeUntil(event -> event instanceof FleetNotice notice && notice.kind() == FleetNotice.Kind.CAUGHT_UP)
                .count()
                .block(TIMEOUT));
    }

    /**
     * Measures the memory that a follower without a subscriber uses for one container, apart from its document.
     */
    private static void heap(Run run, EtcdServers etcd, int containers) throws Exception {
        HeapUse before = HeapUse.now();
        FleetFollower fleet = follower(etcd.urls().get(0));
        caughtUp(fleet);
        HeapUse followed = HeapUse.now();
        fleet.close().block();
        double bytes = followed.moreThan(before, containers) - DOCUMENT.length;
        String measured = "heap of a followed container beyond its document, " + containers + " containers";
        run.measured(FleetGroup.NAME, measured, "bytes", Rounds.of(bytes));
        Target target = atMost(
                FleetGroup.NAME,
                "fleet-heap",
                measured + ", ids of 64 characters",
                "",
                LIMIT,
                "bytes",
                Rounds.of(bytes));
        run.counted(
                target,
                new Profile(
                        FleetGroup.NAME,
                        target.key(),
                        List.of(followed.growth("bytes a container, its document included", before, containers))));
    }

    /**
     * Changes every container while the follower is cut off. Measures the time from the repair of the link
     * until it has received the changes.
     */
    private static void outage(Run run, EtcdServers etcd, BareEtcd bare, List<String> keys) throws Exception {
        try (CutLink link = new CutLink(URI.create(etcd.urls().get(0)).getPort())) {
            FleetFollower fleet = follower(link.url());
            caughtUp(fleet);
            Interleaved found = Interleaved.cold(
                    run.plan().rounds(),
                    List.of(
                            new Contender("FleetFollower after an outage, " + keys.size() + " changes", () -> {
                                link.cut();
                                long last = bare.fill(keys, DOCUMENT);
                                long healed = System.nanoTime();
                                link.heal();
                                awaitRevision(fleet, last);
                                return (System.nanoTime() - healed) / 1e9;
                            }),
                            new Contender("a bare watch of " + keys.size() + " changes", () -> {
                                long last = bare.fill(keys, DOCUMENT);
                                long first =
                                        last - (keys.size() + BareEtcd.FILLED_AT_ONCE - 1) / BareEtcd.FILLED_AT_ONCE;
                                long began = System.nanoTime();
                                bare.watch(STATUSES, first, last);
                                return (System.nanoTime() - began) / 1e9;
                            })));
            found.all().forEach((name, seconds) -> run.measured(FleetGroup.NAME, name, "s", seconds));
            fleet.close().block();
        }
    }

    private static void awaitRevision(FleetFollower fleet, long revision) throws InterruptedException {
        long end = System.nanoTime() + TIMEOUT.toNanos();
        while (fleet.health().revision() < revision) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("did not reach revision " + revision + ": " + fleet.health());
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    private static double perSecond(int containers, long began) {
        return containers / ((System.nanoTime() - began) / 1e9);
    }

    private static double checked(double value, long found, long expected) {
        if (found != expected) {
            throw new IllegalStateException("found " + found + " instead of " + expected);
        }
        return value;
    }
}
