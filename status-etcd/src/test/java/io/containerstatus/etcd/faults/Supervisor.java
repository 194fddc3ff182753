package io.containerstatus.etcd.faults;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.OwnershipLostException;
import io.containerstatus.etcd.EtcdCheckpoints;
import io.containerstatus.etcd.faults.HistoryEntry.Outcome;
import io.containerstatus.spi.StatusCheckpoints.Found;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A supervisor. It opens the statuses of a node. Then it creates, changes and deletes each of its containers
 * repeatedly, all containers at the same time, until it is stopped or the ownership is lost. It records all
 * of this.
 */
final class Supervisor {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration BETWEEN_WRITES = Duration.ofMillis(2);
    private static final Duration AFTER_A_FAILURE = Duration.ofMillis(20);

    private final EtcdCheckpoints checkpoints;
    private final int epoch;
    private final List<String> ids;
    private final History history;
    private final Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
    private volatile @Nullable OwnershipLostException lost;
    private volatile boolean stopped;
    private Map<String, WriteNumber> found = Map.of();
    private @Nullable Mono<Void> work;

    Supervisor(EtcdCheckpoints checkpoints, int epoch, List<String> ids, History history) {
        this.checkpoints = checkpoints;
        this.epoch = epoch;
        this.ids = ids;
        this.history = history;
    }

    /** Takes over, and records what it finds. */
    Supervisor open() {
        long start = System.nanoTime();
        List<Found> containers =
                checkpoints.open().blockOptional(PATIENCE).orElseThrow().containers();
        found = containers.stream()
                .map(Found.Loaded.class::cast)
                .collect(Collectors.toMap(Found.Loaded::id, container -> WriteNumber.of(container.status())));
        for (String id : ids) {
            history.takeover(id, epoch, start);
            history.read(id, found.get(id), start);
        }
        return this;
    }

    /** Begins to write. */
    Supervisor begin() {
        work = Flux.fromIterable(ids)
                .flatMap(id -> new Container(id).live(), ids.size())
                .then()
                .cache();
        work.subscribe(none -> {}, unexpected::add);
        return this;
    }

    boolean isLost() {
        return lost != null;
    }

    EtcdCheckpoints checkpoints() {
        return checkpoints;
    }

    Queue<Throwable> unexpected() {
        return unexpected;
    }

    /** Ends the writes, and waits for those in progress. */
    void stop() {
        stopped = true;
        if (work != null) {
            work.block(PATIENCE);
        }
    }

    /** Waits until the supervisor has noticed the loss of the ownership. */
    void awaitLost() {
        if (work != null) {
            work.block(PATIENCE);
        }
        if (lost == null) {
            throw new AssertionError("the ownership is not lost");
        }
    }

    void close() {
        stop();
        checkpoints.close().block(PATIENCE);
    }

    /** One container, and what its supervisor knows of it. */
    private final class Container {
        private final String id;
        private final Random random;
        private int number;
        private boolean isThere;
        private boolean isCertain = true;

        Container(String id) {
            this.id = id;
            random = new Random(31L * epoch + id.hashCode());
            isThere = found.containsKey(id);
        }

        Mono<Void> live() {
            return Mono.defer(this::change)
                    .flatMap(outcome -> Mono.delay(
                            outcome == Outcome.ACKNOWLEDGED ? BETWEEN_WRITES : AFTER_A_FAILURE, Schedulers.parallel()))
                    .repeat(() -> !stopped && lost == null)
                    .then();
        }

        private Mono<Outcome> change() {
            WriteNumber stamp = new WriteNumber(epoch, ++number);
            boolean deletes = (isThere || !isCertain) && random.nextInt(8) == 0;
            Function<WriteNumber, Mono<Void>> write = deletes
                    ? one -> checkpoints.delete(id)
                    : isThere || !isCertain
                            ? one -> checkpoints.write(id, one.status())
                            : one -> checkpoints.create(id, one.status());
            history.begin(id, stamp, deletes);
            return write.apply(stamp)
                    .thenReturn(Outcome.ACKNOWLEDGED)
                    .onErrorResume(failure -> Mono.just(outcomeOf(failure)))
                    .doOnNext(outcome -> {
                        history.end(id, stamp, outcome);
                        if (outcome == Outcome.ACKNOWLEDGED) {
                            isThere = !deletes;
                        }
                        isCertain = outcome == Outcome.ACKNOWLEDGED || outcome == Outcome.NOT_WRITTEN && isCertain;
                    });
        }

        private Outcome outcomeOf(Throwable failure) {
            if (failure instanceof OwnershipLostException loss) {
                lost = loss;
                return Outcome.NOT_WRITTEN;
            } else if (failure instanceof NotWrittenException) {
                return Outcome.NOT_WRITTEN;
            } else if (failure instanceof IndeterminateWriteException) {
                if (failure.getCause() instanceof OwnershipLostException loss) {
                    lost = loss;
                }
                return Outcome.UNKNOWN;
            }
            unexpected.add(failure);
            return Outcome.UNKNOWN;
        }
    }
}
