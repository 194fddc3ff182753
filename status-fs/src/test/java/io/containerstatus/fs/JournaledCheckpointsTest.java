package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.InvalidRootException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusTooLargeException;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.testing.CrashedRoot;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import io.containerstatus.testing.Logged;
import io.containerstatus.testing.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Files with a journal in front of them. A crash is a copy of the root, as it is at that moment. */
class JournaledCheckpointsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** So long that no file follows while a test looks. */
    private static final UnaryOperator<JournaledCheckpoints.Builder> LATE =
            builder -> builder.filesWithin(Duration.ofHours(1)).segmentSize(64 << 10);

    @TempDir
    Path folder;

    private HookedFileSystem files;
    private Path root;
    private final List<StatusCheckpoints> opened = new ArrayList<>();

    @BeforeEach
    void setUp() {
        files = HookedFileSystem.over(folder);
        files.syncing = false;
        root = folder.resolve("root");
    }

    @AfterEach
    void closeAll() {
        files.hook = (operation, path) -> {};
        opened.forEach(one -> Mono.from(one.close()).block(PATIENCE));
    }

    private JournaledCheckpoints journaled(Path at, UnaryOperator<JournaledCheckpoints.Builder> settings) {
        JournaledCheckpoints checkpoints = settings.apply(
                        FileCheckpoints.builder(files.hooked(at)).journaled())
                .build();
        opened.add(checkpoints);
        return checkpoints;
    }

    private JournaledCheckpoints open(UnaryOperator<JournaledCheckpoints.Builder> settings) {
        JournaledCheckpoints checkpoints = journaled(root, settings);
        checkpoints.open().block(PATIENCE);
        return checkpoints;
    }

    private static Status pid(int pid) {
        return Status.builder().pid(pid).build();
    }

    private static void create(StatusCheckpoints checkpoints, String id, int pid) {
        Mono.from(checkpoints.create(id, pid(pid))).block(PATIENCE);
    }

    private static void write(StatusCheckpoints checkpoints, String id, int pid) {
        Mono.from(checkpoints.write(id, pid(pid))).block(PATIENCE);
    }

    /** Returns the pids in the files; -1 for what is no status. */
    private static Map<String, Long> inFiles(Path root) {
        FileCheckpoints reader = FileCheckpoints.at(root);
        Map<String, Long> pids = new TreeMap<>();
        for (String id : reader.list().collectList().block(PATIENCE)) {
            Status status = reader.read(id).onErrorComplete().block(PATIENCE);
            pids.put(id, status == null ? Long.valueOf(-1) : status.pid());
        }
        reader.close().block(PATIENCE);
        return pids;
    }

    private static Map<String, Long> pids(Opened found) {
        Map<String, Long> pids = new TreeMap<>();
        for (Found one : found.containers()) {
            pids.put(
                    one.id(),
                    one instanceof Found.Loaded loaded ? loaded.status().pid() : Long.valueOf(-1));
        }
        return pids;
    }

    /** Returns a copy of the root as it is now. */
    private Path crash() throws IOException {
        return CrashedRoot.copy(root, folder);
    }

    private static List<Path> segments(Path root) throws IOException {
        try (Stream<Path> entries = Files.list(root)) {
            return entries.filter(Layout::isJournal).sorted().toList();
        }
    }

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
            if (operation == Operation.MOVE) {
                renames.incrementAndGet();
            }
        };
        IntStream.rangeClosed(2, 50).forEach(pid -> write(checkpoints, "web", pid));
        await().atMost(PATIENCE).until(() -> inFiles(root).get("web") == 50L);
        assertThat(renames).hasValueLessThan(10);
    }

    @Nested
    class AfterACrash {
        @Test
        void theNewestRecordWinsOverTheFileAndADeletionOverBoth() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            IntStream.range(0, 20).forEach(i -> create(checkpoints, "c" + i, i));
            IntStream.range(0, 10).forEach(i -> write(checkpoints, "c" + i, 100 + i));
            checkpoints.delete("c0").block(PATIENCE);
            checkpoints.delete("c19").block(PATIENCE);
            Map<String, Long> expected = new TreeMap<>();
            IntStream.range(1, 19).forEach(i -> expected.put("c" + i, i < 10 ? 100L + i : i));
            Path crashed = crash();
            assertThat(pids(journaled(crashed, LATE).open().block(PATIENCE))).isEqualTo(expected);
        }

        @Test
        void aContainerThatWasDeletedAndCreatedAgainIsThere() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            create(checkpoints, "web", 1);
            write(checkpoints, "web", 2);
            checkpoints.delete("web").block(PATIENCE);
            create(checkpoints, "web", 3);
            assertThat(pids(journaled(crash(), LATE).open().block(PATIENCE))).containsExactly(Map.entry("web", 3L));
        }

        @Test
        void aBadFileWithANewerRecordIsNotBad() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            create(checkpoints, "web", 1);
            write(checkpoints, "web", 2);
            Path crashed = crash();
            Files.writeString(crashed.resolve("web/status"), "{");
            assertThat(pids(journaled(crashed, LATE).open().block(PATIENCE))).containsExactly(Map.entry("web", 2L));
        }

        @Test
        void whatWasRecoveredIsRecoveredAgainAfterAnotherCrash() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            create(checkpoints, "web", 1);
            create(checkpoints, "db", 1);
            write(checkpoints, "web", 2);
            root = crash();
            files.hook = (operation, path) -> {
                if (operation == Operation.MOVE) {
                    throw new FileSystemException(path, null, "No space left on device");
                }
            };
            JournaledCheckpoints again = open(LATE);
            write(again, "db", 5);
            assertThat(inFiles(root)).containsEntry("web", 1L).containsEntry("db", 1L);
            Path twice = crash();
            files.hook = (operation, path) -> {};
            assertThat(pids(journaled(twice, LATE).open().block(PATIENCE)))
                    .containsExactly(Map.entry("db", 5L), Map.entry("web", 2L));
        }

        @Test
        void openingWithoutAJournalBringsTheFilesUpAndRemovesIt() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            create(checkpoints, "web", 1);
            create(checkpoints, "db", 1);
            write(checkpoints, "web", 2);
            checkpoints.delete("db").block(PATIENCE);
            Path crashed = crash();
            FileCheckpoints plain = FileCheckpoints.at(files.hooked(crashed));
            opened.add(plain);
            Opened found = plain.open().block(PATIENCE);
            assertThat(pids(found)).containsExactly(Map.entry("web", 2L));
            assertThat(found.access().writable()).isTrue();
            assertThat(inFiles(crashed)).containsExactly(Map.entry("web", 2L));
            assertThat(segments(crashed)).isEmpty();
            write(plain, "web", 3);
            assertThat(inFiles(crashed)).containsExactly(Map.entry("web", 3L));
        }

        @Test
        void openingWithoutAJournalOnAFullDiskCanOnlyReadAndKnowsTheNewest() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            create(checkpoints, "web", 1);
            write(checkpoints, "web", 2);
            Path crashed = crash();
            files.hook = (operation, path) -> {
                if (operation == Operation.WRITE) {
                    throw new FileSystemException(path, null, "No space left on device");
                }
            };
            FileCheckpoints plain = FileCheckpoints.at(files.hooked(crashed));
            opened.add(plain);
            Opened found = plain.open().block(PATIENCE);
            assertThat(pids(found)).containsExactly(Map.entry("web", 2L));
            assertThat(found.access().reason()).contains("its journal", "No space left on device");
            assertThatThrownBy(() -> write(plain, "web", 3)).isInstanceOf(NotWrittenException.class);
            assertThat(segments(crashed)).isNotEmpty();
        }

        @Test
        void whatWasReplayedIsNotKeptASecondTime() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            create(checkpoints, "web", 1);
            write(checkpoints, "web", 2);
            for (boolean behindJournal : List.of(true, false)) {
                FileCheckpoints.Builder builder = FileCheckpoints.builder(files.hooked(crash()));
                FileCheckpoints place = behindJournal ? builder.buildBehindJournal() : builder.build();
                StatusCheckpoints opening = behindJournal
                        ? new JournaledCheckpoints(
                                place, place.journalHome(), JournalSettings.DEFAULT, null, new JournalTimer())
                        : place;
                opened.add(opening);
                assertThat(Mono.from(opening.open()).block(PATIENCE).containers())
                        .hasSize(1);
                assertThat(place.journalHome().replay().newest()).isEmpty();
            }
        }

        @Test
        void openingWritesNothing() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            create(checkpoints, "web", 1);
            write(checkpoints, "web", 2);
            Path crashed = crash();
            files.hook = (operation, path) -> {
                if (operation == Operation.WRITE) {
                    throw new FileSystemException(path, null, "No space left on device");
                }
            };
            Opened found = journaled(crashed, LATE).open().block(PATIENCE);
            assertThat(pids(found)).containsExactly(Map.entry("web", 2L));
            assertThat(found.access().writable()).isTrue();
        }
    }

    /** Each change of a file may be the last one before the process is killed. */
    @Nested
    class KilledAtEachChange {
        private static final Set<Operation> CHANGES =
                Set.of(Operation.CREATE_FILE, Operation.WRITE, Operation.FORCE, Operation.MOVE, Operation.DELETE);

        private List<Path> crashesOf(Path at, Runnable action) {
            List<Path> crashes = new ArrayList<>();
            files.hook = new Hook() {
                @Override
                public void before(Operation operation, String path) throws IOException {
                    if (CHANGES.contains(operation)) {
                        crashes.add(CrashedRoot.copy(at, folder));
                    }
                }

                /** No kernel cuts a write within a sector. */
                @Override
                public int taken(String path, int offered) {
                    return path.contains(".status.journal") ? Math.min(offered, 512) : Hook.super.taken(path, offered);
                }
            };
            action.run();
            files.hook = (operation, path) -> {};
            assertThat(crashes).hasSizeGreaterThan(10);
            return crashes;
        }

        private void check(List<Path> crashes) {
            for (Path crash : crashes) {
                FileCheckpoints plain = FileCheckpoints.at(crash);
                Opened found = plain.open().block(PATIENCE);
                assertThat(pids(found)).containsExactly(Map.entry("web", 2L));
                assertThat(found.damage()).isEmpty();
                plain.close().block(PATIENCE);
                assertThat(inFiles(crash)).containsExactly(Map.entry("web", 2L));
            }
        }

        private Path twoSegments() throws IOException {
            JournaledCheckpoints checkpoints =
                    open(builder -> builder.segmentSize(16 << 10).filesWithin(Duration.ofHours(1)));
            create(checkpoints, "web", 1);
            create(checkpoints, "db", 1);
            IntStream.range(0, 100).forEach(i -> write(checkpoints, "db", i));
            checkpoints.delete("db").block(PATIENCE);
            write(checkpoints, "web", 2);
            return crash();
        }

        @Test
        void ofAnOpeningWithoutAJournal() throws IOException {
            Path crashed = twoSegments();
            assertThat(segments(crashed)).hasSizeGreaterThan(1);
            FileCheckpoints plain = FileCheckpoints.at(files.hooked(crashed));
            opened.add(plain);
            check(crashesOf(crashed, () -> plain.open().block(PATIENCE)));
        }

        @Test
        void ofAnOpeningWithLargerSegmentsAndItsClose() throws IOException {
            Path crashed = twoSegments();
            // One thread: nothing may change while the root is copied.
            Scheduler one = Schedulers.newSingle("one");
            try {
                JournaledCheckpoints larger = LATE.apply(FileCheckpoints.builder(files.hooked(crashed))
                                .ioScheduler(one)
                                .journaled())
                        .build();
                check(crashesOf(crashed, () -> {
                    larger.open().block(PATIENCE);
                    larger.close().block(PATIENCE);
                }));
            } finally {
                one.dispose();
            }
        }
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

        @Test
        void boundTheSizeOfAStatus() {
            JournaledCheckpoints checkpoints = open(builder -> builder.segmentSize(16 << 10));
            create(checkpoints, "web", 1);
            Status large = Status.builder().message("x".repeat(13_000)).build();
            assertThatThrownBy(() -> checkpoints.requireStorable("web", large))
                    .isInstanceOf(StatusTooLargeException.class);
            assertThatThrownBy(() -> checkpoints.write("web", large).block(PATIENCE))
                    .isInstanceOf(StatusTooLargeException.class);
            write(checkpoints, "web", 2);
        }
    }

    @Nested
    class AFailure {
        @Test
        void ofTheSyncIsIndeterminateAndTheSegmentIsNotWrittenToAgain() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            create(checkpoints, "web", 1);
            create(checkpoints, "db", 1);
            files.hook = (operation, path) -> {
                if (operation == Operation.FORCE && path.contains(".status.journal")) {
                    throw new FileSystemException(path, null, "Input/output error");
                }
            };
            assertThatThrownBy(() -> write(checkpoints, "web", 2)).isInstanceOf(IndeterminateWriteException.class);
            // The next segment cannot be begun either. Nothing of this change is written, and the one before stays
            // uncertain until a change of this container completes.
            assertThatThrownBy(() -> write(checkpoints, "web", 3)).isInstanceOf(IndeterminateWriteException.class);
            assertThatThrownBy(() -> write(checkpoints, "db", 3)).isInstanceOf(NotWrittenException.class);
            files.hook = (operation, path) -> {};
            write(checkpoints, "db", 4);
            assertThat(pids(journaled(crash(), LATE).open().block(PATIENCE)))
                    .as("what was reported uncertain does not come up behind a later record")
                    .containsExactly(Map.entry("db", 4L), Map.entry("web", 1L));
        }

        @Test
        void ofAFileIsNotToldAndTheFileFollowsLater() {
            JournaledCheckpoints checkpoints = open(builder -> builder.filesWithin(Duration.ofMillis(1)));
            create(checkpoints, "web", 1);
            files.hook = (operation, path) -> {
                if (operation == Operation.MOVE) {
                    throw new FileSystemException(path, null, "No space left on device");
                }
            };
            write(checkpoints, "web", 2);
            write(checkpoints, "web", 3);
            files.hook = (operation, path) -> {};
            await().atMost(PATIENCE).until(() -> inFiles(root).get("web") == 3L);
        }

        @Test
        void ofTheFilesAtTheCloseLeavesThemInTheJournal() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            create(checkpoints, "web", 1);
            write(checkpoints, "web", 2);
            files.hook = (operation, path) -> {
                if (operation == Operation.MOVE) {
                    throw new FileSystemException(path, null, "No space left on device");
                }
            };
            checkpoints.close().block(PATIENCE);
            files.hook = (operation, path) -> {};
            assertThat(inFiles(root)).containsExactly(Map.entry("web", 1L));
            assertThat(pids(journaled(root, LATE).open().block(PATIENCE))).containsExactly(Map.entry("web", 2L));
        }
    }

    @Nested
    class Damage {
        private Path crashed;

        @BeforeEach
        void writeThree() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            create(checkpoints, "a", 1);
            create(checkpoints, "b", 1);
            create(checkpoints, "c", 1);
            write(checkpoints, "a", 2);
            write(checkpoints, "b", 2);
            write(checkpoints, "c", 2);
            crashed = crash();
        }

        private void overwrite(Path file, long position, int length) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.allocate(length), position);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private long position(int record) throws IOException {
            int size = JournalFormat.recordSize("a", StatusCodec.encode(pid(2)));
            return JournalFormat.HEADER_SIZE + (long) record * size;
        }

        @Test
        void inTheMidstIsReportedAndWhatFollowsCounts() throws IOException {
            overwrite(segments(crashed).get(0), position(3) + 8, 4);
            JournalReplay replay = JournalReplay.of(crashed, segments(crashed));
            assertThat(replay.damage()).singleElement().asString().contains("records 4 to 4");
            assertThat(pids(journaled(crashed, LATE).open().block(PATIENCE)))
                    .containsExactly(Map.entry("a", 1L), Map.entry("b", 2L), Map.entry("c", 2L));
        }

        @Test
        void atTheEndIsTakenForAWriteThatACrashHasCut() throws IOException {
            overwrite(segments(crashed).get(0), position(5) + 8, 4);
            JournalReplay replay = JournalReplay.of(crashed, segments(crashed));
            assertThat(replay.damage()).isEmpty();
            assertThat(replay.newest().get("c").status().pid()).isEqualTo(1);
        }

        /** Other than a damaged end, this cannot come from a crash: the length was durable before the first record. */
        @Test
        void ofAFileThatWasCutShortIsReported() throws IOException {
            Path segment = segments(crashed).get(0);
            try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
                channel.truncate(JournalFormat.HEADER_SIZE);
            }
            assertThat(journaled(crashed, LATE).open().block(PATIENCE).damage())
                    .singleElement()
                    .asString()
                    .contains("shorter than it was made");
        }

        @Test
        void ofAHeaderIsReported() throws IOException {
            overwrite(segments(crashed).get(0), 16, 4);
            assertThat(JournalReplay.of(crashed, segments(crashed)).damage())
                    .singleElement()
                    .asString()
                    .contains("checksum of its header");
        }

        @Test
        void aNewerVersionIsRefusedAndNothingIsChanged() throws IOException {
            Path segment = segments(crashed).get(0);
            byte[] bytes = Files.readAllBytes(segment);
            ByteBuffer header = ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            header.putInt(12, 2);
            java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
            crc.update(bytes, 12, 68);
            header.putInt(8, (int) crc.getValue());
            Files.write(segment, bytes);
            assertThatThrownBy(() -> journaled(crashed, LATE).open().block(PATIENCE))
                    .isInstanceOf(InvalidRootException.class)
                    .hasMessageContaining("version 2");
            assertThat(segment).hasBinaryContent(bytes);
        }

        @Test
        void ofTwoJournalsInOneRootIsRefused() throws IOException {
            Path other = folder.resolve("other");
            JournaledCheckpoints checkpoints = journaled(other, LATE);
            checkpoints.open().block(PATIENCE);
            create(checkpoints, "x", 1);
            Files.copy(segments(other).get(0), crashed.resolve(".status.journal-7"));
            assertThatThrownBy(() -> journaled(crashed, LATE).open().block(PATIENCE))
                    .isInstanceOf(InvalidRootException.class)
                    .hasMessageContaining("another journal");
        }
    }

    /** The lock file names the journal of its root. */
    @Nested
    class ARootKnowsItsJournal {
        private Path crashed;

        @BeforeEach
        void leaveAJournal() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            create(checkpoints, "web", 1);
            write(checkpoints, "web", 2);
            crashed = crash();
        }

        private void removeSegments(Path root) throws IOException {
            for (Path segment : segments(root)) {
                Files.delete(segment);
            }
        }

        private void assertRefused(Path root, String message) {
            for (StatusCheckpoints checkpoints : List.of(journaled(root, LATE), FileCheckpoints.at(root))) {
                opened.add(checkpoints);
                assertThatThrownBy(() -> Mono.from(checkpoints.open()).block(PATIENCE))
                        .isInstanceOf(InvalidRootException.class)
                        .hasMessageContaining(message);
            }
        }

        @Test
        void whichWasRemovedAfterACrash() throws IOException {
            removeSegments(crashed);
            assertRefused(crashed, "is missing, which may hold acknowledged statuses");
            Files.write(crashed.resolve(".status.lock"), new byte[0]);
            assertThat(pids(journaled(crashed, LATE).open().block(PATIENCE))).containsExactly(Map.entry("web", 1L));
        }

        @Test
        void whoseNewestSegmentWasRemovedOrEmptied() throws IOException {
            JournaledCheckpoints checkpoints = journaled(crashed, LATE);
            checkpoints.open().block(PATIENCE);
            write(checkpoints, "web", 3);
            Path twice = CrashedRoot.copy(crashed, folder);
            assertThat(segments(twice)).hasSize(2);
            Path newest = segments(twice).get(1);
            Files.write(newest, new byte[0]);
            assertRefused(twice, "segment 2 of the journal is missing");
            Files.delete(newest);
            assertRefused(twice, "segment 2 of the journal is missing");
        }

        @Test
        void whichWasReplacedByThatOfAnotherRoot() throws IOException {
            Path other = folder.resolve("other");
            JournaledCheckpoints checkpoints = journaled(other, LATE);
            checkpoints.open().block(PATIENCE);
            create(checkpoints, "web", 7);
            removeSegments(crashed);
            Files.copy(segments(other).get(0), crashed.resolve(".status.journal-0"));
            assertRefused(crashed, "is missing, which may hold acknowledged statuses");
        }

        @Test
        void whichWasCopiedIntoARootThatHasNone() throws IOException {
            Path plain = folder.resolve("plain");
            FileCheckpoints files = FileCheckpoints.at(plain);
            files.open().block(PATIENCE);
            create(files, "web", 5);
            files.close().block(PATIENCE);
            Path segment = segments(crashed).get(0);
            Path copied = plain.resolve(segment.getFileName());
            Files.copy(segment, copied);
            assertRefused(plain, "is not known to be its own");
            assertThat(inFiles(plain)).containsExactly(Map.entry("web", 5L));
            Files.delete(copied);
            assertThat(pids(journaled(plain, LATE).open().block(PATIENCE))).containsExactly(Map.entry("web", 5L));
        }

        @Test
        void whoseLockFileWasReplaced() throws IOException {
            Path lock = crashed.resolve(".status.lock");
            String line = Files.readString(lock);
            assertThat(line).matches("journal [0-9a-f-]{36} 1 *\n");
            for (String instead : List.of("", "journal", "journal what?", "4711\n", "\0".repeat(64))) {
                Files.writeString(lock, instead);
                assertRefused(crashed, "write this line into it: " + line.strip());
            }
            Files.writeString(lock, line);
            assertThat(pids(journaled(crashed, LATE).open().block(PATIENCE))).containsExactly(Map.entry("web", 2L));
        }

        @Test
        void whichNobodyNeedsAfterAClose() throws IOException {
            JournaledCheckpoints checkpoints = journaled(crashed, LATE);
            checkpoints.open().block(PATIENCE);
            write(checkpoints, "web", 3);
            checkpoints.close().block(PATIENCE);
            assertThat(segments(crashed)).isNotEmpty();
            removeSegments(crashed);
            assertThat(pids(journaled(crashed, LATE).open().block(PATIENCE))).containsExactly(Map.entry("web", 3L));
        }

        @Test
        void whichAnOpeningWithoutAJournalHasRemoved() throws IOException {
            FileCheckpoints plain = FileCheckpoints.at(crashed);
            plain.open().block(PATIENCE);
            plain.close().block(PATIENCE);
            assertThat(crashed.resolve(".status.lock")).content().startsWith("journal none");
            assertThat(pids(journaled(crashed, LATE).open().block(PATIENCE))).containsExactly(Map.entry("web", 2L));
        }

        @Test
        void alsoWhereTheRootCanOnlyBeRead() throws IOException {
            removeSegments(crashed);
            files.hook = (operation, path) -> {
                if (operation == Operation.OPEN_TO_LOCK) {
                    throw new FileSystemException(path, null, "Read-only file system");
                }
            };
            FileCheckpoints plain = FileCheckpoints.at(files.hooked(crashed));
            opened.add(plain);
            assertThatThrownBy(() -> plain.open().block(PATIENCE)).hasMessageContaining("is missing");
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

    @Test
    void changesBeforeTheOpeningAndAfterACloseAreNotWritten() {
        JournaledCheckpoints checkpoints = journaled(root, LATE);
        assertThatThrownBy(() -> write(checkpoints, "web", 1)).isInstanceOf(NotWrittenException.class);
        checkpoints.open().block(PATIENCE);
        create(checkpoints, "web", 1);
        checkpoints.close().block(PATIENCE);
        assertThatThrownBy(() -> write(checkpoints, "web", 2)).isInstanceOf(NotWrittenException.class);
    }

    @Test
    void manyContainersShareWrites() {
        AtomicInteger syncs = new AtomicInteger();
        JournaledCheckpoints checkpoints = open(builder -> builder.filesWithin(Duration.ofHours(1)));
        IntStream.range(0, 64).forEach(i -> create(checkpoints, "c" + i, 0));
        files.hook = (operation, path) -> {
            if (operation == Operation.FORCE) {
                syncs.incrementAndGet();
            }
        };
        Flux.range(0, 64)
                .flatMap(i -> Flux.range(1, 50).concatMap(pid -> checkpoints.write("c" + i, pid(pid))), 64)
                .blockLast(PATIENCE);
        assertThat(syncs).hasValueLessThan(64 * 50 / 4);
    }
}
