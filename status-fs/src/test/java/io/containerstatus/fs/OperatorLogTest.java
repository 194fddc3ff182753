package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.opened;
import static io.containerstatus.fs.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.NotWrittenException;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import io.containerstatus.testing.Logged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What the files report to the operator: at which level, and that each event is reported once. */
class OperatorLogTest {
    @TempDir
    Path folder;

    private final Logged logged = new Logged("io.containerstatus.fs");
    private Path root;
    private HookedFileSystem files;

    @BeforeEach
    void createRoot() throws IOException {
        root = Files.createDirectory(folder.resolve("root"));
        files = HookedFileSystem.over(folder);
    }

    @AfterEach
    void stopListening() {
        logged.close();
    }

    private FileCheckpoints open(FileCheckpoints.Builder builder) {
        FileCheckpoints checkpoints = builder.build();
        StepVerifier.create(checkpoints.open())
                .expectNextCount(1)
                .expectComplete()
                .verify(PATIENCE);
        return checkpoints;
    }

    private FileCheckpoints.Builder hooked() {
        return FileCheckpoints.builder(files.hooked(root));
    }

    private void refuseSyncsOfFolders() {
        files.hook = (operation, path) -> {
            if (operation == FileOperation.FORCE && Files.isDirectory(Path.of(path))) {
                throw new IOException("Invalid argument");
            }
        };
    }

    private static void failsToWrite(FileCheckpoints checkpoints) {
        StepVerifier.create(checkpoints.write("web-1", RUNNING))
                .expectError(NotWrittenException.class)
                .verify(PATIENCE);
    }

    @Test
    void anOrdinaryLifeIsNoEvent() {
        FileCheckpoints checkpoints = opened(root);
        complete(checkpoints.create("web-1", CREATED));
        complete(checkpoints.write("web-1", RUNNING));
        complete(checkpoints.delete("web-1"));
        complete(checkpoints.close());

        assertThat(logged.lines()).isEmpty();
    }

    @Test
    void aRootThatCanOnlyBeReadIsAWarningOfTheOpening() {
        refuseSyncsOfFolders();
        FileCheckpoints checkpoints = open(hooked());
        failsToWrite(checkpoints);
        failsToWrite(checkpoints);
        complete(checkpoints.close());

        assertThat(logged.lines())
                .singleElement()
                .asString()
                .startsWith("WARNING opened for reading only: root " + root + " can only be read: its sync failed: ");
    }

    @Test
    void aWeakerPromiseThatWasAcceptedIsAWarningOfTheOpening() {
        refuseSyncsOfFolders();
        FileCheckpoints checkpoints = open(hooked().acceptUnsyncedFolders());
        complete(checkpoints.write("web-1", CREATED));
        complete(checkpoints.write("web-1", RUNNING));
        complete(checkpoints.close());

        assertThat(logged.lines())
                .containsExactly("WARNING opened with a weaker promise: root " + root
                        + ": the file system cannot sync a folder (Invalid argument), so a power cut may undo"
                        + " completed changes");
    }

    @Test
    void aStatusThatIsKeptAsideIsAWarningOfTheWriteThatKeepsIt() throws IOException {
        put(root, "web-1", "no status");
        Files.createDirectories(root.resolve("web-2/status"));
        FileCheckpoints checkpoints = opened(root);
        complete(checkpoints.write("web-1", CREATED));
        complete(checkpoints.write("web-1", RUNNING));
        complete(checkpoints.write("web-2", CREATED));
        complete(checkpoints.close());

        assertThat(logged.lines()).hasSize(2);
        assertThat(logged.lines().get(0))
                .startsWith("WARNING status \"web-1\": the existing entry could not be read, and was kept as " + root
                        + "/web-1/status.corrupt-");
        assertThat(logged.lines().get(1)).contains("status \"web-2\"", root + "/web-2/status.corrupt-");
    }

    @Test
    void aStatusThatIsKeptAsideByAWriteThatFailsIsReportedAsWell() throws IOException {
        put(root, "web-1", "no status");
        FileCheckpoints checkpoints = open(hooked());
        files.hook = Hook.full((operation, path) -> operation == FileOperation.MOVE);
        StepVerifier.create(checkpoints.write("web-1", CREATED)).expectError().verify(PATIENCE);
        files.hook = Hook.NONE;
        complete(checkpoints.close());

        assertThat(logged.lines()).singleElement().asString().contains("was kept as");
    }

    @Test
    void foldersThatCannotBeRemovedAreOneWarningOfTheOpening() throws IOException {
        for (int i = 1; i <= 4; i++) {
            Files.createFile(Files.createDirectory(root.resolve(".status.deleted-web-" + i))
                    .resolve("of another"));
        }
        complete(opened(root).close());

        assertThat(logged.lines())
                .singleElement()
                .asString()
                .startsWith("WARNING root " + root + ": 4 folders of unfinished creations or deletions stay")
                .contains(root + "/.status.deleted-web-1, ", ", .... The next opening tries again")
                .doesNotContain("web-4");
    }

    @Test
    void temporaryFilesThatCannotBeRemovedAreOneWarningOfTheOpening() throws IOException {
        for (String id : new String[] {"web-1", "web-2"}) {
            Files.createFile(put(root, id, CREATED).resolveSibling(".tmp-status-next"));
        }
        files.hook = Hook.full((operation, path) -> operation == FileOperation.DELETE);
        FileCheckpoints checkpoints = open(hooked());
        files.hook = Hook.NONE;
        complete(checkpoints.close());

        assertThat(logged.lines())
                .singleElement()
                .asString()
                .startsWith(
                        "WARNING root " + root + ": 2 temporary files could not be removed, the first one is " + root)
                .endsWith(".tmp-status-next. The next opening tries again");
        assertThat(logged.causes()).singleElement().asString().contains("No space left on device");
    }

    @Test
    void aRootThatIsLostIsOneErrorHoweverManyChangesItRefuses() throws IOException {
        FileCheckpoints checkpoints = opened(root);
        complete(checkpoints.write("web-1", CREATED));
        Files.move(root, folder.resolve("away"));
        failsToWrite(checkpoints);
        failsToWrite(checkpoints);
        complete(checkpoints.close());

        assertThat(logged.lines())
                .singleElement()
                .asString()
                .startsWith("SEVERE root " + root
                        + " is lost: its path leads to nothing; it was renamed, removed or replaced");
    }

    @Test
    void aLockFileThatIsReplacedIsAnError() throws IOException {
        FileCheckpoints checkpoints = opened(root);
        Files.delete(root.resolve(".status.lock"));
        Files.createFile(root.resolve(".status.lock"));
        failsToWrite(checkpoints);
        complete(checkpoints.close());

        assertThat(logged.lines())
                .singleElement()
                .asString()
                .startsWith("SEVERE root " + root + " is lost: the path of its lock file");
    }

    @Nested
    class AFileBehindAJournal {
        private final ManualTimer timer = new ManualTimer();
        private JournaledCheckpoints checkpoints;

        /** All work runs on the thread of the test. */
        @BeforeEach
        void openJournal() {
            FileCheckpoints behind =
                    hooked().ioScheduler(Schedulers.immediate()).buildBehindJournal();
            checkpoints = new JournaledCheckpoints(
                    behind, behind.journalHome(), JournalSettings.DEFAULT, Schedulers.immediate(), timer);
            checkpoints.open().block(PATIENCE);
            complete(checkpoints.create("web-1", CREATED));
            complete(checkpoints.create("web-2", CREATED));
        }

        private void fillTheDisk() {
            files.hook = Hook.full((operation, path) -> operation == FileOperation.MOVE && path.endsWith("/status"));
        }

        private static String isRepeated(String id) {
            return "WARNING the last change of container \"" + id
                    + "\" is safe in the journal, but could not be written"
                    + " to its file; the write is repeated until it succeeds";
        }

        @Test
        void thatCannotBeWrittenIsOneWarningForEachContainerHoweverManyRetriesFail() {
            fillTheDisk();
            complete(checkpoints.write("web-1", RUNNING));
            complete(checkpoints.write("web-2", RUNNING));
            for (int i = 0; i < 5; i++) {
                timer.pass(Duration.ofSeconds(10));
            }
            assertThat(logged.lines()).containsExactlyInAnyOrder(isRepeated("web-1"), isRepeated("web-2"));
            assertThat(logged.causes()).hasSize(2).allSatisfy(cause -> assertThat(cause)
                    .hasMessageContaining("No space left on device"));

            files.hook = Hook.NONE;
            timer.pass(Duration.ofSeconds(10));
            fillTheDisk();
            complete(checkpoints.write("web-2", CREATED));
            timer.pass(Duration.ofSeconds(10));
            assertThat(logged.lines())
                    .as("a failure after a success is an event of its own")
                    .hasSize(3)
                    .endsWith(isRepeated("web-2"));
            files.hook = Hook.NONE;
            complete(checkpoints.close());
        }

        @Test
        void thatCannotBeWrittenAtTheCloseIsNotSaidToBeRepeated() {
            complete(checkpoints.write("web-1", RUNNING));
            fillTheDisk();
            complete(checkpoints.close());
            files.hook = Hook.NONE;

            assertThat(logged.lines())
                    .containsExactly(
                            "WARNING the last change of container \"web-1\" is safe in the journal, but could not be"
                                    + " written to its file; the next opening finds it",
                            "WARNING the journal of " + root + " still holds statuses that could not be written to"
                                    + " their files; the next opening finds them");
            assertThat(logged.causes()).hasSize(2).allSatisfy(cause -> assertThat(cause)
                    .hasMessageContaining("No space left on device"));
        }
    }

    @Test
    void aLoggerThatThrowsHarmsNothing() throws IOException {
        logged.throwAlways();
        put(root, "web-1", "no status");
        refuseSyncsOfFolders();
        FileCheckpoints checkpoints = open(hooked().acceptUnsyncedFolders());
        complete(checkpoints.write("web-1", RUNNING));
        Files.move(root, folder.resolve("away"));
        failsToWrite(checkpoints);
        complete(checkpoints.close());

        assertThat(logged.lines()).hasSize(3);
    }
}
