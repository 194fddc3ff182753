package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.testing.Child;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"000", "022", "077"})
    void filesAndFoldersAreTheOwnersOnlyUnderUmask(String umask) throws IOException, InterruptedException {
        Child.require("a shell is needed", "sh", "-c", "umask " + umask);
        List<String> shell = List.of("sh", "-c", "umask " + umask + "; exec \"$@\"", "sh");

        try (Child child = Child.start(shell, ChildProgram.class, "update", folder.resolve("parent/root"), folder)) {
            child.succeeds();
        }
        assertThat(FolderSnapshot.of(folder.resolve("parent")))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "", "folder rwx------",
                        "root", "folder rwx------",
                        "root/.status.lock", "rw------- ",
                        "root/web-1", "folder rwx------",
                        "root/web-1/status", "rw------- " + Samples.text(Samples.RUNNING)));
    }
}
