package io.containerstatus.reactive;

import static reactor.core.publisher.Operators.toCoreSubscriber;

import io.containerstatus.ContainerIds;
import io.containerstatus.ContainerState;
import io.containerstatus.Status;
import io.containerstatus.StoreClosedException;
import io.containerstatus.fs.internal.DroppedErrors;
import io.containerstatus.fs.internal.OperatorLog;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Access;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.Context;

/** The containers of one root by id, each in its own lane; the store itself is in no one's way. */
final class CheckpointStore implements StatusStore {
    private final StatusCheckpoints checkpoints;
    private final StoreContext context;
    private final Recovery recovery;
    private final Lanes lanes = new Lanes();
    private final Subscribers subscribers = new Subscribers();
    private final WriteHealth health;
    private final AtomicReference<@Nullable LaneRun> spareRun = new AtomicReference<>(LaneRun.ofStore());
    private final Set<String> loggedOutOfUse = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean ending = new AtomicBoolean();
    private final Sinks.Empty<Void> ended = Sinks.empty();
    private volatile boolean closing;
    /** Set once every lane that could be seen has ended, before the last look for others. */
    private volatile boolean sealed;

    private volatile boolean closed;

    CheckpointStore(StatusCheckpoints checkpoints, StoreContext context, StatusRecovery recovered) {
        this.checkpoints = checkpoints;
        this.context = context;
        this.health = new WriteHealth(context.clock());
        this.recovery = recovered.report();
        recovered.forEach((id, status) -> lanes.add(ContainerLane.ofRecovered(this, id, status)));
    }

    StatusCheckpoints checkpoints() {
        return checkpoints;
    }

    StoreContext context() {
        return context;
    }

    Lanes lanes() {
        return lanes;
    }

    Subscribers subscribers() {
        return subscribers;
    }

    boolean isClosing() {
        return closing;
    }

    /** Returns whether no commit will follow, in any container. */
    boolean hasEnded() {
        return closed;
    }

    @Override
    public Recovery recovery() {
        return recovery;
    }

    @Override
    public StoreHealth health() {
        List<String> outOfUse = new ArrayList<>();
        long pending = 0;
        int watching = subscribers.count();
        for (ContainerLane lane : lanes.all()) {
            pending += lane.pending();
            watching += lane.subscribers().count();
            if (lane.outOfUse() != null) {
                outOfUse.add(lane.id());
            }
        }
        WriteHealth.Failure last = health.last();
        return new StoreHealth(
                notWritableReason(),
                last == null ? null : last.failure(),
                last == null ? null : last.at(),
                health.uncertain(),
                outOfUse,
                pending,
                watching,
                closing,
                checkpoints.backlog());
    }

    private @Nullable String notWritableReason() {
        if (closing) {
            return "the store is closed";
        }
        if (!recovery.writable()) {
            return recovery.readOnlyReason();
        }
        Access access = checkpoints.access();
        if (!access.writable()) {
            return access.reason();
        }
        WriteHealth.Failure last = health.last();
        return health.isFailing() && last != null
                ? "the last write failed: " + last.failure().getMessage()
                : null;
    }

    /** Returns a run for a lane that has to be taken over when no memory may be left; the first one was made before. */
    LaneRun spareRun() {
        LaneRun run = spareRun.getAndSet(null);
        return run != null ? run : LaneRun.ofStore();
    }

    /** Logs, once, that a container is out of use. On the signal scheduler: a logger may block. */
    void logOutOfUse(String id, Throwable reason) {
        if (loggedOutOfUse.add(id)) {
            context.signals()
                    .run(() -> OperatorLog.error(
                            CheckpointStore.class,
                            "container \"" + id
                                    + "\" is out of use until the store is opened again: the virtual machine"
                                    + " failed in it",
                            reason));
        }
    }

    WriteHealth writeHealth() {
        return health;
    }

    @Override
    public Mono<StatusStorage> create(String id, Status status) {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(status, "status");
        Sources.Create source =
                subscriber -> new CreateOperation(toCoreSubscriber(subscriber), status).start(() -> validLane(id));
        return Mono.fromDirect(source);
    }

    @Override
    public Mono<Void> delete(String id) {
        Objects.requireNonNull(id, "id");
        Sources.StoreDelete source =
                subscriber -> new DeleteOperation(toCoreSubscriber(subscriber)).start(() -> validLane(id));
        return Mono.fromDirect(source);
    }

    private ContainerLane validLane(String id) {
        ContainerIds.requireValid(id);
        if (closing) {
            // Before a lane is made that nobody would close.
            throw new StoreClosedException();
        }
        return lane(id);
    }

    /** Returns the lane of this id; makes one if there is none. */
    ContainerLane lane(String id) {
        return lanes.getOrAdd(id, fresh -> ContainerLane.ofNew(this, fresh));
    }

    /** Gives an operation that reached a lane out of use to the lane in use; at the very end of the store, fails it. */
    void move(Operation<?> operation, ContainerLane lane) {
        // The lane came before this look: either it is seen here that the end has come, or the end sees the lane.
        if (sealed && !(operation instanceof CloseOperation)) {
            operation.fail(new StoreClosedException());
            context.signals().run(operation::signal);
        } else {
            operation.release();
            lane.adopt(operation);
        }
    }

    void remove(ContainerLane lane) {
        lanes.remove(lane);
    }

    @Override
    public @Nullable StatusStorage get(String id) {
        return lanes.get(Objects.requireNonNull(id, "id"));
    }

    @Override
    public StatusStorage find(String idOrPrefix) {
        return lanes.find(Objects.requireNonNull(idOrPrefix, "idOrPrefix"));
    }

    @Override
    public List<StatusStorage> list() {
        return lanes.live("").<StatusStorage>map(lane -> lane).toList();
    }

    @Override
    public List<StatusStorage> list(ContainerState state) {
        Objects.requireNonNull(state, "state");
        return lanes.live("")
                .filter(lane -> lane.current().state() == state)
                .<StatusStorage>map(lane -> lane)
                .toList();
    }

    Collection<ContainerLane> liveLanes(String prefix) {
        return lanes.live(prefix).toList();
    }

    @Override
    public Flux<StatusChange> changes() {
        return changes(Delivery.latest());
    }

    @Override
    public Flux<StatusChange> changes(Delivery delivery) {
        return ChangeStreams.ofStore(this, delivery);
    }

    @Override
    public Mono<Void> close() {
        Mono<Void> closed = Mono.defer(() -> {
            closing = true;
            // On a thread of its own: a caller's stack may be nearly full, and would break the end off in its midst. If
            // it is too full even to start a thread, the next call begins the end.
            if (!ending.get() && !context.laneThreads().start(this::end)) {
                end();
            }
            return ended.asMono();
        });
        Sources.Close source = closed::subscribe;
        return Mono.fromDirect(source);
    }

    @Override
    public boolean isClosed() {
        return closing;
    }

    @Override
    public void dispose() {
        if (!closing) {
            close().subscribe(done -> {}, failure -> DroppedErrors.drop(failure, Context.empty()));
        }
    }

    private void end() {
        if (!ending.compareAndSet(false, true)) {
            return;
        }
        try {
            beginEnd();
        } catch (Throwable thrown) {
            // Nobody else would end it: better an end with an error than one that never comes.
            ended.tryEmitError(thrown);
            Exceptions.throwIfJvmFatal(thrown);
        }
    }

    private void beginEnd() {
        endLanes()
                // Operations on their way from a lane out of use to a new one were in neither. CloseRaceTest
                .then(Mono.fromRunnable(() -> sealed = true))
                .then(endLanes())
                .then(Mono.<Void>fromRunnable(() -> {
                    closed = true;
                    subscribers.end();
                    context.commitTimer().end();
                    context.laneThreads().end();
                }))
                .then(context.signals().end())
                .then(Mono.defer(() -> Mono.from(checkpoints.close())))
                .subscribe(done -> {}, ended::tryEmitError, ended::tryEmitEmpty);
    }

    private Mono<Void> endLanes() {
        return Mono.defer(() -> Flux.fromIterable(lanes.all())
                .filter(lane -> !lane.isClosed())
                .flatMap(ContainerLane::close, Integer.MAX_VALUE)
                .then());
    }
}
