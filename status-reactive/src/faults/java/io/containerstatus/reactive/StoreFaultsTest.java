package io.containerstatus.reactive;

import static io.containerstatus.reactive.FailingFilesStore.change;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.ContainerChange.Kind;
import io.containerstatus.ContainerNotFoundException;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusTransitions;
import io.containerstatus.reactive.FailingFilesStore.Outcome;
import io.containerstatus.testing.FailingHook;
import io.containerstatus.testing.Faults;
import io.containerstatus.testing.Hook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every failure at every operation below the store, on files and on a journal. The results of callers,
 * memory, the changes of subscribers and the disk agree, and the next successful operation makes certain what
 * was uncertain.
 */
@Tag("exhaustive")
@Timeout(value = 10, unit = TimeUnit.MINUTES) // Many rounds, on a machine that may be busy.
class StoreFaultsTest {
    private static final Status CREATED = StoreTest.CREATED;
    private static final Status HEALED = CREATED.toBuilder().exitCode(3).build();

    @TempDir
    Path folder;

    private int rounds;
    private boolean journaled;

    private interface Round {
        /** Does the work under the fault. If there was no fault, omits the later checks. */
        void run(FailingFilesStore disk, FailingHook fault);
    }

    /**
     * Does a round for each fault. With a journal there are fewer faults, because a record takes fewer
     * operations than a file.
     */
    private void each(boolean withJournal, int fewest, TestReporter reporter, Round round) {
        journaled = withJournal;
        int points = Faults.each(fault -> inNewRoot(fault, round), fault -> inNewRoot(fault, round));
        reporter.publishEntry(withJournal ? "faults with a journal" : "faults", Integer.toString(points));
        assertThat(points).isGreaterThanOrEqualTo(withJournal ? fewest / 4 : fewest);
    }

    private void inNewRoot(FailingHook fault, Round round) {
        try (FailingFilesStore disk =
                new FailingFilesStore(Files.createDirectory(folder.resolve("root-" + rounds++)), journaled)) {
            round.run(disk, fault);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StatusStorage watchedContainer(FailingFilesStore disk) {
        assertThat(disk.open(Hook.NONE)).isNull();
        StatusStorage web =
                (StatusStorage) Objects.requireNonNull(disk.make(disk.store().create("web", CREATED)));
        disk.watchStore();
        disk.watch(web);
        return web;
    }

    /** Asserts that the disk agrees with the outcome of a change. */
    private static void assertTrueOfTheDisk(
            Outcome outcome, @Nullable Status old, @Nullable Status changed, @Nullable Status onDisk) {
        if (outcome.failure() == null) {
            assertThat(onDisk).isEqualTo(changed);
        } else if (outcome.failure() instanceof NotWrittenException) {
            assertThat(onDisk).isEqualTo(old);
        } else {
            assertThat(outcome.failure()).isInstanceOf(IndeterminateWriteException.class);
            assertThat(onDisk).isIn(old, changed);
        }
    }

    private static void assertHealed(FailingFilesStore disk, StatusStorage web) {
        long revision = web.revision();
        assertThat(disk.make(web.updateSync(status -> HEALED))).isEqualTo(HEALED);
        assertThat(web.current()).isEqualTo(HEALED);
        assertThat(disk.onDisk("web")).isEqualTo(HEALED);
        disk.assertReceived(List.of(change(Kind.UPDATED, revision + 1, HEALED)));
        assertThat(disk.files("web"))
                .noneSatisfy((name, content) -> assertThat(name).startsWith(".tmp"));
        assertThat(disk.reopen().find("web").current()).isEqualTo(HEALED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anUpdate(boolean withJournal, TestReporter reporter) {
        each(withJournal, 150, reporter, (disk, fault) -> {
            StatusStorage web = watchedContainer(disk);
            Status running = StoreTest.pid(7).apply(CREATED);
            Outcome outcome =
                    disk.under(fault, web.updateSync(StoreTest.pid(7))).get(0);

            boolean done = outcome.failure() == null;
            assertTrueOfTheDisk(outcome, CREATED, running, disk.onDisk("web"));
            assertThat(web.current()).isEqualTo(done ? running : CREATED);
            assertThat(web.revision()).isEqualTo(done ? 2 : 1);
            disk.assertReceived(done ? List.of(change(Kind.UPDATED, 2, running)) : List.of());
            assertHealed(disk, web);
        });
    }

    /** An equal status is written nevertheless if the disk may hold another one. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anUpdateIsSettledByOneThatChangesNothing(boolean withJournal, TestReporter reporter) {
        each(withJournal, 150, reporter, (disk, fault) -> {
            StatusStorage web = watchedContainer(disk);
            disk.under(fault, web.updateSync(StoreTest.pid(7)));
            Status current = web.current();
            assertThat(disk.make(web.updateSync(status -> status))).isEqualTo(current);

            assertThat(disk.onDisk("web")).isEqualTo(current);
            assertThat(disk.reopen().find("web").current()).isEqualTo(current);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBatchOfUpdatesThatShareOneWrite(boolean withJournal, TestReporter reporter) {
        each(withJournal, 300, reporter, (disk, fault) -> {
            StatusStorage web = watchedContainer(disk);
            List<Outcome> outcomes = disk.under(
                    fault,
                    web.updateSync(StoreTest.pid(1)), // alone, the others wait behind it
                    web.updateSync(StoreTest.pid(2)),
                    web.update(status -> status.toBuilder().message("m").build()),
                    web.updateSync(status -> status.toBuilder().pid(4).build()));
            Outcome first = outcomes.get(0);
            List<Outcome> batch = outcomes.subList(1, 4);

            assertThat(batch)
                    .as("fate of the batch")
                    .extracting(Outcome::failure)
                    .containsOnly(batch.get(0).failure());
            List<Status> committed = new ArrayList<>(List.of(CREATED));
            outcomes.stream()
                    .filter(outcome -> outcome.failure() == null)
                    .forEach(outcome -> committed.add((Status) outcome.value()));
            Status current = committed.get(committed.size() - 1);
            assertThat(web.current()).isEqualTo(current);
            assertThat(web.revision()).isEqualTo(committed.size());
            disk.assertReceived(updates(committed));
            assertBatchIsTrueOfTheDisk(first, batch.get(0), disk.onDisk("web"));
            assertHealed(disk, web);
        });
    }

    private static List<String> updates(List<Status> committed) {
        List<String> changes = new ArrayList<>();
        for (int i = 1; i < committed.size(); i++) {
            changes.add(change(Kind.UPDATED, i + 1, committed.get(i)));
        }
        return changes;
    }

    private static void assertBatchIsTrueOfTheDisk(Outcome first, Outcome batch, @Nullable Status onDisk) {
        Status alone = StoreTest.pid(1).apply(CREATED);
        Status together = CREATED.toBuilder().pid(4).message("m").build();
        if (batch.failure() == null) {
            assertThat(onDisk).isEqualTo(together);
        } else if (batch.failure() instanceof NotWrittenException) {
            assertThat(first.failure() instanceof IndeterminateWriteException).isFalse();
            assertThat(onDisk).isEqualTo(first.failure() == null ? alone : CREATED);
        } else {
            assertThat(onDisk).isIn(first.failure() == null ? alone : CREATED, alone, together);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCreation(boolean withJournal, TestReporter reporter) {
        each(withJournal, 200, reporter, (disk, fault) -> {
            assertThat(disk.open(Hook.NONE)).isNull();
            disk.watchStore();
            StatusStore store = disk.store();
            Outcome outcome = disk.under(fault, store.create("web", CREATED)).get(0);

            assertTrueOfTheDisk(outcome, null, CREATED, disk.onDisk("web"));
            if (outcome.failure() == null) {
                disk.assertReceived(List.of(change(Kind.CREATED, 1, CREATED)));
                assertThat(store.find("web").current()).isEqualTo(CREATED);
                return;
            }
            disk.assertReceived(List.of());
            assertThat(store.list()).isEmpty();
            assertThatThrownBy(() -> store.find("web")).isInstanceOf(ContainerNotFoundException.class);
            settle(disk, fault);
        });
    }

    /**
     * After a failed creation, another creation, a deletion, or the next process makes it certain what the
     * disk holds.
     */
    private static void settle(FailingFilesStore disk, FailingHook fault) {
        switch (fault.pick(3)) {
            case 0 -> {
                disk.make(disk.store().create("web", HEALED));
                assertThat(disk.onDisk("web")).isEqualTo(HEALED);
                disk.assertReceived(List.of(change(Kind.CREATED, 1, HEALED)));
                assertThat(disk.files("web")).containsOnlyKeys("status");
                assertThat(disk.reopen().find("web").current()).isEqualTo(HEALED);
            }
            case 1 -> {
                disk.make(disk.store().delete("web"));
                disk.assertReceived(List.of());
                assertThat(disk.reopen().list()).isEmpty();
                assertThat(disk.root.resolve("web")).doesNotExist();
            }
            default -> {
                Status left = disk.onDisk("web");
                List<StatusStorage> found = disk.reopen().list();
                assertThat(found).hasSize(left == null ? 0 : 1).allMatch(one -> one.current()
                        .equals(left));
                assertThat(disk.files("web").keySet()).isSubsetOf("status");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDeletion(boolean withJournal, TestReporter reporter) {
        each(withJournal, 100, reporter, (disk, fault) -> {
            StatusStorage web = watchedContainer(disk);
            Outcome outcome = disk.under(fault, web.delete()).get(0);

            assertTrueOfTheDisk(outcome, CREATED, null, disk.onDisk("web"));
            List<String> deleted = List.of(change(Kind.DELETED, 2, CREATED));
            if (outcome.failure() == null) {
                disk.assertReceived(deleted);
                assertThat(disk.store().list()).isEmpty();
                assertThat(disk.reopen().list()).isEmpty();
                return;
            }
            disk.assertReceived(List.of());
            assertThat(disk.store().find("web").current()).isEqualTo(CREATED);
            if (fault.pick(2) == 0) {
                assertHealed(disk, web);
            } else {
                disk.make(web.delete());
                disk.assertReceived(deleted);
                assertThat(disk.reopen().list()).isEmpty();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theFirstUpdateOverACorruptStatus(boolean withJournal, TestReporter reporter) {
        each(withJournal, 300, reporter, (disk, fault) -> {
            put(disk, "web", "corrupt");
            Map<String, String> before = disk.files("web");
            assertThat(disk.open(Hook.NONE)).isNull();
            StatusStorage web = disk.store().find("web");
            disk.watchStore();
            disk.watch(web);
            Status ended = StatusTransitions.stoppedUnknown(web.current(), StoreTest.NOON);
            Outcome outcome = disk.under(fault, web.updateSync(status -> ended)).get(0);

            boolean done = outcome.failure() == null;
            assertThat(web.current()).isEqualTo(done ? ended : StatusTransitions.unknown());
            disk.assertReceived(done ? List.of(change(Kind.UPDATED, 2, ended)) : List.of());
            assertThat(disk.files("web").values()).as("bad bytes").contains(before.get("status"));
            if (outcome.failure() instanceof NotWrittenException) {
                assertThat(disk.files("web").get("status")).isEqualTo(before.get("status"));
            }
            assertHealed(disk, web);
            assertThat(disk.files("web").values()).as("bad bytes").contains(before.get("status"));
        });
    }

    private static void put(FailingFilesStore disk, String id, String content) {
        try {
            Files.writeString(Files.createDirectories(disk.root.resolve(id)).resolve("status"), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
