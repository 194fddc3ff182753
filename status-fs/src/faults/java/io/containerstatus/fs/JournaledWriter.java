package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.function.UnaryOperator;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The library with a journal in front of the files. All work runs on the caller's thread. No file is due by time. */
final class JournaledWriter implements Writer {
    private final Path root;
    private final JournalSettings settings;
    private final UnaryOperator<StatusCheckpoints> backEnd;
    private JournaledCheckpoints checkpoints;

    JournaledWriter(Path root, JournalSettings settings) {
        this(root, settings, UnaryOperator.identity());
    }

    /** Puts something between the journal and its files. */
    JournaledWriter(Path root, JournalSettings settings, UnaryOperator<StatusCheckpoints> backEnd) {
        this.root = root;
        this.settings = settings;
        this.backEnd = backEnd;
        this.checkpoints = checkpoints(root, settings, Schedulers.immediate(), backEnd);
    }

    static JournaledCheckpoints checkpoints(
            Path root, JournalSettings settings, Scheduler scheduler, UnaryOperator<StatusCheckpoints> backEnd) {
        FileCheckpoints files = FileCheckpoints.builder(root)
                .ioScheduler(scheduler)
                .clock(Clock.fixed(Instant.parse("2026-07-08T09:10:11Z"), ZoneOffset.UTC))
                .buildBehindJournal();
        return new JournaledCheckpoints(
                backEnd.apply(files), files.journalHome(), settings, scheduler, new ManualTimer());
    }

    @Override
    public void open() {
        found();
    }

    /** Opens the root, and returns what was found. */
    Opened found() {
        Opened opened = checkpoints.open().block();
        if (opened == null || !opened.access().writable()) {
            close();
            checkpoints = checkpoints(root, settings, Schedulers.immediate(), backEnd);
            throw new IllegalStateException("the root cannot be written: " + opened);
        }
        return opened;
    }

    @Override
    public void create(String id, Status status) {
        checkpoints.create(id, status).block();
    }

    @Override
    public void write(String id, Status status) {
        checkpoints.write(id, status).block();
    }

    @Override
    public void delete(String id) {
        checkpoints.delete(id).block();
    }

    @Override
    public void close() {
        checkpoints.close().block();
    }
}
