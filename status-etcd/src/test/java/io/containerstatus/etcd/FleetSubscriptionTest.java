package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.containerstatus.ContainerState;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusEvent;
import io.containerstatus.etcd.FleetSubscription.Scope;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.etcd.wire.Wire.RangeResponse;
import io.containerstatus.etcd.wire.Wire.ResponseHeader;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscription;
import reactor.core.Scannable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Tests the events that fast and slow subscribers of a fleet receive, without an etcd. */
class FleetSubscriptionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final FleetKeys KEYS = new FleetKeys("/f");
    private static final Status CREATED =
            Status.builder().createdAt(Instant.EPOCH.plusNanos(1)).build();
    private static final Status RUNNING =
            CREATED.toBuilder().pid(42).startedAt(Instant.EPOCH.plusNanos(2)).build();

    private final FleetSettings settings = new FleetSettings(
            new ConnectionSettings(() -> ScriptedEtcd.to(), null, PATIENCE, Clock.systemUTC(), Schedulers.immediate()),
            KEYS,
            PATIENCE,
            PATIENCE,
            FleetMetricsGuard.NONE);
    private final FleetSignals signals = new FleetSignals(Schedulers.immediate());
    private final Fleet fleet = new Fleet(KEYS, Clock.systemUTC());
    private long revision = 100;
    private FleetSubscription last;

    @AfterEach
    void reset() {
        Hooks.resetOnErrorDropped();
    }

    private Flux<FleetEvent> events(FleetView view, Scope scope) {
        return Flux.from(subscriber -> {
            last = new FleetSubscription(Operators.toCoreSubscriber(subscriber), view, scope, settings, signals);
            subscriber.onSubscribe(last);
            fleet.add(last);
        });
    }

    private Flux<String> texts(FleetView view, Scope scope) {
        return events(view, scope).map(FleetSubscriptionTest::text);
    }

    private Flux<String> everything() {
        return texts(FleetView.all(), Scope.EVERYTHING);
    }

    private Flux<String> changes() {
        return texts(FleetView.all(), Scope.CONTAINERS);
    }

    private static String text(FleetEvent event) {
        if (event instanceof FleetChange change) {
            return change.kind() + " " + change.node() + "/" + change.id() + " " + change.state()
                    + (change.skipped() == 0 ? "" : " skipped " + change.skipped());
        }
        if (event instanceof FleetNotice notice) {
            return notice.kind() + " " + notice.revision();
        }
        return event instanceof NodeChange node ? node.kind() + " " + node.node() : "";
    }

    @ParameterizedTest
    @EnumSource
    void reportsThatItHasCaughtUpAsStreamsOfAStoreDo(FleetNotice.Kind kind) {
        StatusEvent event = new FleetNotice(kind, 1, "");
        assertThat(event.caughtUp()).isEqualTo(kind == FleetNotice.Kind.CAUGHT_UP);
    }

    private static KeyValue key(String name, long create, long revision, long version, byte[] document) {
        return KeyValue.newBuilder()
                .setKey(ByteString.copyFromUtf8("/f/s/" + name))
                .setCreateRevision(create)
                .setModRevision(revision)
                .setVersion(version)
                .setValue(ByteString.copyFrom(document))
                .build();
    }

    /** A container that the test writes. */
    private final class Written {
        private final String name;
        private long create;
        private long version;

        Written(String name) {
            this.name = name;
        }

        Written write(Status status) {
            return write(StatusCodec.encode(status));
        }

        Written write(byte[] document) {
            fleet.put(key(document), 0);
            return this;
        }

        KeyValue key(byte[] document) {
            revision++;
            version++;
            create = version == 1 ? revision : create;
            return FleetSubscriptionTest.key(name, create, revision, version, document);
        }

        Written delete() {
            revision++;
            version = 0;
            fleet.delete(
                    KeyValue.newBuilder()
                            .setKey(ByteString.copyFromUtf8("/f/s/" + name))
                            .setModRevision(revision)
                            .build(),
                    0);
            return this;
        }
    }

    private void snapshot(KeyValue... keys) {
        FleetSnapshot snapshot = new FleetSnapshot(KEYS, failure -> {});
        snapshot.take(RangeResponse.newBuilder()
                .setHeader(ResponseHeader.newBuilder().setRevision(revision))
                .addAllKvs(List.of(keys))
                .build());
        fleet.replace(snapshot, "test");
    }

    private int buffered() {
        return last.scanOrDefault(Scannable.Attr.BUFFERED, -1);
    }

    @Nested
    class TheSnapshot {
        @Test
        void isEmittedByNodeAndIdBeforeCaughtUp() {
            snapshot(
                    new Written("b/1").key(StatusCodec.encode(CREATED)),
                    new Written("a/2").key(StatusCodec.encode(RUNNING)),
                    new Written("a/1").key(StatusCodec.encode(CREATED)));
            StepVerifier.create(everything())
                    .expectNext("SNAPSHOT a", "SNAPSHOT a/1 CREATED", "SNAPSHOT a/2 RUNNING")
                    .expectNext("SNAPSHOT b", "SNAPSHOT b/1 CREATED", "CAUGHT_UP 103")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void isEmittedToAnEarlierSubscriber() {
            StepVerifier.create(changes())
                    .then(() -> snapshot(new Written("a/1").key(StatusCodec.encode(CREATED))))
                    .expectNext("SNAPSHOT a/1 CREATED")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void isReadWhenTheSubscriberRequestsIt() {
            snapshot();
            Written container = new Written("a/1").write(CREATED);
            StepVerifier.create(everything(), 0)
                    .then(() -> {
                        container.write(RUNNING);
                        new Written("a/2").write(CREATED);
                    })
                    .thenRequest(10)
                    .expectNext("SNAPSHOT a", "SNAPSHOT a/1 RUNNING", "CAUGHT_UP 100", "CREATED a/2 CREATED")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void isCompleteOnceThoughThereWereTwoSnapshots() {
            snapshot();
            StepVerifier.create(everything(), 0)
                    .then(() -> {
                        revision = 200;
                        snapshot();
                    })
                    .thenRequest(10)
                    .expectNext("CAUGHT_UP 200")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void isInterruptedByAGapAndThenGoesOn() {
            KeyValue one = new Written("a/1").key(StatusCodec.encode(CREATED));
            KeyValue two = new Written("a/2").key(StatusCodec.encode(CREATED));
            snapshot(one, two);
            StepVerifier.create(everything(), 2)
                    .expectNext("SNAPSHOT a", "SNAPSHOT a/1 CREATED")
                    .then(() -> {
                        revision = 200;
                        snapshot(two);
                    })
                    .thenRequest(10)
                    .expectNext("GAP 200", "SNAPSHOT a/2 CREATED", "DELETED a/1 CREATED", "CAUGHT_UP 200")
                    .thenCancel()
                    .verify(PATIENCE);
        }
    }

    @Nested
    class ASlowSubscriber {
        private final Written container = new Written("a/1");

        ASlowSubscriber() {
            snapshot();
        }

        @Test
        void receivesTheNewestAndTheNumberOfSkipped() {
            StepVerifier.create(changes(), 1)
                    .then(() -> container.write(CREATED))
                    .expectNext("CREATED a/1 CREATED")
                    .then(() -> container.write(RUNNING).write(CREATED).write(RUNNING))
                    .thenRequest(1)
                    .expectNext("UPDATED a/1 RUNNING skipped 2")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void receivesACreationWithTheNewestStatus() {
            StepVerifier.create(changes(), 0)
                    .then(() -> container.write(CREATED).write(RUNNING))
                    .thenRequest(1)
                    .expectNext("CREATED a/1 RUNNING skipped 1")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void receivesADeletionBeforeTheNextCreationOfTheId() {
            StepVerifier.create(changes(), 1)
                    .then(() -> container.write(CREATED))
                    .expectNext("CREATED a/1 CREATED")
                    .then(() -> {
                        container.write(RUNNING).delete();
                        container.write(CREATED).delete();
                        container.write(RUNNING);
                    })
                    .thenRequest(9)
                    .expectNext("DELETED a/1 RUNNING skipped 1", "CREATED a/1 RUNNING")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        /** The deletion comes while the subscriber is about to receive an earlier change of the container. */
        @Test
        void receivesADeletionOnce() {
            StepVerifier.create(everything(), 3)
                    .then(() -> container.write(CREATED))
                    .expectNext("CAUGHT_UP 100", "NOT_OWNED a", "CREATED a/1 CREATED")
                    .then(() -> {
                        container.write(RUNNING);
                        fleet.interrupted("test");
                    })
                    .thenRequest(1)
                    .expectNext("INTERRUPTED 100")
                    .then(container::delete)
                    .thenRequest(9)
                    .expectNext("DELETED a/1 RUNNING skipped 1")
                    .then(() -> new Written("b/1").write(CREATED))
                    .expectNext("NOT_OWNED b", "CREATED b/1 CREATED")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void queuesEachContainerOnceAndNoneThatCameAndWent() {
            StepVerifier.create(everything(), 0)
                    .then(() -> {
                        container.write(CREATED);
                        for (int i = 0; i < 1000; i++) {
                            container.write(i % 2 == 0 ? RUNNING : CREATED);
                            new Written("b/" + i).write(CREATED).delete();
                        }
                        // The notice, the node and its container.
                        assertThat(buffered()).isEqualTo(3);
                    })
                    .thenRequest(9)
                    .expectNext("CAUGHT_UP 100", "NOT_OWNED a", "CREATED a/1 CREATED skipped 1000")
                    .thenCancel()
                    .verify(PATIENCE);
            assertThat(buffered()).isZero();
        }

        @Test
        void receivesTheNewestOwnerOfANodeAtMost() {
            StepVerifier.create(texts(FleetView.all(), Scope.NODES), 0)
                    .then(() -> {
                        own("a", 1);
                        disown("a");
                        own("a", 2);
                        own("b", 1);
                        disown("b");
                        assertThat(buffered()).isEqualTo(1);
                    })
                    .thenRequest(9)
                    .expectNext("OWNED a")
                    .then(() -> {
                        disown("a");
                        own("a", 3);
                    })
                    .expectNext("NOT_OWNED a", "OWNED a")
                    .thenCancel()
                    .verify(PATIENCE);
        }
    }

    private void own(String node, long lease) {
        revision++;
        fleet.put(owner(node, lease, revision, 1), 0);
    }

    private KeyValue owner(String node, long lease, long create, long version) {
        return KeyValue.newBuilder()
                .setKey(ByteString.copyFromUtf8("/f/o/" + node))
                .setLease(lease)
                .setVersion(version)
                .setCreateRevision(create)
                .setModRevision(revision)
                .build();
    }

    private void disown(String node) {
        revision++;
        fleet.delete(
                KeyValue.newBuilder()
                        .setKey(ByteString.copyFromUtf8("/f/o/" + node))
                        .setModRevision(revision)
                        .build(),
                0);
    }

    @Nested
    class NoChange {
        private final Written container = new Written("a/1");

        NoChange() {
            snapshot();
        }

        @Test
        void isAnEqualStatus() {
            byte[] spaced = (new String(StatusCodec.encode(CREATED)) + " ").getBytes();
            StepVerifier.create(changes())
                    .then(() -> container
                            .write(CREATED)
                            .write(CREATED)
                            .write(spaced)
                            .write(RUNNING))
                    .expectNext("CREATED a/1 CREATED", "UPDATED a/1 RUNNING skipped 2")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void isAnotherDocumentThatIsBadForTheSameReason() {
            StepVerifier.create(changes())
                    .then(() -> container
                            .write("{".getBytes())
                            .write("[".getBytes())
                            .write("{\"x\"".getBytes())
                            .write("{\"y\"".getBytes())
                            .write(RUNNING))
                    .expectNext("CREATED a/1 UNKNOWN")
                    .expectNextCount(2)
                    .expectNext("UPDATED a/1 RUNNING skipped 1")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void ofItsStateIsLeftOutWhereOnlyThoseAreAskedFor() {
            StepVerifier.create(texts(FleetView.all().stateChangesOnly(), Scope.CONTAINERS))
                    .then(() -> container
                            .write(CREATED)
                            .write(CREATED.toBuilder().reason("x").build())
                            .write("{".getBytes())
                            .write("[".getBytes())
                            .write(CREATED)
                            .write(RUNNING)
                            .delete())
                    .expectNext("CREATED a/1 CREATED", "UPDATED a/1 UNKNOWN skipped 1")
                    .expectNext("UPDATED a/1 CREATED skipped 1", "UPDATED a/1 RUNNING", "DELETED a/1 RUNNING")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void isAFenceThatItsOwnerHasRaised() {
            StepVerifier.create(texts(FleetView.all(), Scope.NODES))
                    .then(() -> {
                        own("a", 1);
                        long create = revision;
                        revision++;
                        fleet.put(owner("a", 1, create, 2), 0);
                        revision++;
                        fleet.put(owner("a", 2, create, 3), 0);
                    })
                    .expectNext("OWNED a", "OWNED a")
                    .then(() -> new Written("b/1").write(CREATED))
                    .expectNext("NOT_OWNED b")
                    .thenCancel()
                    .verify(PATIENCE);
        }
    }

    @Nested
    class Previous {
        @Test
        void isTheLastEmittedStatusAlsoAcrossABadDocument() {
            snapshot();
            Written container = new Written("a/1");
            List<FleetEvent> received = new ArrayList<>();
            events(FleetView.all(), Scope.CONTAINERS).subscribe(received::add);
            container
                    .write(CREATED)
                    .write("{".getBytes())
                    .write(RUNNING)
                    .write("{".getBytes())
                    .delete();
            container.write("{".getBytes()).delete();

            assertThat(received)
                    .extracting(event -> ((FleetChange) event).previous())
                    .containsExactly(null, CREATED, CREATED, RUNNING, RUNNING, null, null);
            assertThat(received)
                    .extracting(event -> ((FleetChange) event).current())
                    .containsExactly(CREATED, null, RUNNING, null, RUNNING, null, null);
            assertThat(received)
                    .extracting(event -> ((FleetChange) event).failure() == null)
                    .containsExactly(true, false, true, false, true, false, true);
            assertThat(((FleetChange) received.get(6)).state()).isEqualTo(ContainerState.UNKNOWN);
        }
    }

    @Nested
    class Others {
        private final List<String> received = new ArrayList<>();
        private final Written container = new Written("a/1");

        Others() {
            snapshot();
        }

        @Test
        void areNotHeldUpByOneThatBlocks() throws InterruptedException {
            CountDownLatch gate = new CountDownLatch(1);
            CountDownLatch blocked = new CountDownLatch(1);
            Scheduler own = Schedulers.newSingle("blocked");
            events(FleetView.all().on(own), Scope.CONTAINERS).subscribe(event -> {
                blocked.countDown();
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            changes().subscribe(received::add);
            container.write(CREATED);
            blocked.await();
            container.write(RUNNING);

            assertThat(received).containsExactly("CREATED a/1 CREATED", "UPDATED a/1 RUNNING");
            gate.countDown();
            own.dispose();
        }

        @Test
        void goOnWhenOneThrows() {
            List<Throwable> dropped = new ArrayList<>();
            Hooks.onErrorDropped(dropped::add);
            IllegalStateException thrown = new IllegalStateException("thrown by a subscriber");
            events(FleetView.all(), Scope.CONTAINERS).subscribe(new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    requestUnbounded();
                }

                @Override
                protected void hookOnNext(FleetEvent event) {
                    throw thrown;
                }

                @Override
                protected void hookOnError(Throwable failure) {
                    throw new IllegalStateException(failure);
                }
            });
            changes().subscribe(received::add);
            container.write(CREATED).write(RUNNING);

            assertThat(received).hasSize(2);
            assertThat(fleet.subscribers()).isEqualTo(1);
            assertThat(dropped).isNotEmpty();
        }

        @Test
        void areServedWhereASchedulerTakesNoWork() {
            VirtualTimeScheduler disposed = VirtualTimeScheduler.create();
            disposed.dispose();
            texts(FleetView.all().on(disposed), Scope.CONTAINERS).subscribe(received::add);
            container.write(CREATED);
            assertThat(received).hasSize(1);
        }
    }

    @Nested
    class AnEnd {
        @Test
        void byADemandThatIsNotPositive() {
            StepVerifier.create(changes(), 0)
                    .then(() -> last.request(0))
                    .expectErrorMatches(failure -> failure instanceof IllegalArgumentException
                            && failure.getMessage().contains("rule 3.9"))
                    .verify(PATIENCE);
            assertThat(fleet.subscribers()).isZero();
        }

        @Test
        void byTheCloseComesOnceEverythingIsEmitted() {
            snapshot(new Written("a/1").key(StatusCodec.encode(CREATED)));
            StepVerifier.create(changes(), 0)
                    .then(fleet::end)
                    .thenRequest(1)
                    .expectNextCount(1)
                    .expectComplete()
                    .verify(PATIENCE);
            StepVerifier.create(changes()).expectNextCount(1).expectComplete().verify(PATIENCE);
        }

        @Test
        void byTheCloseNeedsNoDemandWhereNothingIsLeft() {
            snapshot();
            StepVerifier.create(changes(), 0).then(fleet::end).expectComplete().verify(PATIENCE);
        }

        @Test
        void byAFailureNeedsNoDemand() {
            snapshot(new Written("a/1").key(StatusCodec.encode(CREATED)));
            StepVerifier.create(changes(), 0)
                    .then(() -> fleet.fail(new IllegalStateException("over")))
                    .expectErrorMessage("over")
                    .verify(PATIENCE);
        }

        @Test
        void byACancellationBeforeTheFleetKnowsOfIt() {
            Flux.<FleetEvent>from(subscriber -> {
                        last = new FleetSubscription(
                                Operators.toCoreSubscriber(subscriber),
                                FleetView.all(),
                                Scope.EVERYTHING,
                                settings,
                                signals);
                        subscriber.onSubscribe(last);
                        last.cancel();
                        fleet.add(last);
                    })
                    .subscribe();
            assertThat(fleet.subscribers()).isZero();
        }
    }

    @Test
    void viewsAreTheSameInWhateverOrderTheyAreMade() {
        snapshot();
        List<UnaryOperator<FleetView>> parts = List.of(
                view -> view.nodesStartingWith("a"),
                view -> view.idsStartingWith("1"),
                FleetView::stateChangesOnly,
                view -> view.on(Schedulers.immediate()));
        FleetView forth = FleetView.all();
        FleetView back = FleetView.all();
        for (int i = 0; i < parts.size(); i++) {
            forth = parts.get(i).apply(forth);
            back = parts.get(parts.size() - 1 - i).apply(back);
        }
        List<List<String>> received = new ArrayList<>();
        for (FleetView view : Arrays.asList(forth, back)) {
            List<String> one = new ArrayList<>();
            texts(view, Scope.CONTAINERS).subscribe(one::add);
            received.add(one);
        }
        new Written("a/1").write(CREATED).write(CREATED.toBuilder().reason("x").build());
        new Written("a/2").write(CREATED);
        new Written("b/1").write(CREATED);

        assertThat(received).allSatisfy(one -> assertThat(one).containsExactly("CREATED a/1 CREATED"));
    }
}
