package io.containerstatus.benchmarks;

import java.util.List;

/**
 * Compares durable updates through a journal with the logs of other programs, and with the minimum cost for
 * all of them.
 */
final class JournalPeers {
    private static final int MANY = 64;

    private static final String APART = "journal, 64 containers, reactive callers";
    private static final String APART_THREADS = "journal, 64 containers, a thread each";
    private static final String ROCKS_APART = "RocksDB, 64 keys, a thread each";
    private static final String TOGETHER = "journal, 64 reactive callers on one container";
    private static final String TOGETHER_THREADS = "journal, 64 threads on one container";
    private static final String ROCKS_TOGETHER = "RocksDB, 64 threads on one key";
    private static final String ONE = "journal, 1 container, a reactive caller";
    private static final String ONE_THREAD = "journal, 1 container, a thread";
    private static final String ROCKS_ONE = "RocksDB, one thread";
    private static final String SQLITE_ONE = "SQLite, one thread";
    private static final String FLOOR = "one thread that appends and syncs the same bytes";

    private JournalPeers() {}

    static void measure(Run run) throws Exception {
        try (StoreKeys store = JournalGroup.open(run.newFolder("journaled"), MANY);
                RocksKeys rocks = new RocksKeys(run.newFolder("rocksdb"));
                SqliteKeys sqlite = new SqliteKeys(run.newFolder("sqlite"));
                BareAppend append = new BareAppend(run.newFolder("floor"))) {
            Comparison found = Comparison.of(
                    run,
                    JournalGroup.NAME,
                    run.plan().rounds(),
                    "updates/s",
                    List.of(
                            reactive(run, APART, store, MANY, /* together= */ false),
                            threads(run, APART_THREADS, store, MANY, /* together= */ false),
                            peer(run, ROCKS_APART, rocks, MANY, /* together= */ false),
                            reactive(run, TOGETHER, store, MANY, /* together= */ true),
                            threads(run, TOGETHER_THREADS, store, MANY, /* together= */ true),
                            peer(run, ROCKS_TOGETHER, rocks, MANY, /* together= */ true),
                            reactive(run, ONE, store, 1, /* together= */ true),
                            threads(run, ONE_THREAD, store, 1, /* together= */ true),
                            peer(run, ROCKS_ONE, rocks, 1, /* together= */ true),
                            peer(run, SQLITE_ONE, sqlite, 1, /* together= */ true),
                            new Contender(
                                    FLOOR, () -> Callers.threads(1, run.plan().turn(), caller -> append::append))));
            found.requireAtLeast("journal-64", APART, ROCKS_APART, 4);
            found.requireAtLeast("journal-64-threads", APART_THREADS, ROCKS_APART, 2.2);
            found.requireAtLeast("journal-sharing", TOGETHER, ROCKS_TOGETHER, 4);
            found.requireAtLeast("journal-sharing-threads", TOGETHER_THREADS, ROCKS_TOGETHER, 2.2);
            found.requireAtLeast("journal-floor", ONE, FLOOR, 0.85);
            found.requireAtLeast("journal-1", ONE, ROCKS_ONE, 1.1);
            found.requireAtLeast("journal-1-thread", ONE_THREAD, ROCKS_ONE, 0.85);
            found.requireAtLeast("journal-1-sqlite", ONE, SQLITE_ONE, 0.9);
        }
    }

    private static Contender reactive(Run run, String name, StoreKeys store, int callers, boolean together) {
        return JournalGroup.contender(
                run,
                name,
                store,
                time -> Callers.reactive(callers, time, caller -> store.update(together ? 0 : caller)));
    }

    private static Contender threads(Run run, String name, StoreKeys store, int callers, boolean together) {
        return JournalGroup.contender(
                run,
                name,
                store,
                time -> Callers.threads(callers, time, caller -> store.blocking(together ? 0 : caller)));
    }

    private static Contender peer(Run run, String name, DurableKeys peer, int threads, boolean together) {
        return new Contender(
                name,
                () -> Callers.threads(
                        threads, run.plan().turn(), caller -> PeersGroup.put(peer, together ? 0 : caller)));
    }
}
