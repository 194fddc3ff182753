package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.ContainerState;
import io.containerstatus.NotWrittenException;
import io.containerstatus.testing.Child;
import io.containerstatus.testing.SmallDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The store on a real, small ext4 that is full, out of inodes, read-only or damaged. */
@Tag("faults")
class SmallDiskTest {
    private static final String SPACE = "No space left on device";

    @TempDir
    Path folder;

    private SmallDisk disk;
    private StatusStore store;

    @AfterEach
    void unmount() throws IOException {
        if (store != null) {
            store.close().block(StoreTest.PATIENCE);
        }
        if (disk != null) {
            disk.close();
        }
    }

    private void openOn(String... formatOptions) throws IOException, InterruptedException {
        disk = SmallDisk.in(folder, formatOptions);
        open();
        store.create("web-1", ContainerAction.status(1)).block(StoreTest.PATIENCE);
        store.create("web-2", ContainerAction.status(2)).block(StoreTest.PATIENCE);
    }

    private Path root() {
        return disk.path().resolve("root");
    }

    private void open() {
        store = StatusStore.open(root()).block(StoreTest.PATIENCE);
    }

    private void close() {
        store.close().block(StoreTest.PATIENCE);
    }

    private static void notWritten(Mono<?> work, String reason) {
        StepVerifier.create(work).verifyErrorSatisfies(failure -> assertThat(failure)
                .isInstanceOf(NotWrittenException.class)
                .hasMessageEndingWith(reason));
    }

    private void assertHolds(String id, long pid) throws IOException {
        assertThat(store.find(id).current()).isEqualTo(ContainerAction.status(pid));
        assertThat(root().resolve(id).resolve("status")).hasContent(ContainerAction.text(ContainerAction.status(pid)));
        try (Stream<Path> files = Files.list(root().resolve(id))) {
            assertThat(files).hasSize(1);
        }
    }

    @Nested
    class ThatIsFull {
        @Test
        void keepsTheOldStatusTakesNoNewContainerAndHealsWhenThereIsSpace() throws IOException, InterruptedException {
            openOn();
            Path filler = disk.fill();
            notWritten(ContainerAction.update(store, 7), SPACE);
            notWritten(store.create("web-3", ContainerAction.status(3)), SPACE);
            assertHolds("web-1", 1);
            assertThat(root().resolve("web-3")).doesNotExist();
            assertThat(store.list()).hasSize(2);
            Files.delete(filler);
            ContainerAction.update(store, 7).block(StoreTest.PATIENCE);
            store.create("web-3", ContainerAction.status(3)).block(StoreTest.PATIENCE);
            assertHolds("web-1", 7);
            assertHolds("web-3", 3);
        }

        @Test
        void letsContainersBeDeleted() throws IOException, InterruptedException {
            openOn();
            disk.fill();
            store.delete("web-2").block(StoreTest.PATIENCE);
            assertThat(root().resolve("web-2")).doesNotExist();
            assertHolds("web-1", 1);
        }
    }

    @Nested
    class WithoutInodes {
        @Test
        void keepsTheOldStatusTakesNoNewContainerAndHealsWhenThereIsOne() throws IOException, InterruptedException {
            openOn("-N", "32");
            Path last = disk.useUpInodes();
            notWritten(ContainerAction.update(store, 7), SPACE);
            notWritten(store.create("web-3", ContainerAction.status(3)), SPACE);
            assertHolds("web-1", 1);
            assertThat(root().resolve("web-3")).doesNotExist();
            Files.delete(last);
            ContainerAction.update(store, 7).block(StoreTest.PATIENCE);
            assertHolds("web-1", 7);
            // The folder could be created, but no file in it. Neither of them stays.
            notWritten(store.create("web-3", ContainerAction.status(3)), SPACE);
            assertThat(root().resolve("web-3")).doesNotExist();
        }
    }

    @Nested
    class ThatBecomesReadOnlyInMidLife {
        @Test
        void isReadFromThenOnAndHasAllThatWasAcknowledged() throws IOException, InterruptedException {
            openOn();
            ContainerAction.update(store, 7).block(StoreTest.PATIENCE);
            disk.failOver();
            notWritten(ContainerAction.update(store, 8), "Read-only file system");
            notWritten(store.create("web-3", ContainerAction.status(3)), "Read-only file system");
            notWritten(store.delete("web-2"), "Read-only file system");
            assertHolds("web-1", 7);
            close();
            open();
            assertThat(store.recovery().writable()).isFalse();
            assertThat(store.recovery().failures()).isEmpty();
            assertHolds("web-1", 7);
            assertHolds("web-2", 2);
            close();
            disk.repair();
            open();
            assertThat(store.recovery().writable()).isTrue();
            assertHolds("web-1", 7);
            assertHolds("web-2", 2);
            ContainerAction.update(store, 8).block(StoreTest.PATIENCE);
            assertHolds("web-1", 8);
        }
    }

    @Nested
    class WithAnImmutableFolder {
        @Test
        void keepsTheOldStatusStopsNoOtherAndHeals() throws IOException, InterruptedException {
            openOn();
            Path immutable = root().resolve("web-1");
            Child.require("chattr must be permitted", "chattr", "+i", immutable.toString());
            try {
                notWritten(ContainerAction.update(store, 7), "Operation not permitted");
                notWritten(store.delete("web-1"), "Operation not permitted");
                assertHolds("web-1", 1);
                store.find("web-2")
                        .updateSync(before -> ContainerAction.status(8))
                        .block(StoreTest.PATIENCE);
                assertHolds("web-2", 8);
            } finally {
                Child.run("chattr", "-i", immutable);
            }
            ContainerAction.update(store, 7).block(StoreTest.PATIENCE);
            assertHolds("web-1", 7);
        }
    }

    @Nested
    class Recovery {
        @Test
        void onAFullDiskLosesNoContainerAndWritesNothing() throws IOException, InterruptedException {
            openWithDamage();
            disk.fill();
            assertRecoversAllAndWritesNothing(/* writable= */ true);
        }

        @Test
        void withoutInodesLosesNoContainerAndWritesNothing() throws IOException, InterruptedException {
            openWithDamage("-N", "32");
            disk.useUpInodes();
            assertRecoversAllAndWritesNothing(/* writable= */ true);
        }

        @Test
        void onAReadOnlyDiskLosesNoContainerAndWritesNothing() throws IOException, InterruptedException {
            openWithDamage();
            disk.remountReadOnly();
            assertRecoversAllAndWritesNothing(/* writable= */ false);
        }

        private void openWithDamage(String... formatOptions) throws IOException, InterruptedException {
            openOn(formatOptions);
            close();
            Files.createDirectory(root().resolve("bad-1"));
            Files.writeString(root().resolve("bad-1").resolve("status"), ContainerAction.BAD);
        }

        private void assertRecoversAllAndWritesNothing(boolean writable) throws IOException {
            Map<String, String> before = everything(disk);
            open();
            assertThat(store.recovery().writable()).isEqualTo(writable);
            assertThat(store.recovery().containers())
                    .extracting(one -> one.id() + " " + one.outcome())
                    .containsExactly("bad-1 CORRUPT", "web-1 RECOVERED", "web-2 RECOVERED");
            assertThat(store.find("web-1").current()).isEqualTo(ContainerAction.status(1));
            assertThat(store.find("web-2").current()).isEqualTo(ContainerAction.status(2));
            assertThat(store.find("bad-1").current().state()).isEqualTo(ContainerState.UNKNOWN);
            close();
            assertThat(everything(disk)).isEqualTo(before);
        }
    }

    /**
     * Returns everything that a write would change: sizes, modes, inodes, and the times of contents and of attributes.
     */
    static Map<String, String> everything(SmallDisk disk) throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> files = Files.walk(disk.path())) {
            files.forEach(file -> tree.put(disk.path().relativize(file).toString(), attributes(file)));
        }
        return tree;
    }

    private static String attributes(Path file) {
        try {
            Map<String, Object> all =
                    Files.readAttributes(file, "unix:ino,mode,size,lastModifiedTime,ctime", LinkOption.NOFOLLOW_LINKS);
            return new TreeMap<>(all).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
