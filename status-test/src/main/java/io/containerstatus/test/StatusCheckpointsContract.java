package io.containerstatus.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.ContainerResources;
import io.containerstatus.InvalidContainerIdException;
import io.containerstatus.LinuxContainerResources;
import io.containerstatus.NotWrittenException;
import io.containerstatus.RootLockedException;
import io.containerstatus.Status;
import io.containerstatus.StatusTooLargeException;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/**
 * The contract of {@link StatusCheckpoints} as JUnit tests, for an adapter on any storage. The test class of
 * an adapter extends this class, implements {@link #create()}, and adds tests of its own:
 *
 * <pre>{@code
 * class MyCheckpointsContractTest extends StatusCheckpointsContract {
 *     @Override
 *     protected StatusCheckpoints create() {
 *         return new MyCheckpoints(storage);
 *     }
 * }
 * }</pre>
 *
 * <p>Some tests need a situation that not every adapter can produce. They are skipped unless the subclass
 * overrides {@link #damage}, {@link #makeReadOnly} and {@link #tooLarge}.
 *
 * <p>Three promises of the contract depend on the storage, so the adapter's own tests must cover them: a completed
 * change survives a crash and a power cut; each failure has the right type, and the storage is afterwards as that
 * type promises; leftovers are removed or reported. Whether a call blocks is tested with Reactor's {@code block()}
 * only. BlockHound finds the other blocking calls.
 */
public abstract class StatusCheckpointsContract {
    private static final Status CREATED = Status.builder()
            .createdAt(Instant.parse("2026-01-02T03:04:05.678901234Z"))
            .build();
    private static final Status RUNNING = CREATED.toBuilder()
            .pid(4_294_967_295L)
            .startedAt(Instant.parse("2026-01-02T03:04:06Z"))
            .resources(new ContainerResources(
                    LinuxContainerResources.builder()
                            .cpuShares(512)
                            .unified(Map.of("memory.high", "max"))
                            .build(),
                    null))
            .build();
    private static final Status EXITED = RUNNING.toBuilder()
            .pid(0)
            .finishedAt(Instant.parse("2026-01-02T03:04:07.000000001Z"))
            .exitCode(137)
            .reason("OOMKilled")
            .message("line one\nü <&> \u2028")
            .build();

    /** The adapter of this test. */
    private StatusCheckpoints checkpoints = new InMemoryCheckpoints();

    /** Creates the tests; only subclasses call this. */
    protected StatusCheckpointsContract() {}

    /**
     * Returns a new adapter, not opened yet, for the storage of the current test. Each test has a storage of
     * its own, which is empty at first. Each call during a test returns another object for the same storage.
     * The test closes what it opens.
     */
    protected abstract StatusCheckpoints create();

    /**
     * Replaces the container's stored status with bytes that are no status. Nobody owns the storage at that
     * moment. By default, the tests that need this are skipped.
     */
    protected void damage(String id) {
        abort("the adapter's test does not say how to damage a status");
    }

    /**
     * Makes the storage read-only for every later opening. Nobody owns the storage at that moment. By
     * default, the test that needs this is skipped.
     */
    protected void makeReadOnly() {
        abort("the adapter's test does not say how to make the storage read-only");
    }

    /** Returns a status that is too large to be stored; null if every status can be stored. By default, null. */
    protected @Nullable Status tooLarge() {
        return null;
    }

    /** Returns how long a test waits for each signal before it fails. By default, 30 seconds. */
    protected Duration patience() {
        return Duration.ofSeconds(30);
    }

    @BeforeEach
    final void createAdapter() {
        checkpoints = create();
    }

    @AfterEach
    final void closeAdapter() {
        complete(checkpoints.close());
    }

    @Nested
    class Open {
        @Test
        void emitsOneAccessAndCompletes() {
            opens(checkpoints.open());
        }

        @Test
        void findsNothingInANewStorage() {
            assertThat(opened()).isEqualTo(new Opened(Access.WRITABLE, List.of()));
        }

        @Test
        void findsEachContainerOnceAndNoLeftovers() {
            open();
            for (String id : List.of("a", "Z9", "b.c", "d_e-f", "a".repeat(76))) {
                complete(checkpoints.write(id, CREATED));
                complete(checkpoints.write(id, RUNNING));
            }
            complete(checkpoints.delete("a"));
            reopen();

            Opened found = opened();
            assertThat(found.containers())
                    .containsExactlyInAnyOrder(
                            Found.of("Z9", RUNNING),
                            Found.of("b.c", RUNNING),
                            Found.of("d_e-f", RUNNING),
                            Found.of("a".repeat(76), RUNNING));
            assertThat(found.leftovers()).isEmpty();
        }

        @Test
        void changesNothing() {
            open();
            complete(checkpoints.write("web-1", EXITED));

            assertThat(foundByTheNext()).containsExactly(Found.of("web-1", EXITED));
            assertThat(foundByTheNext()).containsExactly(Found.of("web-1", EXITED));
        }

        @Test
        void emitsNothingBeforeItIsRequested() {
            StepVerifier.create(checkpoints.open(), 0)
                    .expectSubscription()
                    .expectNoEvent(Duration.ofMillis(100))
                    .thenRequest(1)
                    .expectNextCount(1)
                    .expectComplete()
                    .verify(patience());
        }

        @Test
        void nothingIsOpenedBeforeTheSubscription() {
            StatusCheckpoints second = create();
            assertThat(checkpoints.open()).isNotNull();

            opens(second.open());
            complete(second.close());
        }

        @Test
        void aSecondOwnerIsRefusedUntilTheFirstHasClosed() {
            open();
            StatusCheckpoints second = create();
            Publisher<Opened> opening = second.open();
            fails(opening, RootLockedException.class);
            complete(checkpoints.close());

            opens(opening);
            complete(second.close());
        }

        @Test
        void theCloseOfARefusedAdapterKeepsTheOwner() {
            open();
            StatusCheckpoints second = create();
            fails(second.open(), RootLockedException.class);
            complete(second.close());

            fails(create().open(), RootLockedException.class);
            complete(checkpoints.write("web-1", CREATED));
        }

        @Test
        void theCloseReleasesWhatACancelledOpeningTook() {
            start(checkpoints.open()).dispose();
            complete(checkpoints.close());

            assertThat(foundByTheNext()).isEmpty();
        }

        @Test
        void aDamagedStatusIsReportedAndStopsNoOther() {
            writeAndDamage();

            List<Found> found = foundByTheNext();
            assertThat(found).hasSize(2).contains(Found.of("web-2", RUNNING));
            assertThat(found).filteredOn(one -> one.id().equals("web-1")).hasOnlyElementsOfType(Found.Failed.class);
        }

        @Test
        void aDamagedStatusStaysUnchanged() {
            writeAndDamage();

            foundByTheNext();
            assertThat(foundByTheNext())
                    .filteredOn(Found.Failed.class::isInstance)
                    .extracting(Found::id)
                    .containsExactly("web-1");
        }
    }

    @Nested
    class Create {
        @Test
        void theNextOwnerFindsACreatedContainer() {
            open();
            complete(checkpoints.create("web-1", RUNNING));

            assertThat(foundByTheNext()).containsExactly(Found.of("web-1", RUNNING));
        }

        @Test
        void aDeletedContainerCanBeCreatedAgain() {
            open();
            complete(checkpoints.create("web-1", EXITED));
            complete(checkpoints.delete("web-1"));
            complete(checkpoints.create("web-1", CREATED));

            assertThat(foundByTheNext()).containsExactly(Found.of("web-1", CREATED));
        }

        @Test
        void aCreatedContainerCanBeWrittenAndDeleted() {
            open();
            complete(checkpoints.create("web-1", CREATED));
            complete(checkpoints.create("web-2", CREATED));
            complete(checkpoints.write("web-1", RUNNING));
            complete(checkpoints.delete("web-2"));

            assertThat(foundByTheNext()).containsExactly(Found.of("web-1", RUNNING));
        }

        @Test
        void anExistingStatusIsReplacedOrTheCreationIsRefused() {
            open();
            complete(checkpoints.create("web-1", EXITED));
            Throwable refusal = Mono.from(checkpoints.create("web-1", CREATED))
                    .then(Mono.<Throwable>empty())
                    .onErrorResume(Mono::just)
                    .block(patience());

            if (refusal != null) {
                assertThat(refusal).isInstanceOfSatisfying(AlreadyExistsException.class, e -> assertThat(e.id())
                        .isEqualTo("web-1"));
            }
            assertThat(foundByTheNext()).containsExactly(Found.of("web-1", refusal == null ? CREATED : EXITED));
        }

        @Test
        void aDamagedStatusIsReplaced() {
            writeAndDamage();
            reopenAndOpen();
            complete(checkpoints.create("web-1", CREATED));

            assertThat(foundByTheNext()).contains(Found.of("web-1", CREATED));
        }

        @Test
        void nothingIsCreatedBeforeTheSubscription() {
            open();
            assertThat(checkpoints.create("web-1", CREATED)).isNotNull();

            assertThat(foundByTheNext()).isEmpty();
        }

        @Test
        void manyContainersAreCreatedAtTheSameTime() {
            open();
            List<String> ids = ids(100);
            complete(Flux.fromIterable(ids).flatMap(id -> checkpoints.create(id, CREATED), 64));

            assertThat(foundByTheNext()).containsExactlyInAnyOrderElementsOf(withStatus(ids, CREATED));
        }
    }

    @Nested
    class Write {
        @Test
        void theNextOwnerFindsAWrittenStatus() {
            open();
            for (Status status : List.of(CREATED, RUNNING, EXITED)) {
                complete(checkpoints.write("web-1", status));

                assertThat(foundByTheNext()).containsExactly(Found.of("web-1", status));
            }
        }

        @Test
        void theFlagsAreNotStored() {
            open();
            Status flagged = RUNNING.toBuilder()
                    .starting(true)
                    .removing(true)
                    .unknown(true)
                    .build();
            complete(checkpoints.write("web-1", flagged));

            assertThat(foundByTheNext()).containsExactly(Found.of("web-1", RUNNING));
        }

        @Test
        void nothingIsWrittenBeforeTheSubscription() {
            open();
            assertThat(checkpoints.write("web-1", CREATED)).isNotNull();

            assertThat(foundByTheNext()).isEmpty();
        }

        @Test
        void eachSubscriptionWritesAgain() {
            open();
            Publisher<Void> write = checkpoints.write("web-1", CREATED);
            complete(write);
            complete(checkpoints.delete("web-1"));
            complete(write);

            assertThat(foundByTheNext()).containsExactly(Found.of("web-1", CREATED));
        }

        @Test
        void aCancelledWriteLeavesTheOldOrTheNewStatus() {
            open();
            complete(checkpoints.write("web-1", CREATED));
            start(checkpoints.write("web-1", RUNNING)).dispose();

            assertThat(foundByTheNext()).singleElement().isIn(Found.of("web-1", CREATED), Found.of("web-1", RUNNING));
        }

        @Test
        void aDamagedStatusIsReplaced() {
            writeAndDamage();
            reopenAndOpen();
            complete(checkpoints.write("web-1", CREATED));

            assertThat(foundByTheNext()).contains(Found.of("web-1", CREATED));
        }

        @Test
        void manyContainersAreChangedAtTheSameTime() {
            open();
            List<String> ids = ids(100);
            complete(Flux.fromIterable(ids.subList(0, 50)).flatMap(id -> checkpoints.write(id, CREATED), 64));
            complete(Flux.fromIterable(ids).flatMap(this::deleteOrWrite, 64));

            List<String> left = ids.stream().filter(id -> !isDeleted(id)).toList();
            assertThat(foundByTheNext()).containsExactlyInAnyOrderElementsOf(withStatus(left, RUNNING));
        }

        private Publisher<Void> deleteOrWrite(String id) {
            return isDeleted(id) ? checkpoints.delete(id) : checkpoints.write(id, RUNNING);
        }

        private boolean isDeleted(String id) {
            return id.endsWith("5");
        }
    }

    @Nested
    class Delete {
        @Test
        void aDeletedStatusIsGone() {
            open();
            complete(checkpoints.write("web-1", CREATED));
            complete(checkpoints.delete("web-1"));

            assertThat(foundByTheNext()).isEmpty();
        }

        @Test
        void nothingIsDeletedBeforeTheSubscription() {
            open();
            complete(checkpoints.write("web-1", CREATED));
            assertThat(checkpoints.delete("web-1")).isNotNull();

            assertThat(foundByTheNext()).containsExactly(Found.of("web-1", CREATED));
        }

        @Test
        void deletingAnAbsentContainerHasNoEffect() {
            open();
            complete(checkpoints.delete("none"));
            complete(checkpoints.write("web-1", CREATED));
            complete(checkpoints.delete("web-1"));
            complete(checkpoints.delete("web-1"));
        }

        @Test
        void noOtherContainerIsDeleted() {
            open();
            complete(checkpoints.write("web-1", CREATED));
            complete(checkpoints.write("web-10", RUNNING));
            complete(checkpoints.delete("web-1"));

            assertThat(foundByTheNext()).containsExactly(Found.of("web-10", RUNNING));
        }

        @Test
        void aDeletedContainerCanBeWrittenAgain() {
            open();
            complete(checkpoints.write("web-1", EXITED));
            complete(checkpoints.delete("web-1"));
            complete(checkpoints.write("web-1", CREATED));

            assertThat(foundByTheNext()).containsExactly(Found.of("web-1", CREATED));
        }

        @Test
        void aDamagedStatusIsDeleted() {
            writeAndDamage();
            reopenAndOpen();
            complete(checkpoints.delete("web-1"));

            assertThat(foundByTheNext()).containsExactly(Found.of("web-2", RUNNING));
        }
    }

    @Nested
    class Refused {
        @Test
        void aChangeOfAnInvalidId() {
            open();
            for (String id :
                    List.of("", "..", ".", "a/b", "/a", "a\0b", "a\nb", "-a", "a..b", "a ", "ä", "a".repeat(77))) {
                for (Publisher<Void> change : changes(id)) {
                    StepVerifier.create(change)
                            .expectErrorSatisfies(failure -> assertThat(failure)
                                    .isInstanceOfSatisfying(InvalidContainerIdException.class, e -> assertThat(e.id())
                                            .isEqualTo(id)))
                            .verify(patience());
                }
            }
            assertThat(foundByTheNext()).isEmpty();
        }

        @Test
        void aChangeBeforeTheOpening() {
            areNotWritten(changes("web-1"));
            assertThat(foundByTheNext()).isEmpty();
        }

        @Test
        void aChangeAfterTheClose() {
            open();
            complete(checkpoints.close());
            areNotWritten(changes("web-1"));
            assertThat(foundByTheNext()).isEmpty();
        }

        @Test
        void aChangeOfAReadOnlyStorage() {
            open();
            complete(checkpoints.write("web-1", RUNNING));
            complete(checkpoints.close());
            makeReadOnly();
            checkpoints = create();

            Opened opened = opened();
            assertThat(opened.access().writable()).isFalse();
            assertThat(opened.access().reason()).isNotBlank();
            assertThat(checkpoints.access().writable()).isFalse();
            assertThat(opened.containers()).containsExactly(Found.of("web-1", RUNNING));
            areNotWritten(changes("web-1"));
            assertThat(foundByTheNext()).containsExactly(Found.of("web-1", RUNNING));
        }

        @Test
        void aStatusThatIsTooLarge() {
            open();
            complete(checkpoints.write("web-1", RUNNING));
            checkpoints.requireStorable("web-1", RUNNING);
            Status tooLarge = tooLarge();
            if (tooLarge != null) {
                assertThatThrownBy(() -> checkpoints.requireStorable("web-1", tooLarge))
                        .isInstanceOfSatisfying(StatusTooLargeException.class, e -> assertThat(e.id())
                                .isEqualTo("web-1"));
                fails(checkpoints.write("web-1", tooLarge), StatusTooLargeException.class);
                fails(checkpoints.create("web-2", tooLarge), StatusTooLargeException.class);
            }

            assertThat(foundByTheNext()).containsExactly(Found.of("web-1", RUNNING));
        }

        private List<Publisher<Void>> changes(String id) {
            return List.of(checkpoints.create(id, CREATED), checkpoints.write(id, CREATED), checkpoints.delete(id));
        }

        private void areNotWritten(List<Publisher<Void>> changes) {
            for (Publisher<Void> change : changes) {
                StepVerifier.create(change)
                        .expectErrorSatisfies(failure -> assertThat(failure)
                                .isInstanceOfSatisfying(NotWrittenException.class, e -> assertThat(e.id())
                                        .isEqualTo("web-1")))
                        .verify(patience());
            }
        }
    }

    @Nested
    class AThreadThatMayNotBlock {
        @Test
        void canSubscribeToEachOperation() {
            onSuch(() -> checkpoints.open());
            onSuch(() -> checkpoints.create("web-1", CREATED));
            onSuch(() -> checkpoints.write("web-1", RUNNING));
            onSuch(() -> checkpoints.delete("web-1"));
            onSuch(() -> checkpoints.close());
        }

        @Test
        void canReadTheAccess() {
            open();
            AtomicReference<@Nullable Access> access = new AtomicReference<>();
            complete(Mono.<Void>fromRunnable(() -> access.set(checkpoints.access()))
                    .subscribeOn(Schedulers.parallel()));

            assertThat(access).hasValue(Access.WRITABLE);
        }

        private <T> void onSuch(Supplier<Publisher<T>> operation) {
            complete(Flux.defer(operation).then().subscribeOn(Schedulers.parallel()));
        }
    }

    @Nested
    class Close {
        @Test
        void closingTwiceSucceeds() {
            open();
            complete(checkpoints.close());
            complete(checkpoints.close());
        }

        @Test
        void closingTwiceAtTheSameTimeSucceeds() {
            open();
            complete(Flux.merge(checkpoints.close(), checkpoints.close()));

            assertThat(foundByTheNext()).isEmpty();
        }

        @Test
        void closingWithoutAnOpeningSucceeds() {
            complete(checkpoints.close());
        }

        @Test
        void nothingIsClosedBeforeTheSubscription() {
            open();
            assertThat(checkpoints.close()).isNotNull();

            complete(checkpoints.write("web-1", CREATED));
            fails(create().open(), RootLockedException.class);
        }

        @Test
        void aSecondCloseCompletesACancelledOne() {
            open();
            start(checkpoints.close()).dispose();
            complete(checkpoints.close());

            assertThat(foundByTheNext()).isEmpty();
        }

        @Test
        void acceptedWritesEndFirst() {
            open();
            List<Mono<Void>> writes = ids(20).stream()
                    .map(id -> Mono.from(checkpoints.write(id, CREATED)).cache())
                    .toList();
            writes.forEach(StatusCheckpointsContract::start);
            complete(checkpoints.close());

            writes.forEach(StatusCheckpointsContract.this::complete);
            assertThat(foundByTheNext()).containsExactlyInAnyOrderElementsOf(withStatus(ids(20), CREATED));
        }
    }

    /** Opens the adapter of this test, which must be writable. */
    private void open() {
        opens(checkpoints.open());
    }

    /** Closes the adapter, and creates another one that is not opened yet. */
    private void reopen() {
        complete(checkpoints.close());
        checkpoints = create();
    }

    private void reopenAndOpen() {
        reopen();
        open();
    }

    private Opened opened() {
        return Mono.from(checkpoints.open()).blockOptional(patience()).orElseThrow();
    }

    /** Closes the adapter, opens another one in its place, and returns the containers that it finds. */
    private List<Found> foundByTheNext() {
        reopen();
        return opened().containers();
    }

    /** Leaves a storage with one damaged status and one good one, and without an owner. */
    private void writeAndDamage() {
        open();
        complete(checkpoints.write("web-1", RUNNING));
        complete(checkpoints.write("web-2", RUNNING));
        complete(checkpoints.close());
        damage("web-1");
    }

    private static List<String> ids(int count) {
        return IntStream.range(0, count).mapToObj(number -> "c" + number).toList();
    }

    private static List<Found> withStatus(List<String> ids, Status status) {
        return ids.stream().map(id -> Found.of(id, status)).toList();
    }

    private void opens(Publisher<Opened> opening) {
        StepVerifier.create(Flux.from(opening).map(Opened::access))
                .expectNext(Access.WRITABLE)
                .expectComplete()
                .verify(patience());
    }

    private void fails(Publisher<?> publisher, Class<? extends Throwable> failure) {
        StepVerifier.create(publisher).expectError(failure).verify(patience());
    }

    /** Subscribes and ignores the signals: the test checks the effect alone. */
    private static Disposable start(Publisher<?> publisher) {
        return Flux.from(publisher).subscribe(value -> {}, failure -> {});
    }

    private void complete(Publisher<Void> publisher) {
        StepVerifier.create(publisher).expectComplete().verify(patience());
    }
}
