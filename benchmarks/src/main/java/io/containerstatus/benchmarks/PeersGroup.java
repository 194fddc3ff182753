package io.containerstatus.benchmarks;

import static io.containerstatus.benchmarks.report.Target.atLeast;

import io.containerstatus.StatusCodec;
import io.containerstatus.benchmarks.report.Chart;
import io.containerstatus.benchmarks.report.Chart.Line;
import io.containerstatus.benchmarks.report.Chart.Point;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The same durable work, done by the storages that could be used instead. */
final class PeersGroup implements Group {
    private static final int[] CONTAINERS = {1, 16, 64};
    private static final int MOST = 64;
    private static final String STORE = "this store";

    @Override
    public String name() {
        return "peers";
    }

    @Override
    public void measure(Run run) throws Exception {
        Map<String, DurableKeys> peers = new LinkedHashMap<>();
        try (StoreKeys store = new StoreKeys(run.newFolder("store"), MOST);
                RocksKeys rocks = new RocksKeys(run.newFolder("rocksdb"));
                SqliteKeys sqlite = new SqliteKeys(run.newFolder("sqlite"));
                MvStoreKeys mvStore = new MvStoreKeys(run.newFolder("mvstore"))) {
            peers.put("RocksDB", rocks);
            peers.put("SQLite", sqlite);
            peers.put("MVStore", mvStore);
            measure(run, store, peers);
        }
    }

    private void measure(Run run, StoreKeys store, Map<String, DurableKeys> peers) throws Exception {
        Duration turn = run.plan().turn();
        List<Contender> contenders = new ArrayList<>();
        for (int containers : CONTAINERS) {
            contenders.add(
                    new Contender(apart(STORE, containers), () -> Callers.threads(containers, turn, store::blocking)));
            peers.forEach((name, peer) -> contenders.add(new Contender(
                    apart(name, containers), () -> Callers.threads(containers, turn, caller -> put(peer, caller)))));
        }
        contenders.add(new Contender(together(STORE), () -> Callers.threads(MOST, turn, caller -> store.blocking(0))));
        contenders.add(new Contender(
                together(STORE + ", reactive callers"), () -> Callers.reactive(MOST, turn, caller -> store.update(0))));
        peers.forEach((name, peer) -> contenders.add(
                new Contender(together(name), () -> Callers.threads(MOST, turn, caller -> put(peer, 0)))));
        Interleaved found = Interleaved.run(run.plan().rounds(), contenders);
        found.all().forEach((name, rounds) -> run.measured(name(), name, "updates/s", rounds));
        for (DurableKeys peer : peers.values()) {
            if (StatusCodec.decode(peer.get(HeldStatuses.id(0))).pid() == Samples.STORED.pid()) {
                throw new IllegalStateException(peer + " does not hold an acknowledged write");
            }
        }
        chart(run, found, peers);
        targets(run, found, contenders);
    }

    /** Returns an operation that puts one changing document after the other under the key of a container. */
    static Callers.Operation put(DurableKeys peer, int key) {
        String id = HeldStatuses.id(key);
        ChangingDocument document = new ChangingDocument();
        return () -> peer.put(id, document.next());
    }

    private void targets(Run run, Interleaved found, List<Contender> contenders) throws Exception {
        for (String callers : List.of("", ", reactive callers")) {
            String what = together(STORE + callers);
            Contender body = contenders.stream()
                    .filter(contender -> contender.name().equals(what))
                    .findFirst()
                    .orElseThrow();
            run.target(
                    atLeast(
                            name(),
                            callers.isEmpty() ? "rocksdb-threads" : "rocksdb",
                            what,
                            "RocksDB, 64 threads on one key",
                            3,
                            found.of(what).dividedBy(found.of(together("RocksDB")))),
                    body.turn());
        }
    }

    private void chart(Run run, Interleaved found, Map<String, DurableKeys> peers) {
        List<Line> lines = new ArrayList<>();
        List<String> names = new ArrayList<>(peers.keySet());
        names.add(0, STORE);
        for (String name : names) {
            lines.add(new Line(
                    name,
                    IntStream.of(CONTAINERS)
                            .mapToObj(containers -> new Point(
                                    containers,
                                    found.of(apart(name, containers)).median()))
                            .toList()));
        }
        run.chart(new Chart(
                name(), "peers", "Durable updates, one caller a container", "containers", "updates a second", lines));
    }

    private static String apart(String name, int containers) {
        return name + ", " + containers + " containers, a thread each";
    }

    private static String together(String name) {
        return name + ", 64 callers on one container";
    }
}
