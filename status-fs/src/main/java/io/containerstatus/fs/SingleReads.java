package io.containerstatus.fs;

import io.containerstatus.AmbiguousIdException;
import io.containerstatus.ContainerNotFoundException;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Reads a followed root without following it. Each subscription resolves the root and reads once. This class is
 * threadsafe.
 */
final class SingleReads {
    /** The limit of ids that are reported for an ambiguous prefix. */
    private static final int MATCHES_SHOWN = 5;

    private final FollowSettings settings;
    private final FileWork work;

    /** Starts no thread yet. */
    SingleReads(FollowSettings settings) {
        this.settings = settings;
        this.work = new FileWork(settings.ioScheduler());
    }

    /** Emits the status; completes empty if the container has none. */
    Mono<Status> status(String id) {
        return run(layout -> new StatusReader(layout, settings.maxFileSize()).read(id));
    }

    /** Emits the sorted ids that begin with the prefix. */
    Mono<List<String>> ids(String prefix) {
        return run(layout -> sorted(layout, prefix));
    }

    /** Emits the id that is equal to the text, or else the only one that begins with it. */
    Mono<String> id(String idOrPrefix) {
        return run(layout -> only(idOrPrefix, sorted(layout, idOrPrefix)));
    }

    private static List<String> sorted(Layout layout, String prefix) {
        List<String> ids = new Listing(layout).ids(prefix);
        ids.sort(null);
        return ids;
    }

    private static String only(String idOrPrefix, List<String> matches) {
        if (matches.isEmpty()) {
            throw new ContainerNotFoundException(idOrPrefix);
        }
        // The list is sorted: an id comes before longer ids that begin with it.
        String first = matches.get(0);
        if (matches.size() > 1 && !first.equals(idOrPrefix)) {
            throw new AmbiguousIdException(
                    idOrPrefix,
                    matches.stream().limit(MATCHES_SHOWN).toList(),
                    /* more= */ matches.size() > MATCHES_SHOWN);
        }
        return first;
    }

    private <T> Mono<T> run(Function<Layout, @Nullable T> read) {
        return work.run(() -> runNow(read), cause -> settings.unread("the I/O scheduler rejected the work", cause));
    }

    private <T> @Nullable T runNow(Function<Layout, @Nullable T> read) {
        try {
            Layout layout = Layout.resolve(settings.root());
            FollowedRootIdentity root = FollowedRootIdentity.of(layout.root());
            T result = read.apply(layout);
            // Without this check, a container would seem to be absent if the root is removed during the read.
            root.require();
            return result;
        } catch (StatusException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw settings.unread(IoReason.of(e), e);
        }
    }
}
