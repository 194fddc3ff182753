package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.containerstatus.NotWrittenException;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.testing.CrashedRoot;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Hook;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** What the next process reads from a journal, with a journal and without one. */
@Tag("long")
class JournalRecoveryTest extends JournaledRoots {
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
            Path crashed = crashAheadOfTheFile();
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
                if (operation == FileOperation.MOVE) {
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
            Path crashed = crashAheadOfTheFile();
            files.hook = (operation, path) -> {
                if (operation == FileOperation.WRITE) {
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
        void theContainersAreInTheOrderOfTheirNewestRecords() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            create(checkpoints, "web", 1);
            create(checkpoints, "db", 1);
            create(checkpoints, "mail", 1);
            write(checkpoints, "db", 2);
            write(checkpoints, "web", 2);
            assertThat(JournalReplay.of(root, segments(root)).newest().keySet()).containsExactly("mail", "db", "web");
        }

        @Test
        void theFilesFollowWithoutAnyChange() throws IOException {
            Path crashed = crashAheadOfTheFile();
            journaled(crashed, builder -> builder.filesWithin(Duration.ofMillis(1)))
                    .open()
                    .block(PATIENCE);
            await().atMost(PATIENCE).until(() -> inFiles(crashed).get("web") == 2L);
        }

        @Test
        void whatWasReplayedIsNotKeptASecondTime() throws IOException {
            JournaledCheckpoints checkpoints = open(LATE);
            create(checkpoints, "web", 1);
            write(checkpoints, "web", 2);
            for (boolean behindJournal : List.of(true, false)) {
                FileCheckpoints.Builder builder = FileCheckpoints.builder(files.hooked(crash()));
                FileCheckpoints backEnd = behindJournal ? builder.buildBehindJournal() : builder.build();
                StatusCheckpoints opening = behindJournal
                        ? new JournaledCheckpoints(
                                backEnd, backEnd.journalHome(), JournalSettings.DEFAULT, null, new JournalTimer())
                        : backEnd;
                opened.add(opening);
                assertThat(Mono.from(opening.open()).block(PATIENCE).containers())
                        .hasSize(1);
                assertThat(backEnd.journalHome().replay().newest()).isEmpty();
            }
        }

        @Test
        void openingWritesNothing() throws IOException {
            Path crashed = crashAheadOfTheFile();
            files.hook = (operation, path) -> {
                if (operation == FileOperation.WRITE) {
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
        private static final Set<FileOperation> CHANGES = Set.of(
                FileOperation.CREATE_FILE,
                FileOperation.WRITE,
                FileOperation.FORCE,
                FileOperation.MOVE,
                FileOperation.DELETE);

        private List<Path> crashesOf(Path at, Runnable action) {
            List<Path> crashes = new ArrayList<>();
            files.hook = new Hook() {
                @Override
                public void before(FileOperation operation, String path) throws IOException {
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

        private void check(List<Path> crashes) throws IOException {
            for (Path crash : crashes) {
                FileCheckpoints plain = FileCheckpoints.at(crash);
                Opened found = plain.open().block(PATIENCE);
                assertThat(pids(found)).containsExactly(Map.entry("web", 2L));
                assertThat(found.damage()).isEmpty();
                assertThat(segments(crash)).isEmpty();
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
}
