package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.put;
import static io.containerstatus.fs.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.testing.Failure;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Ids that differ only in case. */
class IdCasesTest {
    @TempDir
    Path root;

    private HookedFileSystem files;
    private FileCheckpoints checkpoints;

    @BeforeEach
    void open() {
        files = HookedFileSystem.over(root);
        checkpoints = Samples.opened(files.hooked(root));
    }

    @AfterEach
    void close() {
        files.hook = Hook.NONE;
        complete(checkpoints.close());
    }

    @Nested
    class WhereTheFileSystemDistinguishesThem {
        @ParameterizedTest
        @CsvSource({"web-1, Web-1", "Web-1, web-1", "Web-1, WEB-1"})
        void theSecondOneIsRefused(String first, String second) {
            complete(checkpoints.create(first, RUNNING));

            assertRefused(second, first);
        }

        @ParameterizedTest
        @CsvSource({"web-1, Web-1", "Web-1, web-1", "Web-1, WEB-1"})
        void theSecondOneIsRefusedAlsoWhenTheFirstOneWasThereAtTheOpening(String first, String second)
                throws IOException {
            reopen(() -> put(root, first, RUNNING));

            assertRefused(second, first);
        }

        @ParameterizedTest
        @CsvSource({"web-1, Web-1", "Web-1, web-1"})
        void theSecondOneIsRefusedWhileTheFirstOneIsCreated(String first, String second) throws Exception {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            files.hook = (operation, path) -> {
                if (operation == FileOperation.WRITE && path.contains(first)) {
                    begun.countDown();
                    await(goOn);
                }
            };
            Mono<Void> creation = checkpoints.create(first, RUNNING).cache();
            creation.subscribe();
            await(begun);
            fails(checkpoints.create(second, CREATED), AlreadyExistsException.class, first);
            goOn.countDown();
            complete(creation);

            assertThat(root.resolve(first).resolve("status")).hasContent(text(RUNNING));
            assertThat(root.resolve(second)).doesNotExist();
        }

        @Test
        void bothGoOnAsBeforeIfTheyAreThereAlready() throws IOException {
            reopen(() -> {
                put(root, "web-1", CREATED);
                put(root, "Web-1", RUNNING);
                put(root, "WEB-1", "bad");
            });
            for (String id : List.of("web-1", "Web-1", "WEB-1")) {
                complete(checkpoints.write(id, RUNNING));
                complete(checkpoints.delete(id));
            }
            assertThat(FolderSnapshot.of(root)).containsOnlyKeys("", ".status.lock");
        }

        @ParameterizedTest
        @CsvSource({"web-1, Web-1", "Web-1, web-1", "Web-1, WEB-1"})
        void theSecondOneCanBeCreatedOnceTheFirstOneIsDeleted(String first, String second) {
            complete(checkpoints.create(first, RUNNING));
            complete(checkpoints.delete(first));
            complete(checkpoints.create(second, CREATED));

            assertThat(root.resolve(second).resolve("status")).hasContent(text(CREATED));
        }

        @Test
        void theSecondOneCanBeCreatedWhenTheFirstOneFailedOrWasTakenAway() throws IOException {
            files.hook = Hook.full((operation, path) -> operation == FileOperation.WRITE);
            fails(checkpoints.create("Web-1", RUNNING), NotWrittenException.class, "No space left");
            files.hook = Hook.NONE;
            complete(checkpoints.create("WEB-1", RUNNING));
            Files.delete(root.resolve("WEB-1/status"));
            Files.delete(root.resolve("WEB-1"));
            complete(checkpoints.create("web-1", CREATED));
        }

        @Test
        void theSecondOneIsRefusedAlsoWhenItIsUncertainWhetherTheFirstOneWasCreated() {
            files.hook =
                    Hook.full((operation, path) -> operation == FileOperation.FORCE && path.equals(root.toString()));
            fails(checkpoints.create("Web-1", RUNNING), IndeterminateWriteException.class, "may not survive a crash");
            files.hook = Hook.NONE;

            assertRefused("web-1", "Web-1");
        }

        @Test
        void aThirdOneIsRefusedAsLongAsOneOfTheTwoIsThere() throws IOException {
            reopen(() -> {
                put(root, "Web-1", CREATED);
                put(root, "WEB-1", CREATED);
            });
            complete(checkpoints.delete("WEB-1"));
            assertRefused("web-1", "Web-1");
            complete(checkpoints.delete("Web-1"));
            complete(checkpoints.create("web-1", CREATED));
        }

        @Test
        void aFolderThatComesUnderItsOwnNameIsNoOtherOne() {
            AtomicInteger checks = new AtomicInteger();
            files.hook = (operation, path) -> {
                if (operation == FileOperation.STAT
                        && path.equals(root.resolve("web-1").toString())
                        && checks.incrementAndGet() == 2) {
                    Files.createDirectory(root.resolve("web-1"));
                }
            };
            fails(
                    checkpoints.create("web-1", CREATED),
                    NotWrittenException.class,
                    "another program has taken the name of its folder");
        }

        @Test
        void theRootNeedNotBeListed() throws IOException {
            put(root, "web-1", CREATED);
            List<String> lists = Collections.synchronizedList(new ArrayList<>());
            files.hook = (operation, path) -> {
                if (operation == FileOperation.LIST) {
                    lists.add(path);
                }
            };
            complete(checkpoints.write("web-1", RUNNING));
            complete(checkpoints.delete("Web-1"));

            assertThat(lists).doesNotContain(root.toString());
        }

        @Test
        void aDeletedIdIsNotChecked() {
            complete(checkpoints.create("Web-1", RUNNING));
            complete(checkpoints.delete("Web-1"));
            List<String> checked = Collections.synchronizedList(new ArrayList<>());
            files.hook = (operation, path) -> {
                if (operation == FileOperation.STAT) {
                    checked.add(path);
                }
            };
            complete(checkpoints.create("WEB-1", RUNNING));

            assertThat(checked)
                    .contains(root.resolve("web-1").toString())
                    .doesNotContain(root.resolve("Web-1").toString());
        }

        @Test
        void aRefusalLeavesTheIdFree() {
            complete(checkpoints.create("web-1", RUNNING));
            fails(checkpoints.create("Web-1", CREATED), AlreadyExistsException.class, "web-1");
            complete(checkpoints.delete("web-1"));
            complete(checkpoints.create("Web-1", CREATED));
        }
    }

    @Nested
    class WhereTheFileSystemDoesNotDistinguishThem {
        @BeforeEach
        void ignoreCase() {
            files.ignoresCase = true;
        }

        @ParameterizedTest
        @CsvSource({"web-1, Web-1", "Web-1, web-1"})
        void theSecondOneIsRefused(String first, String second) {
            complete(checkpoints.create(first, RUNNING));

            assertRefused(second, first);
        }

        @ParameterizedTest
        @CsvSource({"web-1, Web-1", "Web-1, web-1"})
        void theSecondOneIsRefusedAlsoWhenAnotherProgramHasCreatedTheFirstOne(String first, String second)
                throws IOException {
            put(root, first, RUNNING);

            assertRefused(second, first);
        }

        @Test
        void theSecondOneIsRefusedAlsoWhenAnotherProgramHasCreatedAnEmptyFolder() throws IOException {
            Files.createDirectory(root.resolve("web-1"));

            assertRefused("Web-1", "web-1");
        }

        @Test
        void theDeletionOfTheSecondOneLeavesTheFirstOne() throws IOException {
            put(root, "web-1", RUNNING);
            Map<String, String> before = FolderSnapshot.of(root);
            complete(checkpoints.delete("Web-1"));

            assertThat(FolderSnapshot.of(root)).isEqualTo(before);
        }

        @Test
        void oneAloneIsCreatedUpdatedAndDeletedWhateverItsCase() throws IOException {
            Files.createDirectory(root.resolve("Web-1"));
            complete(checkpoints.create("Web-1", CREATED));
            complete(checkpoints.write("Web-1", RUNNING));
            put(root, "Web-2", CREATED);
            complete(checkpoints.write("Web-2", RUNNING));
            assertThat(root.resolve("Web-2/status")).hasContent(text(RUNNING));
            complete(checkpoints.delete("Web-1"));
            complete(checkpoints.delete("Web-2"));

            assertThat(FolderSnapshot.of(root)).containsOnlyKeys("", ".status.lock");
        }
    }

    @Test
    void aFailureToCheckTheNamesIsReportedAsTheReason() throws IOException {
        put(root, "web-1", CREATED);
        files.hook = (operation, path) -> {
            if (operation == FileOperation.STAT && path.endsWith("/.STATUS.LOCK")) {
                Failure.EIO.raise(operation, path);
            }
        };
        String reason = "the names in the root could not be checked (" + root + "): Input/output error";

        fails(checkpoints.write("web-1", RUNNING), NotWrittenException.class, reason);
        fails(checkpoints.delete("web-1"), NotWrittenException.class, reason);
        assertThat(root.resolve("web-1/status")).hasContent(text(CREATED));
    }

    private interface Work {
        void run() throws IOException;
    }

    private void reopen(Work between) throws IOException {
        complete(checkpoints.close());
        between.run();
        checkpoints = Samples.opened(files.hooked(root));
    }

    private void assertRefused(String id, String other) {
        Map<String, String> before = FolderSnapshot.of(root);
        String reason = "container \"" + other + "\" exists, and its id differs only in case";

        fails(
                checkpoints.create(id, CREATED),
                AlreadyExistsException.class,
                "container \"" + id + "\" cannot be created: " + reason);
        fails(
                checkpoints.write(id, CREATED),
                NotWrittenException.class,
                "status \"" + id + "\" not changed: " + reason);
        assertThat(FolderSnapshot.of(root)).isEqualTo(before);
    }

    private static void fails(Mono<Void> change, Class<? extends Throwable> type, String message) {
        StepVerifier.create(change)
                .expectErrorSatisfies(
                        failure -> assertThat(failure).isInstanceOf(type).hasMessageContaining(message))
                .verify(PATIENCE);
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
