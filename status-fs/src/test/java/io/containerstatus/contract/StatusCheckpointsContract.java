package io.containerstatus.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.ContainerResources;
import io.containerstatus.ContainerState;
import io.containerstatus.InvalidContainerIdException;
import io.containerstatus.LinuxContainerResources;
import io.containerstatus.NotWrittenException;
import io.containerstatus.RootLockedException;
import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/**
 * What every adapter of {@link StatusCheckpoints} keeps to, whatever it keeps statuses in. An adapter's tests subclass
 * this, and add what is its own.
 */
public abstract class StatusCheckpointsContract {
    protected static final Duration PATIENCE = Duration.ofSeconds(30);

    protected static final Status CREATED = Status.builder()
            .createdAt(Instant.parse("2026-01-02T03:04:05.678901234Z"))
            .build();
    protected static final Status RUNNING = CREATED.toBuilder()
            .pid(4_294_967_295L)
            .startedAt(Instant.parse("2026-01-02T03:04:06Z"))
            .resources(new ContainerResources(
                    LinuxContainerResources.builder()
                            .cpuShares(512)
                            .unified(Map.of("memory.high", "max"))
                            .build(),
                    null))
            .build();
    protected static final Status EXITED = RUNNING.toBuilder()
            .pid(0)
            .finishedAt(Instant.parse("2026-01-02T03:04:07.000000001Z"))
            .exitCode(137)
            .reason("OOMKilled")
            .message("line one\nü <&> \u2028")
            .build();

    private StatusCheckpoints checkpoints;

    /** Returns an adapter on this test's own place, empty at first; each call another object on the same place. */
    protected abstract StatusCheckpoints create();

    @BeforeEach
    void createOne() {
        checkpoints = create();
    }

    @AfterEach
    void closeIt() {
        complete(checkpoints.close());
    }

    @Nested
    class Open {
        @Test
        void emitsOneAccessAndCompletes() {
            StepVerifier.create(access(checkpoints)).expectNext(Access.WRITABLE).verifyComplete();
        }

        @Test
        void aSecondOwnerIsRefusedUntilTheFirstCloses() {
            open();
            StatusCheckpoints second = create();

            StepVerifier.create(second.open()).verifyError(RootLockedException.class);
            complete(checkpoints.close());

            StepVerifier.create(access(second)).expectNext(Access.WRITABLE).verifyComplete();
            complete(second.close());
        }

        @Test
        void findsNothingInANewPlace() {
            assertThat(Mono.from(checkpoints.open()).block(PATIENCE)).isEqualTo(new Opened(Access.WRITABLE, List.of()));
        }

        @Test
        void findsEachContainerOnce() {
            open();
            for (String id : List.of("a", "b.c", "d_e-f")) {
                complete(checkpoints.write(id, CREATED));
            }

            assertThat(foundByTheNext())
                    .containsExactlyInAnyOrder(
                            Found.of("a", CREATED), Found.of("b.c", CREATED), Found.of("d_e-f", CREATED));
        }

        @Test
        void emitsNothingBeforeItIsRequested() {
            StepVerifier.create(checkpoints.open(), 0)
                    .expectSubscription()
                    .expectNoEvent(Duration.ofMillis(100))
                    .thenRequest(1)
                    .expectNextCount(1)
                    .verifyComplete();
        }

        @Test
        void nothingIsOpenedBeforeTheSubscription() {
            StatusCheckpoints second = create();
            assertThat(checkpoints.open()).isNotNull();

            StepVerifier.create(access(second)).expectNext(Access.WRITABLE).verifyComplete();
            complete(second.close());
        }
    }

    @Nested
    class Create {
        @Test
        void whatWasCreatedIsFoundByTheNextOwner() {
            open();
            complete(checkpoints.create("web-1", RUNNING));

            assertThat(foundByTheNext()).containsExactly(Found.of("web-1", RUNNING));
        }

        @Test
        void whatWasDeletedCanBeCreatedAgain() {
            open();
            complete(checkpoints.create("web-1", EXITED));
            complete(checkpoints.delete("web-1"));
            complete(checkpoints.create("web-1", CREATED));

            assertThat(foundByTheNext()).containsExactly(Found.of("web-1", CREATED));
        }

        @Test
        void whatWasCreatedCanBeWrittenAndDeleted() {
            open();
            complete(checkpoints.create("web-1", CREATED));
            complete(checkpoints.create("web-2", CREATED));
            complete(checkpoints.write("web-1", RUNNING));
            complete(checkpoints.delete("web-2"));

            assertThat(foundByTheNext()).containsExactly(Found.of("web-1", RUNNING));
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
            List<String> ids = IntStream.range(0, 200).mapToObj(i -> "c" + i).toList();
            complete(Flux.fromIterable(ids).flatMap(id -> checkpoints.create(id, CREATED), 64));

            assertThat(foundByTheNext())
                    .containsExactlyInAnyOrderElementsOf(
                            ids.stream().map(id -> Found.of(id, CREATED)).toList());
        }
    }

    @Nested
    class Write {
        @Test
        void whatWasWrittenIsFoundByTheNextOwner() {
            open();
            for (Status status : List.of(CREATED, RUNNING, EXITED)) {
                complete(checkpoints.write("web-1", status));

                assertThat(foundByTheNext()).containsExactly(Found.of("web-1", status));
            }
        }

        @Test
        void theFlagsAreNotKept() {
            open();
            Status flagged = RUNNING.toBuilder()
                    .starting(true)
                    .removing(true)
                    .unknown(true)
                    .build();
            complete(checkpoints.write("web-1", flagged));

            assertThat(foundByTheNext()).singleElement().satisfies(one -> {
                assertThat(one.status()).isEqualTo(RUNNING);
                assertThat(one.status().state()).isEqualTo(ContainerState.RUNNING);
            });
        }

        @Test
        void nothingIsWrittenBeforeTheSubscription() {
            open();
            assertThat(checkpoints.write("web-1", CREATED)).isNotNull();

            assertThat(foundByTheNext()).isEmpty();
        }

        @Test
        void eachSubscriptionWritesAnew() {
            open();
            Publisher<Void> write = checkpoints.write("web-1", CREATED);
            complete(write);
            complete(checkpoints.delete("web-1"));
            complete(write);

            assertThat(foundByTheNext()).containsExactly(Found.of("web-1", CREATED));
        }

        @Test
        void manyContainersAreWrittenAtTheSameTime() {
            open();
            List<String> ids = IntStream.range(0, 200).mapToObj(i -> "c" + i).toList();
            complete(Flux.fromIterable(ids).flatMap(id -> checkpoints.write(id, CREATED), 64));

            assertThat(foundByTheNext())
                    .containsExactlyInAnyOrderElementsOf(
                            ids.stream().map(id -> Found.of(id, CREATED)).toList());
        }
    }

    @Nested
    class Delete {
        @Test
        void theStatusIsGone() {
            open();
            complete(checkpoints.write("web-1", CREATED));
            complete(checkpoints.delete("web-1"));

            assertThat(foundByTheNext()).isEmpty();
        }

        @Test
        void deletingWhatIsNotThereHasNoEffect() {
            open();
            complete(checkpoints.delete("none"));
            complete(checkpoints.write("web-1", CREATED));
            complete(checkpoints.delete("web-1"));
            complete(checkpoints.delete("web-1"));
        }

        @Test
        void onlyTheOneIsDeleted() {
            open();
            complete(checkpoints.write("web-1", CREATED));
            complete(checkpoints.write("web-10", RUNNING));
            complete(checkpoints.delete("web-1"));

            assertThat(foundByTheNext()).containsExactly(Found.of("web-10", RUNNING));
        }

        @Test
        void itCanBeWrittenAgain() {
            open();
            complete(checkpoints.write("web-1", EXITED));
            complete(checkpoints.delete("web-1"));
            complete(checkpoints.write("web-1", CREATED));

            assertThat(foundByTheNext()).containsExactly(Found.of("web-1", CREATED));
        }
    }

    @Nested
    class Refused {
        @ParameterizedTest
        @ValueSource(strings = {"", "..", ".", "a/b", "/a", "a\0b", "a\nb", "-a", "a..b", "a ", "ä"})
        void aTextThatIsNoId(String id) {
            open();
            for (Publisher<?> refused :
                    List.of(checkpoints.create(id, CREATED), checkpoints.write(id, CREATED), checkpoints.delete(id))) {
                StepVerifier.create(refused).verifyErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(InvalidContainerIdException.class, e -> assertThat(e.id())
                                .isEqualTo(id)));
            }
            assertThat(foundByTheNext()).isEmpty();
        }

        @Test
        void anIdThatIsTooLong() {
            open();
            complete(checkpoints.write("a".repeat(76), CREATED));
            StepVerifier.create(checkpoints.write("a".repeat(77), CREATED))
                    .verifyError(InvalidContainerIdException.class);
        }

        @Test
        void aChangeBeforeTheOpening() {
            StepVerifier.create(checkpoints.create("web-1", CREATED)).verifyErrorSatisfies(this::notWritten);
            StepVerifier.create(checkpoints.write("web-1", CREATED)).verifyErrorSatisfies(this::notWritten);
            StepVerifier.create(checkpoints.delete("web-1")).verifyErrorSatisfies(this::notWritten);
        }

        @Test
        void aChangeAfterTheClose() {
            open();
            complete(checkpoints.close());
            StepVerifier.create(checkpoints.create("web-1", CREATED)).verifyErrorSatisfies(this::notWritten);
            StepVerifier.create(checkpoints.write("web-1", CREATED)).verifyErrorSatisfies(this::notWritten);
            StepVerifier.create(checkpoints.delete("web-1")).verifyErrorSatisfies(this::notWritten);
        }

        private void notWritten(Throwable failure) {
            assertThat(failure).isInstanceOfSatisfying(NotWrittenException.class, e -> assertThat(e.id())
                    .isEqualTo("web-1"));
        }
    }

    @Nested
    class Close {
        @Test
        void closingTwiceIsFine() {
            open();
            complete(checkpoints.close());
            complete(checkpoints.close());
        }

        @Test
        void closingWhatWasNeverOpenedIsFine() {
            complete(checkpoints.close());
        }

        @Test
        void whatWasAcceptedIsFinishedFirst() {
            open();
            Mono<Void> write = Mono.from(checkpoints.write("web-1", CREATED)).cache();
            write.subscribe();
            complete(checkpoints.close());

            complete(write);
            assertThat(foundByTheNext()).containsExactly(Found.of("web-1", CREATED));
        }
    }

    /** Opens the adapter of this test. */
    protected final void open() {
        StepVerifier.create(access(checkpoints))
                .expectNext(Access.WRITABLE)
                .expectComplete()
                .verify(PATIENCE);
    }

    /** Closes it; returns what another one finds on the same place, which takes over. */
    private List<Found> foundByTheNext() {
        complete(checkpoints.close());
        checkpoints = create();
        return Mono.from(checkpoints.open())
                .blockOptional(PATIENCE)
                .orElseThrow()
                .containers();
    }

    private static Mono<Access> access(StatusCheckpoints opened) {
        return Mono.defer(() -> Mono.from(opened.open())).map(Opened::access);
    }

    private static void complete(Publisher<Void> publisher) {
        StepVerifier.create(publisher).expectComplete().verify(PATIENCE);
    }
}
