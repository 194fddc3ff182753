package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.testing.CrashedRoot;
import io.containerstatus.testing.Strace;
import io.containerstatus.testing.SystemCall;
import io.containerstatus.testing.TracedThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each system call of the store on the root fails in turn, in each way that a kernel knows. The failure has
 * the right type, memory and disk hold what it says, no subscriber received what was not committed, no
 * descriptor leaks, and the next write repairs everything.
 */
@Tag("faults")
class FaultedCallsTest {
    /** The only descriptor that stays open: that of the lock. */
    private static final int LOCK = 1;

    @TempDir
    Path folder;

    private TracedThread thread;
    private boolean journaled;
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

    static Stream<Arguments> actionsAndFaults() {
        return Stream.of(false, true).flatMap(journaled -> Arrays.stream(ContainerAction.values())
                .flatMap(action ->
                        Arrays.stream(SyscallFailure.values()).map(fault -> Arguments.of(journaled, action, fault))));
    }

    @ParameterizedTest
    @MethodSource("actionsAndFaults")
    @Timeout(300)
    void aFailedCallIsReportedByWhatHoldsAndHealedByTheNextWrite(
            boolean journaled, ContainerAction action, SyscallFailure fault, TestReporter reporter) throws IOException {
        this.journaled = journaled;
        List<SystemCall> calls = callsOf(action);
        Map<String, String> outcomes = new LinkedHashMap<>();
        for (SystemCall call : calls) {
            String outcome = outcomeOf(action, call, fault);
            assertThat(outcome)
                    .as("%s, %s at %s", action, fault, call)
                    .isIn(
                            journaled
                                    ? action.outcomesWithJournal(call, calls, fault)
                                    : action.outcomes(call, calls, fault));
            outcomes.put(outcomes.size() + 1 + " " + call.text(), outcome);
        }
        assertThat(outcomes).hasSizeGreaterThanOrEqualTo(action == ContainerAction.UPDATE ? 8 : journaled ? 4 : 12);
        reporter.publishEntry(outcomes);
    }

    @Test
    @Timeout(300)
    void aTemporaryFileThatCannotBeRemovedEitherIsGoneAfterTheNextWrite() throws IOException {
        long left = 0;
        for (SystemCall call : callsOf(ContainerAction.UPDATE)) {
            String point = "EIO at " + call + " and at the removal";
            String noRemoval = "inject=/^unlink:error=EIO";
            try (TracedRoot root = prepared(ContainerAction.UPDATE)) {
                try (Strace strace =
                        Strace.attach(thread.id(), folder.resolve("trace"), SyscallFailure.EIO.at(call), noRemoval)) {
                    assertThat(root.failureOf(ContainerAction.UPDATE.on(root.store())))
                            .as(point)
                            .isNotNull();
                    assertInjected(root, strace, call, point);
                }
                left += root.temporaryFiles();
                heal(ContainerAction.UPDATE, root, point);
            }
        }
        // After failures of the write, its sync, the close, the two checks of the root and its lock file, and
        // the rename.
        assertThat(left).isEqualTo(6);
    }

    /** Returns the calls of the operation without a fault, once all classes are loaded. */
    private List<SystemCall> callsOf(ContainerAction action) throws IOException {
        for (int rehearsal = 0; rehearsal < 2; rehearsal++) {
            try (TracedRoot root = prepared(action)) {
                action.on(root.store()).block(StoreTest.PATIENCE);
            }
        }
        try (TracedRoot root = prepared(action);
                Strace strace = Strace.attach(thread.id(), folder.resolve("trace"))) {
            action.on(root.store()).block(StoreTest.PATIENCE);
            return SystemCall.under(root.path(), strace.calls());
        }
    }

    private TracedRoot prepared(ContainerAction action) throws IOException {
        TracedRoot root = new TracedRoot(Files.createDirectory(folder.resolve("root-" + points++ + "-")), thread);
        action.prepareFiles(root.path());
        if (journaled) {
            root.useJournal();
        }
        action.prepare(root.path(), root.open());
        return journaled && action == ContainerAction.UPDATE ? crashed(root) : root;
    }

    /** Returns the root of the next process after this one was killed. The first change there begins a segment. */
    private TracedRoot crashed(TracedRoot root) throws IOException {
        TracedRoot next = new TracedRoot(CrashedRoot.copy(root.path(), folder), thread);
        root.close();
        next.useJournal();
        next.open();
        return next;
    }

    private String outcomeOf(ContainerAction action, SystemCall call, SyscallFailure fault) throws IOException {
        String point = action + ", " + fault + " at " + call;
        try (TracedRoot root = prepared(action)) {
            long changes = root.changesReceived();
            Throwable failure;
            try (Strace strace = Strace.attach(thread.id(), folder.resolve("trace"), fault.at(call))) {
                failure = root.failureOf(action.on(root.store()));
                assertInjected(root, strace, call, point);
            }
            String outcome = check(action, root, failure, root.changesReceived() - changes, point);
            // An injected failure of close() never reaches the kernel, so the descriptor stays open.
            boolean leaks = call.name().equals("close");
            int open = leaks ? openIn(root).size() : journaled ? 0 : LOCK;
            assertThat(openIn(root)).as(point).hasSize(open);
            heal(action, root, point);
            if (!leaks) {
                assertThat(openIn(root)).as(point).hasSize(open);
                root.closeStore();
                assertThat(root.descriptors()).as(point).isEmpty();
            }
            reopen(action, root, point);
            return outcome;
        }
    }

    private List<Path> openIn(TracedRoot root) throws IOException {
        return journaled ? root.otherDescriptors() : root.descriptors();
    }

    private static void assertInjected(TracedRoot root, Strace strace, SystemCall call, String point)
            throws IOException {
        assertThat(SystemCall.injected(root.path(), strace.calls())).as(point).startsWith(call);
    }

    /** Checks memory, disk and subscribers against the failure. Returns the name of the failure. */
    private static String check(ContainerAction action, TracedRoot root, Throwable failure, long changes, String point)
            throws IOException {
        if (failure == null) {
            assertThat(root.inMemory()).as(point).isEqualTo(action.after());
            assertThat(root.onDisk()).as(point).isEqualTo(action.onDiskAfter());
            assertThat(changes).as(point).isEqualTo(1);
            return ContainerAction.DONE;
        }
        assertThat(root.inMemory()).as(point).isEqualTo(action.before());
        assertThat(changes).as(point).isZero();
        if (action == ContainerAction.UPDATE_OF_A_CORRUPT_STATUS) {
            assertThat(root.holdsSomewhere(ContainerAction.BAD)).as(point).isTrue();
        }
        if (failure instanceof NotWrittenException) {
            assertThat(root.onDisk()).as(point).isEqualTo(action.onDiskBefore());
        } else {
            assertThat(failure).as(point).isInstanceOf(IndeterminateWriteException.class);
            assertThat(root.onDisk()).as(point).isIn(action.onDiskBefore(), action.onDiskAfter());
        }
        return failure.getClass().getSimpleName();
    }

    /** Repeats the operation, and then does another one. Each must succeed. */
    private static void heal(ContainerAction action, TracedRoot root, String point) throws IOException {
        if (!Objects.equals(root.inMemory(), action.after())) {
            assertThat(root.failureOf(action.on(root.store()))).as(point).isNull();
        }
        assertThat(root.onDisk()).as(point).isEqualTo(action.onDiskAfter());
        if (action == ContainerAction.DELETE) {
            root.store().create(ContainerAction.ID, ContainerAction.status(8)).block(StoreTest.PATIENCE);
        }
        ContainerAction.update(root.store(), 9).block(StoreTest.PATIENCE);
        assertThat(root.onDisk()).as(point).isEqualTo(ContainerAction.text(ContainerAction.status(9)));
        assertThat(root.temporaryFiles()).as(point).isZero();
        if (action == ContainerAction.UPDATE_OF_A_CORRUPT_STATUS) {
            assertThat(root.holdsSomewhere(ContainerAction.BAD)).as(point).isTrue();
        }
    }

    private static void reopen(ContainerAction action, TracedRoot root, String point) {
        root.closeStore();
        StatusStore store = root.open();
        assertThat(store.recovery().writable()).as(point).isTrue();
        assertThat(store.recovery().failures()).as(point).isEmpty();
        assertThat(store.recovery().damage()).as(point).isEmpty();
        assertThat(root.inMemory()).as(point).isEqualTo(ContainerAction.status(9));
    }
}
