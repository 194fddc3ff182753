package io.containerstatus.examples;

import io.containerstatus.StatusException;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.fs.FollowedChange;
import io.containerstatus.fs.StatusFollower;
import java.nio.file.Path;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The statuses below a folder, whoever owns it: a supervisor at work, a containerd. Takes no lock and writes nothing.
 */
final class StatusFiles {
    private final Path root;

    StatusFiles(Path root) {
        this.root = root;
    }

    /** Emits every container, ordered by id; one whose file is bad as just that. */
    Flux<StatusLine> list() {
        return Flux.usingWhen(
                Mono.fromSupplier(() -> FileCheckpoints.at(root)), StatusFiles::lines, FileCheckpoints::close);
    }

    /**
     * Emits every container, ordered by id, then what becomes of each. A slow terminal skips to the newest; within the
     * process that owns the store, {@code changes()} can tell all.
     */
    Flux<StatusLine> watch() {
        return StatusFollower.at(root).changes().map(StatusFiles::line);
    }

    private static StatusLine line(FollowedChange change) {
        if (change.current() != null) {
            return StatusLine.of(change.id(), change.current());
        }
        return change.failure() != null
                ? StatusLine.unusable(change.id(), change.failure())
                : StatusLine.gone(change.id());
    }

    private static Flux<StatusLine> lines(FileCheckpoints files) {
        return files.list().sort().flatMapSequential(id -> files.read(id)
                .map(status -> StatusLine.of(id, status))
                // Listed without a status; unless it was deleted since it was listed.
                .switchIfEmpty(files.list().filter(id::equals).next().map(StatusLine::missing))
                .onErrorResume(StatusException.class, failure -> Mono.just(StatusLine.unusable(id, failure))));
    }
}
