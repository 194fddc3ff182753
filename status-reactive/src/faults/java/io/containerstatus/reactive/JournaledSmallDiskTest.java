package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.testing.SmallDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/**
 * The store with a journal on a real, small ext4 that is full, out of inodes or read-only, or whose device
 * fails. A copy of the device, as a power cut would leave it, must contain what was acknowledged.
 */
@Tag("faults")
class JournaledSmallDiskTest {
    private static final String SPACE = "No space left on device";
    private static final Duration AT_ONCE = Duration.ofMillis(1);
    private static final Duration LATE = Duration.ofHours(1);
    private static final int SEGMENT = 16 << 10;
    /** Two of such records fill a segment. */
    private static final String LONG = "x".repeat(5000);

    @TempDir
    Path folder;

    private final List<StatusStore> stores = new ArrayList<>();
    private final List<SmallDisk> disks = new ArrayList<>();

    private SmallDisk disk;
    private StatusStore store;

    @AfterEach
    void unmount() throws IOException {
        stores.forEach(one -> one.close().block(StoreTest.PATIENCE));
        for (SmallDisk one : disks) {
            one.close();
        }
    }

    private void openOn(Duration filesWithin, String... formatOptions) throws IOException, InterruptedException {
        disk = kept(SmallDisk.in(folder, formatOptions));
        store = open(disk, filesWithin);
        store.create("web-1", ContainerAction.status(1)).block(StoreTest.PATIENCE);
        store.create("web-2", ContainerAction.status(2)).block(StoreTest.PATIENCE);
    }

    private SmallDisk kept(SmallDisk one) {
        disks.add(one);
        return one;
    }

    private static Path root(SmallDisk on) {
        return on.path().resolve("root");
    }

    private StatusStore open(SmallDisk on, Duration filesWithin) {
        return kept(
                StatusStore.builder(root(on)).journaled(filesWithin, SEGMENT).open());
    }

    private StatusStore kept(Mono<StatusStore> opening) {
        StatusStore opened = Objects.requireNonNull(opening.block(StoreTest.PATIENCE));
        stores.add(opened);
        return opened;
    }

    private static Throwable failureOf(Mono<?> work) {
        return catchThrowable(() -> work.block(StoreTest.PATIENCE));
    }

    private static void assertNotWritten(Mono<?> work, String reason) {
        assertThat(failureOf(work)).isInstanceOf(NotWrittenException.class).hasMessageContaining(reason);
    }

    private static Mono<Status> updateLong(StatusStore store, long pid) {
        return store.find(ContainerAction.ID).updateSync(before -> longStatus(pid));
    }

    private static Status longStatus(long pid) {
        return ContainerAction.status(pid).toBuilder().message(LONG).build();
    }

    private static void assertInFile(SmallDisk on, long pid) {
        assertThat(root(on).resolve(ContainerAction.ID).resolve("status"))
                .hasContent(ContainerAction.text(ContainerAction.status(pid)));
    }

    private void awaitFiles() {
        await().atMost(StoreTest.PATIENCE).until(() -> store.health().backlog().containers() == 0);
    }

    /** Returns the status of {@code web-1} that the next process finds after a power cut at this moment. */
    private Status afterPowerCut() throws IOException, InterruptedException {
        SmallDisk left = kept(disk.cutPower(folder));
        StatusStore next = open(left, LATE);
        assertThat(next.recovery().damage()).isEmpty();
        assertThat(next.recovery().failures()).isEmpty();
        return next.find(ContainerAction.ID).current();
    }

    @Nested
    class ThatIsFull {
        @Test
        void takesUpdatesAndWritesTheirFilesWhenThereIsSpace() throws IOException, InterruptedException {
            openOn(AT_ONCE);
            Path filler = disk.fill();
            ContainerAction.update(store, 7).block(StoreTest.PATIENCE);
            await().atMost(StoreTest.PATIENCE)
                    .until(() -> store.health().backlog().lastFailure() != null);
            assertThat(store.health().backlog().lastFailure()).hasMessageEndingWith(SPACE);
            assertInFile(disk, 1);
            assertThat(afterPowerCut()).isEqualTo(ContainerAction.status(7));
            Files.delete(filler);
            awaitFiles();
            assertInFile(disk, 7);
        }

        @Test
        void takesNoUpdateWithoutASegmentAndHealsWhenThereIsSpace() throws IOException, InterruptedException {
            openOn(LATE);
            store.close().block(StoreTest.PATIENCE);
            try (Stream<Path> segments = segments(disk)) {
                for (Path one : segments.toList()) {
                    Files.delete(one);
                }
            }
            Path filler = disk.fill();
            store = open(disk, LATE);
            for (int i = 0; i < 3; i++) {
                assertNotWritten(ContainerAction.update(store, 7), SPACE);
            }
            assertThat(store.find(ContainerAction.ID).current()).isEqualTo(ContainerAction.status(1));
            assertThat(segments(disk)).isEmpty();
            assertThat(afterPowerCut()).isEqualTo(ContainerAction.status(1));
            Files.delete(filler);
            ContainerAction.update(store, 7).block(StoreTest.PATIENCE);
            assertThat(afterPowerCut()).isEqualTo(ContainerAction.status(7));
        }

        @Test
        void takesUpdatesAsLongAsTheJournalHasRoomAndHealsWhenThereIsSpace() throws IOException, InterruptedException {
            openOn(LATE);
            Path filler = disk.fill();
            long last = 10;
            Throwable failure = null;
            while (failure == null && last < 20) {
                failure = failureOf(updateLong(store, last + 1));
                last += failure == null ? 1 : 0;
            }
            assertThat(last).isGreaterThan(10);
            assertThat(failure).isInstanceOf(NotWrittenException.class).hasMessageContaining(SPACE);
            assertThat(store.find(ContainerAction.ID).current()).isEqualTo(longStatus(last));
            assertThat(afterPowerCut()).isEqualTo(longStatus(last));
            Files.delete(filler);
            for (int i = 0; i < 10; i++) {
                updateLong(store, ++last).block(StoreTest.PATIENCE);
            }
            assertThat(afterPowerCut()).isEqualTo(longStatus(last));
        }
    }

    private static Stream<Path> segments(SmallDisk on) throws IOException {
        return Files.list(root(on)).filter(file -> file.getFileName().toString().startsWith(".status.journal-"));
    }

    @Test
    void withoutInodesTakesUpdatesAndWritesTheirFilesWhenThereIsOne() throws IOException, InterruptedException {
        openOn(AT_ONCE, "-N", "32");
        Path last = disk.useUpInodes();
        ContainerAction.update(store, 7).block(StoreTest.PATIENCE);
        await().atMost(StoreTest.PATIENCE).until(() -> store.health().backlog().lastFailure() != null);
        assertInFile(disk, 1);
        assertThat(afterPowerCut()).isEqualTo(ContainerAction.status(7));
        Files.delete(last);
        awaitFiles();
        assertInFile(disk, 7);
    }

    @Test
    void thatBecomesReadOnlyInMidLifeHasAllThatWasAcknowledged() throws IOException, InterruptedException {
        openOn(LATE);
        ContainerAction.update(store, 7).block(StoreTest.PATIENCE);
        disk.failOver();
        Throwable first = failureOf(ContainerAction.update(store, 8));
        assertThat(first).isInstanceOfAny(NotWrittenException.class, IndeterminateWriteException.class);
        assertThat(store.find(ContainerAction.ID).current()).isEqualTo(ContainerAction.status(7));
        store.close().block(StoreTest.PATIENCE);
        store = open(disk, LATE);
        assertThat(store.recovery().writable()).isFalse();
        assertThat(store.find(ContainerAction.ID).current()).isEqualTo(ContainerAction.status(7));
        store.close().block(StoreTest.PATIENCE);
        disk.repair();
        store = open(disk, LATE);
        assertThat(store.recovery().writable()).isTrue();
        assertThat(store.recovery().damage()).isEmpty();
        assertThat(store.find(ContainerAction.ID).current().pid())
                .isIn(7L, first instanceof NotWrittenException ? 7L : 8L);
        ContainerAction.update(store, 9).block(StoreTest.PATIENCE);
        assertThat(afterPowerCut()).isEqualTo(ContainerAction.status(9));
    }

    /** The kernel cannot write the journal to the device. */
    @Test
    void whoseDeviceFailsIsUncertainAndHealsWhenItIsBack() throws IOException, InterruptedException {
        openOn(LATE);
        ContainerAction.update(store, 7).block(StoreTest.PATIENCE);
        Path segment;
        try (Stream<Path> segments = segments(disk)) {
            segment = segments.findFirst().orElseThrow();
        }
        SmallDisk.Regain regain = disk.loseFrom(segment);
        assertThat(failureOf(ContainerAction.update(store, 8)))
                .isInstanceOf(IndeterminateWriteException.class)
                .hasMessageEndingWith("Input/output error");
        assertThat(store.find(ContainerAction.ID).current()).isEqualTo(ContainerAction.status(7));
        regain.run();
        assertThat(afterPowerCut().pid()).isIn(7L, 8L);
        ContainerAction.update(store, 9).block(StoreTest.PATIENCE);
        assertThat(afterPowerCut()).isEqualTo(ContainerAction.status(9));
        ContainerAction.update(store, 10).block(StoreTest.PATIENCE);
        assertThat(afterPowerCut()).isEqualTo(ContainerAction.status(10));
        assertThat(segments(disk)).as("the one that failed, and a new one").hasSize(2);
    }

    @Nested
    class AfterAPowerCut {
        /** Returns a disk whose journal is ahead of a file. */
        private SmallDisk cut(String... formatOptions) throws IOException, InterruptedException {
            openOn(LATE, formatOptions);
            ContainerAction.update(store, 7).block(StoreTest.PATIENCE);
            return kept(disk.cutPower(folder));
        }

        private void assertRecoversAllAndWritesNothing(SmallDisk on, boolean writable) throws IOException {
            Map<String, String> before = SmallDiskTest.everything(on);
            StatusStore next = open(on, LATE);
            assertThat(next.recovery().writable()).isEqualTo(writable);
            assertThat(next.recovery().containers())
                    .containsExactly(
                            new RecoveredContainer.Recovered("web-1", true),
                            new RecoveredContainer.Recovered("web-2", true));
            assertThat(next.find("web-1").current()).isEqualTo(ContainerAction.status(7));
            assertThat(next.find("web-2").current()).isEqualTo(ContainerAction.status(2));
            assertThat(SmallDiskTest.everything(on)).isEqualTo(before);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void aFullDiskLosesNoStatusAndWritesNothing(boolean ofSpace) throws IOException, InterruptedException {
            SmallDisk left = ofSpace ? cut() : cut("-N", "32");
            if (ofSpace) {
                left.fill();
            } else {
                left.useUpInodes();
            }
            assertRecoversAllAndWritesNothing(left, /* writable= */ true);
        }

        @Test
        void aReadOnlyDiskLosesNoStatusAndWritesNothing() throws IOException, InterruptedException {
            SmallDisk left = cut();
            left.remountReadOnly();
            assertRecoversAllAndWritesNothing(left, /* writable= */ false);
        }

        @Test
        void aFullDiskIsReadWithoutTheJournalAndBroughtUpWhenThereIsSpace() throws IOException, InterruptedException {
            SmallDisk left = cut();
            Path filler = left.fill();
            StatusStore reader = kept(StatusStore.open(root(left)));
            assertThat(reader.recovery().writable()).isFalse();
            assertThat(reader.recovery().readOnlyReason()).contains(SPACE);
            assertThat(reader.find("web-1").current()).isEqualTo(ContainerAction.status(7));
            reader.close().block(StoreTest.PATIENCE);
            Files.delete(filler);
            StatusStore next = kept(StatusStore.open(root(left)));
            assertThat(next.recovery().writable()).isTrue();
            assertInFile(left, 7);
            assertThat(segments(left)).isEmpty();
        }
    }
}
