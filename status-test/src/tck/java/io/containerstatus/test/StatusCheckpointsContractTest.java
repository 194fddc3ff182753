package io.containerstatus.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedMethod;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.CorruptStatusException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.RootLockedException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusTooLargeException;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * Checks that each test of the contract detects an adapter with exactly the mistake that it is about, and
 * that no test fails for a correct adapter.
 */
class StatusCheckpointsContractTest {
    private static final Duration SOON = Duration.ofMillis(20);

    /** Turns a correct adapter into the one for the running test. */
    private static UnaryOperator<StatusCheckpoints> adapter = UnaryOperator.identity();

    /** The mistakes of wrong adapters, by the contract's test that detects them. */
    private final Map<String, Consumer<WrongAdapter>> wrong = new LinkedHashMap<>();

    /** The contract, on memory. Only the tests below run it. */
    static final class OnMemory extends StatusCheckpointsContract {
        private static final int LIMIT = 1000;

        private final InMemoryCheckpoints storage = new InMemoryCheckpoints();
        private Access access = Access.WRITABLE;

        @Override
        protected StatusCheckpoints create() {
            InMemoryCheckpoints another = storage.another();
            another.openWith(Mono.fromSupplier(() -> access));
            return adapter.apply(new Limited(another));
        }

        @Override
        protected void damage(String id) {
            storage.put(Found.failed(id, new CorruptStatusException("torn", 0)));
        }

        @Override
        protected void makeReadOnly() {
            access = Access.readOnly("write-protected");
        }

        @Override
        protected Status tooLarge() {
            return Status.builder().message("x".repeat(LIMIT)).build();
        }

        @Override
        protected Duration patience() {
            return Duration.ofSeconds(3);
        }
    }

    /** Refuses a status that is too large. */
    private static final class Limited extends DelegatingCheckpoints {
        Limited(StatusCheckpoints behind) {
            super(behind);
        }

        @Override
        public void requireStorable(String id, Status status) {
            int size = StatusCodec.encode(status).length;
            if (size > OnMemory.LIMIT) {
                throw new StatusTooLargeException(id, size, OnMemory.LIMIT);
            }
        }

        @Override
        public Publisher<Void> create(String id, Status status) {
            return write(id, status);
        }

        @Override
        public Publisher<Void> write(String id, Status status) {
            return Mono.fromRunnable(() -> requireStorable(id, status)).then(Mono.from(super.write(id, status)));
        }
    }

    @Test
    void aRightAdapterPassesEachTest() {
        TestExecutionSummary summary = run(UnaryOperator.identity(), selectClass(OnMemory.class));

        assertThat(summary.getFailures()).isEmpty();
        assertThat(summary.getTestsSucceededCount()).isEqualTo(contractTests().size());
    }

    @Test
    void eachTestHasAnAdapterThatItFinds() {
        addAll();
        assertThat(wrong.keySet()).containsExactlyInAnyOrderElementsOf(contractTests());
    }

    @TestFactory
    Stream<DynamicTest> finds() {
        addAll();
        return wrong.entrySet().stream()
                .map(one -> dynamicTest(one.getKey(), () -> assertFinds(one.getKey(), one.getValue())));
    }

    private static void assertFinds(String test, Consumer<WrongAdapter> mistake) throws ClassNotFoundException {
        String[] name = test.split("\\.", 2);
        Class<?> group = Class.forName(StatusCheckpointsContract.class.getName() + "$" + name[0]);
        TestExecutionSummary summary = run(
                right -> {
                    WrongAdapter adapter = new WrongAdapter(right);
                    mistake.accept(adapter);
                    return adapter;
                },
                selectNestedMethod(List.of(OnMemory.class), group, name[1]));

        assertThat(summary.getTestsStartedCount()).isEqualTo(1);
        assertThat(summary.getFailures()).hasSize(1);
    }

    private static TestExecutionSummary run(UnaryOperator<StatusCheckpoints> adapters, DiscoverySelector selector) {
        adapter = adapters;
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selector)
                                .build(),
                        listener);
        return listener.getSummary();
    }

    private static List<String> contractTests() {
        return Stream.of(StatusCheckpointsContract.class.getDeclaredClasses())
                .flatMap(group -> Stream.of(group.getDeclaredMethods())
                        .filter(method -> method.isAnnotationPresent(Test.class))
                        .map(method -> group.getSimpleName() + "." + method.getName()))
                .toList();
    }

    // ---- The wrong adapters

    private void addAll() {
        addWrongOpenings();
        addWrongFindings();
        addWrongCreations();
        addWrongUpdates();
        addWrongDeletions();
        addWrongRefusals();
        addWrongClosings();
    }

    private void addWrongOpenings() {
        wrong.put(
                "Open.emitsOneAccessAndCompletes",
                one -> one.opening = right -> Flux.from(right).flatMap(opened -> Flux.just(opened, opened)));
        wrong.put(
                "Open.emitsNothingBeforeItIsRequested",
                one -> one.opening = right -> subscriber -> Flux.from(right).subscribe(opened -> {
                    subscriber.onSubscribe(Operators.emptySubscription());
                    subscriber.onNext(opened);
                    subscriber.onComplete();
                }));
        wrong.put("Open.nothingIsOpenedBeforeTheSubscription", one -> one.opening = right -> hot(Mono.from(right)));
        wrong.put(
                "Open.aSecondOwnerIsRefusedUntilTheFirstHasClosed",
                one -> one.opening = right -> Flux.from(right)
                        .onErrorReturn(RootLockedException.class, new Opened(Access.WRITABLE, List.of())));
        List<WrongAdapter> all = new ArrayList<>();
        wrong.put("Open.theCloseOfARefusedAdapterKeepsTheOwner", one -> {
            all.add(one);
            one.closing = right ->
                    Mono.when(all.stream().map(WrongAdapter::closeRightly).toList());
        });
        wrong.put("Open.theCloseReleasesWhatACancelledOpeningTook", one -> {
            AtomicBoolean owns = new AtomicBoolean();
            one.opening = right -> Mono.from(right).delayElement(SOON).doOnNext(opened -> owns.set(true));
            one.closing = right -> Mono.defer(() -> owns.get() ? right : Mono.empty());
        });
        wrong.put(
                "AThreadThatMayNotBlock.canSubscribeToEachOperation",
                one -> one.update = (id, status, right) ->
                        Mono.fromSupplier(() -> right.delaySubscription(SOON).block()));
        wrong.put(
                "AThreadThatMayNotBlock.canReadTheAccess",
                one -> one.access = right -> Mono.just(right).delayElement(SOON).block());
    }

    private void addWrongFindings() {
        wrong.put("Open.findsNothingInANewStorage", finding((found, behind) -> {
            found.add(Found.missing("lock"));
            return found;
        }));
        wrong.put("Open.findsEachContainerOnceAndNoLeftovers", finding((found, behind) -> {
            found.addAll(List.copyOf(found));
            return found;
        }));
        AtomicInteger openings = new AtomicInteger();
        wrong.put(
                "Open.changesNothing", finding((found, behind) -> openings.incrementAndGet() > 2 ? List.of() : found));
        wrong.put("Open.aDamagedStatusIsReportedAndStopsNoOther", finding((found, behind) -> {
            found.removeIf(this::isDamaged);
            return found;
        }));
        wrong.put("Open.aDamagedStatusStaysUnchanged", finding((found, behind) -> {
            found.stream().filter(this::isDamaged).forEach(damaged -> Mono.from(behind.delete(damaged.id()))
                    .subscribe());
            return found;
        }));
    }

    private boolean isDamaged(Found found) {
        return found instanceof Found.Failed;
    }

    /** Changes the containers that an opening finds. */
    private static Consumer<WrongAdapter> finding(BiFunction<List<Found>, StatusCheckpoints, List<Found>> change) {
        return one -> one.opening = right -> Mono.from(right)
                .map(opened -> new Opened(
                        opened.access(), change.apply(new ArrayList<>(opened.containers()), one), opened.leftovers()));
    }

    private void addWrongCreations() {
        wrong.put(
                "Create.theNextOwnerFindsACreatedContainer", one -> one.creation = (id, status, right) -> Mono.empty());
        Set<String> known = new HashSet<>();
        wrong.put(
                "Create.aDeletedContainerCanBeCreatedAgain",
                one -> one.creation =
                        (id, status, right) -> known.add(id) ? right : Mono.error(new AlreadyExistsException(id)));
        wrong.put("Create.aCreatedContainerCanBeWrittenAndDeleted", one -> {
            Set<String> fresh = new HashSet<>();
            one.creation = (id, status, right) -> right.doOnSuccess(done -> fresh.add(id));
            one.update = (id, status, right) -> fresh.contains(id) ? Mono.empty() : right;
        });
        Set<String> created = new HashSet<>();
        wrong.put(
                "Create.anExistingStatusIsReplacedOrTheCreationIsRefused",
                one -> one.creation = (id, status, right) ->
                        created.add(id) ? right : right.then(Mono.error(new AlreadyExistsException(id))));
        wrong.put(
                "Create.aDamagedStatusIsReplaced",
                onDamaged((one, damaged) -> one.creation = (id, status, right) ->
                        damaged.contains(id) ? Mono.error(new AlreadyExistsException(id)) : right));
        wrong.put(
                "Create.nothingIsCreatedBeforeTheSubscription",
                one -> one.creation = (id, status, right) -> hot(right));
        wrong.put("Create.manyContainersAreCreatedAtTheSameTime", this::takesOneChangeAtATime);
    }

    private void addWrongUpdates() {
        wrong.put("Write.theNextOwnerFindsAWrittenStatus", finding((found, behind) -> found.stream()
                .map(Found.Loaded.class::cast)
                .<Found>map(one ->
                        Found.of(one.id(), one.status().toBuilder().reason("").build()))
                .toList()));
        Map<String, Status> flagged = new HashMap<>();
        wrong.put("Write.theFlagsAreNotStored", one -> {
            one.update = (id, status, right) -> right.doOnSuccess(done -> flagged.put(id, status));
            finding((found, behind) -> found.stream()
                            .map(each -> Found.of(each.id(), flagged.get(each.id())))
                            .toList())
                    .accept(one);
        });
        wrong.put("Write.nothingIsWrittenBeforeTheSubscription", one -> one.update = (id, status, right) -> hot(right));
        wrong.put("Write.eachSubscriptionWritesAgain", one -> one.update = (id, status, right) -> right.cache());
        wrong.put(
                "Write.aCancelledWriteLeavesTheOldOrTheNewStatus",
                one -> one.update =
                        (id, status, right) -> Mono.from(one.delete(id)).then(right.delaySubscription(SOON)));
        wrong.put(
                "Write.aDamagedStatusIsReplaced",
                onDamaged((one, damaged) ->
                        one.update = (id, status, right) -> damaged.contains(id) ? Mono.empty() : right));
        wrong.put("Write.manyContainersAreChangedAtTheSameTime", this::takesOneChangeAtATime);
    }

    private void takesOneChangeAtATime(WrongAdapter one) {
        AtomicReference<String> busy = new AtomicReference<>();
        one.changes((id, status, right) -> Mono.defer(() -> busy.compareAndSet(null, id)
                ? right.delaySubscription(SOON).doFinally(end -> busy.set(null))
                : Mono.error(new NotWrittenException(id, "busy", null))));
    }

    private void addWrongDeletions() {
        wrong.put("Delete.aDeletedStatusIsGone", one -> one.deletion = (id, status, right) -> Mono.empty());
        wrong.put(
                "Delete.nothingIsDeletedBeforeTheSubscription",
                one -> one.deletion = (id, status, right) -> hot(right));
        wrong.put("Delete.deletingAnAbsentContainerHasNoEffect", one -> {
            Set<String> written = new HashSet<>();
            one.update = (id, status, right) -> right.doOnSuccess(done -> written.add(id));
            one.deletion = (id, status, right) -> Mono.defer(() ->
                    written.remove(id) ? right : Mono.error(new NotWrittenException(id, "no such container", null)));
        });
        wrong.put("Delete.noOtherContainerIsDeleted", one -> {
            AtomicBoolean inside = new AtomicBoolean();
            one.deletion =
                    (id, status, right) -> inside.getAndSet(true) ? right : right.then(Mono.from(one.delete(id + "0")));
        });
        Set<String> deleted = new HashSet<>();
        wrong.put("Delete.aDeletedContainerCanBeWrittenAgain", one -> {
            one.deletion = (id, status, right) -> right.doOnSuccess(done -> deleted.add(id));
            one.update = (id, status, right) -> Mono.defer(() -> deleted.contains(id) ? Mono.empty() : right);
        });
        wrong.put(
                "Delete.aDamagedStatusIsDeleted",
                onDamaged((one, damaged) ->
                        one.deletion = (id, status, right) -> damaged.contains(id) ? Mono.empty() : right));
    }

    /** Remembers which containers an opening has found damaged. */
    private Consumer<WrongAdapter> onDamaged(BiConsumer<WrongAdapter, Set<String>> mistake) {
        Set<String> damaged = new HashSet<>();
        return one -> {
            finding((found, behind) -> {
                        found.stream().filter(this::isDamaged).map(Found::id).forEach(damaged::add);
                        return found;
                    })
                    .accept(one);
            mistake.accept(one, damaged);
        };
    }

    private void addWrongRefusals() {
        wrong.put("Refused.aChangeOfAnInvalidId", one -> one.deletion = (id, status, right) -> right.onErrorComplete());
        wrong.put(
                "Refused.aChangeBeforeTheOpening",
                one -> one.changes((id, status, right) ->
                        right.onErrorMap(NotWrittenException.class, IllegalStateException::new)));
        wrong.put("Refused.aChangeAfterTheClose", one -> {
            AtomicBoolean closed = new AtomicBoolean();
            one.closing = right -> right.doOnSuccess(done -> closed.set(true));
            one.changes((id, status, right) -> Mono.defer(() -> closed.get() ? Mono.empty() : right));
        });
        wrong.put("Refused.aChangeOfAReadOnlyStorage", one -> one.access = right -> Access.WRITABLE);
        wrong.put("Refused.aStatusThatIsTooLarge", one -> one.takesAnySize = true);
    }

    private void addWrongClosings() {
        wrong.put("Close.closingTwiceSucceeds", one -> {
            AtomicBoolean closed = new AtomicBoolean();
            one.closing = right -> Mono.defer(() -> closed.getAndSet(true) ? failure() : right);
        });
        wrong.put("Close.closingTwiceAtTheSameTimeSucceeds", one -> {
            AtomicBoolean closing = new AtomicBoolean();
            one.closing = right -> Mono.defer(() -> closing.getAndSet(true)
                    ? failure()
                    : right.delaySubscription(SOON).doOnTerminate(() -> closing.set(false)));
        });
        wrong.put("Close.closingWithoutAnOpeningSucceeds", one -> {
            AtomicBoolean open = new AtomicBoolean();
            one.opening = right -> Mono.from(right).doOnNext(opened -> open.set(true));
            one.closing = right -> Mono.defer(() -> open.get() ? right : failure());
        });
        wrong.put(
                "Close.nothingIsClosedBeforeTheSubscription", one -> one.closing = StatusCheckpointsContractTest::hot);
        wrong.put("Close.aSecondCloseCompletesACancelledOne", one -> {
            AtomicBoolean closing = new AtomicBoolean();
            one.closing =
                    right -> Mono.defer(() -> closing.getAndSet(true) ? Mono.empty() : right.delaySubscription(SOON));
        });
        wrong.put(
                "Close.acceptedWritesEndFirst",
                one -> one.update = (id, status, right) -> right.delaySubscription(SOON));
    }

    private static Mono<Void> failure() {
        return Mono.error(new IllegalStateException("closed in the wrong state"));
    }

    /** Does the work before the subscription. */
    private static <T> Mono<T> hot(Mono<T> right) {
        Mono<T> started = right.cache();
        started.subscribe(value -> {}, failure -> {});
        return started;
    }
}
