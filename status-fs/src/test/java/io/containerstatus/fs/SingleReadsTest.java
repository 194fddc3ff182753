package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.AmbiguousIdException;
import io.containerstatus.ContainerNotFoundException;
import io.containerstatus.CorruptStatusException;
import io.containerstatus.InvalidContainerIdException;
import io.containerstatus.Status;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.test.ManualScheduler;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.test.StepVerifier;

/** What a follower reads once, beside its streams. */
class SingleReadsTest {
    @TempDir
    Path folder;

    private Path root;
    private StatusFollower follower;

    @BeforeEach
    void createRoot() throws IOException {
        root = Files.createDirectory(folder.toRealPath().resolve("root"));
        follower = StatusFollower.at(root);
    }

    private void createAll(String... ids) throws IOException {
        for (String id : ids) {
            put(root, id, CREATED);
        }
    }

    private static void assertUnreadable(Signal<?> signal, String message) {
        assertThat(signal.getThrowable())
                .isInstanceOf(UnreadableStatusException.class)
                .hasMessageContaining(message);
    }

    private static Signal<?> end(Flux<?> flux) {
        return flux.materialize().blockLast(PATIENCE);
    }

    @Nested
    class Read {
        @Test
        void eachSubscriptionReadsAnew() throws IOException {
            Mono<Status> read = follower.read("web");

            StepVerifier.create(read).expectComplete().verify(PATIENCE);
            put(root, "web", CREATED);
            StepVerifier.create(read).expectNext(CREATED).expectComplete().verify(PATIENCE);
            put(root, "web", RUNNING);
            StepVerifier.create(read).expectNext(RUNNING).expectComplete().verify(PATIENCE);
        }

        @Test
        void aContainerWithoutAStatusIsEmpty() throws IOException {
            Files.createDirectory(root.resolve("web"));

            StepVerifier.create(follower.read("web")).expectComplete().verify(PATIENCE);
        }

        @Test
        void aCorruptStatusFails() throws IOException {
            put(root, "web", "{");

            StepVerifier.create(follower.read("web"))
                    .expectError(CorruptStatusException.class)
                    .verify(PATIENCE);
        }

        @Test
        void aTextThatIsNoIdIsRefused() {
            StepVerifier.create(follower.read("../web"))
                    .expectError(InvalidContainerIdException.class)
                    .verify(PATIENCE);
        }

        @Test
        void theLimitOfAFileIsThatOfTheFollower() throws IOException {
            Status large = CREATED.toBuilder()
                    .message("m".repeat(StatusReader.DEFAULT_MAX_FILE_SIZE))
                    .build();
            put(root, "large", large);
            put(root, "small", CREATED);

            StepVerifier.create(StatusFollower.builder(root)
                            .maxFileSize(2L * StatusReader.DEFAULT_MAX_FILE_SIZE)
                            .build()
                            .read("large"))
                    .expectNext(large)
                    .expectComplete()
                    .verify(PATIENCE);
            assertUnreadable(
                    end(StatusFollower.builder(root)
                            .maxFileSize(10)
                            .build()
                            .read("small")
                            .flux()),
                    "at most 10 are read");
        }
    }

    @Nested
    class ListIds {
        @Test
        void allComeInOrder() throws IOException {
            createAll("web-2", "db", "web-1");
            Files.createDirectory(root.resolve("empty"));
            Files.createFile(root.resolve("file"));
            Files.createDirectory(root.resolve(".status.new-web"));

            StepVerifier.create(follower.list())
                    .expectNext("db", "empty", "web-1", "web-2")
                    .expectComplete()
                    .verify(PATIENCE);
        }

        @Test
        void aPrefixSelectsByTheNamesAlone() throws IOException {
            createAll("db", "web", "web-1", "web-2");
            HookedFileSystem files = HookedFileSystem.over(root);
            Queue<String> read = new ConcurrentLinkedQueue<>();
            files.hook = (operation, path) -> {
                if (operation == FileOperation.STAT || operation == FileOperation.OPEN_TO_READ) {
                    read.add(path);
                }
            };

            StepVerifier.create(StatusFollower.at(files.hooked(root)).list("web-"))
                    .expectNext("web-1", "web-2")
                    .expectComplete()
                    .verify(PATIENCE);

            assertThat(read)
                    .anyMatch(path -> path.endsWith("/web-1"))
                    .noneMatch(path -> path.endsWith("/web"))
                    .noneMatch(path -> path.endsWith("/db"))
                    .noneMatch(path -> path.endsWith("/status"));
        }

        @Test
        void aPrefixThatNoIdHasSelectsNothing() throws IOException {
            createAll("web");

            StepVerifier.create(follower.list("../")).expectComplete().verify(PATIENCE);
        }

        @Test
        void asManyAreEmittedAsWereRequested() throws IOException {
            createAll("a", "b");

            StepVerifier.create(follower.list(), 1)
                    .expectNext("a")
                    .thenRequest(1)
                    .expectNext("b")
                    .expectComplete()
                    .verify(PATIENCE);
        }
    }

    @Nested
    class Find {
        @Test
        void theWholeIdComesFirst() throws IOException {
            createAll("web-1", "web", "web-2");

            StepVerifier.create(follower.find("web"))
                    .expectNext("web")
                    .expectComplete()
                    .verify(PATIENCE);
        }

        @Test
        void thePrefixOfOneIsEnough() throws IOException {
            createAll("web-1", "db");

            StepVerifier.create(follower.find("w"))
                    .expectNext("web-1")
                    .expectComplete()
                    .verify(PATIENCE);
        }

        @ParameterizedTest
        @ValueSource(strings = {"none", "web-", "../web"})
        void whatIsNotThereFails(String text) throws IOException {
            createAll("web");

            StepVerifier.create(follower.find(text))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOfSatisfying(ContainerNotFoundException.class, none -> assertThat(none.prefix())
                                    .isEqualTo(text)))
                    .verify(PATIENCE);
        }

        @Test
        void severalAreNamedUpToFive() throws IOException {
            createAll("a6", "a2", "a3", "a4", "a5", "a1", "b1", "b2");

            StepVerifier.create(follower.find("a"))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOfSatisfying(AmbiguousIdException.class, several -> assertThat(several.matches())
                                    .containsExactly("a1", "a2", "a3", "a4", "a5"))
                            .hasMessageEndingWith("a5, …"))
                    .verify(PATIENCE);
            StepVerifier.create(follower.find("b"))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(AmbiguousIdException.class)
                            .hasMessageEndingWith("b1, b2"))
                    .verify(PATIENCE);
        }
    }

    @Nested
    class OfTheRoot {
        @Test
        void anAbsentRootIsAFailure() {
            StatusFollower nowhere = StatusFollower.at(root.resolve("nowhere"));

            for (Flux<?> read : List.of(
                    nowhere.read("web").flux(),
                    nowhere.list(),
                    nowhere.find("web").flux())) {
                assertUnreadable(end(read), "nowhere: no such file or folder");
            }
        }

        @Test
        void aLinkIsResolvedByEachSubscription() throws IOException {
            Path other = Files.createDirectory(folder.resolve("other"));
            put(root, "web", CREATED);
            put(other, "web", RUNNING);
            put(other, "db", RUNNING);
            Path link = Files.createSymbolicLink(folder.resolve("link"), root);
            StatusFollower linked = StatusFollower.at(link);
            Mono<Status> read = linked.read("web");
            Flux<String> list = linked.list();
            assertThat(read.block(PATIENCE)).isEqualTo(CREATED);
            assertThat(list.collectList().block(PATIENCE)).containsExactly("web");

            Files.delete(link);
            Files.createSymbolicLink(link, other);

            assertThat(read.block(PATIENCE)).isEqualTo(RUNNING);
            assertThat(list.collectList().block(PATIENCE)).containsExactly("db", "web");
        }

        @Test
        void aContainerDoesNotSeemAbsentIfTheRootIsRemovedDuringTheRead() throws IOException {
            createAll("web");
            HookedFileSystem files = HookedFileSystem.over(root);
            files.hook = (operation, path) -> {
                if (operation == FileOperation.STAT && path.endsWith("/web") && Files.exists(root)) {
                    Files.move(root, folder.resolve("away"));
                }
            };

            assertUnreadable(
                    end(StatusFollower.at(files.hooked(root)).read("web").flux()), "no such file or folder");
        }
    }

    @Nested
    class OnTheIoScheduler {
        private final ManualScheduler scheduler = new ManualScheduler();
        private final Queue<String> touched = new ConcurrentLinkedQueue<>();
        private List<Flux<?>> reads;

        @BeforeEach
        void create() throws IOException {
            createAll("web");
            HookedFileSystem files = HookedFileSystem.over(root);
            files.hook = (operation, path) -> touched.add(operation + " " + path);
            StatusFollower scheduled = StatusFollower.builder(files.hooked(root))
                    .ioScheduler(scheduler)
                    .build();
            reads = List.of(
                    scheduled.read("web").flux(),
                    scheduled.list(),
                    scheduled.find("web").flux());
        }

        @Test
        void everythingIsReadThere() {
            for (Flux<?> read : reads) {
                StepVerifier.create(read)
                        .expectSubscription()
                        .then(() -> assertThat(touched).isEmpty())
                        .then(() -> assertThat(scheduler.runNext()).isTrue())
                        .expectNextCount(1)
                        .expectComplete()
                        .verify(PATIENCE);
                assertThat(touched).isNotEmpty();
                touched.clear();
            }
        }

        @Test
        void aRefusalIsAFailure() {
            for (Flux<?> read : reads) {
                scheduler.failNext(new RejectedExecutionException("full"));
                assertUnreadable(end(read), "root: the I/O scheduler rejected the work");
            }
        }

        @Test
        void aCancellationBeforeTheReadPreventsIt() {
            for (Flux<?> read : reads) {
                StepVerifier.create(read).expectSubscription().thenCancel().verify(PATIENCE);
            }
            scheduler.runAll();

            assertThat(touched).isEmpty();
        }
    }
}
