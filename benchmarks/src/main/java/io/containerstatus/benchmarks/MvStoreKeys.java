package io.containerstatus.benchmarks;

import java.nio.file.Path;
import java.util.Objects;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/** H2's MVStore, committed and synced after each put. */
final class MvStoreKeys implements DurableKeys, AutoCloseable {
    private final MVStore store;
    private final MVMap<String, byte[]> statuses;

    MvStoreKeys(Path folder) {
        store = new MVStore.Builder()
                .fileName(folder.resolve("keys.mv").toString())
                .autoCommitDisabled()
                .open();
        statuses = store.openMap("statuses");
    }

    @Override
    public void put(String key, byte[] document) {
        statuses.put(key, document);
        store.commit();
        store.sync();
    }

    @Override
    public byte[] get(String key) {
        return Objects.requireNonNull(statuses.get(key));
    }

    @Override
    public void close() {
        store.close();
    }
}
