package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.opened;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.InvalidContainerIdException;
import io.containerstatus.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What the files offer beyond the port: a list, and a single read, with or without the lock. */
class ReadingTest {
    @TempDir
    Path root;

    private FileCheckpoints checkpoints;

    @BeforeEach
    void open() {
        checkpoints = opened(root);
    }

    @AfterEach
    void close() {
        complete(checkpoints.close());
    }

    @Nested
    class Read {
        @Test
        void whatWasWrittenIsRead() {
            for (Status status : List.of(CREATED, RUNNING)) {
                complete(checkpoints.write("web-1", status));

                StepVerifier.create(checkpoints.read("web-1"))
                        .expectNext(status)
                        .verifyComplete();
            }
        }

        @Test
        void itIsReadByAnotherOneWithoutOpening() {
            complete(checkpoints.write("web-1", RUNNING));
            FileCheckpoints other = FileCheckpoints.at(root);

            StepVerifier.create(other.read("web-1")).expectNext(RUNNING).verifyComplete();
            complete(other.close());
        }

        @Test
        void absentIsEmpty() {
            StepVerifier.create(checkpoints.read("none")).verifyComplete();
        }

        @Test
        void absentIsEmptyAlsoWithoutOpening() {
            FileCheckpoints other = FileCheckpoints.at(root.resolve("nowhere"));
            StepVerifier.create(other.read("none")).verifyComplete();
            complete(other.close());
        }

        @Test
        void eachSubscriptionReadsAnew() {
            Mono<Status> read = checkpoints.read("web-1");
            complete(checkpoints.write("web-1", CREATED));
            StepVerifier.create(read).expectNext(CREATED).verifyComplete();
            complete(checkpoints.write("web-1", RUNNING));
            StepVerifier.create(read).expectNext(RUNNING).verifyComplete();
        }

        @Test
        void nothingIsEmittedBeforeItIsRequested() {
            complete(checkpoints.write("web-1", CREATED));

            StepVerifier.create(checkpoints.read("web-1"), 0)
                    .expectSubscription()
                    .expectNoEvent(Duration.ofMillis(100))
                    .thenRequest(1)
                    .expectNext(CREATED)
                    .verifyComplete();
        }

        @Test
        void manyAreReadAtTheSameTime() {
            List<String> ids =
                    Flux.range(0, 200).map(i -> "c" + i).collectList().block(PATIENCE);
            complete(Flux.fromIterable(ids).flatMap(id -> checkpoints.write(id, CREATED), 64));

            StepVerifier.create(Flux.fromIterable(ids).flatMap(checkpoints::read, 64))
                    .expectNextCount(200)
                    .verifyComplete();
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "..", ".", "a/b", "/a", "a\0b", "a\nb", "-a", "a..b", "a ", "ä"})
        void aTextThatIsNoIdIsRefused(String id) {
            StepVerifier.create(checkpoints.read(id)).verifyErrorSatisfies(failure -> assertThat(failure)
                    .isInstanceOfSatisfying(InvalidContainerIdException.class, e -> assertThat(e.id())
                            .isEqualTo(id)));
        }
    }

    @Nested
    class ListIds {
        @Test
        void eachIdIsEmittedOnce() {
            for (String id : List.of("a", "b.c", "d_e-f")) {
                complete(checkpoints.write(id, CREATED));
            }

            assertThat(checkpoints.list().collectList().block(PATIENCE)).containsExactlyInAnyOrder("a", "b.c", "d_e-f");
        }

        @Test
        void asManyAreEmittedAsWereRequested() {
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
            for (String id : List.of("a", "b", "c")) {
                complete(checkpoints.write(id, CREATED));
            }

            StepVerifier.create(checkpoints.list(), 1)
                    .expectNextCount(1)
                    .thenCancel()
                    .verify(PATIENCE);
        }
    }
}
