package io.containerstatus.benchmarks;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/** RocksDB with a synced log. Concurrent writers share a sync. */
final class RocksKeys implements DurableKeys, AutoCloseable {
    private final Options options = new Options().setCreateIfMissing(true);
    private final WriteOptions synced = new WriteOptions().setSync(true);
    private final RocksDB database;

    RocksKeys(Path folder) throws RocksDBException {
        RocksDB.loadLibrary();
        database = RocksDB.open(options, folder.toString());
    }

    @Override
    public void put(String key, byte[] document) throws RocksDBException {
        database.put(synced, key.getBytes(StandardCharsets.UTF_8), document);
    }

    @Override
    public byte[] get(String key) throws RocksDBException {
        return database.get(key.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        database.close();
        synced.close();
        options.close();
    }
}
