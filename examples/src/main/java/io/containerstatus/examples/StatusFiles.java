package io.containerstatus.examples;

import io.containerstatus.StatusException;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.fs.FollowedChange;
import io.containerstatus.fs.JournalContents;
import io.containerstatus.fs.StatusFollower;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * The statuses below a folder that any process may own, such as a running supervisor or a containerd. This
 * class takes no lock and writes nothing.
 */
final class StatusFiles {
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

    private final Path root;

    StatusFiles(Path root) {
        this.root = root;
    }

    /** Emits every container, ordered by id. For a container whose file is unusable, the line contains the failure. */
    Flux<StatusLine> list() {
        return Flux.usingWhen(
                Mono.fromSupplier(() -> FileCheckpoints.at(root)), StatusFiles::lines, FileCheckpoints::close);
    }

    /**
     * Emits every container, ordered by id, and then their changes. A slow terminal skips to the newest
     * status. In the process that owns the store, {@code changes()} can emit every change.
     *
     * <p>If the root is missing, or is removed, this waits for it, and then begins again with every
     * container. Deletions in between are not emitted.
     *
     * @param onWaiting called with the reason when the wait begins, and when the reason changes
     */
    Flux<StatusLine> watch(Consumer<String> onWaiting) {
        return Flux.defer(() -> {
            AtomicReference<String> reported = new AtomicReference<>("");
            return StatusFollower.at(root)
                    .changes()
                    .map(StatusFiles::line)
                    .doOnNext(line -> reported.set(""))
                    .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, RETRY_DELAY)
                            .filter(UnreadableStatusException.class::isInstance)
                            .doBeforeRetry(retry -> {
                                String reason = String.valueOf(retry.failure().getMessage());
                                if (!reason.equals(reported.getAndSet(reason))) {
                                    onWaiting.accept(reason);
                                }
                            }));
        });
    }

    /** Emits the records of the journal in their order, and then its damage. Emits nothing if there is no journal. */
    Flux<String> journal() {
        return Flux.usingWhen(
                Mono.fromSupplier(() -> FileCheckpoints.at(root)),
                checkpoints -> checkpoints.journal().flatMapIterable(StatusFiles::records),
                FileCheckpoints::close);
    }

    private static List<String> records(JournalContents journal) {
        List<String> lines = new ArrayList<>();
        for (JournalContents.Entry record : journal.records()) {
            StatusLine line = record.status() == null
                    ? StatusLine.gone(record.id())
                    : StatusLine.of(record.id(), record.status());
            lines.add(record.sequence() + " " + line);
        }
        journal.damage().forEach(damage -> lines.add("damaged: " + damage));
        return lines;
    }

    private static StatusLine line(FollowedChange change) {
        if (change instanceof FollowedChange.WithStatus usable) {
            return StatusLine.of(usable.id(), usable.current());
        }
        return change instanceof FollowedChange.WithFailure bad
                ? StatusLine.unusable(bad.id(), bad.failure())
                : StatusLine.gone(change.id());
    }

    private static Flux<StatusLine> lines(FileCheckpoints files) {
        return files.list().sort().flatMapSequential(id -> files.read(id)
                .map(status -> StatusLine.of(id, status))
                // The container has no status. If it is not listed any more, it was deleted in the meantime.
                .switchIfEmpty(files.list().filter(id::equals).next().map(StatusLine::missing))
                .onErrorResume(StatusException.class, failure -> Mono.just(StatusLine.unusable(id, failure))));
    }
}
