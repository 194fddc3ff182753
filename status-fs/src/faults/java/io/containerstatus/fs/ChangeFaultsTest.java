package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.put;
import static io.containerstatus.fs.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.fs.FailingRoot.Entry;
import io.containerstatus.testing.FailingHook;
import io.containerstatus.testing.FailingHook.Moment;
import io.containerstatus.testing.FailingHook.Span;
import io.containerstatus.testing.Failure;
import io.containerstatus.testing.Faults;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Hook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/**
 * Every failure at every operation of a change of a container: the type of the outcome is true of the disk,
 * nothing leaks, and the next change settles the outcome.
 */
@Tag("exhaustive")
class ChangeFaultsTest {
    private static final String TEMPORARY = ".tmp-status-next";
    private static final String KEPT = "status.corrupt-20260101T000000.000000000Z";
    private static final Status HEALED = RUNNING.toBuilder().exitCode(3).build();

    @TempDir
    Path folder;

    private int rounds;

    /** The changes, and their results. */
    private enum Change {
        FIRST_WRITE(40, CREATED),
        CREATION(40, CREATED) {
            @Override
            Mono<Void> of(FileCheckpoints checkpoints) {
                return checkpoints.create("web-1", CREATED);
            }
        },
        CREATION_AFTER_ONE_THAT_LEFT_ITS_FOLDER(50, CREATED) {
            @Override
            void begin(FailingRoot root) throws IOException {
                put(root.path, ".status.new-web-1", "half a stat");
            }

            @Override
            Mono<Void> of(FileCheckpoints checkpoints) {
                return checkpoints.create("web-1", CREATED);
            }
        },
        CREATION_IN_A_FOLDER_WITHOUT_A_STATUS(50, CREATED) {
            @Override
            void prepare(Path container) throws IOException {
                Files.createDirectory(container);
            }

            @Override
            void begin(FailingRoot root) throws IOException {
                Files.createFile(root.path.resolve("web-1").resolve(TEMPORARY));
            }

            @Override
            Mono<Void> of(FileCheckpoints checkpoints) {
                return checkpoints.create("web-1", CREATED);
            }
        },
        UPDATE(40, RUNNING) {
            @Override
            void begin(FailingRoot root) {
                complete(root.checkpoints.write("web-1", CREATED));
            }
        },
        UPDATE_OF_WHAT_ANOTHER_PROCESS_WROTE(60, RUNNING) {
            @Override
            void prepare(Path container) throws IOException {
                put(container.getParent(), "web-1", CREATED);
            }
        },
        UPDATE_AFTER_ONE_THAT_LEFT_ITS_FILE(70, RUNNING) {
            @Override
            void begin(FailingRoot root) {
                leaveTemporaryFile(root);
            }
        },
        FIRST_WRITE_OVER_A_CORRUPT_STATUS(80, CREATED) {
            @Override
            void prepare(Path container) throws IOException {
                put(container.getParent(), "web-1", "corrupt");
            }
        },
        FIRST_WRITE_OVER_A_FOLDER_IN_ITS_PLACE(70, CREATED) {
            @Override
            void prepare(Path container) throws IOException {
                Files.createDirectories(container.resolve("status/inside"));
            }
        },
        FIRST_WRITE_BESIDE_FOREIGN_FILES(60, CREATED) {
            @Override
            void prepare(Path container) throws IOException {
                Files.createFile(Files.createDirectory(container).resolve("foreign"));
            }
        },
        DELETION(30, null) {
            @Override
            void begin(FailingRoot root) {
                complete(root.checkpoints.write("web-1", CREATED));
            }
        },
        DELETION_OF_ALL_THAT_IS_KEPT(40, null) {
            @Override
            void prepare(Path container) throws IOException {
                Files.createFile(Files.createDirectory(container).resolve(KEPT));
            }

            @Override
            void begin(FailingRoot root) {
                leaveTemporaryFile(root);
            }
        },
        DELETION_AFTER_ONE_THAT_LEFT_ITS_FOLDER(30, null) {
            @Override
            void begin(FailingRoot root) throws IOException {
                put(root.path, ".status.deleted-web-1", RUNNING);
                complete(root.checkpoints.write("web-1", CREATED));
            }
        },
        DELETION_BESIDE_FOREIGN_FILES(30, null) {
            @Override
            void prepare(Path container) throws IOException {
                put(container.getParent(), "web-1", CREATED);
                Files.createFile(container.resolve("foreign"));
            }
        },
        DELETION_OF_A_CORRUPT_STATUS(30, null) {
            @Override
            void prepare(Path container) throws IOException {
                put(container.getParent(), "web-1", "corrupt");
            }
        },
        DELETION_OF_NOTHING(10, null);

        /** With fewer faults than this, something is no longer tested. */
        final int fewest;

        final @Nullable Status result;

        Change(int fewest, @Nullable Status result) {
            this.fewest = fewest;
            this.result = result;
        }

        static void leaveTemporaryFile(FailingRoot root) {
            complete(root.checkpoints.write("web-1", CREATED));
            Hook full = Hook.full(
                    (operation, path) -> operation == FileOperation.WRITE || operation == FileOperation.DELETE);
            assertThat(root.under(full, root.checkpoints.write("web-1", RUNNING))
                            .failure())
                    .isInstanceOf(NotWrittenException.class);
            assertThat(root.names("web-1")).anyMatch(name -> name.startsWith(".tmp-status-"));
        }

        /** Creates what exists before the root is opened. */
        void prepare(Path container) throws IOException {}

        /** Performs earlier changes of this process. */
        void begin(FailingRoot root) throws IOException {}

        Mono<Void> of(FileCheckpoints checkpoints) {
            return result == null ? checkpoints.delete("web-1") : checkpoints.write("web-1", result);
        }
    }

    /** The next operation, after the fault has stopped. */
    private enum Next {
        A_WRITE,
        A_WRITE_AFTER_A_READ,
        A_DELETION,
        THE_NEXT_PROCESS
    }

    @ParameterizedTest
    @EnumSource(Change.class)
    void isReportedTruthfullyAndSettledByTheNextOperation(Change change, TestReporter reporter) throws IOException {
        Next[] next = Next.values();
        int points = Faults.each(
                fault -> run(change, fault, null), fault -> run(change, fault, next[fault.pick(next.length)]));
        reporter.publishEntry("faults", Integer.toString(points));
        assertThat(points).isGreaterThanOrEqualTo(change.fewest);
    }

    /** Performs the change under the fault; {@code next} is null for a run without a next operation. */
    private void run(Change change, FailingHook fault, @Nullable Next next) {
        try (FailingRoot root = newRoot()) {
            change.prepare(root.path.resolve("web-1"));
            root.open();
            change.begin(root);
            Entry old = root.entry("web-1");
            int descriptors = root.files.openDescriptors();

            Throwable failure = root.under(fault, change.of(root.checkpoints)).failure();

            assertThat(root.files.openDescriptors()).as("descriptors").isEqualTo(descriptors);
            assertReportedTruthfully(change, fault, failure, old, root.entry("web-1"));
            if (change.result != null) {
                assertNothingLost(old, root);
            }
            if (next != null) {
                assertStaysUncertain(change, failure, root);
                assertSettledBy(next, root, old);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private FailingRoot newRoot() throws IOException {
        return new FailingRoot(Files.createDirectory(folder.resolve("root-" + rounds++)));
    }

    private static void assertReportedTruthfully(
            Change change, FailingHook fault, @Nullable Throwable failure, @Nullable Entry old, @Nullable Entry now) {
        if (failure == null) {
            assertThat(content(now)).isEqualTo(change.result == null ? null : text(change.result));
        } else if (failure instanceof NotWrittenException) {
            assertThat(now).as("not written: inode and content").isEqualTo(old);
        } else {
            assertThat(failure).isExactlyInstanceOf(IndeterminateWriteException.class);
            assertThat(fault.operations()).as("what leaves it open").anyMatch(operation -> mayCommit(operation, old));
            assertThat(content(now)).isIn(allowed(change, fault, old));
        }
    }

    /**
     * Returns what the status's name may lead to. Null is allowed only if that is the old state or the new one,
     * or if the old status was moved aside.
     */
    private static List<@Nullable String> allowed(Change change, FailingHook fault, @Nullable Entry old) {
        List<@Nullable String> allowed = new ArrayList<>();
        allowed.add(content(old));
        allowed.add(change.result == null ? null : text(change.result));
        if (fault.operations().stream().anyMatch(ChangeFaultsTest::movesAside)) {
            allowed.add(null);
        }
        return allowed;
    }

    /** Returns whether this operation may change the entry named {@code status}, or make such a change durable. */
    private static boolean mayCommit(String operation, @Nullable Entry old) {
        return operation.matches("(MOVE|DELETE) .*/web-1/status")
                || operation.matches("MOVE .*/([.]status[.]deleted-)?web-1")
                || movesAside(operation)
                || (old == null && operation.matches("FORCE .*"));
    }

    private static boolean movesAside(String operation) {
        return operation.matches("MOVE .*/status[.]corrupt-.*");
    }

    private static @Nullable String content(@Nullable Entry entry) {
        return entry == null ? null : entry.content();
    }

    /**
     * An entry that cannot be read as a status is never lost, neither by a fault nor by the write that replaces it.
     */
    private static void assertNothingLost(@Nullable Entry old, FailingRoot root) {
        if (old != null && List.of("corrupt", "folder").contains(old.content())) {
            assertThat(root.names("web-1").stream()
                            .map(name -> Entry.of(root.path.resolve("web-1").resolve(name))))
                    .as("inodes and contents")
                    .contains(old);
        }
    }

    /** Until a change has completed, no failure may say that the old status is still stored. */
    private static void assertStaysUncertain(Change change, @Nullable Throwable failure, FailingRoot root) {
        if (failure instanceof IndeterminateWriteException) {
            FailingHook again = FailingHook.at(0, Failure.EMFILE, Span.FROM_THEN_ON, Moment.INSTEAD_OF_THE_EFFECT);
            assertThat(root.under(again, change.of(root.checkpoints)).failure())
                    .as("the next failure after an uncertain one")
                    .isInstanceOf(IndeterminateWriteException.class);
        }
    }

    private static void assertSettledBy(Next next, FailingRoot root, @Nullable Entry old) {
        switch (next) {
            case A_WRITE -> assertHealed(root);
            case A_WRITE_AFTER_A_READ -> {
                root.under(Hook.NONE, root.checkpoints.read("web-1"));
                assertHealed(root);
            }
            case A_DELETION -> assertDeleted(root, old);
            case THE_NEXT_PROCESS -> assertOpened(root);
            default -> throw new AssertionError(next);
        }
    }

    private static void assertHealed(FailingRoot root) {
        complete(root.checkpoints.write("web-1", HEALED));
        assertThat(content(root.entry("web-1"))).isEqualTo(text(HEALED));
        assertThat(root.names("web-1")).noneMatch(name -> name.startsWith(".tmp-status-"));
        assertThat(root.names()).noneMatch(name -> name.startsWith(".status.new-"));
        root.reopen();
        StepVerifier.create(root.checkpoints.read("web-1"))
                .expectNext(HEALED)
                .expectComplete()
                .verify(PATIENCE);
    }

    private static void assertDeleted(FailingRoot root, @Nullable Entry old) {
        if (old != null && old.content().equals("folder")) {
            return; // It is not empty, so only a write can replace it.
        }
        complete(root.checkpoints.delete("web-1"));
        assertThat(root.names("web-1")).isSubsetOf("foreign");
        assertThat(root.names()).noneMatch(name -> name.startsWith(".status.deleted-"));
        root.reopen();
        StepVerifier.create(root.checkpoints.read("web-1")).expectComplete().verify(PATIENCE);
    }

    private static void assertOpened(FailingRoot root) {
        Entry left = root.entry("web-1");
        root.reopen();
        assertThat(root.entry("web-1")).isEqualTo(left);
        assertThat(root.names("web-1")).noneMatch(name -> name.startsWith(".tmp-status-"));
        assertThat(root.names()).isSubsetOf(".status.lock", "web-1");
        List<String> ids =
                Objects.requireNonNull(root.checkpoints.list().collectList().block(PATIENCE));
        assertThat(ids.contains("web-1")).isEqualTo(root.names().contains("web-1"));
        assertHealed(root);
    }
}
