package io.containerstatus.testing;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Captures the records of a logger, from the creation of this object until it is closed. In the tests,
 * {@link System.Logger} delegates to java.util.logging.
 */
public final class Logged extends Handler implements AutoCloseable {
    private final List<LogRecord> records = new CopyOnWriteArrayList<>();
    private final Logger logger;
    private volatile boolean throwing;

    public Logged(String name) {
        logger = Logger.getLogger(name);
        logger.setUseParentHandlers(false);
        logger.addHandler(this);
    }

    /** Makes the logger throw from now on. */
    public void throwAlways() {
        throwing = true;
    }

    @Override
    public void publish(LogRecord logged) {
        records.add(logged);
        if (throwing) {
            throw new IllegalStateException("thrown by the logger");
        }
    }

    /** Returns the level and the message of each record. */
    public List<String> lines() {
        return records.stream()
                .map(one -> one.getLevel() + " " + one.getMessage())
                .toList();
    }

    /** Returns the exceptions of all records that have one, in order. */
    public List<Throwable> causes() {
        return records.stream()
                .map(LogRecord::getThrown)
                .filter(Objects::nonNull)
                .toList();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
    }
}
