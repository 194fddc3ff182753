package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.put;
import static io.containerstatus.fs.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.CorruptStatusException;
import io.containerstatus.InvalidRootException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.fs.FailingRoot.Entry;
import io.containerstatus.fs.FailingRoot.Outcome;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.testing.FailingHook;
import io.containerstatus.testing.FailingHook.Moment;
import io.containerstatus.testing.FailingHook.Span;
import io.containerstatus.testing.Failure;
import io.containerstatus.testing.Faults;
import io.containerstatus.testing.Hook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.test.StepVerifier;

/**
 * Every failure at every operation of opening and reading: no container is missed, no status changes, nothing
 * stays held, and the next attempt finds everything.
 */
@Tag("exhaustive")
class LoadFaultsTest {
    private static final String TEMPORARY = ".tmp-status-next";

    @TempDir
    Path folder;

    private int rounds;

    /** What may exist under an id. */
    private enum Content {
        GOOD,
        GOOD_AND_A_TEMPORARY_FILE,
        CORRUPT,
        MISSING,
        EMPTY,
        EMPTY_BUT_FOR_A_TEMPORARY_FILE;

        String id() {
            return name().toLowerCase().replace('_', '-');
        }

        boolean hasTemporaryFile() {
            return this == GOOD_AND_A_TEMPORARY_FILE || this == EMPTY_BUT_FOR_A_TEMPORARY_FILE;
        }

        void put(Path root) throws IOException {
            Path container = Files.createDirectory(root.resolve(id()));
            if (this == GOOD || this == GOOD_AND_A_TEMPORARY_FILE) {
                Samples.put(root, id(), RUNNING);
            }
            if (this == CORRUPT) {
                Samples.put(root, id(), "corrupt");
            }
            if (this == MISSING) {
                Files.createFile(container.resolve("foreign"));
            }
            if (hasTemporaryFile()) {
                Files.writeString(container.resolve(TEMPORARY), "half a stat");
            }
        }

        /**
         * Checks the result of a read: it may be correct or report an unreadable status, but must not report
         * that there is none.
         */
        void assertReported(Outcome<Status> outcome, boolean faultless) {
            if (!faultless && outcome.failure() instanceof UnreadableStatusException) {
                return;
            }
            switch (this) {
                case GOOD, GOOD_AND_A_TEMPORARY_FILE -> {
                    assertThat(outcome.failure()).isNull();
                    assertThat(outcome.values()).containsExactly(RUNNING);
                }
                case CORRUPT -> assertThat(outcome.failure()).isInstanceOf(CorruptStatusException.class);
                default -> assertThat(outcome).isEqualTo(new Outcome<Status>(List.of(), null));
            }
        }
    }

    private FailingRoot newRoot() {
        try {
            return new FailingRoot(Files.createDirectory(folder.resolve("root-" + rounds++)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private FailingRoot newRootWithAll() {
        FailingRoot root = newRoot();
        try {
            for (Content content : Content.values()) {
                content.put(root.path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return root;
    }

    private static List<Entry> entries(FailingRoot root) {
        return Arrays.stream(Content.values())
                .map(content -> root.entry(content.id()))
                .toList();
    }

    @Nested
    class AnOpening {
        @Test
        void ofARootWithEverythingInItLosesNothingAndTheNextOneFindsAll(TestReporter reporter) {
            int points = Faults.each(this::open, this::open);
            reporter.publishEntry("faults", Integer.toString(points));
            assertThat(points).isGreaterThanOrEqualTo(440);
        }

        private void open(FailingHook fault) {
            try (FailingRoot root = newRootWithAll()) {
                List<Entry> before = entries(root);
                Outcome<Opened> opened = root.under(fault, root.checkpoints.open());

                assertThat(entries(root)).as("inodes and contents").isEqualTo(before);
                if (opened.failure() != null) {
                    assertThat(opened.failure())
                            .isInstanceOfAny(InvalidRootException.class, UnreadableStatusException.class);
                    assertThat(root.files.openDescriptors()).isZero();
                } else {
                    assertReported(opened.values().get(0).containers(), fault.raised() == 0);
                    assertWritableOrNot(root, opened.values().get(0).access());
                    assertAllFound(root);
                }
                root.reopen();
                assertThat(entries(root)).as("inodes and contents").isEqualTo(before);
                assertSwept(root);
                assertAllFound(root);
            }
        }

        /**
         * An entry that cannot be read may be a container. A real container is never left out, and is
         * reported correctly.
         */
        private void assertReported(List<Found> found, boolean faultless) {
            assertThat(found).extracting(Found::id).doesNotHaveDuplicates().contains(containers());
            if (faultless) {
                assertThat(found).hasSize(containers().length);
            }
            for (Found one : found) {
                Outcome<Status> outcome = new Outcome<>(
                        one instanceof Found.Loaded loaded ? List.of(loaded.status()) : List.of(),
                        one instanceof Found.Failed failed ? (StatusException) failed.failure() : null);
                Content.valueOf(one.id().toUpperCase().replace('-', '_')).assertReported(outcome, faultless);
            }
        }

        private void assertWritableOrNot(FailingRoot root, Access access) {
            Outcome<Void> written = root.under(Hook.NONE, root.checkpoints.write("other", CREATED));
            if (access.writable()) {
                assertThat(written.failure()).isNull();
                complete(root.checkpoints.delete("other"));
            } else {
                assertThat(written.failure())
                        .isInstanceOf(NotWrittenException.class)
                        .hasMessageContaining(access.reason());
                assertThat(access.reason()).contains("can only be read");
            }
        }

        private static void assertSwept(FailingRoot root) {
            for (Content content : Content.values()) {
                assertThat(root.names(content.id())).doesNotContain(TEMPORARY);
            }
        }

        private static void assertAllFound(FailingRoot root) {
            Outcome<String> listed = root.under(Hook.NONE, root.checkpoints.list());
            assertThat(listed.values()).containsExactlyInAnyOrder(containers());
            for (Content content : Content.values()) {
                content.assertReported(root.under(Hook.NONE, root.checkpoints.read(content.id())), true);
            }
        }

        @Test
        void ofANewRootIsMadeGoodByTheNextOne(TestReporter reporter) {
            int points = Faults.each(this::create, this::create);
            reporter.publishEntry("faults", Integer.toString(points));
            assertThat(points).isGreaterThanOrEqualTo(300);
        }

        private void create(FailingHook fault) {
            try (FailingRoot above = newRoot();
                    FailingRoot root = new FailingRoot(above.path.resolve("a/b"))) {
                Outcome<Opened> opened = root.under(fault, root.checkpoints.open());
                if (opened.failure() != null) {
                    assertThat(opened.failure())
                            .isInstanceOfAny(InvalidRootException.class, UnreadableStatusException.class);
                    assertThat(root.files.openDescriptors()).isZero();
                }
                root.reopen();
                complete(root.checkpoints.write("web-1", CREATED));
                assertThat(root.path.resolve("web-1/status")).hasContent(text(CREATED));
            }
        }
    }

    private static String[] containers() {
        return Arrays.stream(Content.values()).map(Content::id).toArray(String[]::new);
    }

    @Nested
    class AListing {
        @Test
        void namesAllContainersOrFails(TestReporter reporter) {
            int points = Faults.each(this::list, this::list);
            reporter.publishEntry("faults", Integer.toString(points));
            assertThat(points).isGreaterThanOrEqualTo(100);
        }

        private void list(FailingHook fault) {
            try (FailingRoot root = newRootWithAll()) {
                Outcome<String> listed = root.under(fault, root.checkpoints.list());
                if (listed.failure() != null) {
                    assertThat(listed.failure()).isInstanceOf(UnreadableStatusException.class);
                } else {
                    assertThat(listed.values()).contains(containers()).doesNotHaveDuplicates();
                }
                assertThat(root.files.openDescriptors()).isZero();
                assertThat(root.under(Hook.NONE, root.checkpoints.list()).values())
                        .containsExactlyInAnyOrder(containers());
            }
        }
    }

    @Nested
    class ARead {
        @ParameterizedTest
        @EnumSource(Content.class)
        void emitsTheStatusOrReportsThatItCannotBeRead(Content content, TestReporter reporter) {
            int points = Faults.each(
                    fault -> read(content, fault, /* opened= */ false), fault -> read(content, fault, false));
            points +=
                    Faults.each(fault -> read(content, fault, /* opened= */ true), fault -> read(content, fault, true));
            reporter.publishEntry("faults", Integer.toString(points));
            assertThat(points).isGreaterThanOrEqualTo(50);
        }

        private void read(Content content, FailingHook fault, boolean opened) {
            try (FailingRoot root = newRootWithAll()) {
                if (opened) {
                    root.open();
                }
                int descriptors = root.files.openDescriptors();
                List<Entry> before = entries(root);
                Outcome<Status> outcome = root.under(fault, root.checkpoints.read(content.id()));

                content.assertReported(outcome, fault.raised() == 0);
                assertThat(root.files.openDescriptors()).as("descriptors").isEqualTo(descriptors);
                assertThat(entries(root)).as("inodes and contents").isEqualTo(before);
                content.assertReported(root.under(Hook.NONE, root.checkpoints.read(content.id())), true);
            }
        }

        /** The author of the next write does not know the contents, so an unreadable status is kept. */
        @Test
        void thatFailedMakesTheFirstWriteKeepWhatIsThere(TestReporter reporter) throws IOException {
            int kept = 0;
            for (int index = 0; index < 6; index++) {
                try (FailingRoot root = newRoot()) {
                    root.open();
                    put(root.path, "web-1", RUNNING);
                    Entry before = root.entry("web-1");
                    FailingHook fault = FailingHook.at(index, Failure.EMFILE, Span.ONCE, Moment.INSTEAD_OF_THE_EFFECT);
                    Outcome<Status> outcome = root.under(fault, root.checkpoints.read("web-1"));
                    complete(root.checkpoints.write("web-1", CREATED));

                    assertThat(root.entry("web-1").content()).isEqualTo(text(CREATED));
                    List<String> others = root.names("web-1").stream()
                            .filter(name -> !name.equals("status"))
                            .toList();
                    assertThat(others).hasSize(outcome.failure() == null ? 0 : 1);
                    for (String other : others) {
                        assertThat(Entry.of(root.path.resolve("web-1").resolve(other)))
                                .isEqualTo(before);
                        kept++;
                    }
                }
            }
            assertThat(kept).isEqualTo(6);
        }

        @Test
        void thatFailedAndThenSucceededIsForgotten() throws IOException {
            try (FailingRoot root = newRoot()) {
                root.open();
                put(root.path, "web-1", RUNNING);
                FailingHook fault = FailingHook.at(0, Failure.EIO, Span.FROM_THEN_ON, Moment.INSTEAD_OF_THE_EFFECT);
                root.under(fault, root.checkpoints.read("web-1"));
                StepVerifier.create(root.checkpoints.read("web-1"))
                        .expectNext(RUNNING)
                        .expectComplete()
                        .verify(PATIENCE);
                complete(root.checkpoints.write("web-1", CREATED));

                assertThat(root.names("web-1")).containsExactly("status");
            }
        }
    }
}
