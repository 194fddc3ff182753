package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.ContainerState;
import io.containerstatus.InvalidRootException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusException;
import io.containerstatus.StatusTransitions;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.reactive.RecoveredContainer.Outcome;
import io.containerstatus.testing.FailingHook;
import io.containerstatus.testing.Faults;
import io.containerstatus.testing.Hook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every failure at every operation of a recovery. Either each container exists, as it was stored or UNKNOWN
 * with a typed reason, or the opening fails as a whole and holds nothing. No byte of a status changes or gets lost.
 */
@Tag("exhaustive")
@Timeout(value = 10, unit = TimeUnit.MINUTES) // Many rounds, on a machine that may be busy.
class RecoveryFaultsTest {
    private static final Status RUNNING =
            StatusTransitions.started(StoreTest.CREATED, 42, StoreTest.NOON.plusSeconds(1));

    @TempDir
    Path folder;

    private int rounds;

    @Test
    void losesNoContainerAndNoByte(TestReporter reporter) {
        Map<String, Integer> ends = new HashMap<>();
        int points = Faults.each(this::recover, fault -> ends.merge(recover(fault), 1, Integer::sum));
        reporter.publishEntry("faults", Integer.toString(points));
        ends.forEach((end, count) -> reporter.publishEntry(end, Integer.toString(count)));
        assertThat(points).isGreaterThanOrEqualTo(500);
        assertThat(ends).containsOnlyKeys("failed", "opened, writable", "opened, to be read");
    }

    /** Opens the store under the fault. Returns the outcome. */
    private String recover(FailingHook fault) {
        try (FailingFilesStore disk =
                new FailingFilesStore(Files.createDirectory(folder.resolve("root-" + rounds++)))) {
            fill(disk.root);
            List<Map<String, String>> before = statuses(disk);
            StatusException failure = disk.open(fault);

            assertThat(statuses(disk)).as("inodes and bytes").isEqualTo(before);
            String end;
            if (failure != null) {
                assertThat(failure).isInstanceOfAny(InvalidRootException.class, UnreadableStatusException.class);
                assertThat(disk.files.openDescriptors()).isZero();
                end = "failed";
            } else {
                assertAllAreThere(disk.store());
                end = disk.store().recovery().writable() ? "opened, writable" : "opened, to be read";
                assertFirstUpdateLosesNothing(disk, before);
            }
            assertThat(disk.reopen().list()).extracting(StatusStorage::id).contains("corrupt", "good", "missing");
            assertThat(disk.root.resolve(".status.deleted-leftover")).doesNotExist();
            return end;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void fill(Path root) throws IOException {
        Files.write(Files.createDirectory(root.resolve("good")).resolve("status"), StatusCodec.encode(RUNNING));
        Files.writeString(Files.createDirectory(root.resolve("corrupt")).resolve("status"), "torn");
        Files.createFile(Files.createDirectory(root.resolve("missing")).resolve("foreign"));
        Files.createFile(
                Files.createDirectory(root.resolve(".status.deleted-leftover")).resolve("status"));
    }

    private static List<Map<String, String>> statuses(FailingFilesStore disk) {
        return List.of(disk.files("good"), disk.files("corrupt"), disk.files("missing"));
    }

    private static void assertAllAreThere(StatusStore store) {
        Map<String, RecoveredContainer> found = new HashMap<>();
        store.recovery().containers().forEach(one -> found.put(one.id(), one));
        assertThat(found).containsKeys("good", "corrupt", "missing");
        assertOutcome(found.get("good"), Outcome.RECOVERED);
        assertOutcome(found.get("corrupt"), Outcome.CORRUPT);
        assertOutcome(found.get("missing"), Outcome.MISSING);
        boolean recovered = found.get("good").outcome() == Outcome.RECOVERED;
        assertThat(store.find("good").current()).isEqualTo(recovered ? RUNNING : StatusTransitions.unknown());
        assertThat(store.find("corrupt").current().state()).isEqualTo(ContainerState.UNKNOWN);
        assertThat(store.find("missing").current().state()).isEqualTo(ContainerState.UNKNOWN);
    }

    private static void assertOutcome(RecoveredContainer one, Outcome withoutFault) {
        assertThat(one.outcome()).as(one.id()).isIn(withoutFault, Outcome.UNREADABLE);
        if (one.outcome() == Outcome.UNREADABLE) {
            assertThat(one.failure()).as(one.id()).isInstanceOf(UnreadableStatusException.class);
        }
    }

    /** The first write keeps aside every document that was not recovered, even if it can be read again by now. */
    private static void assertFirstUpdateLosesNothing(FailingFilesStore disk, List<Map<String, String>> before) {
        for (String id : List.of("good", "corrupt")) {
            StatusStorage container = disk.store().find(id);
            Status old = container.current();
            StatusException failure = disk.under(Hook.NONE, container.updateSync(StoreTest.pid(7)))
                    .get(0)
                    .failure();
            String bytes = before.get(id.equals("good") ? 0 : 1).get("status");
            if (failure != null) {
                assertThat(disk.store().recovery().writable()).isFalse();
                assertThat(failure).isInstanceOf(NotWrittenException.class);
                assertThat(container.current()).isEqualTo(old);
                assertThat(disk.files(id).get("status")).isEqualTo(bytes);
            } else if (old.equals(RUNNING)) {
                assertThat(disk.files(id)).containsOnlyKeys("status");
            } else {
                assertThat(disk.files(id).values()).as("what was not recovered").contains(bytes);
            }
        }
    }
}
