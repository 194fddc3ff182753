package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.test.StepVerifier;

/** What the opening of a root removes, and what it leaves. */
class SweepTest {
    private static final String TEMPORARY = ".tmp-status-next";

    @TempDir
    Path root;

    @Test
    void ownTemporaryFilesAreRemovedBesideAStatus() throws IOException {
        put(root, "web-1", CREATED);
        Files.createFile(root.resolve("web-1").resolve(TEMPORARY));
        openAndClose();

        assertThat(FolderSnapshot.of(root.resolve("web-1"))).containsOnlyKeys("", "status");
    }

    @Test
    void aFolderWithAStatusIsNotListedForIt() throws IOException {
        put(root, "web-1", CREATED);
        HookedFileSystem files = HookedFileSystem.over(root);
        List<String> operations = Collections.synchronizedList(new ArrayList<>());
        files.hook = (operation, path) -> {
            if (path.startsWith(root + "/web-1")) {
                operations.add(operation + path.substring(root.toString().length()));
            }
        };
        complete(Samples.opened(files.hooked(root)).close());

        assertThat(operations)
                .containsExactly(
                        "STAT/web-1",
                        "STAT/web-1/status",
                        "OPEN_TO_READ/web-1/status",
                        "READ/web-1/status",
                        "READ/web-1/status",
                        "CLOSE/web-1/status",
                        "STAT/web-1/" + TEMPORARY);
    }

    @Test
    void anEmptyFolderStaysAndIsAContainerWithoutAStatus() throws IOException {
        Files.createDirectory(root.resolve("empty"));
        Files.createFile(Files.createDirectory(root.resolve("interrupted")).resolve(TEMPORARY));
        FileCheckpoints checkpoints = FileCheckpoints.at(root);
        StepVerifier.create(checkpoints.open())
                .expectNext(new Opened(Access.WRITABLE, List.of(Found.missing("empty"), Found.missing("interrupted"))))
                .expectComplete()
                .verify(PATIENCE);
        complete(checkpoints.close());

        assertThat(FolderSnapshot.of(root)).containsOnlyKeys("", ".status.lock", "empty", "interrupted");
    }

    @Test
    void whatACreationOrADeletionHasLeftIsRemoved() throws IOException {
        put(root, ".status.new-web-1", "half a stat");
        Files.createDirectory(root.resolve(".status.new-web-2"));
        put(root, ".status.deleted-web-1", CREATED);
        Files.createFile(root.resolve(".status.deleted-web-1").resolve(TEMPORARY));
        Files.createFile(root.resolve(".status.deleted-web-1/status.corrupt-20260101T000000.000000000Z"));
        openAndClose();

        assertThat(FolderSnapshot.of(root)).containsOnlyKeys("", ".status.lock");
    }

    @Test
    void whatIsNotOursStaysInWhatACreationOrADeletionHasLeftAndIsReported() throws IOException {
        put(root, ".status.deleted-web-1", CREATED);
        Files.createFile(root.resolve(".status.deleted-web-1/foreign"));
        Files.createDirectories(root.resolve(".status.new-web-2/status/inside"));
        Path elsewhere = put(root, ".elsewhere", CREATED);
        Files.createSymbolicLink(root.resolve(".status.new-web-3"), elsewhere.getParent());
        Files.createFile(root.resolve(".status.deleted-web-4"));
        put(root, ".status.new-no..id", CREATED);
        FileCheckpoints checkpoints = FileCheckpoints.at(root);
        Opened opened = checkpoints.open().block(PATIENCE);
        complete(checkpoints.close());

        assertThat(opened.leftovers())
                .containsExactlyInAnyOrder(
                        root.resolve(".status.deleted-web-1").toString(),
                        root.resolve(".status.new-web-2").toString(),
                        root.resolve(".status.new-web-3").toString(),
                        root.resolve(".status.deleted-web-4").toString());
        assertThat(FolderSnapshot.of(root))
                .containsOnlyKeys(
                        "",
                        ".status.lock",
                        ".status.deleted-web-1",
                        ".status.deleted-web-1/foreign",
                        ".status.new-web-2",
                        ".status.new-web-2/status",
                        ".status.new-web-2/status/inside",
                        ".elsewhere",
                        ".elsewhere/status",
                        ".status.new-web-3",
                        ".status.deleted-web-4",
                        ".status.new-no..id",
                        ".status.new-no..id/status");
    }

    @Test
    void whatIsNotOursStays() throws IOException {
        Files.createDirectories(root.resolve("web-1").resolve(TEMPORARY));
        put(root, "web-2", CREATED);
        Files.createDirectory(root.resolve("web-2").resolve(TEMPORARY));
        Files.createFile(root.resolve("web-1/.tmp-status123456789"));
        Files.createFile(root.resolve("web-1/foreign"));
        put(root, "kept", "bad");
        Files.move(root.resolve("kept/status"), root.resolve("kept/status.corrupt-20260101T000000.000000000Z"));
        Files.createDirectory(root.resolve("-no-id"));
        Files.createFile(root.resolve(TEMPORARY));
        Files.createFile(root.resolve("file"));
        Files.createSymbolicLink(root.resolve("link"), Files.createDirectory(root.resolve(".hidden")));
        Map<String, String> before = FolderSnapshot.of(root);
        openAndClose();

        Map<String, String> after = FolderSnapshot.of(root);
        after.remove(".status.lock");
        assertThat(after).isEqualTo(before);
    }

    @Test
    void aLinkToAFolderIsNotFollowed() throws IOException {
        Path elsewhere = Files.createDirectory(root.resolve("-elsewhere"));
        Files.createFile(elsewhere.resolve(TEMPORARY));
        Files.createSymbolicLink(root.resolve("web-1"), elsewhere);
        openAndClose();

        assertThat(elsewhere.resolve(TEMPORARY)).exists();
    }

    @Test
    void theRootIsSyncedBeforeADeletedFolderIsEmptied() throws IOException {
        put(root, ".status.deleted-web-1", CREATED);
        HookedFileSystem files = HookedFileSystem.over(root);
        List<String> operations = Collections.synchronizedList(new ArrayList<>());
        files.hook = (operation, path) -> {
            if (operation == FileOperation.DELETE || operation == FileOperation.FORCE && path.equals(root.toString())) {
                operations.add(operation + path.substring(root.toString().length()));
            }
        };
        complete(Samples.opened(files.hooked(root)).close());

        assertThat(operations)
                .containsExactly("FORCE", "DELETE/.status.deleted-web-1/status", "DELETE/.status.deleted-web-1");
    }

    @Test
    void nothingIsRemovedWhereTheRootCannotBeSynced() throws IOException {
        put(root, ".status.deleted-web-1", CREATED);
        Map<String, String> before = FolderSnapshot.of(root);
        HookedFileSystem files = HookedFileSystem.over(root);
        files.hook = Hook.full((operation, path) -> operation == FileOperation.FORCE);
        FileCheckpoints checkpoints = FileCheckpoints.at(files.hooked(root));
        Opened opened = checkpoints.open().block(PATIENCE);
        complete(checkpoints.close());

        assertThat(opened.access().writable()).isFalse();
        assertThat(opened.leftovers())
                .containsExactly(root.resolve(".status.deleted-web-1").toString());
        Map<String, String> after = FolderSnapshot.of(root);
        after.remove(".status.lock");
        assertThat(after).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(
            value = FileOperation.class,
            names = {"LIST", "ITERATE", "DELETE"})
    void whatCannotBeSweptStaysAndStopsNeitherTheOthersNorTheStore(FileOperation failing) throws IOException {
        for (String id : List.of("a", "b", "c")) {
            put(root, ".status.deleted-" + id, CREATED);
        }
        HookedFileSystem files = HookedFileSystem.over(root);
        files.hook = Hook.full((operation, path) -> operation == failing && path.contains("/.status.deleted-b"));
        FileCheckpoints checkpoints = FileCheckpoints.at(files.hooked(root));
        StepVerifier.create(checkpoints.open())
                .expectNext(new Opened(
                        Access.WRITABLE,
                        List.of(),
                        List.of(root.resolve(".status.deleted-b").toString())))
                .expectComplete()
                .verify(PATIENCE);

        assertThat(FolderSnapshot.of(root))
                .containsOnlyKeys("", ".status.lock", ".status.deleted-b", ".status.deleted-b/status");
        complete(checkpoints.write("b", CREATED));
        files.hook = Hook.NONE;
        complete(checkpoints.delete("b"));
        assertThat(FolderSnapshot.of(root)).containsOnlyKeys("", ".status.lock");
        complete(checkpoints.close());
    }

    @Test
    void aTemporaryFileThatCannotBeRemovedStaysUntilTheNextWrite() throws IOException {
        put(root, "web-1", CREATED);
        Files.createFile(root.resolve("web-1").resolve(TEMPORARY));
        HookedFileSystem files = HookedFileSystem.over(root);
        files.hook = Hook.full((operation, path) -> operation == FileOperation.DELETE);
        FileCheckpoints checkpoints = Samples.opened(files.hooked(root));
        assertThat(root.resolve("web-1").resolve(TEMPORARY)).exists();
        files.hook = Hook.NONE;
        complete(checkpoints.write("web-1", CREATED));
        assertThat(FolderSnapshot.of(root.resolve("web-1"))).containsOnlyKeys("", "status");
        complete(checkpoints.close());
    }

    @Test
    void aReaderSweepsNothing() throws IOException {
        Files.createFile(Files.createDirectory(root.resolve("unborn")).resolve(TEMPORARY));
        put(root, ".status.deleted-web-1", CREATED);
        Map<String, String> before = FolderSnapshot.of(root);
        FileCheckpoints reader = FileCheckpoints.at(root);
        StepVerifier.create(reader.list()).expectNext("unborn").expectComplete().verify(PATIENCE);
        StepVerifier.create(reader.read("unborn")).expectComplete().verify(PATIENCE);
        complete(reader.close());

        assertThat(FolderSnapshot.of(root)).isEqualTo(before);
    }

    private void openAndClose() {
        complete(Samples.opened(root).close());
    }
}
