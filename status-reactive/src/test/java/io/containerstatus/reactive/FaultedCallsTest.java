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
 * Each call of the store on the root fails in turn, in each of the ways that a kernel knows: the failure has the right
 * type, memory and disk hold what it says, nobody was told what was not committed, nothing leaks, and the next write
 * puts everything right.
 */
@Tag("faults")
class FaultedCallsTest {
    /** What else the process must make do with: one descriptor for the lock. */
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

    static Stream<Arguments> deedsAndFaults() {
        return Stream.of(false, true).flatMap(journaled -> Arrays.stream(Deed.values())
                .flatMap(deed -> Arrays.stream(Fault.values()).map(fault -> Arguments.of(journaled, deed, fault))));
    }

    @ParameterizedTest
    @MethodSource("deedsAndFaults")
    @Timeout(300)
    void aFailedCallIsReportedByWhatHoldsAndHealedByTheNextWrite(
            boolean journaled, Deed deed, Fault fault, TestReporter reporter) throws IOException {
        this.journaled = journaled;
        List<SystemCall> calls = callsOf(deed);
        Map<String, String> outcomes = new LinkedHashMap<>();
        for (SystemCall call : calls) {
            String outcome = outcomeOf(deed, call, fault);
            assertThat(outcome)
                    .as("%s, %s at %s", deed, fault, call)
                    .isIn(journaled ? deed.outcomesWithJournal(call, calls, fault) : deed.outcomes(call, calls, fault));
            outcomes.put(outcomes.size() + 1 + " " + call.text(), outcome);
        }
        assertThat(outcomes).hasSizeGreaterThanOrEqualTo(deed == Deed.UPDATE ? 8 : journaled ? 4 : 12);
        reporter.publishEntry(outcomes);
    }

    @Test
    @Timeout(300)
    void aTemporaryFileThatCannotBeRemovedEitherIsGoneAfterTheNextWrite() throws IOException {
        long left = 0;
        for (SystemCall call : callsOf(Deed.UPDATE)) {
            String point = "EIO at " + call + " and at the removal";
            String noRemoval = "inject=/^unlink:error=EIO";
            try (FaultedRoot root = prepared(Deed.UPDATE)) {
                try (Strace strace =
                        Strace.attach(thread.id(), folder.resolve("trace"), Fault.EIO.at(call), noRemoval)) {
                    assertThat(root.failureOf(Deed.UPDATE.on(root.store())))
                            .as(point)
                            .isNotNull();
                    assertInjected(root, strace, call, point);
                }
                left += root.temporaryFiles();
                heal(Deed.UPDATE, root, point);
            }
        }
        // After the write, its sync, the close, the looks at the root and its lock file, and the rename.
        assertThat(left).isEqualTo(6);
    }

    /** Returns the calls of the deed when all goes well, classes loaded. */
    private List<SystemCall> callsOf(Deed deed) throws IOException {
        for (int rehearsal = 0; rehearsal < 2; rehearsal++) {
            try (FaultedRoot root = prepared(deed)) {
                deed.on(root.store()).block(StoreTest.PATIENCE);
            }
        }
        try (FaultedRoot root = prepared(deed);
                Strace strace = Strace.attach(thread.id(), folder.resolve("trace"))) {
            deed.on(root.store()).block(StoreTest.PATIENCE);
            return SystemCall.under(root.path(), strace.calls());
        }
    }

    private FaultedRoot prepared(Deed deed) throws IOException {
        FaultedRoot root = new FaultedRoot(Files.createDirectory(folder.resolve("root-" + points++ + "-")), thread);
        deed.prepareFiles(root.path());
        if (journaled) {
            root.useJournal();
        }
        deed.prepare(root.path(), root.open());
        return journaled && deed == Deed.UPDATE ? crashed(root) : root;
    }

    /** Returns the root of the next process, after this one was killed: its first change begins a segment. */
    private FaultedRoot crashed(FaultedRoot root) throws IOException {
        FaultedRoot next = new FaultedRoot(CrashedRoot.copy(root.path(), folder), thread);
        root.close();
        next.useJournal();
        next.open();
        return next;
    }

    private String outcomeOf(Deed deed, SystemCall call, Fault fault) throws IOException {
        String point = deed + ", " + fault + " at " + call;
        try (FaultedRoot root = prepared(deed)) {
            long changes = root.changesSeen();
            Throwable failure;
            try (Strace strace = Strace.attach(thread.id(), folder.resolve("trace"), fault.at(call))) {
                failure = root.failureOf(deed.on(root.store()));
                assertInjected(root, strace, call, point);
            }
            String outcome = check(deed, root, failure, root.changesSeen() - changes, point);
            // A close that is made to fail never reached the kernel, which alone would have closed the descriptor.
            boolean leaks = call.name().equals("close");
            int open = leaks ? openIn(root).size() : journaled ? 0 : LOCK;
            assertThat(openIn(root)).as(point).hasSize(open);
            heal(deed, root, point);
            if (!leaks) {
                assertThat(openIn(root)).as(point).hasSize(open);
                root.closeStore();
                assertThat(root.descriptors()).as(point).isEmpty();
            }
            reopen(deed, root, point);
            return outcome;
        }
    }

    private List<Path> openIn(FaultedRoot root) throws IOException {
        return journaled ? root.otherDescriptors() : root.descriptors();
    }

    private static void assertInjected(FaultedRoot root, Strace strace, SystemCall call, String point)
            throws IOException {
        assertThat(SystemCall.injected(root.path(), strace.calls())).as(point).startsWith(call);
    }

    /** Checks memory, disk and subscribers against the failure; returns its name. */
    private static String check(Deed deed, FaultedRoot root, Throwable failure, long changes, String point)
            throws IOException {
        if (failure == null) {
            assertThat(root.inMemory()).as(point).isEqualTo(deed.after());
            assertThat(root.onDisk()).as(point).isEqualTo(deed.onDiskAfter());
            assertThat(changes).as(point).isEqualTo(1);
            return Deed.DONE;
        }
        assertThat(root.inMemory()).as(point).isEqualTo(deed.before());
        assertThat(changes).as(point).isZero();
        if (deed == Deed.UPDATE_OF_A_CORRUPT_STATUS) {
            assertThat(root.holdsSomewhere(Deed.BAD)).as(point).isTrue();
        }
        if (failure instanceof NotWrittenException) {
            assertThat(root.onDisk()).as(point).isEqualTo(deed.onDiskBefore());
        } else {
            assertThat(failure).as(point).isInstanceOf(IndeterminateWriteException.class);
            assertThat(root.onDisk()).as(point).isIn(deed.onDiskBefore(), deed.onDiskAfter());
        }
        return failure.getClass().getSimpleName();
    }

    /** Does it again, and then something else; each must succeed. */
    private static void heal(Deed deed, FaultedRoot root, String point) throws IOException {
        if (!Objects.equals(root.inMemory(), deed.after())) {
            assertThat(root.failureOf(deed.on(root.store()))).as(point).isNull();
        }
        assertThat(root.onDisk()).as(point).isEqualTo(deed.onDiskAfter());
        if (deed == Deed.DELETE) {
            root.store().create(Deed.ID, Deed.status(8)).block(StoreTest.PATIENCE);
        }
        Deed.update(root.store(), 9).block(StoreTest.PATIENCE);
        assertThat(root.onDisk()).as(point).isEqualTo(Deed.text(Deed.status(9)));
        assertThat(root.temporaryFiles()).as(point).isZero();
        if (deed == Deed.UPDATE_OF_A_CORRUPT_STATUS) {
            assertThat(root.holdsSomewhere(Deed.BAD)).as(point).isTrue();
        }
    }

    private static void reopen(Deed deed, FaultedRoot root, String point) {
        root.closeStore();
        StatusStore store = root.open();
        assertThat(store.recovery().writable()).as(point).isTrue();
        assertThat(store.recovery().failures()).as(point).isEmpty();
        assertThat(store.recovery().damage()).as(point).isEmpty();
        assertThat(root.inMemory()).as(point).isEqualTo(Deed.status(9));
    }
}
