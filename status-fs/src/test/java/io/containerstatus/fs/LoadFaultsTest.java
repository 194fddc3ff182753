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
import io.containerstatus.fs.FaultyRoot.Entry;
import io.containerstatus.fs.FaultyRoot.Outcome;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.testing.Failure;
import io.containerstatus.testing.Fault;
import io.containerstatus.testing.Fault.Moment;
import io.containerstatus.testing.Fault.Span;
import io.containerstatus.testing.Faults;
import io.containerstatus.testing.Hook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.test.StepVerifier;

/**
 * Every failure at every operation of what opens and reads: no container is lost from sight, no status changes, nothing
 * stays held, and the next attempt finds all of it.
 */
class LoadFaultsTest {
    private static final String TEMPORARY = ".tmp-status-next";

    @TempDir
    Path folder;

    private int rounds;

    /** What may lie under an id. */
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

        /** Asserts what a read may say of it: the truth, or that it cannot be read, but not that there is nothing. */
        void assertTold(Outcome<Status> told, boolean faultless) {
            if (!faultless && told.failure() instanceof UnreadableStatusException) {
                return;
            }
            switch (this) {
                case GOOD, GOOD_AND_A_TEMPORARY_FILE -> {
                    assertThat(told.failure()).isNull();
                    assertThat(told.values()).containsExactly(RUNNING);
                }
                case CORRUPT -> assertThat(told.failure()).isInstanceOf(CorruptStatusException.class);
                default -> assertThat(told).isEqualTo(new Outcome<Status>(List.of(), null));
            }
        }
    }

    private FaultyRoot newRoot() {
        try {
            return new FaultyRoot(Files.createDirectory(folder.resolve("root-" + rounds++)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private FaultyRoot newRootWithAll() {
        FaultyRoot root = newRoot();
        try {
            for (Content content : Content.values()) {
                content.put(root.path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return root;
    }

    private static List<Entry> entries(FaultyRoot root) {
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

        private void open(Fault fault) {
            try (FaultyRoot root = newRootWithAll()) {
                List<Entry> before = entries(root);
                Outcome<Opened> opened = root.under(fault, root.checkpoints.open());

                assertThat(entries(root)).as("inodes and contents").isEqualTo(before);
                if (opened.failure() != null) {
                    assertThat(opened.failure())
                            .isInstanceOfAny(InvalidRootException.class, UnreadableStatusException.class);
                    assertThat(root.files.openDescriptors()).isZero();
                } else {
                    assertTold(opened.values().get(0).containers(), fault.raised() == 0);
                    assertWritableOrNot(root, opened.values().get(0).access());
                    assertAllFound(root);
                }
                root.reopen();
                assertThat(entries(root)).as("inodes and contents").isEqualTo(before);
                assertSwept(root);
                assertAllFound(root);
            }
        }

        /** What cannot be looked at may be a container; what is one is never left out, and is told as it is. */
        private void assertTold(List<Found> found, boolean faultless) {
            assertThat(found).extracting(Found::id).doesNotHaveDuplicates().contains(containers());
            if (faultless) {
                assertThat(found).hasSize(containers().length);
            }
            for (Found one : found) {
                Outcome<Status> told = new Outcome<>(
                        one instanceof Found.Loaded loaded ? List.of(loaded.status()) : List.of(),
                        one instanceof Found.Failed failed ? (StatusException) failed.failure() : null);
                Content.valueOf(one.id().toUpperCase().replace('-', '_')).assertTold(told, faultless);
            }
        }

        private void assertWritableOrNot(FaultyRoot root, Access access) {
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

        private static void assertSwept(FaultyRoot root) {
            for (Content content : Content.values()) {
                assertThat(root.names(content.id())).doesNotContain(TEMPORARY);
            }
        }

        private static void assertAllFound(FaultyRoot root) {
            Outcome<String> listed = root.under(Hook.NONE, root.checkpoints.list());
            assertThat(listed.values()).containsExactlyInAnyOrder(containers());
            for (Content content : Content.values()) {
                content.assertTold(root.under(Hook.NONE, root.checkpoints.read(content.id())), true);
            }
        }

        @Test
        void ofANewRootIsMadeGoodByTheNextOne(TestReporter reporter) {
            int points = Faults.each(this::create, this::create);
            reporter.publishEntry("faults", Integer.toString(points));
            assertThat(points).isGreaterThanOrEqualTo(300);
        }

        private void create(Fault fault) {
            try (FaultyRoot above = newRoot();
                    FaultyRoot root = new FaultyRoot(above.path.resolve("a/b"))) {
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

        private void list(Fault fault) {
            try (FaultyRoot root = newRootWithAll()) {
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
        void tellsTheTruthOrThatItCannotBeRead(Content content, TestReporter reporter) {
            int points = Faults.each(
                    fault -> read(content, fault, /* opened= */ false), fault -> read(content, fault, false));
            points +=
                    Faults.each(fault -> read(content, fault, /* opened= */ true), fault -> read(content, fault, true));
            reporter.publishEntry("faults", Integer.toString(points));
            assertThat(points).isGreaterThanOrEqualTo(50);
        }

        private void read(Content content, Fault fault, boolean opened) {
            try (FaultyRoot root = newRootWithAll()) {
                if (opened) {
                    root.open();
                }
                int descriptors = root.files.openDescriptors();
                List<Entry> before = entries(root);
                Outcome<Status> told = root.under(fault, root.checkpoints.read(content.id()));

                content.assertTold(told, fault.raised() == 0);
                assertThat(root.files.openDescriptors()).as("descriptors").isEqualTo(descriptors);
                assertThat(entries(root)).as("inodes and contents").isEqualTo(before);
                content.assertTold(root.under(Hook.NONE, root.checkpoints.read(content.id())), true);
            }
        }

        /** Whoever writes then does not know what there is: what could not be read is not replaced without a trace. */
        @Test
        void thatFailedMakesTheFirstWriteKeepWhatIsThere(TestReporter reporter) throws IOException {
            int kept = 0;
            for (int index = 0; index < 6; index++) {
                try (FaultyRoot root = newRoot()) {
                    root.open();
                    put(root.path, "web-1", RUNNING);
                    Entry before = root.entry("web-1");
                    Fault fault = Fault.at(index, Failure.EMFILE, Span.ONCE, Moment.INSTEAD_OF_THE_EFFECT);
                    Outcome<Status> told = root.under(fault, root.checkpoints.read("web-1"));
                    complete(root.checkpoints.write("web-1", CREATED));

                    assertThat(root.entry("web-1").content()).isEqualTo(text(CREATED));
                    List<String> others = root.names("web-1").stream()
                            .filter(name -> !name.equals("status"))
                            .toList();
                    assertThat(others).hasSize(told.failure() == null ? 0 : 1);
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
            try (FaultyRoot root = newRoot()) {
                root.open();
                put(root.path, "web-1", RUNNING);
                Fault fault = Fault.at(0, Failure.EIO, Span.FROM_THEN_ON, Moment.INSTEAD_OF_THE_EFFECT);
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
