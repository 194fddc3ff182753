package io.containerstatus.examples;

import io.containerstatus.StatusException;
import io.containerstatus.fs.FileCheckpoints;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
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
     * Emits every container, then each that was changed, or is gone, since the last look. What comes and goes between
     * two looks is not seen; within the process that owns the store, {@code changes()} tells all.
     */
    Flux<StatusLine> watch(Duration lookEvery) {
        return Flux.usingWhen(
                Mono.fromSupplier(() -> FileCheckpoints.at(root)),
                files -> Flux.interval(Duration.ZERO, lookEvery)
                        // A slow disk makes for fewer looks, not for a queue of them.
                        .onBackpressureDrop()
                        .concatMap(look -> lines(files).collectMap(StatusLine::id), /* prefetch= */ 0)
                        .scan(Looks.NONE, Looks::next)
                        .concatMapIterable(Looks::differences),
                FileCheckpoints::close);
    }

    private static Flux<StatusLine> lines(FileCheckpoints files) {
        return files.list().sort().flatMapSequential(id -> files.read(id)
                .map(status -> StatusLine.of(id, status))
                // Listed without a status; unless it was deleted since it was listed.
                .switchIfEmpty(files.list().filter(id::equals).next().map(StatusLine::missing))
                .onErrorResume(StatusException.class, failure -> Mono.just(StatusLine.unusable(id, failure))));
    }

    /** Two looks in a row. */
    private record Looks(Map<String, StatusLine> before, Map<String, StatusLine> now) {
        static final Looks NONE = new Looks(Map.of(), Map.of());

        Looks next(Map<String, StatusLine> next) {
            return new Looks(now, new TreeMap<>(next));
        }

        Iterable<StatusLine> differences() {
            Stream<StatusLine> changed = now.values().stream().filter(line -> !line.equals(before.get(line.id())));
            Stream<StatusLine> gone =
                    before.keySet().stream().filter(id -> !now.containsKey(id)).map(StatusLine::gone);
            return Stream.concat(changed, gone).toList();
        }
    }
}
