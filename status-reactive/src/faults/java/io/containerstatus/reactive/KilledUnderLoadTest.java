package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.testing.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process under full load is killed with {@code kill -9}, repeatedly on the same root. Afterwards, each
 * container is in the state that the process acknowledged last, or in one that it began later. With a
 * journal, the root is opened alternately with and without the journal after a kill.
 *
 * <p>{@code -Dstatus.kill.rounds=} sets the number of kills. {@code -Dstatus.kill.seed=} repeats a run, as
 * far as its timing can be repeated.
 */
@Tag("faults")
class KilledUnderLoadTest {
    private static final int ROUNDS = Integer.getInteger("status.kill.rounds", 5);
    private static final long SEED = Long.getLong("status.kill.seed", System.nanoTime());
    private static final int CONTAINERS = 6;
    private static final long NUMBERS_A_ROUND = 10_000_000;

    @TempDir
    Path root;

    private final AcknowledgedLog acknowledged = new AcknowledgedLog();
    private long acknowledgements;
    private long left;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Timeout(36_000)
    void whatWasAcknowledgedIsThereAfterEachKill(boolean journaled, TestReporter reporter)
            throws IOException, InterruptedException {
        Random random = new Random(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            String point = "round " + round + ", seed " + SEED;
            workAndKill(round, random, journaled);
            left += temporaryFiles();
            verify(point, journaled && round % 2 == 0);
        }
        assertThat(acknowledgements).isGreaterThan(ROUNDS * 100L);
        reporter.publishEntry(Map.of(
                "kills", Integer.toString(ROUNDS),
                "acknowledged before a kill", Long.toString(acknowledgements),
                "temporary files left by the kills", Long.toString(left)));
    }

    private void workAndKill(int round, Random random, boolean journaled) throws IOException, InterruptedException {
        long first = 1 + round * NUMBERS_A_ROUND;
        int enough = 100 + random.nextInt(3_000);
        try (Child child = Child.start(LoadProgram.class, root, CONTAINERS, random.nextLong(), first, journaled)) {
            int done = 0;
            StringBuilder complaints = new StringBuilder();
            for (String line = child.line(); line != null; line = child.line()) {
                if (!acknowledged.read(line)) {
                    complaints.append(line).append('\n');
                }
                done += line.startsWith("done") ? 1 : 0;
                if (done == enough) {
                    child.kill();
                }
            }
            assertThat(done).as(() -> complaints.toString()).isGreaterThanOrEqualTo(enough);
            acknowledgements += done;
        }
    }

    private void verify(String point, boolean withJournal) throws IOException {
        StatusStore store = LoadProgram.open(root, withJournal);
        assertThat(store.recovery().writable()).as(point).isTrue();
        assertThat(store.recovery().failures()).as(point).isEmpty();
        assertThat(store.recovery().damage()).as(point).isEmpty();
        if (!withJournal) {
            verifyFiles(point, store);
        }
        Map<String, Status> found = new HashMap<>();
        for (StatusStorage container : store.list()) {
            found.put(container.id(), container.current());
        }
        for (int i = 0; i < CONTAINERS; i++) {
            String id = "c" + i;
            Status status = found.remove(id);
            String state = status == null ? "absent" : Long.toString(status.pid());
            assertThat(status == null || status.equals(ContainerAction.status(status.pid())))
                    .as(point)
                    .isTrue();
            assertThat(acknowledged.states(id)).as(point + ", " + id).contains(state);
            acknowledged.found(id, state);
        }
        assertThat(found).as(point).isEmpty();
        store.close().block(StoreTest.PATIENCE);
        // With a journal, the files hold everything only now.
        verifyFiles(point, store);
    }

    private void verifyFiles(String point, StatusStore store) throws IOException {
        for (StatusStorage container : store.list()) {
            byte[] document = Files.readAllBytes(root.resolve(container.id()).resolve("status"));
            assertThat(StatusCodec.decode(document)).as(point).isEqualTo(container.current());
        }
        assertThat(temporaryFiles()).as(point).isZero();
    }

    private long temporaryFiles() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.getFileName().toString().startsWith(".tmp-status-"))
                    .count();
        }
    }
}
