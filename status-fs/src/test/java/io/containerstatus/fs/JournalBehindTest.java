package io.containerstatus.fs;

import static io.containerstatus.fs.JournaledRoots.pid;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Backlog;
import io.containerstatus.test.DelegatingCheckpoints;
import io.containerstatus.test.InMemoryCheckpoints;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** The writes of files behind a journal: when they begin, and what is said of them. */
class JournalBehindTest {
    private static final Duration FILES_WITHIN = Duration.ofHours(4);
    /** How long a record waits before the write of its file. */
    private static final Duration DELAY = Duration.ofHours(3);

    private static final Duration HOUR = Duration.ofHours(1);

    private final ManualTimer timer = new ManualTimer();
    private final InMemoryCheckpoints files = new InMemoryCheckpoints();
    private final JournalSegment segment = JournalSegment.existing(Path.of("segment"), 1);
    /** The containers whose files cannot be written. */
    private final Set<String> bad = new HashSet<>();

    private final JournalBehind behind = new JournalBehind(backEnd(), 4, FILES_WITHIN, timer, () -> {});

    private StatusCheckpoints backEnd() {
        return new DelegatingCheckpoints(files) {
            @Override
            public Publisher<Void> write(String id, Status status) {
                return bad.contains(id) ? Mono.error(full(id)) : super.write(id, status);
            }
        };
    }

    @BeforeEach
    void openFiles() {
        files.open().block();
        files.takeCalls();
    }

    /** Notifies the writes of a record that has become durable. */
    private void commit(String id, @Nullable Status status) {
        Mono.<Void>create(sink -> behind.committed(
                        List.of(new JournalAppend(id, status, null, /* inFile= */ false, sink)), segment))
                .subscribe();
    }

    private static NotWrittenException full(String id) {
        return new NotWrittenException(id, "the disk is full", null);
    }

    @Test
    void theAgeCountsFromTheOldestRecordAlthoughANewerOneCameDuringAFailedWrite() {
        Held write = files.holdNext();
        commit("web", pid(1));
        timer.pass(DELAY);
        assertThat(write.hasArrived()).isTrue();
        timer.pass(HOUR);
        commit("web", pid(2));
        write.fail(full("web"));
        assertThat(behind.backlog().oldestAge()).isGreaterThanOrEqualTo(DELAY.plus(HOUR));
    }

    @Test
    void theAgeCountsFromTheFirstRecordThatCameDuringASuccessfulWrite() {
        Held write = files.holdNext();
        commit("web", pid(1));
        timer.pass(DELAY);
        commit("web", pid(2));
        timer.pass(HOUR);
        commit("web", pid(3));
        write.complete();
        assertThat(behind.backlog().oldestAge()).isBetween(HOUR, HOUR.plusMinutes(30));
    }

    @Test
    void allFilesAreDueWhenASegmentIsNeededButOnlyUntilTheyAreWritten() {
        commit("web", pid(1));
        commit("db", pid(1));
        assertThat(files.takeCalls()).isEmpty();
        assertThat(behind.backlog().containers()).isEqualTo(2);
        behind.makeAllDue();
        assertThat(files.takeCalls()).containsExactlyInAnyOrder("write web", "write db");
        assertThat(behind.backlog()).isEqualTo(Backlog.NONE);
        assertIsWrittenOnlyAfterItsDelay("web");
    }

    @Test
    void theLaterTheWritesAreTheMoreOfThemAreInProgress() {
        for (String id : List.of("a", "b", "c", "d", "e", "f")) {
            files.holdNext();
            commit(id, pid(1));
        }
        timer.pass(DELAY);
        assertThat(files.takeCalls()).containsExactly("write a", "write b");
        timer.pass(HOUR);
        commit("g", pid(1));
        assertThat(files.takeCalls()).as("all that may be in progress").containsExactly("write c", "write d");
    }

    @Test
    void aFileThatCannotBeWrittenDoesNotKeepTheOthersDue() {
        bad.add("bad");
        commit("bad", pid(1));
        commit("good", pid(1));
        behind.makeAllDue();
        assertThat(files.takeCalls()).containsExactly("write good");
        assertIsWrittenOnlyAfterItsDelay("good");
    }

    @Test
    void aRetryIsNoReasonToMakeLaterFilesDue() {
        bad.add("bad");
        commit("bad", pid(1));
        timer.pass(DELAY);
        assertThat(behind.lastFailure()).isNotNull();
        behind.makeAllDue();
        assertIsWrittenOnlyAfterItsDelay("good");
    }

    @Test
    void aFailureMakesNoFileDueThatWaitsForItsDelay() {
        bad.add("bad");
        commit("bad", pid(1));
        timer.pass(HOUR);
        commit("other", pid(1));
        timer.pass(DELAY.minus(HOUR));
        assertThat(behind.lastFailure()).isNotNull();
        assertIsWrittenOnlyAfterItsDelay("good", "other");
    }

    @Test
    void aFailureEndsTheUrgencyIfOnlyItsRetryWaits() {
        bad.add("bad");
        commit("bad", pid(1));
        behind.makeAllDue();
        assertThat(behind.lastFailure()).isNotNull();
        assertIsWrittenOnlyAfterItsDelay("good");
    }

    @Test
    void aFailureDoesNotEndTheUrgencyOfTheOthers() {
        bad.add("a");
        commit("a", pid(1));
        for (String id : List.of("b", "c", "d", "e", "f")) {
            files.holdNext();
            commit(id, pid(1));
        }
        behind.makeAllDue();
        assertThat(behind.lastFailure()).isNotNull();
        assertThat(files.takeCalls()).containsExactly("write b", "write c", "write d", "write e");
    }

    @Test
    void theLastFailureIsForgottenWhenEveryFailedWriteHasSucceeded() {
        bad.addAll(Set.of("web", "db"));
        commit("web", pid(1));
        commit("db", pid(1));
        timer.pass(DELAY);
        // Some retries fail as well.
        timer.pass(Duration.ofSeconds(1));
        bad.remove("web");
        timer.pass(Duration.ofMinutes(1));
        assertThat(files.takeCalls()).containsExactly("write web");
        assertThat(behind.backlog().lastFailure()).isInstanceOf(NotWrittenException.class);
        bad.remove("db");
        timer.pass(Duration.ofMinutes(1));
        assertThat(behind.backlog()).isEqualTo(Backlog.NONE);
    }

    private void assertIsWrittenOnlyAfterItsDelay(String id, String... others) {
        commit(id, pid(2));
        assertThat(files.takeCalls()).isEmpty();
        timer.pass(DELAY);
        assertThat(files.takeCalls()).hasSize(1 + others.length).contains("write " + id);
    }

    @Test
    void aCreationWaitsForTheRemovalOfEachContainerWhoseIdDiffersOnlyInCase() {
        Held web = files.holdNext();
        Held upper = files.holdNext();
        commit("web", null);
        commit("WEB", null);
        commit("Web", null);
        commit("Web", pid(1));
        CompletableFuture<Void> settled = behind.settle("weB").toFuture();
        assertThat(files.takeCalls()).containsExactly("delete web");
        web.complete();
        assertThat(files.takeCalls()).containsExactly("delete WEB");
        assertThat(settled).isNotDone();
        upper.complete();
        assertThat(settled).isCompleted();
        assertThat(files.takeCalls()).as("a container that is there again").isEmpty();
        assertThat(behind.settle("weB").toFuture()).isCompleted();
    }

    /** The committer waits for the lock meanwhile. */
    @Test
    void aCreationDoesNotScanTheContainersThatAreBehind() throws ReflectiveOperationException {
        CountedMap<Object> all = new CountedMap<>();
        Field dirty = JournalBehind.class.getDeclaredField("dirty");
        dirty.setAccessible(true);
        dirty.set(behind, all);
        for (int i = 0; i < 100; i++) {
            commit("written-" + i, pid(1));
            commit("deleted-" + i, null);
        }
        assertThat(behind.settle("web").toFuture()).isCompleted();
        assertThat(behind.settle("deleted-7").toFuture()).isCompleted();
        assertThat(all.walks).isZero();
    }

    /** Counts how often all entries were read. */
    private static final class CountedMap<V> extends HashMap<String, V> {
        private static final long serialVersionUID = 1L;
        private int walks;

        @Override
        public Set<String> keySet() {
            walks++;
            return super.keySet();
        }

        @Override
        public Collection<V> values() {
            walks++;
            return super.values();
        }

        @Override
        public Set<Map.Entry<String, V>> entrySet() {
            walks++;
            return super.entrySet();
        }
    }
}
