package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.put;
import static io.containerstatus.fs.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.StatusException;
import io.containerstatus.fs.FailingRoot.Entry;
import io.containerstatus.testing.FailingHook.Moment;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Hook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/** Errors of the virtual machine at every operation of a change. Even then, the failure says what the disk holds. */
@Tag("exhaustive")
class ChangeErrorsTest {
    @TempDir
    Path folder;

    private int rounds;

    private enum Change {
        CREATION,
        UPDATE,
        FIRST_WRITE_OVER_A_CORRUPT_STATUS,
        DELETION
    }

    static Stream<Arguments> errors() {
        List<Supplier<Error>> errors = List.of(
                () -> new OutOfMemoryError("of the test"),
                StackOverflowError::new,
                () -> new NoClassDefFoundError("of/the/Test"),
                () -> new AssertionError("of the test"));
        return errors.stream().flatMap(error -> Stream.of(Change.values()).map(change -> Arguments.of(change, error)));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void areTheCauseOfAFailureThatSaysWhatTheDiskHolds(Change change, Supplier<Error> error, TestReporter reporter)
            throws IOException {
        int points = 0;
        for (Moment moment : Moment.values()) {
            for (boolean once : new boolean[] {true, false}) {
                int index = 0;
                while (fail(change, new Raised(error, moment, index, once))) {
                    index++;
                }
                points += index;
            }
        }
        reporter.publishEntry("errors", Integer.toString(points));
        assertThat(points).isGreaterThan(30);
    }

    /** Returns whether there was an operation with this index. */
    private boolean fail(Change change, Raised hook) throws IOException {
        try (FailingRoot root = new FailingRoot(Files.createDirectory(folder.resolve("root-" + rounds++)))) {
            if (change == Change.FIRST_WRITE_OVER_A_CORRUPT_STATUS) {
                put(root.path, "web-1", "corrupt");
            }
            root.open();
            if (change == Change.UPDATE || change == Change.DELETION) {
                complete(root.checkpoints.write("web-1", CREATED));
            }
            Entry old = root.entry("web-1");
            StatusException failure = failureOf(change, root, hook);
            if (hook.first == null) {
                assertThat(failure).isNull();
                return false;
            }
            assertReported(change, failure, hook.first, old, root.entry("web-1"));
            assertThat(root.files.openDescriptors()).as("descriptors").isEqualTo(1);
            complete(root.checkpoints.write("web-1", RUNNING));
            assertThat(root.entry("web-1").content()).isEqualTo(text(RUNNING));
            return true;
        }
    }

    private static @Nullable StatusException failureOf(Change change, FailingRoot root, Hook hook) {
        try {
            return root.under(hook, changed(change, root.checkpoints)).failure();
        } catch (VirtualMachineError | LinkageError e) {
            // JUnit would abort the whole run.
            throw new AssertionError("the error itself was signalled", e);
        }
    }

    private static Mono<Void> changed(Change change, FileCheckpoints checkpoints) {
        return change == Change.DELETION ? checkpoints.delete("web-1") : checkpoints.write("web-1", RUNNING);
    }

    private static void assertReported(
            Change change, @Nullable StatusException failure, Error error, @Nullable Entry old, @Nullable Entry now) {
        if (failure == null) {
            // Only if the operation makes no difference, such as the second link to an entry that is kept aside.
            return;
        }
        assertThat(failure).hasMessageContaining(error.toString());
        assertThat(failure.getCause()).isSameAs(error);
        if (failure instanceof NotWrittenException) {
            assertThat(now).as("not written: inode and content").isEqualTo(old);
        } else {
            assertThat(failure).isExactlyInstanceOf(IndeterminateWriteException.class);
            String written = change == Change.DELETION ? null : text(RUNNING);
            assertThat(now == null ? null : now.content()).isIn(old == null ? null : old.content(), written, null);
        }
    }

    /**
     * Raises the error instead of the operation with this index, or instead of it and all later ones; or after
     * the operation has taken effect.
     */
    private static final class Raised implements Hook {
        private final Supplier<Error> errors;
        private final Moment moment;
        private final int index;
        private final boolean once;
        private int count;

        @Nullable
        Error first;

        Raised(Supplier<Error> errors, Moment moment, int index, boolean once) {
            this.errors = errors;
            this.moment = moment;
            this.index = index;
            this.once = once;
        }

        @Override
        public void before(FileOperation operation, String path) {
            if (moment == Moment.INSTEAD_OF_THE_EFFECT) {
                raise();
            }
        }

        @Override
        public void after(FileOperation operation, String path) {
            if (moment == Moment.AFTER_THE_EFFECT) {
                raise();
            }
        }

        private void raise() {
            int now = count++;
            if (now == index || (!once && now > index)) {
                Error error = errors.get();
                first = first == null ? error : first;
                throw error;
            }
        }
    }
}
