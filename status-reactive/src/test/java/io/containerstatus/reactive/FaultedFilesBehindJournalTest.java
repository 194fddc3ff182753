package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.containerstatus.testing.CrashedRoot;
import io.containerstatus.testing.Strace;
import io.containerstatus.testing.SystemCall;
import io.containerstatus.testing.TracedThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each call fails in turn with which the files of a store with a journal are brought up, and with which the store closes. No
 * caller is told, nothing is lost, and the files follow when the kernel does what it is asked again.
 */
@Tag("faults")
class FaultedFilesBehindJournalTest {
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    @TempDir
    Path folder;

    private TracedThread thread;
    private int points;

    @BeforeEach
    void requireTracing() throws IOException, InterruptedException {
        Strace.require();
        thread = new TracedThread();
    }

    @AfterEach
    void endThread() {
        thread.close();
    }

    /** Which error it is makes no difference, because no caller is told. */
    static Stream<Fault> faults() {
        return Stream.of(Fault.EIO, Fault.EINTR, Fault.EIO_FROM_THEN_ON);
    }

    static Stream<Arguments> deedsAndFaults() {
        return Stream.of(Deed.UPDATE, Deed.UPDATE_OF_A_CORRUPT_STATUS, Deed.DELETE)
                .flatMap(deed -> faults().map(fault -> Arguments.of(deed, fault)));
    }

    @ParameterizedTest
    @MethodSource("deedsAndFaults")
    @Timeout(300)
    void aFileThatCannotBeWrittenFollowsLater(Deed deed, Fault fault, TestReporter reporter) throws IOException {
        List<SystemCall> calls = callsBehind(deed);
        assertThat(calls).hasSizeGreaterThanOrEqualTo(5);
        int tellings = 0;
        for (SystemCall call : calls) {
            tellings += followsAfter(deed, fault, call) ? 1 : 0;
        }
        assertThat(tellings).as("how often the health told of it").isGreaterThanOrEqualTo(fault == Fault.EINTR ? 0 : 2);
        reporter.publishEntry(deed + ", " + fault + ": calls", Integer.toString(calls.size()));
    }

    /** Returns the calls with which the file follows the record, classes loaded. */
    private List<SystemCall> callsBehind(Deed deed) throws IOException {
        for (int rehearsal = 0; rehearsal < 2; rehearsal++) {
            try (FaultedRoot root = prepared(deed, AT_ONCE)) {
                deed.on(root.store()).block(StoreTest.PATIENCE);
                awaitFiles(root);
            }
        }
        try (FaultedRoot root = prepared(deed, AT_ONCE);
                Strace strace = Strace.attach(thread.id(), folder.resolve("trace"))) {
            deed.on(root.store()).block(StoreTest.PATIENCE);
            awaitFiles(root);
            List<SystemCall> calls = SystemCall.under(root.path(), strace.calls());
            return calls.subList(lastOf("fdatasync", calls) + 1, calls.size());
        }
    }

    private static int lastOf(String name, List<SystemCall> calls) {
        int last = calls.size() - 1;
        while (!calls.get(last).name().equals(name)) {
            last--;
        }
        return last;
    }

    private static void awaitFiles(FaultedRoot root) {
        await().atMost(StoreTest.PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> root.store().health().backlog().containers() == 0);
    }

    /** Returns whether the store's health told of the failure. */
    private boolean followsAfter(Deed deed, Fault fault, SystemCall call) throws IOException {
        String point = deed + ", " + fault + " at " + call;
        try (FaultedRoot root = prepared(deed, AT_ONCE)) {
            boolean told;
            try (Strace strace = Strace.attach(thread.id(), folder.resolve("trace"), fault.at(call))) {
                assertThat(root.failureOf(deed.on(root.store()))).as(point).isNull();
                await().atMost(StoreTest.PATIENCE)
                        .pollInterval(Duration.ofMillis(2))
                        .until(() -> !SystemCall.injected(root.path(), strace.calls())
                                .isEmpty());
                assertThat(SystemCall.injected(root.path(), strace.calls()))
                        .as(point)
                        .startsWith(call);
                assertThat(root.inMemory()).as(point).isEqualTo(deed.after());
                told = await().atMost(StoreTest.PATIENCE)
                        .pollInterval(Duration.ofMillis(2))
                        .until(() -> backlogOf(root), backlog -> !backlog.equals("under way"))
                        .equals("failed");
            }
            assertThat(root.onDisk()).as(point).isEqualTo(deed.onDiskAfter());
            awaitFiles(root);
            assertThat(root.store().health().backlog().lastFailure()).as(point).isNull();
            assertThat(root.inFile()).as(point).isEqualTo(deed.onDiskAfter());
            assertThat(root.temporaryFiles()).as(point).isZero();
            assertGood(deed, root, point);
            return told;
        }
    }

    private static String backlogOf(FaultedRoot root) {
        var backlog = root.store().health().backlog();
        return backlog.lastFailure() != null ? "failed" : backlog.containers() == 0 ? "written" : "under way";
    }

    @ParameterizedTest
    @MethodSource("faults")
    @Timeout(300)
    void aCloseThatFailsLosesNothing(Fault fault, TestReporter reporter) throws IOException {
        List<SystemCall> calls = callsOfAClose();
        assertThat(calls).hasSizeGreaterThanOrEqualTo(18);
        for (SystemCall call : calls) {
            String point = fault + " at " + call;
            try (FaultedRoot root = prepared(Deed.UPDATE, Duration.ofHours(1))) {
                Deed.UPDATE.on(root.store()).block(StoreTest.PATIENCE);
                try (Strace strace = Strace.attach(thread.id(), folder.resolve("trace"), fault.at(call))) {
                    root.closeStoreThoughItMayFail();
                    assertThat(SystemCall.injected(root.path(), strace.calls()))
                            .as(point)
                            .startsWith(call);
                }
                assertThat(root.onDisk()).as(point).isEqualTo(Deed.UPDATE.onDiskAfter());
                FaultedRoot next = new FaultedRoot(CrashedRoot.copy(root.path(), folder), thread);
                next.useJournal();
                next.open();
                assertGood(Deed.UPDATE, next, point);
                next.close();
            }
        }
        reporter.publishEntry(fault + ": calls of a close", Integer.toString(calls.size()));
    }

    private List<SystemCall> callsOfAClose() throws IOException {
        for (int rehearsal = 0; rehearsal < 2; rehearsal++) {
            try (FaultedRoot root = prepared(Deed.UPDATE, Duration.ofHours(1))) {
                Deed.UPDATE.on(root.store()).block(StoreTest.PATIENCE);
            }
        }
        try (FaultedRoot root = prepared(Deed.UPDATE, Duration.ofHours(1))) {
            Deed.UPDATE.on(root.store()).block(StoreTest.PATIENCE);
            try (Strace strace = Strace.attach(thread.id(), folder.resolve("trace"))) {
                root.closeStore();
                return SystemCall.under(root.path(), strace.calls());
            }
        }
    }

    /** Goes on with the root, and has the next process find that. */
    private static void assertGood(Deed deed, FaultedRoot root, String point) throws IOException {
        StatusStore store = root.store();
        assertThat(store.recovery().damage()).as(point).isEmpty();
        assertThat(root.inMemory()).as(point).isEqualTo(deed.after());
        if (deed == Deed.DELETE) {
            store.create(Deed.ID, Deed.status(8)).block(StoreTest.PATIENCE);
        }
        Deed.update(store, 9).block(StoreTest.PATIENCE);
        assertThat(root.onDisk()).as(point).isEqualTo(Deed.text(Deed.status(9)));
        if (deed == Deed.UPDATE_OF_A_CORRUPT_STATUS) {
            assertThat(root.holdsSomewhere(Deed.BAD)).as(point).isTrue();
        }
    }

    private FaultedRoot prepared(Deed deed, Duration filesWithin) throws IOException {
        FaultedRoot root = new FaultedRoot(Files.createDirectory(folder.resolve("root-" + points++ + "-")), thread);
        deed.prepareFiles(root.path());
        root.useJournal(filesWithin);
        deed.prepare(root.path(), root.open());
        return root;
    }
}
