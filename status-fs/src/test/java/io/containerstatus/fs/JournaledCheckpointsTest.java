package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.testing.CrashedRoot;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Gate;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.Logged;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Files with a journal in front of them. */
class JournaledCheckpointsTest extends JournaledRoots {
    @Test
    void aWriteIsInTheJournalFirstAndInItsFileAfterAClose() throws IOException {
        JournaledCheckpoints checkpoints = open(LATE);
        create(checkpoints, "web", 1);
        write(checkpoints, "web", 2);
        write(checkpoints, "web", 3);
        assertThat(inFiles(root)).containsExactly(Map.entry("web", 1L));
        Path crashed = crash();
        checkpoints.close().block(PATIENCE);
        assertThat(inFiles(root)).containsExactly(Map.entry("web", 3L));
        assertThat(pids(journaled(crashed, LATE).open().block(PATIENCE))).containsExactly(Map.entry("web", 3L));
    }

    @Test
    void aStatusThatIsLargerThanTheBufferOfOneWriteIsInTheJournal() throws IOException {
        JournaledCheckpoints checkpoints =
                open(builder -> builder.segmentSize(1 << 20).filesWithin(Duration.ofHours(1)));
        create(checkpoints, "web", 1);
        create(checkpoints, "db", 1);
        Status large = pid(2).toBuilder().message("x".repeat(300_000)).build();
        checkpoints.write("web", large).block(PATIENCE);
        write(checkpoints, "db", 2);
        assertThat(pids(journaled(crash(), LATE).open().block(PATIENCE)))
                .containsExactly(Map.entry("db", 2L), Map.entry("web", 2L));
    }

    @Test
    void theJournalCanBeReadWhileItIsWritten() {
        JournaledCheckpoints checkpoints = open(LATE);
        FileCheckpoints reader = FileCheckpoints.at(root);
        opened.add(reader);
        assertThat(reader.journal().block(PATIENCE).records()).isEmpty();
        create(checkpoints, "web", 1);
        write(checkpoints, "web", 2);
        checkpoints.delete("web").block(PATIENCE);
        assertThat(reader.journal().block(PATIENCE).records())
                .containsExactly(
                        new JournalContents.Entry(1, "web", pid(1)),
                        new JournalContents.Entry(2, "web", pid(2)),
                        new JournalContents.Entry(3, "web", null));
        assertThat(reader.journal().block(PATIENCE).damage()).isEmpty();
    }

    @Test
    void theFilesFollowBySoonAndTheNewestStatusOnly() {
        AtomicInteger renames = new AtomicInteger();
        JournaledCheckpoints checkpoints = open(builder -> builder.filesWithin(Duration.ofMillis(400)));
        create(checkpoints, "web", 1);
        files.hook = (operation, path) -> {
            if (operation == FileOperation.MOVE) {
                renames.incrementAndGet();
            }
        };
        IntStream.rangeClosed(2, 50).forEach(pid -> write(checkpoints, "web", pid));
        await().atMost(PATIENCE).until(() -> inFiles(root).get("web") == 50L);
        assertThat(renames).hasValueLessThan(10);
    }

    private void failEachMove() {
        files.hook = (operation, path) -> {
            if (operation == FileOperation.MOVE) {
                throw new FileSystemException(path, null, "No space left on device");
            }
        };
    }

    @Nested
    class Segments {
        @Test
        void areUsedAgainAndAFullOneWaitsForTheFiles() throws IOException {
            JournaledCheckpoints checkpoints =
                    open(builder -> builder.segmentSize(16 << 10).filesWithin(Duration.ofHours(1)));
            IntStream.range(0, 10).forEach(i -> create(checkpoints, "c" + i, 0));
            for (int round = 1; round <= 400; round++) {
                int pid = round;
                Flux.range(0, 10)
                        .flatMap(i -> checkpoints.write("c" + i, pid(pid)))
                        .blockLast(PATIENCE);
            }
            assertThat(segments(root)).hasSizeLessThanOrEqualTo(JournalSettings.MAX_SEGMENTS);
            Path crashed = crash();
            Map<String, Long> recovered = pids(journaled(crashed, LATE).open().block(PATIENCE));
            assertThat(recovered).hasSize(10).allSatisfy((id, pid) -> assertThat(pid)
                    .isEqualTo(400L));
        }

        @Test
        void ofAnotherSizeAreReplacedWhenTheyAreUsedAgain() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            create(checkpoints, "web", 1);
            write(checkpoints, "web", 2);
            checkpoints.close().block(PATIENCE);
            JournaledCheckpoints larger = open(builder -> builder.segmentSize(128 << 10));
            write(larger, "web", 3);
            larger.close().block(PATIENCE);
            assertThat(segments(root)).anySatisfy(one -> assertThat(one).hasSize(128 << 10));
            assertThat(inFiles(root)).containsExactly(Map.entry("web", 3L));
            JournaledCheckpoints later = open(builder -> builder.segmentSize(128 << 10));
            write(later, "web", 4);
            later.close().block(PATIENCE);
            assertThat(segments(root)).allSatisfy(one -> assertThat(one).hasSize(128 << 10));
        }

        /** A power cut may undo the newest header, and then an earlier segment counts again. */
        @Test
        void ofAnotherSizeStayUntilANewOneIsDurable() throws IOException {
            Path crashed = crashAheadOfTheFile();
            JournaledCheckpoints next = journaled(crashed, LATE);
            next.open().block(PATIENCE);
            write(next, "web", 3);
            next.close().block(PATIENCE);
            List<String> before = names(segments(crashed));
            assertThat(before).hasSize(2);

            Queue<Path> created = new ConcurrentLinkedQueue<>();
            files.hook = (operation, path) -> {
                if (operation == FileOperation.CREATE_FILE && path.contains(".status.journal")) {
                    created.add(Path.of(path));
                }
            };
            JournaledCheckpoints larger = journaled(crashed, builder -> builder.segmentSize(128 << 10));
            larger.open().block(PATIENCE);
            write(larger, "web", 4);
            assertThat(names(created)).isNotEmpty().doesNotContainAnyElementsOf(before);
        }

        private static List<String> names(Collection<Path> files) {
            return files.stream().map(file -> file.getFileName().toString()).toList();
        }

        @Test
        void areUsedAgainByTheNextProcess() throws IOException {
            create(open(LATE), "web", 1);
            for (int i = 2; i < 6; i++) {
                JournaledCheckpoints next = (JournaledCheckpoints) opened.get(opened.size() - 1);
                write(next, "web", i);
                next.close().block(PATIENCE);
                assertThat(segments(root)).hasSizeLessThanOrEqualTo(2);
                open(LATE);
            }
        }

        @Test
        void ofAKilledProcessStayUntilTheFilesHaveTheirRecords() throws IOException {
            Path crashed = crashAheadOfTheFile();
            JournaledCheckpoints next = journaled(crashed, LATE);
            next.open().block(PATIENCE);
            create(next, "db", 1);
            write(next, "db", 2);

            assertThat(segments(crashed)).hasSize(2);
            Path again = CrashedRoot.copy(crashed, folder);
            assertThat(pids(journaled(again, LATE).open().block(PATIENCE)))
                    .containsExactly(Map.entry("db", 2L), Map.entry("web", 2L));
        }

        @Test
        void reportTheirLastRecordIfItCannotBeReadAndAnotherSegmentFollows() throws IOException {
            JournaledCheckpoints checkpoints =
                    open(builder -> builder.segmentSize(16 << 10).filesWithin(Duration.ofHours(1)));
            IntStream.range(0, 160).forEach(i -> create(checkpoints, "c" + i, 1));
            failEachMove();
            // No status reaches its file from here on, so each record is needed.
            IntStream.range(0, 160).forEach(i -> write(checkpoints, "c" + i, 2));
            Path crashed = crash();
            List<JournalReplay.Segment> counting =
                    JournalReplay.of(crashed, segments(crashed)).chain();
            assertThat(counting).hasSizeGreaterThan(1);
            Path first = counting.get(0).file();
            byte[] bytes = Files.readAllBytes(first);
            int last = bytes.length - 1;
            while (bytes[last] == 0) {
                last--;
            }
            bytes[last] ^= 1;
            Files.write(first, bytes);

            FileCheckpoints reader = FileCheckpoints.at(crashed);
            opened.add(reader);
            assertThat(reader.journal().block(PATIENCE).damage())
                    .singleElement()
                    .asString()
                    .contains(first.getFileName().toString(), "they were durable once");
        }

        @Test
        void holdNothingAfterAClose() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            create(checkpoints, "web", 1);
            write(checkpoints, "web", 2);
            checkpoints.close().block(PATIENCE);
            JournalReplay replay = JournalReplay.of(root, segments(root));
            assertThat(replay.newest()).isEmpty();
            assertThat(replay.damage()).isEmpty();
        }
    }

    @Nested
    class AFailure {
        @Test
        void ofTheSyncIsIndeterminateAndTheSegmentIsNotWrittenToAgain() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            create(checkpoints, "web", 1);
            create(checkpoints, "db", 1);
            // This record keeps the segment.
            create(checkpoints, "mail", 1);
            write(checkpoints, "mail", 2);
            failEachSyncOfTheJournal();
            assertThatThrownBy(() -> write(checkpoints, "web", 2))
                    .isInstanceOf(IndeterminateWriteException.class)
                    .hasMessageContaining("the journal could not be written: Input/output error")
                    .hasCauseInstanceOf(FileSystemException.class);
            // The next segment cannot be begun either. Nothing of this change is written, and the previous one
            // stays indeterminate until a change of this container completes.
            assertThatThrownBy(() -> write(checkpoints, "web", 3)).isInstanceOf(IndeterminateWriteException.class);
            assertThatThrownBy(() -> write(checkpoints, "db", 3))
                    .isInstanceOf(NotWrittenException.class)
                    .hasMessageContaining("no new segment of the journal could be started: Input/output error");
            files.hook = (operation, path) -> {};
            write(checkpoints, "db", 4);
            assertThat(pids(journaled(crash(), LATE).open().block(PATIENCE)))
                    .as("what was reported uncertain does not come up behind a later record")
                    .containsExactly(Map.entry("db", 4L), Map.entry("mail", 2L), Map.entry("web", 1L));
        }

        @Test
        void ofTheCheckOfTheRootIsNotWrittenUnlessAnEarlierChangeIsUncertain() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            for (String id : List.of("web", "db", "mail")) {
                create(checkpoints, id, 1);
            }
            failEachSyncOfTheJournal();
            assertThatThrownBy(() -> write(checkpoints, "web", 2)).isInstanceOf(IndeterminateWriteException.class);
            files.hook = (operation, path) -> {};
            write(checkpoints, "mail", 2);
            Path moved = Files.move(root, folder.resolve("moved"));

            assertThatThrownBy(() -> write(checkpoints, "web", 3)).isInstanceOf(IndeterminateWriteException.class);
            assertThatThrownBy(() -> write(checkpoints, "db", 3))
                    .isInstanceOf(NotWrittenException.class)
                    .hasMessageContaining("root");
            Files.move(moved, root);
            assertThat(pids(journaled(crash(), LATE).open().block(PATIENCE)))
                    .containsExactly(Map.entry("db", 1L), Map.entry("mail", 2L), Map.entry("web", 1L));
        }

        @Test
        void leavesNothingUncertainOnceALaterChangeHasCompleted() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            create(checkpoints, "web", 1);
            failEachSyncOfTheJournal();
            assertThatThrownBy(() -> write(checkpoints, "web", 2)).isInstanceOf(IndeterminateWriteException.class);
            files.hook = (operation, path) -> {};
            write(checkpoints, "web", 3);
            Path moved = Files.move(root, folder.resolve("moved"));

            assertThatThrownBy(() -> write(checkpoints, "web", 4)).isInstanceOf(NotWrittenException.class);
            Files.move(moved, root);
        }

        private void failEachSyncOfTheJournal() {
            files.hook = (operation, path) -> {
                if (isSyncOfJournal(operation, path)) {
                    throw new FileSystemException(path, null, "Input/output error");
                }
            };
        }

        @Test
        void afterACancellationGoesToReactorsHookForDroppedErrors() {
            JournaledCheckpoints checkpoints = open(LATE);
            create(checkpoints, "web", 1);
            ConcurrentLinkedQueue<Throwable> dropped = new ConcurrentLinkedQueue<>();
            Hooks.onErrorDropped(dropped::add);
            try {
                Gate gate = new Gate();
                Hook held = gate.at(AFailure::isSyncOfJournal);
                files.hook = (operation, path) -> {
                    held.before(operation, path);
                    if (isSyncOfJournal(operation, path)) {
                        throw new FileSystemException(path, null, "Input/output error");
                    }
                };
                Disposable write = checkpoints.write("web", pid(2)).subscribe();
                gate.awaitArrival();
                write.dispose();
                gate.open();
                await().atMost(PATIENCE)
                        .untilAsserted(() ->
                                assertThat(dropped).singleElement().isInstanceOf(IndeterminateWriteException.class));
            } finally {
                Hooks.resetOnErrorDropped();
            }
        }

        private static boolean isSyncOfJournal(FileOperation operation, String path) {
            return operation == FileOperation.FORCE && path.contains(".status.journal");
        }

        @Test
        void ofAFileIsNotReportedAndTheFileFollowsLater() {
            JournaledCheckpoints checkpoints = open(builder -> builder.filesWithin(Duration.ofMillis(1)));
            create(checkpoints, "web", 1);
            failEachMove();
            write(checkpoints, "web", 2);
            write(checkpoints, "web", 3);
            files.hook = (operation, path) -> {};
            await().atMost(PATIENCE).until(() -> inFiles(root).get("web") == 3L);
        }

        @Test
        void ofTheLastSyncAtTheCloseIsLoggedAndTheNextOpeningFindsEverything() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            create(checkpoints, "web", 1);
            write(checkpoints, "web", 2);
            failEachSyncOfTheJournal();
            try (Logged logged = new Logged("io.containerstatus.fs")) {
                checkpoints.close().block(PATIENCE);
                assertThat(logged.lines())
                        .containsExactly("WARNING the journal of " + root
                                + " could not be emptied; the next opening reads it again");
                assertThat(logged.causes()).singleElement().asString().contains("Input/output error");
            }
            files.hook = (operation, path) -> {};
            assertThat(pids(journaled(root, LATE).open().block(PATIENCE))).containsExactly(Map.entry("web", 2L));
        }

        @Test
        void toFindTheRootAtTheCloseTouchesNothingAtItsPath() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            create(checkpoints, "web", 1);
            Path moved = Files.move(root, folder.resolve("moved"));
            Files.createDirectory(root);
            try (Logged logged = new Logged("io.containerstatus.fs")) {
                checkpoints.close().block(PATIENCE);
                assertThat(logged.lines()).anyMatch(line -> line.contains("could not be emptied"));
            }
            assertThat(root).isEmptyDirectory();
            assertThat(pids(journaled(moved, LATE).open().block(PATIENCE))).containsExactly(Map.entry("web", 1L));
        }

        @Test
        void ofTheSchedulerDoesNotKeepTheLock() {
            Scheduler given = Schedulers.newSingle("given");
            JournaledCheckpoints checkpoints = LATE.apply(
                            FileCheckpoints.builder(root).ioScheduler(given).journaled())
                    .build();
            checkpoints.open().block(PATIENCE);
            create(checkpoints, "web", 1);
            given.dispose();
            checkpoints.close().block(PATIENCE);
            assertThat(pids(journaled(root, LATE).open().block(PATIENCE))).containsExactly(Map.entry("web", 1L));
        }

        @Test
        void ofTheFilesAtTheCloseLeavesThemInTheJournal() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            create(checkpoints, "web", 1);
            write(checkpoints, "web", 2);
            failEachMove();
            checkpoints.close().block(PATIENCE);
            files.hook = (operation, path) -> {};
            assertThat(inFiles(root)).containsExactly(Map.entry("web", 1L));
            assertThat(pids(journaled(root, LATE).open().block(PATIENCE))).containsExactly(Map.entry("web", 2L));
        }
    }

    @Test
    void anotherProgramsFilesInTheRootAreLogged() throws IOException {
        Files.createDirectories(root.resolve("web/io"));
        Files.write(root.resolve("web/status"), StatusCodec.encode(pid(1)));
        try (Logged logged = new Logged("io.containerstatus.fs")) {
            open(LATE);
            assertThat(logged.lines()).singleElement().asString().contains("another program", "web/io");
        }
    }

    /** The changes "b" and "c" share a write, and the subscriber of "b" is signalled first. */
    @Test
    void aSubscriberThatBlocksHoldsUpNoOther() throws InterruptedException {
        JournaledCheckpoints checkpoints = open(LATE);
        List.of("a", "b", "c", "d").forEach(id -> create(checkpoints, id, 1));
        Semaphore syncs = new Semaphore(0);
        Semaphore mayEnd = new Semaphore(0);
        files.hook = (operation, path) -> {
            if (AFailure.isSyncOfJournal(operation, path)) {
                syncs.release();
                mayEnd.acquireUninterruptibly();
            }
        };
        Queue<String> done = new ConcurrentLinkedQueue<>();
        CountDownLatch blocked = new CountDownLatch(1);
        try {
            checkpoints.write("a", pid(2)).subscribe();
            syncs.acquire();
            checkpoints
                    .write("b", pid(2))
                    .doOnSuccess(nothing -> awaitQuietly(blocked))
                    .subscribe();
            checkpoints.write("c", pid(2)).doOnSuccess(nothing -> done.add("c")).subscribe();
            mayEnd.release();
            syncs.acquire();
            checkpoints.write("d", pid(2)).doOnSuccess(nothing -> done.add("d")).subscribe();
            mayEnd.release(100);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(done).containsExactlyInAnyOrder("c", "d"));
        } finally {
            blocked.countDown();
            mayEnd.release(100);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void manyContainersShareWrites() {
        AtomicInteger syncs = new AtomicInteger();
        JournaledCheckpoints checkpoints = open(builder -> builder.filesWithin(Duration.ofHours(1)));
        IntStream.range(0, 64).forEach(i -> create(checkpoints, "c" + i, 0));
        files.hook = (operation, path) -> {
            if (operation == FileOperation.FORCE) {
                syncs.incrementAndGet();
            }
        };
        Flux.range(0, 64)
                .flatMap(i -> Flux.range(1, 50).concatMap(pid -> checkpoints.write("c" + i, pid(pid))), 64)
                .blockLast(PATIENCE);
        assertThat(syncs).hasValueLessThan(64 * 50 / 4);
    }
}
