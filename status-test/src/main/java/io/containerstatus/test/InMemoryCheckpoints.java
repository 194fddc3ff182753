package io.containerstatus.test;

import io.containerstatus.ContainerIds;
import io.containerstatus.InvalidContainerIdException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.RootLockedException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.spi.StatusCheckpoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Checkpoints in memory that obey the test: they keep statuses as files do, also from one opening to the next, note every
 * call, and answer when and how the test says. As long as it says nothing, each call is answered at once, on the thread of
 * its subscriber, and succeeds.
 *
 * <pre>{@code
 * InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();
 * StatusStore store = StatusStore.builder(checkpoints).open().block();
 * checkpoints.failNext(new NotWrittenException("web-1", "disk full", null));
 * }</pre>
 *
 * <p>They keep to the contract of {@link StatusCheckpoints}. A creation is a write here. A status is kept as a file would
 * keep it, without its flags. There may be one owner at a time: a second opening fails with {@link RootLockedException}
 * until {@link #close} has completed. After that the same object can be opened again. {@link #another} is for a second
 * process.
 *
 * <p>What is planned with {@link #failNext}, {@link #failNextAfterTheEffect} and {@link #holdNext} is used up in this
 * order, by one write or deletion each, whatever its container, when it is subscribed to.
 *
 * <p>This class is threadsafe.
 */
public final class InMemoryCheckpoints implements StatusCheckpoints {
    private final Place place;
    private final Map<String, Step> underWay = new ConcurrentHashMap<>();
    private final Queue<Consumer<Step>> script = new ConcurrentLinkedQueue<>();
    private final Queue<String> calls = new ConcurrentLinkedQueue<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private volatile Scheduler scheduler = Schedulers.immediate();
    private volatile Duration delay = Duration.ZERO;
    private volatile Mono<Access> opening = Mono.just(Access.WRITABLE);
    private volatile Mono<Void> closing = Mono.empty();
    private volatile Access access = Access.readOnly("not open");

    /** What outlives each opening. */
    private static final class Place {
        final Map<String, Found> containers = new ConcurrentHashMap<>();
        final AtomicReference<@Nullable InMemoryCheckpoints> owner = new AtomicReference<>();
    }

    /** One write or deletion that was begun. */
    private final class Step {
        private final String id;
        private final Runnable effect;
        private final MonoSink<Void> caller;
        private final Sinks.Empty<Void> ended = Sinks.empty();

        Step(String id, Runnable effect, MonoSink<Void> caller) {
            this.id = id;
            this.effect = effect;
            this.caller = caller;
        }

        void begin() {
            if (underWay.putIfAbsent(id, this) != null) {
                violations.add("a change of " + id + " began before the one before had ended");
            }
        }

        /** Ends it on the scheduler; without a failure, as a success. */
        void answer(boolean takesEffect, @Nullable Throwable failure) {
            Runnable end = () -> end(takesEffect, failure);
            try {
                if (delay.isZero()) {
                    scheduler.schedule(end); // Which a scheduler without a clock can do, too.
                } else {
                    scheduler.schedule(end, delay.toNanos(), TimeUnit.NANOSECONDS);
                }
            } catch (RuntimeException | Error e) {
                end(/* takesEffect= */ false, new NotWrittenException(id, "the scheduler takes no work", e));
            }
        }

        void end(boolean takesEffect, @Nullable Throwable failure) {
            if (takesEffect) {
                effect.run();
            }
            underWay.remove(id, this);
            if (failure == null) {
                caller.success();
            } else {
                caller.error(failure);
            }
            ended.tryEmitEmpty();
        }
    }

    /**
     * A write or deletion that waits for the test, see {@link #holdNext}. Each of the methods that end it does so on the
     * calling thread, on which the store then goes on, and throws {@link IllegalStateException} when none has arrived here
     * or it was ended before. This class is threadsafe.
     */
    public static final class Held {
        private final AtomicReference<@Nullable Step> waiting = new AtomicReference<>();
        private volatile boolean arrived;

        private Held() {}

        private void arrive(Step step) {
            waiting.set(step);
            arrived = true;
        }

        /** Returns whether a write or deletion has arrived here; that does not change once it was ended. */
        public boolean hasArrived() {
            return arrived;
        }

        /** Ends it as a success, which takes effect. */
        public void complete() {
            take().end(/* takesEffect= */ true, null);
        }

        /** Ends it with this failure; what is stored is left as it was. */
        public void fail(Throwable failure) {
            take().end(/* takesEffect= */ false, Objects.requireNonNull(failure, "failure"));
        }

        /** Ends it with this failure though it takes effect, as a write may whose last step failed. */
        public void failAfterTheEffect(Throwable failure) {
            take().end(/* takesEffect= */ true, Objects.requireNonNull(failure, "failure"));
        }

        private Step take() {
            Step step = waiting.getAndSet(null);
            if (step == null) {
                throw new IllegalStateException("no write or deletion waits here");
            }
            return step;
        }
    }

    /** Creates a place without containers. Nobody owns it. */
    public InMemoryCheckpoints() {
        this(new Place());
    }

    private InMemoryCheckpoints(Place place) {
        this.place = place;
    }

    /** Returns another adapter for the same statuses, as another process has one: the two exclude each other. */
    public InMemoryCheckpoints another() {
        return new InMemoryCheckpoints(place);
    }

    // ---- What is stored

    /** Stores the status at once, as another program would, whether this is open or not. */
    public void put(String id, Status status) {
        put(Found.of(id, kept(status)));
    }

    private static Status kept(Status status) {
        return StatusCodec.decode(StatusCodec.encode(status));
    }

    /**
     * Has each opening find this, as another program may have left it: a status that is missing, corrupt, of another
     * version, or cannot be read, until a write or deletion of the container replaces it.
     */
    public void put(Found found) {
        place.containers.put(found.id(), found);
    }

    /** Returns the status that is stored; null if there is none that can be read. */
    public @Nullable Status stored(String id) {
        return place.containers.get(id) instanceof Found.Loaded loaded ? loaded.status() : null;
    }

    // ---- What the next changes come to

    /** Has the next write or deletion wait until the test ends it. It counts as begun. */
    public Held holdNext() {
        Held held = new Held();
        script.add(held::arrive);
        return held;
    }

    /**
     * Has the next write or deletion fail, and leaves what is stored as it was.
     *
     * @param failure {@link NotWrittenException} is what a careful adapter fails with in this case; any other one makes
     *     the caller uncertain, which the contract allows
     */
    public void failNext(Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        script.add(step -> step.answer(/* takesEffect= */ false, failure));
    }

    /**
     * Has the next write or deletion fail though it takes effect, as one whose last step failed.
     *
     * @param failure {@link io.containerstatus.IndeterminateWriteException} in an adapter that keeps to the contract
     */
    public void failNextAfterTheEffect(Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        script.add(step -> step.answer(/* takesEffect= */ true, failure));
    }

    /** From now on, each write and deletion that is not held ends on this scheduler, without a delay. */
    public void answerOn(Scheduler scheduler) {
        answerAfter(Duration.ZERO, scheduler);
    }

    /**
     * From now on, each write and deletion that is not held ends after this time, on this scheduler: a {@code
     * VirtualTimeScheduler}, for example. One that the scheduler refuses fails with {@link NotWrittenException}.
     *
     * @param delay not negative; 0 for at once
     */
    public void answerAfter(Duration delay, Scheduler scheduler) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("the delay is negative: " + delay);
        }
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.delay = delay;
    }

    // ---- What openings and closings come to

    /**
     * From now on, each opening subscribes to this and emits what was found when it emits: {@code
     * Mono.just(Access.readOnly(reason))} for a place that can only be read, {@code Mono.error(failure)} for one that
     * cannot be opened, {@code Mono.never()} for one that hangs. The place is owned only if the access is writable.
     */
    public void openWith(Mono<Access> answer) {
        opening = Objects.requireNonNull(answer, "answer");
    }

    /** From now on, each closing ends as this does, once nothing is under way; until then the place is owned. */
    public void closeWith(Mono<Void> answer) {
        closing = Objects.requireNonNull(answer, "answer");
    }

    /**
     * Takes the possibility to write away for as long as this is open, as a disk that was lost: each write and deletion
     * from now on fails with {@link NotWrittenException}, and {@link #access} gives the reason. The next opening is as
     * {@link #openWith} says.
     */
    public void becomeReadOnly(String reason) {
        access = Access.readOnly(reason);
    }

    // ---- What it saw

    /**
     * Returns what was subscribed to since the last time, oldest first: {@code "open"}, {@code "close"}, {@code "write
     * web-1"} for a creation or an update, and {@code "delete web-1"}.
     */
    public List<String> takeCalls() {
        List<String> taken = new ArrayList<>();
        for (String call = calls.poll(); call != null; call = calls.poll()) {
            taken.add(call);
        }
        return taken;
    }

    /**
     * Returns what the caller of this adapter did wrong so far, a sentence each: it began a change of a container before
     * the one before had ended, or it closed this while a change was under way, of which nobody may then hear. A store
     * does neither. Empty when it did nothing wrong.
     */
    public List<String> violations() {
        return List.copyOf(violations);
    }

    // ---- The port

    /** As {@link #openWith} says; by default at once, and writable. */
    @Override
    public Mono<Opened> open() {
        return Mono.defer(() -> {
            calls.add("open");
            return opening.map(this::own);
        });
    }

    private Opened own(Access obtained) {
        if (obtained.writable() && !place.owner.compareAndSet(null, this)) {
            throw new RootLockedException("in memory");
        }
        access = obtained;
        return new Opened(obtained, List.copyOf(place.containers.values()));
    }

    @Override
    public Access access() {
        return access;
    }

    @Override
    public Mono<Void> write(String id, Status status) {
        Objects.requireNonNull(status, "status");
        return Mono.defer(() -> {
            Status kept = kept(status);
            return change("write", id, () -> put(Found.of(id, kept)));
        });
    }

    @Override
    public Mono<Void> delete(String id) {
        return change("delete", id, () -> place.containers.remove(id));
    }

    private Mono<Void> change(String call, String id, Runnable effect) {
        return Mono.create(caller -> {
            if (!ContainerIds.isValid(id)) {
                caller.error(new InvalidContainerIdException(id));
                return;
            }
            calls.add(call + " " + id);
            Access now = access;
            if (!now.writable()) {
                caller.error(new NotWrittenException(id, Objects.requireNonNull(now.reason()), null));
                return;
            }
            Step step = new Step(id, effect, caller);
            step.begin();
            Consumer<Step> planned = script.poll();
            if (planned == null) {
                step.answer(/* takesEffect= */ true, null);
            } else {
                planned.accept(step);
            }
        });
    }

    /** Waits for what is under way, ends as {@link #closeWith} says, and gives up the place. */
    @Override
    public Mono<Void> close() {
        return Mono.defer(() -> {
            calls.add("close");
            access = Access.readOnly("closed");
            List<Mono<Void>> waitedFor = new ArrayList<>();
            underWay.forEach((id, step) -> {
                violations.add("closed while a change of " + id + " was under way");
                waitedFor.add(step.ended.asMono());
            });
            return Mono.when(waitedFor)
                    .then(Mono.defer(() -> closing))
                    .doOnTerminate(() -> place.owner.compareAndSet(this, null));
        });
    }
}
