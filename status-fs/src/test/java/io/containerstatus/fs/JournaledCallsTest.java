package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.InvalidContainerIdException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusTooLargeException;
import io.containerstatus.spi.StatusCheckpoints.Backlog;
import io.containerstatus.testing.FileOperation;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** What the calls of files with a journal accept, reject and return. */
class JournaledCallsTest extends JournaledRoots {
    private static final int SMALL = 16 << 10;

    @Test
    void noStatusIsRejectedAtTheCall() {
        JournaledCheckpoints checkpoints = open(LATE);
        assertThatThrownBy(() -> checkpoints.create("web", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("status");
        assertThatThrownBy(() -> checkpoints.write("web", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("status");
    }

    @Test
    void anInvalidIdIsRejected() {
        JournaledCheckpoints checkpoints = open(LATE);
        assertThatThrownBy(() -> write(checkpoints, "../web", 1))
                .isInstanceOf(InvalidContainerIdException.class)
                .hasMessageContaining("../web");
    }

    @Test
    void changesBeforeTheOpeningAndAfterACloseAreNotWritten() {
        JournaledCheckpoints checkpoints = journaled(root, LATE);
        assertThatThrownBy(() -> write(checkpoints, "web", 1))
                .isInstanceOf(NotWrittenException.class)
                .hasMessageContaining("not open");
        checkpoints.open().block(PATIENCE);
        create(checkpoints, "web", 1);
        checkpoints.close().block(PATIENCE);
        assertThatThrownBy(() -> write(checkpoints, "web", 2))
                .isInstanceOf(NotWrittenException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void changesOfARootThatCanOnlyBeReadNameTheReason() {
        create(open(LATE), "web", 1);
        closeAll();
        files.hook = (operation, path) -> {
            if (operation == FileOperation.OPEN_TO_LOCK) {
                throw new FileSystemException(path, null, "Read-only file system");
            }
        };
        JournaledCheckpoints checkpoints = open(LATE);
        assertThat(checkpoints.access().writable()).isFalse();
        assertThatThrownBy(() -> write(checkpoints, "web", 2))
                .isInstanceOf(NotWrittenException.class)
                .hasMessageContaining("Read-only file system");
    }

    @Test
    void theAccessIsThatOfTheFiles() {
        JournaledCheckpoints checkpoints = journaled(root, LATE);
        assertThat(checkpoints.access().writable()).isFalse();
        checkpoints.open().block(PATIENCE);
        assertThat(checkpoints.access().writable()).isTrue();
    }

    @Test
    void theBacklogCountsTheContainersThatAreAheadOfTheirFiles() {
        JournaledCheckpoints checkpoints = journaled(root, LATE);
        assertThat(checkpoints.backlog()).isEqualTo(Backlog.NONE);
        checkpoints.open().block(PATIENCE);
        create(checkpoints, "web", 1);
        create(checkpoints, "db", 1);
        assertThat(checkpoints.backlog().containers()).isZero();
        write(checkpoints, "web", 2);
        write(checkpoints, "web", 3);
        assertThat(checkpoints.backlog().containers()).isEqualTo(1);
    }

    @Test
    void aWriteAfterADeletionIsInTheFileAtOnce() {
        JournaledCheckpoints checkpoints = open(LATE);
        create(checkpoints, "web", 1);
        write(checkpoints, "web", 2);
        checkpoints.delete("web").block(PATIENCE);
        write(checkpoints, "web", 3);
        assertThat(inFiles(root)).containsExactly(Map.entry("web", 3L));
    }

    @Nested
    class TheSizeOfAStatus {
        private Status ofLength(int length) {
            int empty = StatusCodec.encode(Status.builder().message("x").build()).length - 1;
            Status status = Status.builder().message("x".repeat(length - empty)).build();
            assertThat(StatusCodec.encode(status)).hasSize(length);
            return status;
        }

        @Test
        void isBoundBySegmentsIntoWhichItsRecordMustFit() {
            JournaledCheckpoints checkpoints = open(builder -> builder.segmentSize(SMALL));
            int most = SMALL - JournalFormat.HEADER_SIZE - JournalFormat.recordSize("web", null);
            create(checkpoints, "web", 1);
            Status largest = ofLength(most);
            assertThatCode(() -> checkpoints.requireStorable("web", largest)).doesNotThrowAnyException();
            checkpoints.write("web", largest).block(PATIENCE);

            Status larger = ofLength(most + 1);
            assertThatThrownBy(() -> checkpoints.requireStorable("web", larger))
                    .isInstanceOf(StatusTooLargeException.class);
            assertThatThrownBy(() -> checkpoints.write("web", larger).block(PATIENCE))
                    .isInstanceOf(StatusTooLargeException.class);
            write(checkpoints, "web", 2);
        }

        @Test
        void isBoundByTheFilesAsWell() {
            JournaledCheckpoints checkpoints =
                    FileCheckpoints.builder(root).maxFileSize(1000).journaled().build();
            opened.add(checkpoints);
            checkpoints.open().block(PATIENCE);
            Status larger = ofLength(1001);
            assertThatThrownBy(() -> checkpoints.requireStorable("web", larger))
                    .isInstanceOf(StatusTooLargeException.class);
            assertThatThrownBy(() -> checkpoints.create("web", larger).block(PATIENCE))
                    .isInstanceOf(StatusTooLargeException.class);
        }
    }

    @Nested
    class Settings {
        private final JournaledCheckpoints.Builder builder =
                FileCheckpoints.builder(Path.of("root")).journaled();

        @ParameterizedTest
        @ValueSource(longs = {0, 12_288, 16_385, 20_000, (1 << 30) + 4096L, Long.MAX_VALUE, -4096})
        void ofASegmentAreAMultipleOf4096WithinBounds(long size) {
            assertThatThrownBy(() -> builder.segmentSize(size))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("segmentSize " + size + " is not a multiple of 4096 in 16384..1073741824");
            assertThatCode(() -> builder.segmentSize(16_384).segmentSize(1 << 30))
                    .doesNotThrowAnyException();
        }

        @ParameterizedTest
        @ValueSource(strings = {"PT0S", "PT0.000999999S", "PT1H0.000000001S", "PT-1S"})
        void ofTheTimeOfTheFilesAreWithinBounds(Duration time) {
            assertThatThrownBy(() -> builder.filesWithin(time))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("filesWithin " + time + " is not in PT0.001S..PT1H");
            assertThatCode(() -> builder.filesWithin(Duration.ofMillis(1)).filesWithin(Duration.ofHours(1)))
                    .doesNotThrowAnyException();
        }
    }

    @Nested
    class WithAGivenScheduler {
        private final Scheduler given = Schedulers.newBoundedElastic(40, 1000, "given");

        private JournaledCheckpoints opened() {
            JournaledCheckpoints checkpoints = LATE.apply(FileCheckpoints.builder(files.hooked(root))
                            .ioScheduler(given)
                            .journaled())
                    .build();
            opened.add(checkpoints);
            checkpoints.open().block(PATIENCE);
            return checkpoints;
        }

        @Test
        void resultsAreSignalledOnIt() {
            JournaledCheckpoints checkpoints = opened();
            create(checkpoints, "web", 1);
            AtomicReference<String> thread = new AtomicReference<>();
            checkpoints
                    .write("web", pid(2))
                    .doOnSuccess(done -> thread.set(Thread.currentThread().getName()))
                    .block(PATIENCE);
            assertThat(thread.get()).startsWith("given");
        }
    }
}
