package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.InvalidRootException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.reactive.RecoveredContainer.Outcome;
import io.containerstatus.testing.CrashedRoot;
import io.containerstatus.testing.Strace;
import io.containerstatus.testing.SystemCall;
import io.containerstatus.testing.TracedThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * Each system call of an opening fails in turn. The store opens nevertheless, or opens for reading only, or
 * reports why it does not open. No container disappears, no lock or descriptor stays, and the next opening
 * finds everything.
 */
@Tag("faults")
class FaultedOpeningTest {
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

    /** What exists before the opening. */
    enum Scene {
        NO_ROOT {
            @Override
            void prepare(Path root) {}
        },
        A_ROOT_WITH_LEFTOVERS {
            @Override
            void prepare(Path root) throws IOException {
                Files.createDirectories(root.resolve(".status.new-unborn"));
                Files.createFile(root.resolve(".status.new-unborn").resolve("status"));
                Files.createDirectories(root.resolve(ContainerAction.ID));
                Files.createFile(root.resolve(ContainerAction.ID).resolve(TEMPORARY));
                Files.writeString(
                        root.resolve(ContainerAction.ID).resolve("status"),
                        ContainerAction.text(ContainerAction.status(1)));
            }
        },
        A_JOURNAL_OF_A_KILLED_PROCESS {
            @Override
            void prepare(Path root) throws IOException {
                killed(root);
            }
        },
        A_JOURNAL_THAT_IS_NOT_WANTED_ANY_MORE {
            @Override
            void prepare(Path root) throws IOException {
                killed(root);
            }
        };

        static final String TEMPORARY = ".tmp-status-next";

        abstract void prepare(Path root) throws IOException;

        /** Returns whether the store is opened with a journal. */
        boolean isJournaled() {
            return this == A_JOURNAL_OF_A_KILLED_PROCESS;
        }

        /** Prepares a root whose status is newer in its journal than in its file, which is corrupt. */
        private static void killed(Path root) throws IOException {
            Path before = root.resolveSibling("before");
            Files.createDirectories(before.resolve(ContainerAction.ID));
            Files.writeString(before.resolve(ContainerAction.ID).resolve("status"), ContainerAction.BAD);
            StatusStore store = StatusStore.builder(before)
                    .journaled(Duration.ofHours(1), 16 << 10)
                    .open()
                    .block(StoreTest.PATIENCE);
            ContainerAction.update(store, 1).block(StoreTest.PATIENCE);
            Files.move(CrashedRoot.copy(before, root.getParent()), root);
            store.close().block(StoreTest.PATIENCE);
        }
    }

    static Stream<Arguments> scenesAndFaults() {
        return Arrays.stream(Scene.values())
                .flatMap(scene -> Arrays.stream(SyscallFailure.values()).map(fault -> Arguments.of(scene, fault)));
    }

    @ParameterizedTest
    @MethodSource("scenesAndFaults")
    @Timeout(300)
    void aFailedCallLosesNoContainerAndNoLock(Scene scene, SyscallFailure fault, TestReporter reporter)
            throws IOException {
        List<SystemCall> calls = callsOf(scene);
        Map<String, String> outcomes = new LinkedHashMap<>();
        for (SystemCall call : calls) {
            outcomes.put(outcomes.size() + 1 + " " + call.text(), outcomeOf(scene, call, fault));
        }
        assertThat(outcomes).hasSizeGreaterThanOrEqualTo(scene == Scene.A_ROOT_WITH_LEFTOVERS ? 40 : 20);
        if (fault == SyscallFailure.EIO) {
            assertThat(outcomes.values()).contains("opened", "opened to be read", "InvalidRootException");
        }
        reporter.publishEntry(outcomes);
    }

    private List<SystemCall> callsOf(Scene scene) throws IOException {
        for (int rehearsal = 0; rehearsal < 2; rehearsal++) {
            try (TracedRoot root = prepared(scene)) {
                root.open();
            }
        }
        try (TracedRoot root = prepared(scene);
                Strace strace = Strace.attach(thread.id(), folder.resolve("trace"))) {
            root.open();
            return SystemCall.under(root.path(), strace.calls());
        }
    }

    private TracedRoot prepared(Scene scene) throws IOException {
        Path parent = Files.createDirectory(folder.resolve("point-" + points++));
        scene.prepare(parent.resolve("root"));
        TracedRoot root = new TracedRoot(parent.resolve("root"), thread);
        if (scene.isJournaled()) {
            root.useJournal();
        }
        return root;
    }

    private String outcomeOf(Scene scene, SystemCall call, SyscallFailure fault) throws IOException {
        String point = scene + ", " + fault + " at " + call;
        try (TracedRoot root = prepared(scene)) {
            String outcome;
            try (Strace strace = Strace.attach(thread.id(), folder.resolve("trace"), fault.at(call))) {
                outcome = open(scene, root, point);
                assertThat(SystemCall.injected(root.path(), strace.calls()))
                        .as(point)
                        .startsWith(call);
            }
            Status last = scene == Scene.NO_ROOT ? null : ContainerAction.status(1);
            if (root.isOpen() && checkWrites(scene, root, point)) {
                last = ContainerAction.status(9);
            }
            root.closeStore();
            if (!keepsDescriptor(call, fault)) {
                assertThat(root.descriptors()).as(point).isEmpty();
            }
            StatusStore next = root.open();
            assertThat(next.recovery().writable()).as(point).isTrue();
            assertThat(next.recovery().failures()).as(point).isEmpty();
            assertThat(root.temporaryFiles()).as(point).isZero();
            assertThat(root.path().resolve(".status.new-unborn")).as(point).doesNotExist();
            assertThat(next.list()).as(point).hasSize(scene == Scene.NO_ROOT ? 0 : 1);
            assertThat(root.inMemory()).as(point).isEqualTo(last);
            assertThat(next.recovery().damage()).as(point).isEmpty();
            return outcome;
        }
    }

    /**
     * Returns whether a descriptor stays open. An injected failure of close() never reaches the kernel, so
     * the descriptor stays. If a lock cannot be released, the JDK does not get to the close.
     */
    private static boolean keepsDescriptor(SystemCall call, SyscallFailure fault) {
        return call.name().equals("close") || (call.name().equals("fcntl") && fault == SyscallFailure.EIO_FROM_THEN_ON);
    }

    /** Opens the store if that is possible. Returns the outcome. */
    private static String open(Scene scene, TracedRoot root, String point) {
        try {
            root.open();
        } catch (StatusException e) {
            assertThat(e).as(point).isInstanceOfAny(InvalidRootException.class, UnreadableStatusException.class);
            return e.getClass().getSimpleName();
        }
        Recovery recovery = root.store().recovery();
        if (scene != Scene.NO_ROOT) {
            assertThat(root.inMemory()).as(point).isNotNull();
        }
        assertThat(recovery.damage()).as(point).isEmpty();
        return (recovery.writable() ? "opened" : "opened to be read")
                + (recovery.failures().isEmpty()
                        ? ""
                        : ", " + recovery.failures().get(0).outcome());
    }

    /**
     * Returns whether the container has another status now. The next opening finds that status, whatever a
     * journal contains.
     */
    private static boolean checkWrites(Scene scene, TracedRoot root, String point) {
        Recovery recovery = root.store().recovery();
        recovery.containers().stream()
                .filter(one -> one.outcome() == Outcome.RECOVERED)
                .forEach(one -> assertThat(root.inMemory()).as(point).isEqualTo(ContainerAction.status(1)));
        if (recovery.writable()) {
            assertThat(root.store().create("web-2", ContainerAction.status(2)).block(StoreTest.PATIENCE))
                    .isNotNull();
            root.store().delete("web-2").block(StoreTest.PATIENCE);
            if (scene != Scene.NO_ROOT) {
                ContainerAction.update(root.store(), 9).block(StoreTest.PATIENCE);
                return true;
            }
        } else {
            assertThat(recovery.readOnlyReason()).as(point).isNotEmpty();
            assertThat(root.failureOf(root.store().create("web-2", ContainerAction.status(2))))
                    .as(point)
                    .isInstanceOf(NotWrittenException.class);
        }
        return false;
    }
}
