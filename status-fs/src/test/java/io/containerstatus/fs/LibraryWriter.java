package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import reactor.core.scheduler.Schedulers;

/** The library itself. All work runs on the caller's thread. */
final class LibraryWriter implements Writer {
    private final Path root;
    private FileCheckpoints checkpoints;

    LibraryWriter(Path root) {
        this.root = root;
        checkpoints = newCheckpoints();
    }

    private FileCheckpoints newCheckpoints() {
        return FileCheckpoints.builder(root)
                .ioScheduler(Schedulers.immediate())
                .clock(Clock.fixed(Instant.parse("2026-07-08T09:10:11Z"), ZoneOffset.UTC))
                .build();
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
            checkpoints = newCheckpoints();
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

    List<String> list() {
        return checkpoints.list().collectList().blockOptional().orElseThrow();
    }

    /** Returns the status; empty if there is none. Fails as the library does. */
    Optional<Status> read(String id) throws StatusException {
        return checkpoints.read(id).blockOptional();
    }

    @Override
    public void close() {
        checkpoints.close().block();
    }
}
