package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.NotWrittenException;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnedRootTest {
    @TempDir
    Path folder;

    /** No real status is known to fail in the encoder, so null replaces one. */
    @Test
    void aStatusThatCannotBeEncodedIsNotWrittenAndTouchesNoFile() throws IOException {
        HookedFileSystem files = HookedFileSystem.over(folder);
        Layout layout = Layout.resolve(files.hooked(folder));
        FileSettings settings = new FileSettings(folder, 1000, Clock.systemUTC(), FolderSync.REQUIRED, false, false);
        RootLock lock = RootLock.take(layout, false);
        RootGuard guard = new RootGuard(layout, lock.identity());
        try (OwnedRoot root = new OwnedRoot(
                layout, Access.WRITABLE, List.of(), lock, guard, settings, JournalReplay.of(folder, List.of()))) {
            root.write("web-1", CREATED);
            List<FileOperation> operations = new ArrayList<>();
            files.hook = (operation, path) -> {
                if (path.contains("/web-1")) {
                    operations.add(operation);
                }
            };
            assertThatThrownBy(() -> root.write("web-1", null))
                    .isExactlyInstanceOf(NotWrittenException.class)
                    .hasMessage("status \"web-1\" not changed: the new status could not be encoded ("
                            + folder.resolve("web-1/status") + "): status")
                    .hasCauseInstanceOf(NullPointerException.class);

            assertThat(operations).isEmpty();
            assertThat(folder.resolve("web-1/status")).hasContent(text(CREATED));
            root.write("web-1", CREATED);
            assertThat(operations).as("it is as settled as before").doesNotContain(FileOperation.STAT);
        }
    }
}
