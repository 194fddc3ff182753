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
 * Each system call fails in turn that updates the files of a store behind its journal, or that closes the
 * store. No caller is notified, nothing is lost, and the files follow as soon as the kernel does what it is asked.
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

    /** The kind of error makes no difference, because no caller is notified. */
    static Stream<SyscallFailure> faults() {
        return Stream.of(SyscallFailure.EIO, SyscallFailure.EINTR, SyscallFailure.EIO_FROM_THEN_ON);
    }

    static Stream<Arguments> actionsAndFaults() {
        return Stream.of(ContainerAction.UPDATE, ContainerAction.UPDATE_OF_A_CORRUPT_STATUS, ContainerAction.DELETE)
                .flatMap(action -> faults().map(fault -> Arguments.of(action, fault)));
    }

    @ParameterizedTest
    @MethodSource("actionsAndFaults")
    @Timeout(300)
    void aFileThatCannotBeWrittenFollowsLater(ContainerAction action, SyscallFailure fault, TestReporter reporter)
            throws IOException {
        List<SystemCall> calls = callsBehind(action);
        assertThat(calls).hasSizeGreaterThanOrEqualTo(5);
        int reports = 0;
        for (SystemCall call : calls) {
            reports += followsAfter(action, fault, call) ? 1 : 0;
        }
        assertThat(reports)
                .as("how often the health reported it")
                .isGreaterThanOrEqualTo(fault == SyscallFailure.EINTR ? 0 : 2);
        reporter.publishEntry(action + ", " + fault + ": calls", Integer.toString(calls.size()));
    }

    /** Returns the calls with which the file follows the record, once all classes are loaded. */
    private List<SystemCall> callsBehind(ContainerAction action) throws IOException {
        for (int rehearsal = 0; rehearsal < 2; rehearsal++) {
            try (TracedRoot root = prepared(action, AT_ONCE)) {
                action.on(root.store()).block(StoreTest.PATIENCE);
                awaitFiles(root);
            }
        }
        try (TracedRoot root = prepared(action, AT_ONCE);
                Strace strace = Strace.attach(thread.id(), folder.resolve("trace"))) {
            action.on(root.store()).block(StoreTest.PATIENCE);
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

    private static void awaitFiles(TracedRoot root) {
        await().atMost(StoreTest.PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> root.store().health().backlog().containers() == 0);
    }

    /** Returns whether the health of the store reported the failure. */
    private boolean followsAfter(ContainerAction action, SyscallFailure fault, SystemCall call) throws IOException {
        String point = action + ", " + fault + " at " + call;
        try (TracedRoot root = prepared(action, AT_ONCE)) {
            boolean reported;
            try (Strace strace = Strace.attach(thread.id(), folder.resolve("trace"), fault.at(call))) {
                assertThat(root.failureOf(action.on(root.store()))).as(point).isNull();
                await().atMost(StoreTest.PATIENCE)
                        .pollInterval(Duration.ofMillis(2))
                        .until(() -> !SystemCall.injected(root.path(), strace.calls())
                                .isEmpty());
                assertThat(SystemCall.injected(root.path(), strace.calls()))
                        .as(point)
                        .startsWith(call);
                assertThat(root.inMemory()).as(point).isEqualTo(action.after());
                reported = await().atMost(StoreTest.PATIENCE)
                        .pollInterval(Duration.ofMillis(2))
                        .until(() -> backlogOf(root), backlog -> !backlog.equals("under way"))
                        .equals("failed");
            }
            assertThat(root.onDisk()).as(point).isEqualTo(action.onDiskAfter());
            awaitFiles(root);
            assertThat(root.store().health().backlog().lastFailure()).as(point).isNull();
            assertThat(root.inFile()).as(point).isEqualTo(action.onDiskAfter());
            assertThat(root.temporaryFiles()).as(point).isZero();
            assertGood(action, root, point);
            return reported;
        }
    }

    private static String backlogOf(TracedRoot root) {
        var backlog = root.store().health().backlog();
        return backlog.lastFailure() != null ? "failed" : backlog.containers() == 0 ? "written" : "under way";
    }

    @ParameterizedTest
    @MethodSource("faults")
    @Timeout(300)
    void aCloseThatFailsLosesNothing(SyscallFailure fault, TestReporter reporter) throws IOException {
        List<SystemCall> calls = callsOfAClose();
        assertThat(calls).hasSizeGreaterThanOrEqualTo(18);
        for (SystemCall call : calls) {
            String point = fault + " at " + call;
            try (TracedRoot root = prepared(ContainerAction.UPDATE, Duration.ofHours(1))) {
                ContainerAction.UPDATE.on(root.store()).block(StoreTest.PATIENCE);
                try (Strace strace = Strace.attach(thread.id(), folder.resolve("trace"), fault.at(call))) {
                    root.closeStoreThoughItMayFail();
                    assertThat(SystemCall.injected(root.path(), strace.calls()))
                            .as(point)
                            .startsWith(call);
                }
                assertThat(root.onDisk()).as(point).isEqualTo(ContainerAction.UPDATE.onDiskAfter());
                TracedRoot next = new TracedRoot(CrashedRoot.copy(root.path(), folder), thread);
                next.useJournal();
                next.open();
                assertGood(ContainerAction.UPDATE, next, point);
                next.close();
            }
        }
        reporter.publishEntry(fault + ": calls of a close", Integer.toString(calls.size()));
    }

    private List<SystemCall> callsOfAClose() throws IOException {
        for (int rehearsal = 0; rehearsal < 2; rehearsal++) {
            try (TracedRoot root = prepared(ContainerAction.UPDATE, Duration.ofHours(1))) {
                ContainerAction.UPDATE.on(root.store()).block(StoreTest.PATIENCE);
            }
        }
        try (TracedRoot root = prepared(ContainerAction.UPDATE, Duration.ofHours(1))) {
            ContainerAction.UPDATE.on(root.store()).block(StoreTest.PATIENCE);
            try (Strace strace = Strace.attach(thread.id(), folder.resolve("trace"))) {
                root.closeStore();
                return SystemCall.under(root.path(), strace.calls());
            }
        }
    }

    /** Continues with the root, and checks that the next process finds the result. */
    private static void assertGood(ContainerAction action, TracedRoot root, String point) throws IOException {
        StatusStore store = root.store();
        assertThat(store.recovery().damage()).as(point).isEmpty();
        assertThat(root.inMemory()).as(point).isEqualTo(action.after());
        if (action == ContainerAction.DELETE) {
            store.create(ContainerAction.ID, ContainerAction.status(8)).block(StoreTest.PATIENCE);
        }
        ContainerAction.update(store, 9).block(StoreTest.PATIENCE);
        assertThat(root.onDisk()).as(point).isEqualTo(ContainerAction.text(ContainerAction.status(9)));
        if (action == ContainerAction.UPDATE_OF_A_CORRUPT_STATUS) {
            assertThat(root.holdsSomewhere(ContainerAction.BAD)).as(point).isTrue();
        }
    }

    private TracedRoot prepared(ContainerAction action, Duration filesWithin) throws IOException {
        TracedRoot root = new TracedRoot(Files.createDirectory(folder.resolve("root-" + points++ + "-")), thread);
        action.prepareFiles(root.path());
        root.useJournal(filesWithin);
        action.prepare(root.path(), root.open());
        return root;
    }
}
