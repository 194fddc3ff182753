package io.containerstatus.benchmarks;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;

/**
 * SQLite with a write-ahead log that is synced at each commit. It allows one writer at a time, so one
 * connection with one prepared statement is the fastest use of it.
 */
final class SqliteKeys implements DurableKeys, AutoCloseable {
    private final Connection connection;
    private final PreparedStatement replace;

    SqliteKeys(Path folder) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        connection = config.createConnection("jdbc:sqlite:" + folder.resolve("keys.db"));
        try (var create = connection.createStatement()) {
            create.execute("create table statuses (id text primary key, document blob not null) without rowid");
        }
        replace = connection.prepareStatement("insert or replace into statuses values (?, ?)");
    }

    @Override
    public synchronized void put(String key, byte[] document) throws SQLException {
        replace.setString(1, key);
        replace.setBytes(2, document);
        replace.executeUpdate();
    }

    @Override
    public synchronized byte[] get(String key) throws SQLException {
        try (var select = connection.prepareStatement("select document from statuses where id = ?")) {
            select.setString(1, key);
            return select.executeQuery().getBytes(1);
        }
    }

    @Override
    public synchronized void close() throws SQLException {
        replace.close();
        connection.close();
    }
}
