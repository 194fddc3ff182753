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
 * Checkpoints in memory that the test controls. They keep statuses as files do, even from one opening to the
 * next. They record every call, and answer it when and how the test decides. By default, each call succeeds
 * at once, on the thread of its subscriber.
 *
 * <pre>{@code
 * InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();
 * StatusStore store = StatusStore.builder(checkpoints).open().block();
 * checkpoints.failNext(new NotWrittenException("web-1", "disk full", null)); }</pre>
 *
 * <p>They fulfil the contract of {@link StatusCheckpoints}. A creation is the same as a write. A status is stored as
 * in a file, without its flags. There is at most one owner at a time: a second opening fails with
 * {@link RootLockedException} until {@link #close} has completed. Then the same object can be opened again. To
 * simulate a second process, use {@link #another}.
 *
 * <p>{@link #failNext}, {@link #failNextAfterTheEffect} and {@link #holdNext} each plan the result of one
 * write or deletion. When a write or deletion of any container is subscribed to, it uses up the oldest plan.
 *
 * <p>This class is threadsafe.
 */
public final class InMemoryCheckpoints implements StatusCheckpoints {
    private final Storage storage;
    private final Map<String, Step> underWay = new ConcurrentHashMap<>();
    private final Queue<Consumer<Step>> script = new ConcurrentLinkedQueue<>();
    private final Queue<String> calls = new ConcurrentLinkedQueue<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private volatile Scheduler scheduler = Schedulers.immediate();
    private volatile Duration delay = Duration.ZERO;
    private volatile Mono<Access> opening = Mono.just(Access.WRITABLE);
    private volatile Mono<Void> closing = Mono.empty();
    private volatile Access access = Access.readOnly("not open");

    /** The data that is kept from one opening to the next. */
    private static final class Storage {
        final Map<String, Found> containers = new ConcurrentHashMap<>();
        final AtomicReference<@Nullable InMemoryCheckpoints> owner = new AtomicReference<>();
    }

    /** One write or deletion that has begun. */
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
                violations.add("a change of " + id + " began before the previous one had ended");
            }
        }

        /** Ends the change on the scheduler: with this failure, or successfully if it is null. */
        void answer(boolean takesEffect, @Nullable Throwable failure) {
            Runnable end = () -> end(takesEffect, failure);
            try {
                if (delay.isZero()) {
                    scheduler.schedule(end); // A scheduler without a clock can do this, too.
                } else {
                    scheduler.schedule(end, delay.toNanos(), TimeUnit.NANOSECONDS);
                }
            } catch (RuntimeException | Error e) {
                end(/* takesEffect= */ false, new NotWrittenException(id, "the scheduler rejected the work", e));
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
     * A write or deletion that waits for the test, see {@link #holdNext}. The methods {@link #complete},
     * {@link #fail} and {@link #failAfterTheEffect} end it on the calling thread, and the store continues on that
     * thread. They throw {@link IllegalStateException} if no write or deletion has arrived yet, or if it has already
     * been ended. This class is threadsafe.
     */
    public static final class Held {
        private final AtomicReference<@Nullable Step> waiting = new AtomicReference<>();
        private volatile boolean arrived;

        private Held() {}

        private void arrive(Step step) {
            waiting.set(step);
            arrived = true;
        }

        /** Returns whether a write or deletion has arrived; also true after it has ended. */
        public boolean hasArrived() {
            return arrived;
        }

        /** Lets the write or deletion take effect, and ends it successfully. */
        public void complete() {
            take().end(/* takesEffect= */ true, null);
        }

        /** Ends the write or deletion with this failure, without an effect. */
        public void fail(Throwable failure) {
            take().end(/* takesEffect= */ false, Objects.requireNonNull(failure, "failure"));
        }

        /** Lets the write or deletion take effect, and ends it with this failure, as if its last step had failed. */
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

    /** Creates an empty storage without an owner. */
    public InMemoryCheckpoints() {
        this(new Storage());
    }

    private InMemoryCheckpoints(Storage storage) {
        this.storage = storage;
    }

    /**
     * Returns another adapter for the same storage, as in another process. Only one of the two can own the
     * storage at a time.
     */
    public InMemoryCheckpoints another() {
        return new InMemoryCheckpoints(storage);
    }

    // ---- The storage

    /** Stores the status at once, as another program would, whether or not this adapter is open. */
    public void put(String id, Status status) {
        put(Found.of(id, kept(status)));
    }

    private static Status kept(Status status) {
        return StatusCodec.decode(StatusCodec.encode(status));
    }

    /**
     * Stores this entry at once, as another program would. Its status may be readable, missing, corrupt, of another
     * version or unreadable. Each opening finds it until a write or deletion of the container replaces it.
     */
    public void put(Found found) {
        storage.containers.put(found.id(), found);
    }

    /** Returns the stored status; null if there is none, or if it cannot be read. */
    public @Nullable Status stored(String id) {
        return storage.containers.get(id) instanceof Found.Loaded loaded ? loaded.status() : null;
    }

    // ---- The results of the next changes

    /**
     * Makes the next write or deletion wait until the test ends it. It has begun, so a cancellation does not stop it.
     */
    public Held holdNext() {
        Held held = new Held();
        script.add(held::arrive);
        return held;
    }

    /**
     * Makes the next write or deletion fail without taking effect.
     *
     * @param failure the failure that is signalled. By the contract, {@link NotWrittenException} says that the change
     *     took no effect. From any other failure, the caller cannot conclude that
     */
    public void failNext(Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        script.add(step -> step.answer(/* takesEffect= */ false, failure));
    }

    /**
     * Makes the next write or deletion take effect and then fail, as if its last step had failed.
     *
     * @param failure the failure that is signalled. The contract requires
     *     {@link io.containerstatus.IndeterminateWriteException} here
     */
    public void failNextAfterTheEffect(Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        script.add(step -> step.answer(/* takesEffect= */ true, failure));
    }

    /** From now on, each write and deletion ends on this scheduler, without a delay, unless it is held. */
    public void answerOn(Scheduler scheduler) {
        answerAfter(Duration.ZERO, scheduler);
    }

    /**
     * From now on, each write and deletion ends on this scheduler, after this delay, unless it is held. The
     * scheduler may be a {@code VirtualTimeScheduler}. If the scheduler refuses the task, the write or
     * deletion fails with {@link NotWrittenException}.
     *
     * @param delay not negative; 0 means at once
     * @throws IllegalArgumentException if the delay is negative
     */
    public void answerAfter(Duration delay, Scheduler scheduler) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("the delay is negative: " + delay);
        }
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.delay = delay;
    }

    // ---- The results of openings and closes

    /**
     * From now on, each opening subscribes to this Mono. When the Mono emits an access, the opening emits
     * that access and the containers. Use {@code Mono.just(Access.readOnly(reason))} for a storage that can
     * only be read, {@code Mono.error(failure)} for one that cannot be opened, and {@code Mono.never()} for
     * one that hangs. The opening takes ownership only if the access is writable.
     */
    public void openWith(Mono<Access> answer) {
        opening = Objects.requireNonNull(answer, "answer");
    }

    /**
     * From now on, each close waits until no change is in progress, then subscribes to this Mono, and ends as
     * the Mono does. Ownership is given up when the Mono ends.
     */
    public void closeWith(Mono<Void> answer) {
        closing = Objects.requireNonNull(answer, "answer");
    }

    /**
     * Makes this adapter unable to write until it is closed, as if its disk were lost. From now on, each write and
     * deletion fails with {@link NotWrittenException}, and {@link #access} returns the reason. The result of the next
     * opening depends only on {@link #openWith}.
     */
    public void becomeReadOnly(String reason) {
        access = Access.readOnly(reason);
    }

    // ---- The record of calls

    /**
     * Returns the subscriptions since the last call of this method, oldest first: {@code "open"},
     * {@code "close"}, {@code "write web-1"} for a creation or an update, and {@code "delete web-1"}.
     */
    public List<String> takeCalls() {
        List<String> taken = new ArrayList<>();
        for (String call = calls.poll(); call != null; call = calls.poll()) {
            taken.add(call);
        }
        return taken;
    }

    /**
     * Returns the mistakes of this adapter's caller so far, each as one sentence. Empty if there was none. There are
     * two possible mistakes: to begin a change of a container before the previous one has ended, and to close this
     * adapter while a change is in progress, because its result may then be lost. A store makes neither mistake.
     */
    public List<String> violations() {
        return List.copyOf(violations);
    }

    // ---- The port

    /** Opens as {@link #openWith} decides; by default at once, and writable. */
    @Override
    public Mono<Opened> open() {
        return Mono.defer(() -> {
            calls.add("open");
            return opening.map(this::own);
        });
    }

    private Opened own(Access obtained) {
        if (obtained.writable() && !storage.owner.compareAndSet(null, this)) {
            throw new RootLockedException("in memory");
        }
        access = obtained;
        return new Opened(obtained, List.copyOf(storage.containers.values()));
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
        return change("delete", id, () -> storage.containers.remove(id));
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

    /** Waits for the changes in progress, ends as {@link #closeWith} decides, and gives up ownership. */
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
                    .doOnTerminate(() -> storage.owner.compareAndSet(this, null));
        });
    }
}
