package io.containerstatus.reactive;

import static io.containerstatus.reactive.StoreTest.CREATED;
import static io.containerstatus.reactive.StoreTest.PATIENCE;
import static io.containerstatus.reactive.StoreTest.pid;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.ContainerChange.Kind;
import io.containerstatus.Status;
import io.containerstatus.test.InMemoryCheckpoints;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import io.containerstatus.test.ManualScheduler;
import io.containerstatus.testing.FailingScheduler;
import io.containerstatus.testing.FailingScheduler.Moment;
import io.containerstatus.testing.FailingScheduler.Thrown;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Every call of a whole run to a signal scheduler fails in turn, in each way. Nevertheless, each Mono signals
 * once, and the same as without the fault; each subscriber receives every change, or the newest one, in order
 * and once, and then the end; and the store closes.
 */
@Tag("exhaustive")
@Timeout(value = 10, unit = TimeUnit.MINUTES) // Many rounds, on a machine that may be busy.
class SchedulerFaultsTest {
    /** Fewer than a caller may run for others, so that every signal waits for the test. */
    private static final int MANY = 250;

    private final SimultaneousThreads otherThread = new SimultaneousThreads(1);

    @AfterEach
    void endThread() {
        otherThread.end();
    }

    /** Where the failing scheduler is set. */
    enum Setting {
        OF_THE_BUILDER,
        OF_A_DELIVERY
    }

    @ParameterizedTest
    @EnumSource
    void noSignalIsLostAndNoneComesTwice(Setting setting, TestReporter reporter) throws Exception {
        Life dry = new Life(setting, -1, Thrown.REJECTED, Moment.BEFORE_TAKING);
        dry.run();
        int faults = 0;
        for (Thrown failure : Thrown.values()) {
            for (Moment moment : Moment.values()) {
                for (int call = 0; call < dry.failing.calls(); call++) {
                    Life life = new Life(setting, call, failure, moment);
                    try {
                        life.run();
                        life.assertSameSignalsAs(dry);
                    } catch (Throwable e) {
                        throw new AssertionError(failure + " " + moment + " " + call + ": " + e.getMessage(), e);
                    }
                    faults++;
                }
            }
        }
        reporter.publishEntry("faults", Integer.toString(faults));
        assertThat(faults).isGreaterThanOrEqualTo(setting == Setting.OF_THE_BUILDER ? 1500 : 200);
    }

    /** A whole run of a store, with several containers of the same id, one after the other. */
    private final class Life {
        final FailingScheduler failing;
        private final ManualScheduler threads = new ManualScheduler();
        private final InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();
        private final Delivery every;
        private final Delivery latest;
        private final StatusStore store;
        private final List<Recorder<?>> callers = new ArrayList<>();
        private final List<Recorder<StatusChange>> all = new ArrayList<>();
        private final List<Recorder<StatusChange>> newest = new ArrayList<>();
        private final List<Throwable> dropped = new ArrayList<>();

        Life(Setting setting, int call, Thrown failure, Moment moment) {
            failing = new FailingScheduler(threads).fail(call, failure, moment);
            boolean ofDelivery = setting == Setting.OF_A_DELIVERY;
            Scheduler signals = ofDelivery ? threads : failing;
            every = ofDelivery ? Delivery.every(10_000).on(failing) : Delivery.every(10_000);
            latest = ofDelivery ? Delivery.latest().on(failing) : Delivery.latest();
            store = Objects.requireNonNull(StatusStore.builder(checkpoints)
                    .signalScheduler(signals)
                    .laneThreads(0)
                    .commitTimer(new ManualCommitTimer())
                    .open()
                    .block(PATIENCE));
        }

        void run() throws Exception {
            Hooks.onErrorDropped(dropped::add);
            try {
                watch(store.changes(every), all);
                watch(store.changes(latest), newest);
                createAndUpdate();
                deleteAndCreateAgain();
                close();
                assertThat(dropped).isEmpty();
            } finally {
                Hooks.resetOnErrorDropped();
            }
        }

        private void createAndUpdate() throws Exception {
            call(store.create("web", CREATED));
            settle();
            StatusStorage web = store.find("web");
            watch(web.changes(every), all);
            watch(web.changes(latest), newest);
            settle();
            assertNewestIs(Kind.SNAPSHOT, 1, newest.get(1));

            Held write = checkpoints.holdNext();
            call(web.updateSync(pid(1)));
            call(web.updateSync(pid(2)));
            call(web.update(status -> status.toBuilder().message("m").build()));
            call(web.updateSync(pid(4)));
            call(web.update(status -> {
                throw new IllegalStateException("refused");
            }));
            otherThread.run(write::complete);
            settle();
            assertNewest(web);

            // Operations from the signals of other operations, and from a function.
            call(web.updateSync(pid(5))
                    .flatMap(status -> web.update(pid(6)))
                    .flatMap(status -> web.updateSync(pid(7))));
            settle();
            assertNewest(web);
            call(web.await(status -> status.pid() == 8));
            call(web.update(pid(8)));
            settle();
            assertNewest(web);
            UnaryOperator<Status> calling = status -> {
                for (int i = 0; i < MANY; i++) {
                    call(web.update(pid(100 + i)));
                }
                call(web.updateSync(pid(9)));
                return pid(99).apply(status);
            };
            call(web.update(calling));
            settle();
            assertNewest(web);
        }

        private void deleteAndCreateAgain() throws Exception {
            Held deletion = checkpoints.holdNext();
            call(store.find("web").delete());
            call(store.create("web", CREATED));
            otherThread.run(deletion::complete);
            settle();
            StatusStorage web = store.find("web");
            assertThat(web.revision()).isEqualTo(1);
            assertThat(newest.get(1).changes()).last().returns(Kind.DELETED, StatusChange::kind);
            watch(web.changes(every), all);
            watch(web.changes(latest), newest);
            settle();
            call(web.updateSync(pid(1)));
            settle();
            assertNewestIs(Kind.UPDATED, 2, newest.get(2));
        }

        private void close() throws Exception {
            Held last = checkpoints.holdNext();
            call(store.find("web").updateSync(pid(2)));
            call(store.find("web").await(status -> false));
            CompletableFuture<Void> closed = store.close().toFuture();
            otherThread.run(last::complete);
            settle();
            assertThat(closed).succeedsWithin(PATIENCE);
            settle();
            assertNewestIs(Kind.UPDATED, 3, newest.get(2));
        }

        private void call(Mono<?> operation) {
            callers.add(subscribed(operation));
        }

        private void watch(Flux<StatusChange> changes, List<Recorder<StatusChange>> watchers) {
            Recorder<StatusChange> watcher = new Recorder<>();
            changes.subscribe(watcher);
            watchers.add(watcher);
        }

        private <T> Recorder<T> subscribed(Mono<T> operation) {
            Recorder<T> caller = new Recorder<>();
            operation.subscribe(caller);
            return caller;
        }

        /** Lets all threads of the scheduler finish their tasks. */
        private void settle() {
            threads.runAll();
        }

        private void assertNewest(StatusStorage web) {
            for (Recorder<StatusChange> watcher : newest) {
                assertNewestIs(Kind.UPDATED, web.revision(), watcher);
            }
        }

        private void assertNewestIs(Kind kind, long revision, Recorder<StatusChange> watcher) {
            assertThat(watcher.changes()).last().satisfies(change -> {
                assertThat(change.kind()).isEqualTo(kind);
                assertThat(change.revision()).isEqualTo(revision);
            });
        }

        void assertSameSignalsAs(Life dry) {
            assertThat(signals(callers)).isEqualTo(signals(dry.callers));
            assertThat(signals(all)).isEqualTo(signals(dry.all));
            for (Recorder<StatusChange> watcher : newest) {
                assertThat(watcher.signals).last().isEqualTo("complete");
                assertThat(watcher.signals).containsOnlyOnce("complete");
                assertInOrder(watcher.changes());
            }
        }

        private void assertInOrder(List<StatusChange> changes) {
            for (int i = 1; i < changes.size(); i++) {
                StatusChange before = changes.get(i - 1);
                StatusChange change = changes.get(i);
                boolean isNext = before.kind() == Kind.DELETED
                        ? change.kind() == Kind.CREATED
                        : change.revision() == before.revision() + 1 + change.skipped();
                assertThat(isNext).as("%s after %s", change, before).isTrue();
            }
        }

        private List<List<String>> signals(List<? extends Recorder<?>> recorders) {
            return recorders.stream().map(one -> List.copyOf(one.signals)).toList();
        }
    }

    /** Keeps every signal, even those that break the rules. Requests one after the other. */
    private static final class Recorder<T> implements CoreSubscriber<T> {
        final List<String> signals = new ArrayList<>();
        private final List<T> values = new ArrayList<>();
        private Subscription subscription;

        List<T> changes() {
            return values;
        }

        @Override
        public void onSubscribe(Subscription made) {
            subscription = made;
            made.request(1);
        }

        @Override
        public void onNext(T value) {
            values.add(value);
            signals.add(text(value));
            subscription.request(1);
        }

        private static String text(Object value) {
            if (value instanceof StatusChange change) {
                return change.kind() + " " + change.revision() + " "
                        + change.current().pid();
            }
            return value instanceof Status status ? "pid " + status.pid() : "a container";
        }

        @Override
        public void onError(Throwable failure) {
            signals.add(failure.toString());
        }

        @Override
        public void onComplete() {
            signals.add("complete");
        }
    }
}
