package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.CaughtUp;
import io.containerstatus.ContainerState;
import io.containerstatus.Status;
import io.containerstatus.StatusEvent;
import io.containerstatus.StatusTransitions;
import io.containerstatus.SubscriberLaggedException;
import io.containerstatus.test.ManualScheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.test.subscriber.TestSubscriber;

/** What a subscriber receives that wants some changes only. */
class FilteredChangesTest extends StoreTest {
    private static final UnaryOperator<Status> RUN = status -> StatusTransitions.started(status, 7, NOON);
    private static final UnaryOperator<Status> EXIT = status -> StatusTransitions.exited(status, 0, NOON);
    /** Neither state nor pid changes. */
    private static final UnaryOperator<Status> OOM = StatusTransitions::oomKilled;

    private static final UnaryOperator<Status> RUN_AGAIN =
            status -> status.toBuilder().pid(8).exitCode(0).finishedAt(null).build();

    private StatusStorage web;

    static Stream<Delivery> deliveries() {
        return Stream.of(Delivery.latest(), Delivery.every(100));
    }

    @BeforeEach
    void createContainer() {
        web = container("web-1");
    }

    private TestSubscriber<StatusChange> watch(Delivery delivery, long demand) {
        TestSubscriber<StatusChange> watcher =
                TestSubscriber.builder().initialRequest(demand).build();
        store.changes(delivery).subscribe(watcher);
        return watcher;
    }

    private TestSubscriber<StatusChange> watchWeb(Delivery delivery, long demand) {
        TestSubscriber<StatusChange> watcher =
                TestSubscriber.builder().initialRequest(demand).build();
        web.changes(delivery).subscribe(watcher);
        return watcher;
    }

    private static void update(StatusStorage container, List<UnaryOperator<Status>> updates) {
        updates.forEach(update -> container.update(update).block(PATIENCE));
    }

    private static List<String> received(TestSubscriber<StatusChange> watcher) {
        return watcher.getReceivedOnNext().stream()
                .map(change -> change.kind() + " " + change.id() + " " + change.revision() + " " + change.state())
                .toList();
    }

    @Nested
    class ById {
        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void emitsTheWholeLifeOfMatchingIdsAndNothingOfOthers(Delivery delivery) {
            StatusStorage db = container("db-1");
            TestSubscriber<StatusChange> watcher = watch(delivery.idsStartingWith("web-"), Long.MAX_VALUE);
            db.update(pid(1)).block(PATIENCE);
            container("web-2").update(pid(1)).block(PATIENCE);
            container("web");
            container("wec-1");
            db.delete().block(PATIENCE);
            web.delete().block(PATIENCE);
            assertThat(received(watcher))
                    .containsExactly(
                            "SNAPSHOT web-1 1 CREATED",
                            "CREATED web-2 1 CREATED",
                            "UPDATED web-2 2 CREATED",
                            "DELETED web-1 2 CREATED");
            store.close().block(PATIENCE);
            assertThat(watcher.isTerminatedComplete()).isTrue();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void anIdBeginsWithItself(Delivery delivery) {
            assertThat(received(watch(delivery.idsStartingWith("web-1"), Long.MAX_VALUE)))
                    .containsExactly("SNAPSHOT web-1 1 CREATED");
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void theLastPrefixCountsAndTheEmptyOneIsTheBeginningOfAll(Delivery delivery) {
            container("db-1");
            Delivery db = delivery.idsStartingWith("web-").idsStartingWith("db-");
            assertThat(received(watch(db, Long.MAX_VALUE))).containsExactly("SNAPSHOT db-1 1 CREATED");
            assertThat(received(watch(db.idsStartingWith(""), Long.MAX_VALUE)))
                    .containsExactly("SNAPSHOT db-1 1 CREATED", "SNAPSHOT web-1 1 CREATED");
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void textThatNoIdBeginsWithMatchesNone(Delivery delivery) {
            for (String text : List.of("../", "web-1\uffff", "-", "\u0000", "ä")) {
                TestSubscriber<StatusChange> watcher = watch(delivery.idsStartingWith(text), Long.MAX_VALUE);
                web.update(status -> pid(status.pid() + 1).apply(status)).block(PATIENCE);
                assertThat(received(watcher)).isEmpty();
                watcher.cancel();
            }
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void areRefusedByTheStreamOfOneContainer(Delivery delivery) {
            for (String prefix : List.of("db-", "web-", "web-1")) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> web.changes(delivery.idsStartingWith(prefix)))
                        .withMessage("idsStartingWith(\"" + prefix + "\") selects containers of a store by their ids;"
                                + " this is the stream of the container \"web-1\"");
            }
            Delivery undone = delivery.idsStartingWith("db-").idsStartingWith("");
            assertThat(received(watchWeb(undone, Long.MAX_VALUE))).containsExactly("SNAPSHOT web-1 1 CREATED");
        }

        @Test
        void changesOfOthersAreNoLag() {
            StatusStorage db = container("db-1");
            TestSubscriber<StatusChange> watcher = watch(Delivery.every(2).idsStartingWith("web-"), 1);
            for (int i = 1; i <= 100; i++) {
                db.update(pid(i)).block(PATIENCE);
            }
            web.update(pid(1)).block(PATIENCE);
            web.update(pid(2)).block(PATIENCE);
            assertThat(watcher.isTerminated()).isFalse();
            web.update(pid(3)).block(PATIENCE);
            assertThat(watcher.expectTerminalError())
                    .isInstanceOfSatisfying(SubscriberLaggedException.class, lagged -> assertThat(lagged.missed())
                            .isEqualTo(3));
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void changesOfOthersWakeNobody(Delivery delivery) {
            StatusStorage db = container("db-1");
            ManualScheduler scheduler = new ManualScheduler();
            watch(delivery.on(scheduler).idsStartingWith("web-"), Long.MAX_VALUE);
            scheduler.runAll();
            db.update(pid(1)).block(PATIENCE);
            assertThat(scheduler.waiting()).isZero();
            web.update(pid(1)).block(PATIENCE);
            assertThat(scheduler.waiting()).isEqualTo(1);
        }

        @Test
        void nullIsRefused() {
            assertThatThrownBy(() -> Delivery.latest().idsStartingWith(null)).isInstanceOf(NullPointerException.class);
        }
    }

    @Nested
    class ByState {
        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void emitsEachStateOnceAndTheBeginningAndTheEnd(Delivery delivery) {
            for (TestSubscriber<StatusChange> watcher : List.of(
                    watch(delivery.stateChangesOnly(), Long.MAX_VALUE),
                    watchWeb(delivery.stateChangesOnly(), Long.MAX_VALUE))) {
                if (web.revision() == 1) {
                    update(
                            web,
                            List.of(StatusTransitions::beginStart, RUN, StatusTransitions::endStart, OOM, EXIT, OOM));
                    web.delete().block(PATIENCE);
                }
                assertThat(received(watcher))
                        .containsExactly(
                                "SNAPSHOT web-1 1 CREATED",
                                "UPDATED web-1 3 RUNNING",
                                "UPDATED web-1 6 EXITED",
                                "DELETED web-1 7 EXITED");
                assertThat(watcher.getReceivedOnNext())
                        .extracting(StatusChange::skipped)
                        .containsExactly(0L, 1L, 2L, 0L);
            }
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void thePreviousStatusIsTheOneEmittedBefore(Delivery delivery) {
            TestSubscriber<StatusChange> watcher = watchWeb(delivery.stateChangesOnly(), Long.MAX_VALUE);
            update(web, List.of(RUN));
            Status running = web.current();
            update(web, List.of(StatusTransitions::endStart, OOM, EXIT));
            web.delete().block(PATIENCE);
            List<StatusChange> changes = watcher.getReceivedOnNext();
            assertThat(changes).extracting(StatusChange::previous).startsWith(null, CREATED, running);
            assertThat(changes.get(3).previous()).isEqualTo(changes.get(2).current());
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void emitsCreationsEvenInNoNewState(Delivery delivery) {
            TestSubscriber<StatusChange> watcher =
                    watch(delivery.stateChangesOnly().changesOnly(), Long.MAX_VALUE);
            StatusStorage two = container("web-2");
            two.update(pid(1)).block(PATIENCE);
            two.delete().block(PATIENCE);
            assertThat(received(watcher)).containsExactly("CREATED web-2 1 CREATED", "DELETED web-2 3 CREATED");
            assertThat(watcher.getReceivedOnNext().get(1).previous()).isEqualTo(CREATED);
            assertThat(watcher.getReceivedOnNext().get(1).skipped()).isEqualTo(1);
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void withoutTheSnapshotTheStatusAtTheSubscriptionCounts(Delivery delivery) {
            update(web, List.of(RUN));
            Status running = web.current();
            TestSubscriber<StatusChange> watcher =
                    watchWeb(delivery.changesOnly().stateChangesOnly(), Long.MAX_VALUE);
            update(web, List.of(OOM, EXIT));
            assertThat(received(watcher)).containsExactly("UPDATED web-1 4 EXITED");
            assertThat(watcher.getReceivedOnNext().get(0).previous()).isEqualTo(running);
            assertThat(watcher.getReceivedOnNext().get(0).skipped()).isEqualTo(1);
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void theEndNeedsNoDemandWhenTheRestIsLeftOut(Delivery delivery) {
            TestSubscriber<StatusChange> ofAll = watch(delivery.stateChangesOnly(), 1);
            TestSubscriber<StatusChange> ofOne = watchWeb(delivery.stateChangesOnly(), 1);
            web.update(pid(1)).block(PATIENCE);
            store.close().block(PATIENCE);
            assertThat(ofAll.isTerminatedComplete()).isTrue();
            assertThat(ofOne.isTerminatedComplete()).isTrue();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void updatesWithinAStateWakeNobody(Delivery delivery) {
            ManualScheduler scheduler = new ManualScheduler();
            watch(delivery.on(scheduler).stateChangesOnly(), Long.MAX_VALUE);
            watchWeb(delivery.stateChangesOnly().on(scheduler), Long.MAX_VALUE);
            scheduler.runAll();
            web.update(pid(1)).block(PATIENCE);
            assertThat(scheduler.waiting()).isZero();
            web.update(RUN).block(PATIENCE);
            assertThat(scheduler.waiting()).isEqualTo(2);
        }

        @Test
        void emitsOnlyTheNewestStateToASlowSubscriberOfTheLatest() {
            TestSubscriber<StatusChange> watcher = watch(Delivery.latest().stateChangesOnly(), 1);
            update(web, List.of(RUN, OOM, EXIT));
            watcher.request(5);
            assertThat(received(watcher)).containsExactly("SNAPSHOT web-1 1 CREATED", "UPDATED web-1 4 EXITED");
            assertThat(watcher.getReceivedOnNext().get(1))
                    .returns(CREATED, StatusChange::previous)
                    .returns(2L, StatusChange::skipped);
        }

        @Test
        void aStateThatWasLeftAndEnteredAgainWhileASubscriberOfTheLatestSleptIsNoChangeForIt() {
            update(web, List.of(RUN));
            TestSubscriber<StatusChange> ofAll = watch(Delivery.latest().stateChangesOnly(), 1);
            TestSubscriber<StatusChange> ofOne = watchWeb(Delivery.latest().stateChangesOnly(), 1);
            update(web, List.of(EXIT, RUN_AGAIN));
            assertThat(web.current().state()).isEqualTo(ContainerState.RUNNING);
            ofAll.request(5);
            ofOne.request(5);
            update(web, List.of(EXIT));
            List<String> expected = List.of("SNAPSHOT web-1 2 RUNNING", "UPDATED web-1 5 EXITED");
            assertThat(received(ofAll)).isEqualTo(expected);
            assertThat(received(ofOne)).isEqualTo(expected);
            assertThat(ofAll.getReceivedOnNext().get(1).skipped()).isEqualTo(2);
        }

        @Test
        void aSlowSubscriberOfEveryChangeReceivesEachEnteredState() {
            update(web, List.of(RUN));
            TestSubscriber<StatusChange> watcher = watch(Delivery.every(3).stateChangesOnly(), 1);
            update(web, List.of(EXIT, OOM, RUN_AGAIN, pid(9), EXIT));
            watcher.request(5);
            assertThat(received(watcher))
                    .containsExactly(
                            "SNAPSHOT web-1 2 RUNNING",
                            "UPDATED web-1 3 EXITED",
                            "UPDATED web-1 5 RUNNING",
                            "UPDATED web-1 7 EXITED");
        }

        @Test
        void updatesWithinAStateAreNoLag() {
            TestSubscriber<StatusChange> watcher = watch(Delivery.every(1).stateChangesOnly(), 1);
            for (int i = 1; i <= 100; i++) {
                web.update(pid(i)).block(PATIENCE);
            }
            update(web, List.of(RUN));
            assertThat(watcher.isTerminated()).isFalse();
            update(web, List.of(EXIT));
            assertThat(watcher.expectTerminalError())
                    .isInstanceOfSatisfying(SubscriberLaggedException.class, lagged -> assertThat(lagged.missed())
                            .isEqualTo(2));
        }
    }

    @Nested
    class SimultaneousThreads {
        @Test
        void inWhicheverOrderTheyAreChosen() {
            container("db-1");
            ManualScheduler scheduler = new ManualScheduler();
            for (Delivery delivery : List.of(
                    Delivery.latest()
                            .idsStartingWith("web-")
                            .stateChangesOnly()
                            .changesOnly()
                            .on(scheduler),
                    Delivery.every(9)
                            .on(scheduler)
                            .changesOnly()
                            .stateChangesOnly()
                            .idsStartingWith("web-"))) {
                TestSubscriber<StatusChange> watcher = watch(delivery, Long.MAX_VALUE);
                StatusStorage two = container("web-2");
                scheduler.runAll();
                update(two, List.of(pid(9), RUN));
                store.delete("db-1").block(PATIENCE);
                scheduler.runAll();
                assertThat(received(watcher)).containsExactly("CREATED web-2 1 CREATED", "UPDATED web-2 3 RUNNING");
                watcher.cancel();
                two.delete().block(PATIENCE);
            }
        }

        @Test
        void theDefaultStaysAsItIs() {
            Delivery.latest().idsStartingWith("db-").stateChangesOnly();
            assertThat(received(watch(Delivery.latest(), Long.MAX_VALUE))).containsExactly("SNAPSHOT web-1 1 CREATED");
        }
    }

    @Nested
    class ByIds {
        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void emitsTheWholeLifeOfTheseAndNothingOfOthers(Delivery delivery) {
            StatusStorage db = container("db-1");
            TestSubscriber<StatusChange> watcher =
                    watch(delivery.idsIn(List.of("web-3", "web-1", "../")), Long.MAX_VALUE);
            db.update(pid(1)).block(PATIENCE);
            container("web-2");
            container("web-3").update(pid(1)).block(PATIENCE);
            db.delete().block(PATIENCE);
            web.delete().block(PATIENCE);
            assertThat(received(watcher))
                    .containsExactly(
                            "SNAPSHOT web-1 1 CREATED",
                            "CREATED web-3 1 CREATED",
                            "UPDATED web-3 2 CREATED",
                            "DELETED web-1 2 CREATED");
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void aContainerFitsTheIdsAndThePrefix(Delivery delivery) {
            container("db-1");
            Delivery both = delivery.idsIn(List.of("db-1", "web-1")).idsStartingWith("web-");
            assertThat(received(watch(both, Long.MAX_VALUE))).containsExactly("SNAPSHOT web-1 1 CREATED");
            assertThat(received(watch(both.idsIn(List.of()), Long.MAX_VALUE))).isEmpty();
        }

        @Test
        void areCopied() {
            List<String> ids = new ArrayList<>(List.of("web-1"));
            Delivery delivery = Delivery.latest().idsIn(ids);
            ids.clear();
            assertThat(received(watch(delivery, Long.MAX_VALUE))).hasSize(1);
        }

        @Test
        void areRefusedByTheStreamOfOneContainer() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> web.changes(Delivery.latest().idsIn(List.of("web-1"))))
                    .withMessage("idsIn([web-1]) selects containers of a store by their ids; this is the stream of the"
                            + " container \"web-1\"");
        }
    }

    @Nested
    class ByKind {
        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void emitsTheseAndCountsWhatIsLeftOut(Delivery delivery) {
            TestSubscriber<StatusChange> watcher =
                    watch(delivery.kinds(Set.of(StatusChange.Kind.CREATED, StatusChange.Kind.DELETED)), Long.MAX_VALUE);
            update(web, List.of(RUN, EXIT));
            container("web-2");
            web.delete().block(PATIENCE);
            assertThat(received(watcher)).containsExactly("CREATED web-2 1 CREATED", "DELETED web-1 4 EXITED");
            StatusChange end = watcher.getReceivedOnNext().get(1);
            assertThat(end.skipped()).isEqualTo(2);
            assertThat(end.previous()).isEqualTo(CREATED);
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void whatIsLeftOutAtFirstCountsAsKnown(Delivery delivery) {
            TestSubscriber<StatusChange> watcher =
                    watch(delivery.kinds(Set.of(StatusChange.Kind.UPDATED)), Long.MAX_VALUE);
            update(web, List.of(RUN));
            StatusStorage second = container("web-2");
            update(second, List.of(RUN));
            second.delete().block(PATIENCE);
            container("web-2").update(RUN).block(PATIENCE);
            assertThat(received(watcher))
                    .containsExactly("UPDATED web-1 2 RUNNING", "UPDATED web-2 2 RUNNING", "UPDATED web-2 2 RUNNING");
            assertThat(watcher.getReceivedOnNext())
                    .allSatisfy(change -> assertThat(change.previous()).isEqualTo(CREATED));
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void emitsAChangeBeforeTheFirstDemandThoughTheSnapshotIsLeftOut(Delivery delivery) {
            TestSubscriber<StatusChange> slow = watch(delivery.kinds(Set.of(StatusChange.Kind.UPDATED)), 0);
            update(web, List.of(RUN));
            slow.request(10);
            assertThat(received(slow)).containsExactly("UPDATED web-1 2 RUNNING");
            assertThat(slow.getReceivedOnNext().get(0).previous()).isEqualTo(CREATED);
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void aStreamOfAContainerEndsThoughItsEndIsLeftOut(Delivery delivery) {
            TestSubscriber<StatusChange> watcher =
                    watchWeb(delivery.kinds(Set.of(StatusChange.Kind.SNAPSHOT)), Long.MAX_VALUE);
            web.delete().block(PATIENCE);
            assertThat(received(watcher)).containsExactly("SNAPSHOT web-1 1 CREATED");
            assertThat(watcher.isTerminatedComplete()).isTrue();
        }

        @Test
        void updatesThatAreLeftOutAreNoLag() {
            TestSubscriber<StatusChange> watcher = watch(Delivery.every(2).kinds(Set.of(StatusChange.Kind.DELETED)), 1);
            for (int i = 1; i <= 100; i++) {
                web.update(pid(i)).block(PATIENCE);
            }
            web.delete().block(PATIENCE);
            assertThat(received(watcher)).containsExactly("DELETED web-1 102 CREATED");
        }
    }

    @Nested
    class InStates {
        private final Set<ContainerState> running = Set.of(ContainerState.RUNNING);

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void emitsAContainerFromEnteringTheStateToLeavingIt(Delivery delivery) {
            StatusStorage second = container("web-2");
            update(second, List.of(RUN));
            TestSubscriber<StatusChange> watcher = watch(delivery.states(running), Long.MAX_VALUE);
            update(web, List.of(RUN, pid(9), EXIT, OOM, RUN_AGAIN));
            web.delete().block(PATIENCE);
            update(second, List.of(EXIT));
            second.delete().block(PATIENCE);
            assertThat(received(watcher))
                    .containsExactly(
                            "SNAPSHOT web-2 2 RUNNING",
                            "UPDATED web-1 2 RUNNING",
                            "UPDATED web-1 3 RUNNING",
                            "UPDATED web-1 4 EXITED",
                            "UPDATED web-1 6 RUNNING",
                            "DELETED web-1 7 RUNNING",
                            "UPDATED web-2 3 EXITED");
            assertThat(watcher.getReceivedOnNext().get(1).previous()).isEqualTo(CREATED);
            assertThat(watcher.getReceivedOnNext().get(4).skipped()).isEqualTo(1);
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void emitsAContainerOfAnotherStateWhenItEnters(Delivery delivery) {
            TestSubscriber<StatusChange> watcher = watch(delivery.states(running), Long.MAX_VALUE);
            update(container("web-2"), List.of(RUN));
            container("web-3").delete().block(PATIENCE);
            assertThat(received(watcher)).containsExactly("UPDATED web-2 2 RUNNING");
        }

        @Test
        void theNewestCountsForASubscriberWithoutDemand() {
            TestSubscriber<StatusChange> watcher = watch(Delivery.latest().states(running), Long.MAX_VALUE);
            TestSubscriber<StatusChange> slow = watch(Delivery.latest().states(running), 0);
            update(web, List.of(RUN, EXIT));
            slow.request(10);
            assertThat(received(watcher)).containsExactly("UPDATED web-1 2 RUNNING", "UPDATED web-1 3 EXITED");
            assertThat(received(slow)).isEmpty();
            update(web, List.of(RUN_AGAIN));
            assertThat(received(slow)).containsExactly("UPDATED web-1 4 RUNNING");
        }

        @Test
        void emitsTheDeletionToASubscriberThatKnowsTheContainerInTheState() {
            StatusStorage second = container("web-2");
            update(second, List.of(RUN));
            TestSubscriber<StatusChange> slow = watch(Delivery.latest().states(running), 1);
            assertThat(received(slow)).containsExactly("SNAPSHOT web-2 2 RUNNING");
            update(second, List.of(EXIT));
            second.delete().block(PATIENCE);
            update(web, List.of(RUN));
            web.delete().block(PATIENCE);
            slow.request(10);
            assertThat(received(slow)).containsExactly("SNAPSHOT web-2 2 RUNNING", "DELETED web-2 4 EXITED");
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void goesWithChangesOfTheStateOnly(Delivery delivery) {
            TestSubscriber<StatusChange> watcher =
                    watch(delivery.states(running).stateChangesOnly(), Long.MAX_VALUE);
            update(web, List.of(RUN, pid(9), pid(10), EXIT, OOM));
            assertThat(received(watcher)).containsExactly("UPDATED web-1 2 RUNNING", "UPDATED web-1 5 EXITED");
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FilteredChangesTest#deliveries")
        void theEndOfTheSnapshotComesThoughNothingIsInTheState(Delivery delivery) {
            TestSubscriber<StatusEvent> ofAll = TestSubscriber.create();
            store.events(delivery.states(running)).subscribe(ofAll);
            TestSubscriber<StatusEvent> ofOne = TestSubscriber.create();
            web.events(delivery.states(running)).subscribe(ofOne);
            assertThat(ofAll.getReceivedOnNext()).containsExactly(new CaughtUp());
            assertThat(ofOne.getReceivedOnNext()).containsExactly(new CaughtUp());
        }
    }
}
