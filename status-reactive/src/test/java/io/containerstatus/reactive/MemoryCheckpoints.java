package io.containerstatus.reactive;

import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.spi.StatusCheckpoints;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A disk of the test's making: it keeps documents as a real one does, writes down every call, and answers when, where
 * and how the test says. It notices when the store breaks its side of the contract.
 */
final class MemoryCheckpoints implements StatusCheckpoints {
    private final Map<String, byte[]> disk = new ConcurrentHashMap<>();
    private final Map<String, Found> planned = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> underWay = new ConcurrentHashMap<>();
    private final Queue<Function<Step, Publisher<Void>>> script = new ConcurrentLinkedQueue<>();
    private final Queue<String> calls = new ConcurrentLinkedQueue<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private volatile Scheduler io = Schedulers.immediate();
    private volatile Mono<Access> opening = Mono.just(Access.WRITABLE);
    private volatile Mono<Void> closing = Mono.empty();
    private volatile boolean open;

    /** One write or deletion that was begun. */
    static final class Step {
        private final MemoryCheckpoints owner;
        private final String id;
        private final Runnable effect;

        private Step(MemoryCheckpoints owner, String id, Runnable effect) {
            this.owner = owner;
            this.id = id;
            this.effect = effect;
        }

        private void begin() {
            if (owner.counter(id).incrementAndGet() != 1) {
                owner.violations.add("two steps of " + id + " under way at once");
            }
        }

        private void end() {
            owner.counter(id).decrementAndGet();
        }
    }

    /** The next write or deletion, once it has arrived; it ends when the test ends it, on the thread that does so. */
    static final class Held {
        private volatile @Nullable Step step;
        private volatile @Nullable MonoSink<Void> sink;

        private Mono<Void> arrive(Step arrived) {
            return Mono.create(begun -> {
                arrived.begin();
                step = arrived;
                sink = begun;
            });
        }

        boolean hasArrived() {
            return sink != null;
        }

        /** The disk takes it. */
        void complete() {
            finish(true, MonoSink::success);
        }

        /** The disk is left as it was. */
        void fail(Throwable failure) {
            finish(false, waiting -> waiting.error(failure));
        }

        /** The disk takes it, and says that it did not. */
        void failAfterTheEffect(Throwable failure) {
            finish(true, waiting -> waiting.error(failure));
        }

        private void finish(boolean takesEffect, Consumer<MonoSink<Void>> signal) {
            Step waiting = step;
            MonoSink<Void> waitingSink = sink;
            if (waiting == null || waitingSink == null) {
                throw new AssertionError("no write or deletion has arrived here");
            }
            if (takesEffect) {
                waiting.effect.run();
            }
            waiting.end();
            signal.accept(waitingSink);
        }
    }

    // ---- The script

    /** From now on, each step ends on this scheduler; at first, on the thread that subscribes. */
    void answerOn(Scheduler scheduler) {
        io = scheduler;
    }

    /** The next step that nothing else is planned for waits for the test. */
    Held holdNext() {
        Held held = new Held();
        script.add(held::arrive);
        return held;
    }

    /** The next step that nothing else is planned for leaves the disk as it was and fails. */
    void failNext(Throwable failure) {
        script.add(step -> answer(step, false, sink -> sink.error(failure)));
    }

    /** The next step that nothing else is planned for changes the disk and fails. */
    void failNextAfterTheEffect(Throwable failure) {
        script.add(step -> answer(step, true, sink -> sink.error(failure)));
    }

    /** The next step that nothing else is planned for is answered so; the disk is left as it was. */
    void answerNext(Function<String, Publisher<Void>> answer) {
        script.add(step -> answer.apply(step.id));
    }

    void openWith(Mono<Access> answer) {
        opening = answer;
    }

    void closeWith(Mono<Void> answer) {
        closing = answer;
    }

    /** From now on, an opening finds this of its container. */
    void find(Found one) {
        disk.putIfAbsent(one.id(), new byte[0]);
        planned.put(one.id(), one);
    }

    void put(String id, Status status) {
        disk.put(id, StatusCodec.encode(status));
    }

    // ---- What it saw

    /** Returns what was called since the last time, such as {@code write web-1}. */
    List<String> takeCalls() {
        List<String> taken = new ArrayList<>();
        for (String call = calls.poll(); call != null; call = calls.poll()) {
            taken.add(call);
        }
        return taken;
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    @Nullable
    Status stored(String id) {
        byte[] document = disk.get(id);
        return document == null ? null : StatusCodec.decode(document);
    }

    // ---- The port

    @Override
    public Mono<Opened> open() {
        return Mono.defer(() -> {
            calls.add("open");
            return opening.doOnNext(access -> open = access.writable()).map(access -> new Opened(access, found()));
        });
    }

    private List<Found> found() {
        return disk.entrySet().stream()
                .map(entry -> found(entry.getKey(), entry.getValue()))
                .toList();
    }

    private Found found(String id, byte[] document) {
        Found one = planned.get(id);
        return one != null ? one : Found.of(id, StatusCodec.decode(document));
    }

    @Override
    public Publisher<Void> write(String id, Status status) {
        byte[] document = StatusCodec.encode(status);
        return step("write", id, () -> disk.put(id, document));
    }

    @Override
    public Publisher<Void> delete(String id) {
        return step("delete", id, () -> disk.remove(id));
    }

    @Override
    public Mono<Void> close() {
        return Mono.defer(() -> {
            calls.add("close");
            open = false;
            underWay.forEach((id, steps) -> {
                if (steps.get() != 0) {
                    violations.add("closed while a step of " + id + " was under way");
                }
            });
            return closing;
        });
    }

    private Publisher<Void> step(String call, String id, Runnable effect) {
        Function<Step, Publisher<Void>> planned = script.poll();
        Step step = new Step(this, id, effect);
        Publisher<Void> answer =
                planned != null ? planned.apply(step) : answer(step, /* takesEffect= */ true, MonoSink::success);
        return subscriber -> {
            calls.add(call + " " + id);
            if (open) {
                answer.subscribe(subscriber);
            } else {
                Mono.<Void>error(new NotWrittenException(id, "not open", null)).subscribe(subscriber);
            }
        };
    }

    private Mono<Void> answer(Step step, boolean takesEffect, Consumer<MonoSink<Void>> signal) {
        return Mono.create(sink -> {
            step.begin();
            io.schedule(() -> {
                if (takesEffect) {
                    step.effect.run();
                }
                step.end();
                signal.accept(sink);
            });
        });
    }

    private AtomicInteger counter(String id) {
        return underWay.computeIfAbsent(id, key -> new AtomicInteger());
    }
}
