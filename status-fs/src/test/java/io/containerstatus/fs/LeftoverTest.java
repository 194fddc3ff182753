package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.NotWrittenException;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

/** A write finds an entry with the name of the temporary file. It is removed, and nothing is ever written to it. */
class LeftoverTest {
    @TempDir
    Path root;

    private HookedFileSystem files;
    private FileCheckpoints checkpoints;
    private Path temporary;

    @BeforeEach
    void openWithAKnownContainer() {
        files = HookedFileSystem.over(root);
        checkpoints = Samples.opened(files.hooked(root));
        complete(checkpoints.write("web-1", CREATED));
        temporary = root.resolve("web-1/.tmp-status-next");
    }

    @AfterEach
    void close() {
        files.hook = Hook.NONE;
        complete(checkpoints.close());
    }

    @Test
    void aFileIsReplacedByANewOneOfTheRightMode() throws IOException {
        Path other = Files.writeString(root.resolve("-other"), "content");
        Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rw-rw-rw-"));
        Files.createLink(temporary, other);
        complete(checkpoints.write("web-1", RUNNING));

        assertWritten();
        assertThat(other).hasContent("content");
        assertThat(Files.getPosixFilePermissions(root.resolve("web-1/status")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void aLinkIsReplacedAndWhatItLeadsToIsUntouched() throws IOException {
        Path target = Files.writeString(root.resolve("-target"), "content");
        Files.createSymbolicLink(temporary, target);
        complete(checkpoints.write("web-1", RUNNING));

        assertWritten();
        assertThat(target).hasContent("content");
    }

    @Test
    void aLinkToNowhereIsReplacedAndNothingIsCreatedThere() throws IOException {
        Files.createSymbolicLink(temporary, root.resolve("-nowhere"));
        complete(checkpoints.write("web-1", RUNNING));

        assertWritten();
        assertThat(root.resolve("-nowhere")).doesNotExist();
    }

    @Test
    void anEmptyFolderIsReplaced() throws IOException {
        Files.createDirectory(temporary);
        complete(checkpoints.write("web-1", RUNNING));

        assertWritten();
    }

    @Test
    void aFolderWithSomethingInItStaysAndNothingIsWritten() throws IOException {
        Files.writeString(Files.createDirectory(temporary).resolve("inside"), "content");
        StepVerifier.create(checkpoints.write("web-1", RUNNING))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(NotWrittenException.class)
                        .hasMessageContaining(
                                "the new status could not be created (" + temporary + "): the folder is not empty"))
                .verify(PATIENCE);

        assertThat(temporary.resolve("inside")).hasContent("content");
        assertThat(root.resolve("web-1/status")).hasContent(text(CREATED));
    }

    @Test
    void whatCannotBeRemovedIsNotWrittenToAndTheNextWriteTriesAgain() throws IOException {
        Files.writeString(temporary, "half a stat");
        files.hook = Hook.full((operation, path) -> operation == FileOperation.DELETE);
        StepVerifier.create(checkpoints.write("web-1", RUNNING))
                .expectError(NotWrittenException.class)
                .verify(PATIENCE);
        assertThat(temporary).hasContent("half a stat");
        assertThat(root.resolve("web-1/status")).hasContent(text(CREATED));
        files.hook = Hook.NONE;
        complete(checkpoints.write("web-1", RUNNING));

        assertWritten();
    }

    @Test
    void aNameThatIsTakenAgainAtOnceMakesTheWriteFail() throws IOException {
        Files.createFile(temporary);
        List<FileOperation> operations = Collections.synchronizedList(new ArrayList<>());
        files.hook = (operation, path) -> {
            operations.add(operation);
            if (operation == FileOperation.CREATE_FILE && operations.contains(FileOperation.DELETE)) {
                Files.writeString(temporary, "someone else's");
            }
        };
        StepVerifier.create(checkpoints.write("web-1", RUNNING))
                .expectError(NotWrittenException.class)
                .verify(PATIENCE);

        assertThat(operations)
                .filteredOn(operation -> operation == FileOperation.CREATE_FILE)
                .hasSize(2);
        assertThat(root.resolve("web-1/status")).hasContent(text(CREATED));
    }

    private void assertWritten() {
        assertThat(FolderSnapshot.of(root.resolve("web-1"))).containsOnlyKeys("", "status");
        assertThat(root.resolve("web-1/status")).hasContent(text(RUNNING));
    }
}
