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
            StepVerifier.create(checkpoints.open()).expectNext(Access.WRITABLE).verifyComplete();
        }

        @Test
        void aSecondOwnerIsRefusedUntilTheFirstCloses() {
            open();
            StatusCheckpoints second = create();

            StepVerifier.create(second.open()).verifyError(RootLockedException.class);
            complete(checkpoints.close());

            StepVerifier.create(second.open()).expectNext(Access.WRITABLE).verifyComplete();
            complete(second.close());
        }

        @Test
        void nothingIsOpenedBeforeTheSubscription() {
            StatusCheckpoints second = create();
            assertThat(checkpoints.open()).isNotNull();

            StepVerifier.create(second.open()).expectNext(Access.WRITABLE).verifyComplete();
            complete(second.close());
        }
    }

    @Nested
    class WriteAndRead {
        @Test
        void whatWasWrittenIsRead() {
            open();
            for (Status status : List.of(CREATED, RUNNING, EXITED)) {
                complete(checkpoints.write("web-1", status));

                StepVerifier.create(checkpoints.read("web-1"))
                        .expectNext(status)
                        .verifyComplete();
            }
        }

        @Test
        void itIsReadByAnotherOwnerLater() {
            open();
            complete(checkpoints.write("web-1", EXITED));
            complete(checkpoints.close());

            StepVerifier.create(create().read("web-1")).expectNext(EXITED).verifyComplete();
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

            StepVerifier.create(checkpoints.read("web-1"))
                    .assertNext(status -> {
                        assertThat(status).isEqualTo(RUNNING);
                        assertThat(status.state()).isEqualTo(ContainerState.RUNNING);
                    })
                    .verifyComplete();
        }

        @Test
        void absentIsEmpty() {
            open();
            StepVerifier.create(checkpoints.read("none")).verifyComplete();
        }

        @Test
        void absentIsEmptyAlsoWithoutOpening() {
            StepVerifier.create(checkpoints.read("none")).verifyComplete();
        }

        @Test
        void nothingIsWrittenBeforeTheSubscription() {
            open();
            assertThat(checkpoints.write("web-1", CREATED)).isNotNull();

            StepVerifier.create(checkpoints.read("web-1")).verifyComplete();
        }

        @Test
        void eachSubscriptionWritesAnew() {
            open();
            Publisher<Void> write = checkpoints.write("web-1", CREATED);
            complete(write);
            complete(checkpoints.delete("web-1"));
            complete(write);

            StepVerifier.create(checkpoints.read("web-1")).expectNext(CREATED).verifyComplete();
        }

        @Test
        void eachSubscriptionReadsAnew() {
            open();
            Publisher<Status> read = checkpoints.read("web-1");
            complete(checkpoints.write("web-1", CREATED));
            StepVerifier.create(read).expectNext(CREATED).verifyComplete();
            complete(checkpoints.write("web-1", RUNNING));
            StepVerifier.create(read).expectNext(RUNNING).verifyComplete();
        }

        @Test
        void nothingIsEmittedBeforeItIsRequested() {
            open();
            complete(checkpoints.write("web-1", CREATED));

            StepVerifier.create(checkpoints.read("web-1"), 0)
                    .expectSubscription()
                    .expectNoEvent(Duration.ofMillis(100))
                    .thenRequest(1)
                    .expectNext(CREATED)
                    .verifyComplete();
        }

        @Test
        void manyContainersAreWrittenAtTheSameTime() {
            open();
            List<String> ids = IntStream.range(0, 200).mapToObj(i -> "c" + i).toList();
            complete(Flux.fromIterable(ids).flatMap(id -> checkpoints.write(id, CREATED), 64));

            StepVerifier.create(Flux.fromIterable(ids).flatMap(checkpoints::read, 64))
                    .expectNextCount(200)
                    .verifyComplete();
        }
    }

    @Nested
    class Delete {
        @Test
        void theStatusIsGone() {
            open();
            complete(checkpoints.write("web-1", CREATED));
            complete(checkpoints.delete("web-1"));

            StepVerifier.create(checkpoints.read("web-1")).verifyComplete();
            StepVerifier.create(checkpoints.list()).verifyComplete();
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

            StepVerifier.create(checkpoints.list()).expectNext("web-10").verifyComplete();
        }

        @Test
        void itCanBeWrittenAgain() {
            open();
            complete(checkpoints.write("web-1", EXITED));
            complete(checkpoints.delete("web-1"));
            complete(checkpoints.write("web-1", CREATED));

            StepVerifier.create(checkpoints.read("web-1")).expectNext(CREATED).verifyComplete();
        }
    }

    @Nested
    class ListIds {
        @Test
        void eachIdIsEmittedOnce() {
            open();
            for (String id : List.of("a", "b.c", "d_e-f")) {
                complete(checkpoints.write(id, CREATED));
            }

            assertThat(Flux.from(checkpoints.list()).collectList().block(PATIENCE))
                    .containsExactlyInAnyOrder("a", "b.c", "d_e-f");
        }

        @Test
        void asManyAreEmittedAsWereRequested() {
            open();
            for (String id : List.of("a", "b", "c")) {
                complete(checkpoints.write(id, CREATED));
            }

            StepVerifier.create(checkpoints.list(), 0)
                    .expectSubscription()
                    .expectNoEvent(Duration.ofMillis(100))
                    .thenRequest(2)
                    .expectNextCount(2)
                    .expectNoEvent(Duration.ofMillis(100))
                    .thenRequest(1)
                    .expectNextCount(1)
                    .verifyComplete();
        }

        @Test
        void itCanBeCancelledOnTheWay() {
            open();
            for (String id : List.of("a", "b", "c")) {
                complete(checkpoints.write(id, CREATED));
            }

            StepVerifier.create(checkpoints.list(), 1)
                    .expectNextCount(1)
                    .thenCancel()
                    .verify(PATIENCE);
        }
    }

    @Nested
    class Refused {
        @ParameterizedTest
        @ValueSource(strings = {"", "..", ".", "a/b", "/a", "a\0b", "a\nb", "-a", "a..b", "a ", "ä"})
        void aTextThatIsNoId(String id) {
            open();
            for (Publisher<?> refused :
                    List.of(checkpoints.write(id, CREATED), checkpoints.read(id), checkpoints.delete(id))) {
                StepVerifier.create(refused).verifyErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(InvalidContainerIdException.class, e -> assertThat(e.id())
                                .isEqualTo(id)));
            }
            StepVerifier.create(checkpoints.list()).verifyComplete();
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
            StepVerifier.create(checkpoints.write("web-1", CREATED)).verifyErrorSatisfies(this::notWritten);
            StepVerifier.create(checkpoints.delete("web-1")).verifyErrorSatisfies(this::notWritten);
        }

        @Test
        void aChangeAfterTheClose() {
            open();
            complete(checkpoints.close());
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
            StepVerifier.create(create().read("web-1")).expectNext(CREATED).verifyComplete();
        }
    }

    /** Opens the adapter of this test. */
    protected final void open() {
        StepVerifier.create(checkpoints.open())
                .expectNext(Access.WRITABLE)
                .expectComplete()
                .verify(PATIENCE);
    }

    private static void complete(Publisher<Void> publisher) {
        StepVerifier.create(publisher).expectComplete().verify(PATIENCE);
    }
}
