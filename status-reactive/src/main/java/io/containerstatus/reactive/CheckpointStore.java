package io.containerstatus.reactive;

import static reactor.core.publisher.Operators.toCoreSubscriber;

import io.containerstatus.ContainerIds;
import io.containerstatus.ContainerState;
import io.containerstatus.OwnershipLostException;
import io.containerstatus.Status;
import io.containerstatus.StatusEvent;
import io.containerstatus.StoreClosedException;
import io.containerstatus.fs.internal.DroppedErrors;
import io.containerstatus.fs.internal.OperatorLog;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Access;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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

/**
 * A store on any adapter: its containers by id, each in its own lane. Operations of different containers do
 * not wait for each other.
 */
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
    /**
     * Set once the lanes that the first scan found have ended. A second scan then ends the lanes that were
     * added meanwhile.
     */
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
        String reason = notWritableReason();
        WriteHealth.Failure failing = reason == null && health.isFailing() ? last : null;
        return new StoreHealth(
                failing == null
                        ? reason
                        : "the last write failed: " + failing.failure().getMessage(),
                failing != null && !(failing.failure() instanceof OwnershipLostException),
                last == null ? null : last.failure(),
                last == null ? null : last.at(),
                health.uncertain(),
                outOfUse,
                pending,
                watching,
                closing,
                checkpoints.backlog());
    }

    /** Returns why nothing can be written, whatever the last write came to; null if there is no such reason. */
    private @Nullable String notWritableReason() {
        if (closing) {
            return "the store is closed";
        }
        if (!recovery.writable()) {
            return recovery.readOnlyReason();
        }
        Access access = checkpoints.access();
        return access.writable() ? null : access.reason();
    }

    /**
     * Returns a run for taking over a lane when there may be no memory left. The first such run is allocated
     * with the store.
     */
    LaneRun spareRun() {
        LaneRun run = spareRun.getAndSet(null);
        return run != null ? run : LaneRun.ofStore();
    }

    /**
     * Logs once for each container that it is out of use. Logs on the signal scheduler, because a logger may block.
     */
    void logOutOfUse(String id, Throwable reason) {
        if (loggedOutOfUse.add(id)) {
            context.signals()
                    .run(() -> OperatorLog.error(
                            CheckpointStore.class,
                            "container \"" + id
                                    + "\" is out of use until the store is opened again, because the virtual"
                                    + " machine failed in it",
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
            // Checked before the lane is created, because nobody would close it.
            throw new StoreClosedException();
        }
        return lane(id);
    }

    /** Returns the lane of this id. Creates it if it is absent. */
    ContainerLane lane(String id) {
        return lanes.getOrAdd(id, fresh -> ContainerLane.ofNew(this, fresh));
    }

    /**
     * Gives an operation to the lane that has replaced its own. If the store is sealed, fails the operation instead.
     */
    void move(Operation<?> operation, ContainerLane lane) {
        // The lane was added before this read. So either this read sees that the store is sealed, or the
        // second scan finds the lane.
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
    public List<StatusStorage> list(String prefix) {
        return lanes.live(Objects.requireNonNull(prefix, "prefix"))
                .<StatusStorage>map(lane -> lane)
                .toList();
    }

    @Override
    public Map<ContainerState, Integer> countByState() {
        Map<ContainerState, Integer> byState = new EnumMap<>(ContainerState.class);
        for (ContainerState state : ContainerState.values()) {
            byState.put(state, 0);
        }
        lanes.live("").forEach(lane -> byState.merge(lane.current().state(), 1, Integer::sum));
        return Collections.unmodifiableMap(byState);
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
    public Flux<StatusEvent> events(Delivery delivery) {
        return ChangeStreams.eventsOfStore(this, delivery);
    }

    @Override
    public Mono<Void> close() {
        Mono<Void> closed = Mono.defer(() -> {
            closing = true;
            // The close runs on a thread of its own, because a caller's stack may be nearly full and overflow
            // in the middle of it. If the stack is too full even to start a thread, the next call starts the close.
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
            // Without this error, the subscribers of the close would wait forever.
            ended.tryEmitError(thrown);
            Exceptions.throwIfJvmFatal(thrown);
        }
    }

    private void beginEnd() {
        endLanes()
                // The first scan misses an operation that is moving from a replaced lane to the new one.
                // Covered by CloseRaceTest.
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
