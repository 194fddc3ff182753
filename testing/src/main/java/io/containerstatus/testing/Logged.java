package io.containerstatus.testing;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Receives what a logger is given from its creation to its end: {@link System.Logger} leads to java.util.logging here. */
public final class Logged extends Handler implements AutoCloseable {
    private final List<LogRecord> records = new CopyOnWriteArrayList<>();
    private final Logger logger;
    private volatile boolean throwing;

    public Logged(String name) {
        logger = Logger.getLogger(name);
        logger.setUseParentHandlers(false);
        logger.addHandler(this);
    }

    /** Throws out of the logger from now on. */
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

    /** Returns level and message of each record. */
    public List<String> lines() {
        return records.stream()
                .map(one -> one.getLevel() + " " + one.getMessage())
                .toList();
    }

    /** Returns what was thrown in the records that say so, in their order. */
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
