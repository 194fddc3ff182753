package io.containerstatus.benchmarks;

import io.containerstatus.Status;
import io.containerstatus.benchmarks.report.Chart;
import io.containerstatus.benchmarks.report.Chart.Line;
import io.containerstatus.benchmarks.report.Chart.Point;
import io.containerstatus.etcd.EtcdCheckpoints;
import io.containerstatus.etcd.EtcdEndpoints;
import io.containerstatus.reactive.StatusStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Mono;

/**
 * Compares durable updates on etcd with the same transactions without a library, and with the usual Java client.
 */
final class FleetUpdates {
    private static final int[] CONTAINERS = {1, 16, 64};
    private static final int MOST = 64;
    private static final String BARE = "bare transactions";
    private static final String ADAPTER = "EtcdCheckpoints";
    private static final String STORE = "store on EtcdCheckpoints";
    private static final String JETCD = "jetcd";
    private static final double[] OF_BARE = {0.9, 0.9, 0.85};
    private static final double OF_ADAPTER = 0.9;
    private static final double OF_JETCD = 1.2;

    private FleetUpdates() {}

    static void measure(Run run, EtcdServers.Program program) throws Exception {
        for (int size : run.plan().fleet().members()) {
            try (EtcdServers etcd = EtcdServers.start(run, program, size)) {
                measure(run, etcd, size);
            }
        }
    }

    private static void measure(Run run, EtcdServers etcd, int size) throws Exception {
        String url = etcd.urls().get(0);
        EtcdEndpoints endpoints = EtcdEndpoints.of(etcd.urls());
        EtcdCheckpoints adapter =
                EtcdCheckpoints.builder(endpoints, "/measured", "adapter").build();
        adapter.open().block();
        try (BareEtcd bare = new BareEtcd(url);
                JetcdKeys jetcd = new JetcdKeys(url);
                StoreKeys store = new StoreKeys(
                        StatusStore.builder(EtcdCheckpoints.builder(endpoints, "/measured", "store")
                                .build()),
                        MOST)) {
            long fence = bare.own("/measured/o/bare");
            long jetcdFence = bare.own("/measured/o/jetcd");
            // Prepared before any turn begins, as for the other contenders.
            List<Mono<?>> byBare = new ArrayList<>();
            List<Mono<?>> byAdapter = new ArrayList<>();
            List<Mono<?>> byJetcd = new ArrayList<>();
            for (int i = 0; i < MOST; i++) {
                String id = HeldStatuses.id(i);
                byBare.add(bare.replacing("/measured/o/bare", fence, "/measured/s/bare/" + id));
                byAdapter.add(writing(adapter, id));
                byJetcd.add(jetcd.replacing("/measured/o/jetcd", jetcdFence, "/measured/s/jetcd/" + id));
            }
            List<Contender> contenders = new ArrayList<>();
            for (int containers : CONTAINERS) {
                contenders.add(contender(run, named(BARE, containers, size), containers, byBare::get));
                contenders.add(contender(run, named(ADAPTER, containers, size), containers, byAdapter::get));
                contenders.add(contender(run, named(STORE, containers, size), containers, store::update));
                contenders.add(contender(run, named(JETCD, containers, size), containers, byJetcd::get));
            }
            Comparison found = Comparison.of(run, FleetGroup.NAME, run.plan().rounds(), "updates/s", contenders);
            targets(found, size);
            chart(run, found, size);
        } finally {
            adapter.close().block();
        }
    }

    private interface Operations {
        Mono<?> of(int caller);
    }

    private static Contender contender(Run run, String name, int containers, Operations operations) {
        return new Contender(
                name, () -> Callers.reactive(containers, run.plan().turn(), caller -> operations.of(caller)));
    }

    /**
     * Returns a Mono that writes one status after the other. It emits the id, because the emitted elements
     * are counted.
     */
    private static Mono<String> writing(EtcdCheckpoints adapter, String id) {
        AtomicReference<Status> status = new AtomicReference<>(Samples.STORED);
        return Mono.defer(
                () -> adapter.write(id, status.updateAndGet(Samples::next)).thenReturn(id));
    }

    private static void targets(Comparison found, int size) throws Exception {
        String on = size == 1 ? "" : "-" + size;
        for (int i = 0; i < CONTAINERS.length; i++) {
            found.requireAtLeast(
                    "fleet-" + CONTAINERS[i] + on,
                    named(ADAPTER, CONTAINERS[i], size),
                    named(BARE, CONTAINERS[i], size),
                    OF_BARE[i]);
        }
        found.requireAtLeast("fleet-store" + on, named(STORE, MOST, size), named(ADAPTER, MOST, size), OF_ADAPTER);
        found.requireAtLeast("fleet-jetcd" + on, named(ADAPTER, MOST, size), named(JETCD, MOST, size), OF_JETCD);
    }

    private static void chart(Run run, Comparison found, int size) {
        List<Line> lines = new ArrayList<>();
        for (String name : List.of(BARE, ADAPTER, STORE, JETCD)) {
            List<Point> points = new ArrayList<>();
            for (int containers : CONTAINERS) {
                points.add(new Point(
                        containers, found.of(named(name, containers, size)).median()));
            }
            lines.add(new Line(name, points));
        }
        run.chart(new Chart(
                FleetGroup.NAME,
                "fleet-updates-" + size,
                "Durable updates on an etcd of " + size,
                "containers, a reactive caller each",
                "updates a second",
                lines));
    }

    private static String named(String name, int containers, int size) {
        return name + ", " + containers + " containers, an etcd of " + size;
    }
}
