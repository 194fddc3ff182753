package io.containerstatus.fs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.InvalidRootException;
import io.containerstatus.StatusCodec;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.testing.CrashedRoot;
import io.containerstatus.testing.FileOperation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** How an opening handles a journal that is damaged, of a newer release, of another root, or missing. */
class SpoiltJournalTest extends JournaledRoots {
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

        /** The next segment says how far the earlier ones were durable. */
        @Test
        void atTheEndIsReportedOnceAnotherSegmentFollows() throws IOException {
            JournaledCheckpoints checkpoints = journaled(crashed, LATE);
            checkpoints.open().block(PATIENCE);
            write(checkpoints, "a", 3);
            Path twice = CrashedRoot.copy(crashed, folder);
            overwrite(segments(twice).get(0), position(4), (int) (position(6) - position(4)));
            assertThat(JournalReplay.of(twice, segments(twice)).damage())
                    .singleElement()
                    .asString()
                    .contains("records 5 to 5");
        }

        @Test
        void atTheEndIsTakenForAWriteThatACrashHasCut() throws IOException {
            overwrite(segments(crashed).get(0), position(5) + 8, 4);
            JournalReplay replay = JournalReplay.of(crashed, segments(crashed));
            assertThat(replay.damage()).isEmpty();
            assertThat(replay.newest().get("c").status().pid()).isEqualTo(1);
        }

        /** Unlike a damaged end, this cannot come from a crash: the length was durable before the first record. */
        @Test
        void ofAFileThatWasCutShortIsReported() throws IOException {
            Path segment = segments(crashed).get(0);
            try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
                channel.truncate(JournalFormat.HEADER_SIZE);
            }
            assertThat(journaled(crashed, LATE).open().block(PATIENCE).damage())
                    .singleElement()
                    .asString()
                    .startsWith(segment + ": it is shorter than at its creation");
        }

        @Test
        void ofAHeaderIsReported() throws IOException {
            Path segment = segments(crashed).get(0);
            overwrite(segment, 16, 4);
            JournalReplay replay = JournalReplay.of(crashed, segments(crashed));
            assertThat(replay.damage()).containsExactly(segment + ": the checksum of its header does not match");
            assertThat(replay.unusable()).containsExactly(segment);
        }

        @Test
        void ofTheOnlyHeaderIsReportedOnce() throws IOException {
            overwrite(segments(crashed).get(0), 16, 4);
            for (StatusCheckpoints checkpoints : List.of(
                    FileCheckpoints.at(CrashedRoot.copy(crashed, folder)),
                    journaled(CrashedRoot.copy(crashed, folder), LATE))) {
                opened.add(checkpoints);
                Opened found = Mono.from(checkpoints.open()).block(PATIENCE);
                assertThat(pids(found)).containsExactly(Map.entry("a", 1L), Map.entry("b", 1L), Map.entry("c", 1L));
                assertThat(found.damage())
                        .satisfiesExactly(
                                header -> assertThat(header).endsWith("the checksum of its header does not match"),
                                rest -> assertThat(rest)
                                        .isEqualTo(
                                                "segment 1 of the journal and all earlier segments could not be found"));
            }
            FileCheckpoints plain = FileCheckpoints.at(crashed);
            plain.open().block(PATIENCE);
            plain.close().block(PATIENCE);
            assertThat(segments(crashed)).isEmpty();
            assertThat(journaled(crashed, LATE).open().block(PATIENCE).damage()).isEmpty();
        }

        /** A process that is killed while it begins a segment leaves such a header. */
        @Test
        void ofAHeaderWithoutRecordsIsNotReported() throws IOException {
            Files.write(crashed.resolve(".status.journal-1"), new byte[] {1, 2, 3});
            Opened found = journaled(crashed, LATE).open().block(PATIENCE);
            assertThat(found.damage()).isEmpty();
            assertThat(pids(found)).containsExactly(Map.entry("a", 2L), Map.entry("b", 2L), Map.entry("c", 2L));
        }

        @Test
        void ofAStatusInACompleteRecordIsRefused() throws IOException {
            Path segment = segments(crashed).get(0);
            ByteBuffer record = JournalFormat.newBuffer(512);
            JournalFormat.encode(new JournalFormat.Entry(7, 1, 6, "b", "no status".getBytes(UTF_8)), record);
            try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
                channel.write(record.flip(), position(6));
            }
            assertThatThrownBy(() -> journaled(crashed, LATE).open().block(PATIENCE))
                    .isInstanceOf(InvalidRootException.class)
                    .hasMessageContaining(segment.getFileName()
                            + ": the record 7, of container \"b\", is complete, but its status cannot be read: ");
        }

        /** The file of a new segment consists of zeros until its header is written. */
        @Test
        void isNotReportedForAFileThatWasNeverUsed() throws IOException {
            Path unused = crashed.resolve(".status.journal-1");
            Files.write(unused, new byte[JournalFormat.HEADER_SIZE]);
            JournalReplay replay = JournalReplay.of(crashed, segments(crashed));
            assertThat(replay.damage()).isEmpty();
            assertThat(replay.unusable()).containsExactly(unused);
        }

        /** Such a segment is left by a process that is killed right after it has begun the segment. */
        @Test
        void isNotReportedForANewestSegmentWithoutRecords() throws IOException {
            Path only = segments(crashed).get(0);
            Path next = crashed.resolve(".status.journal-1");
            JournalFormat.Header header =
                    JournalReplay.of(crashed, segments(crashed)).chain().get(0).header();
            byte[] bytes = new byte[(int) header.size()];
            JournalFormat.encode(new JournalFormat.Header(header.journal(), 2, 1, 1, 7, header.size(), 6))
                    .get(bytes, 0, JournalFormat.HEADER_SIZE);
            Files.write(next, bytes);
            JournalReplay replay = JournalReplay.of(crashed, segments(crashed));
            assertThat(replay.damage()).isEmpty();
            assertThat(replay.chain()).extracting(JournalReplay.Segment::file).containsExactly(only);
            assertThat(replay.unchained()).containsExactly(next);
            assertThat(replay.nextSequence()).isEqualTo(7);
            assertThat(replay.synced()).isEqualTo(6);
        }

        /** Without the header, it is unknown which records were in the missing segment. */
        @Test
        void ofAHeaderOfAnEarlierSegmentIsReportedWithWhatIsMissing() throws IOException {
            JournaledCheckpoints checkpoints = journaled(crashed, LATE);
            checkpoints.open().block(PATIENCE);
            write(checkpoints, "a", 3);
            Path twice = CrashedRoot.copy(crashed, folder);
            Path first = segments(twice).get(0);
            overwrite(first, 16, 4);
            JournalReplay replay = JournalReplay.of(twice, segments(twice));
            assertThat(replay.damage())
                    .containsExactly(
                            first + ": the checksum of its header does not match",
                            "segment 1 of the journal and all earlier segments could not be found");
        }

        @Test
        void ofASegmentThatWasCopiedIsRefused() throws IOException {
            Path segment = segments(crashed).get(0);
            Path copy = Files.copy(segment, crashed.resolve(".status.journal-7"));
            assertThatThrownBy(() -> journaled(crashed, LATE).open().block(PATIENCE))
                    .isInstanceOf(InvalidRootException.class)
                    .hasMessageContaining(segment.getFileName().toString())
                    .hasMessageContaining(copy.getFileName().toString())
                    .hasMessageContaining("are the same segment. Remove the copy");
        }

        /** Its records are older than the files, and only that header says that they do not count. */
        @Test
        void ofTheHeaderThatSaysThatNothingCountsIsPassedOver() throws IOException {
            JournaledCheckpoints checkpoints = journaled(crashed, LATE);
            checkpoints.open().block(PATIENCE);
            write(checkpoints, "a", 3);
            checkpoints.close().block(PATIENCE);
            List<Path> segments = segments(crashed);
            List<JournalReplay.Segment> newest =
                    JournalReplay.of(crashed, segments).chain();
            assertThat(segments).hasSizeGreaterThan(newest.size());
            overwrite(newest.get(0).file(), 16, 4);

            Path copy = CrashedRoot.copy(crashed, folder);
            FileCheckpoints plain = FileCheckpoints.at(copy);
            opened.add(plain);
            Opened inFiles = plain.open().block(PATIENCE);
            assertThat(inFiles.damage()).isEmpty();
            assertThat(pids(inFiles)).containsExactly(Map.entry("a", 3L), Map.entry("b", 2L), Map.entry("c", 2L));
            assertThat(segments(copy)).isEmpty();

            JournaledCheckpoints next = journaled(crashed, LATE);
            Opened found = next.open().block(PATIENCE);
            assertThat(found.damage()).isEmpty();
            assertThat(pids(found)).containsExactly(Map.entry("a", 3L), Map.entry("b", 2L), Map.entry("c", 2L));
            write(next, "a", 4);
            assertThat(pids(journaled(CrashedRoot.copy(crashed, folder), LATE)
                            .open()
                            .block(PATIENCE)))
                    .containsExactly(Map.entry("a", 4L), Map.entry("b", 2L), Map.entry("c", 2L));
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
                    .hasMessageContaining(segment.getFileName() + " cannot be used: it has the version 2");
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
                    .hasMessageMatching("(?s).*/\\.status\\.journal-[07] belongs to another journal.*");
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
                        .hasMessageContaining(root.toString())
                        .hasMessageContaining(message);
            }
        }

        @Test
        void whichWasRemovedAfterACrash() throws IOException {
            UUID journal = JournalReplay.of(crashed, segments(crashed)).journal();
            removeSegments(crashed);
            assertRefused(crashed, "its journal " + journal + " is missing. It may hold acknowledged statuses");
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
            assertRefused(crashed, "is missing. It may hold acknowledged statuses");
            Files.write(crashed.resolve(".status.journal-1"), new byte[] {1, 2, 3});
            assertRefused(crashed, "is missing. It may hold acknowledged statuses");
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
            assertRefused(plain, "does not name this journal");
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
                if (operation == FileOperation.OPEN_TO_LOCK) {
                    throw new FileSystemException(path, null, "Read-only file system");
                }
            };
            FileCheckpoints plain = FileCheckpoints.at(files.hooked(crashed));
            opened.add(plain);
            assertThatThrownBy(() -> plain.open().block(PATIENCE)).hasMessageContaining("is missing");
        }
    }
}
