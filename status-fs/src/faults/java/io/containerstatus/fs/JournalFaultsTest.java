package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.test.DelegatingCheckpoints;
import io.containerstatus.test.ManualScheduler;
import io.containerstatus.testing.DiskState;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.PowerCutFileSystem;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Failures in a journal without a crash: what is reported to callers, and what they can do next. */
class JournalFaultsTest {
    /** Room for two or three records in a segment. */
    private static final int SMALL = JournalFormat.HEADER_SIZE + 1024;

    private static final JournalSettings SETTINGS = new JournalSettings(SMALL, 2, Duration.ofHours(1));

    private PowerCutFileSystem disk;
    private final ManualTimer timer = new ManualTimer();
    private JournaledCheckpoints checkpoints;

    @BeforeEach
    void open() {
        TreeMap<String, Optional<String>> entries = new TreeMap<>();
        for (String folder : List.of("/var", "/var/lib", CrashStates.ROOT)) {
            entries.put(folder, Optional.empty());
        }
        disk = PowerCutFileSystem.mounted(new DiskState(entries));
        disk.largestWrite = Integer.MAX_VALUE;
        open(UnaryOperator.identity(), Schedulers.immediate());
    }

    private Path root() {
        return disk.getPath(CrashStates.ROOT);
    }

    /** Opens the root again, from the disk. */
    private void open(UnaryOperator<StatusCheckpoints> backEnd, Scheduler scheduler) {
        if (checkpoints != null) {
            checkpoints.close().block(PATIENCE);
        }
        FileCheckpoints files =
                FileCheckpoints.builder(root()).ioScheduler(scheduler).buildBehindJournal();
        checkpoints = new JournaledCheckpoints(backEnd.apply(files), files.journalHome(), SETTINGS, scheduler, timer);
        checkpoints.open().subscribe();
    }

    private void fail(FileOperation where, String part) {
        disk.hook = (operation, path) -> {
            if (operation == where && path.contains(part)) {
                throw new IOException("Input/output error");
            }
        };
    }

    private static Status updated(int number) {
        return RUNNING.toBuilder().message("update " + number).build();
    }

    private void create(String id) {
        checkpoints.create(id, CREATED).block(PATIENCE);
    }

    private void write(String id, int number) {
        checkpoints.write(id, updated(number)).block(PATIENCE);
    }

    /** Returns what the next process finds after a power cut that leaves everything that is visible. */
    private static Opened foundAfterCrash(DiskState state) {
        PowerCutFileSystem next = PowerCutFileSystem.mounted(state);
        next.largestWrite = Integer.MAX_VALUE;
        JournaledWriter writer = new JournaledWriter(next.getPath(CrashStates.ROOT), SETTINGS);
        try {
            return writer.found();
        } finally {
            writer.close();
        }
    }

    private static Map<String, Status> statuses(Opened opened) {
        Map<String, Status> statuses = new TreeMap<>();
        for (Found one : opened.containers()) {
            statuses.put(one.id(), ((Found.Loaded) one).status());
        }
        return statuses;
    }

    @Nested
    class ACreation {
        @Test
        void whoseRecordCannotBeWrittenIsUncertainAndCanBeTriedAgain() {
            fail(FileOperation.CREATE_FILE, ".status.journal");
            assertThatThrownBy(() -> create("web"))
                    .as("the file is there already")
                    .isInstanceOf(IndeterminateWriteException.class);
            disk.hook = Hook.NONE;
            create("web");
            assertThat(statuses(foundAfterCrash(disk.visible()))).containsExactly(Map.entry("web", CREATED));
        }

        @Test
        void whoseRecordCannotBeSyncedCanBeTriedAgain() {
            create("db");
            fail(FileOperation.FORCE, ".status.journal");
            assertThatThrownBy(() -> create("web")).isInstanceOf(IndeterminateWriteException.class);
            disk.hook = Hook.NONE;
            create("web");
        }

        @Test
        void replacesWhatAnUncertainDeletionHasLeft() {
            create("web");
            fail(FileOperation.FORCE, ".status.journal");
            assertThatThrownBy(() -> checkpoints.delete("web").block(PATIENCE))
                    .isInstanceOf(IndeterminateWriteException.class);
            disk.hook = Hook.NONE;
            create("web");
            assertThat(statuses(foundAfterCrash(disk.visible()))).containsExactly(Map.entry("web", CREATED));
        }

        @Test
        void withTheNameOfADeletedContainerInAnotherCaseSucceeds() {
            create("web");
            create("Web-2");
            checkpoints.delete("web").block(PATIENCE);
            create("WEB");
            assertThat(statuses(foundAfterCrash(disk.visible()))).containsOnlyKeys("WEB", "Web-2");
        }
    }

    @Nested
    class AnErrorOfTheVirtualMachine {
        private void throwOutOfMemory(FileOperation where, String part) {
            disk.hook = (operation, path) -> {
                if (operation == where && path.contains(part)) {
                    throw new OutOfMemoryError("test");
                }
            };
        }

        private void runAll(ManualScheduler scheduler) {
            boolean more = true;
            while (more) {
                try {
                    more = scheduler.runNext();
                } catch (OutOfMemoryError e) {
                    assertThat(e).hasMessage("test");
                }
            }
        }

        @Test
        void whileASegmentIsMadeIsReportedToEachPendingChange() {
            ManualScheduler scheduler = new ManualScheduler();
            open(UnaryOperator.identity(), scheduler);
            scheduler.runAll();
            throwOutOfMemory(FileOperation.CREATE_FILE, ".status.journal");
            List<Throwable> received = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                checkpoints
                        .delete("one-" + i)
                        .subscribe(nothing -> {}, received::add, () -> received.add(new Throwable("well")));
            }
            runAll(scheduler);
            assertThat(received).hasSize(30);
            disk.hook = Hook.NONE;
            List<String> after = new ArrayList<>();
            checkpoints.delete("two").subscribe(nothing -> {}, failure -> {}, () -> after.add("well"));
            checkpoints.close().subscribe(nothing -> {}, failure -> {}, () -> after.add("closed"));
            scheduler.runAll();
            assertThat(after).containsExactly("well", "closed");
            open(UnaryOperator.identity(), Schedulers.immediate());
        }

        @Test
        void duringTheCloseDoesNotKeepTheLock() {
            create("web");
            write("web", 1);
            throwOutOfMemory(FileOperation.FORCE, ".status.journal");
            assertThatCode(() -> checkpoints.close().block(PATIENCE)).doesNotThrowAnyException();
            disk.hook = Hook.NONE;
            open(UnaryOperator.identity(), Schedulers.immediate());
            write("web", 2);
        }

        @Test
        void ofTheBackEndDoesNotKeepTheCloseWaiting() {
            AtomicInteger writes = new AtomicInteger();
            open(
                    files -> new DelegatingCheckpoints(files) {
                        @Override
                        public Publisher<Void> write(String id, Status status) {
                            return writes.getAndIncrement() == 0
                                    ? subscriber -> {
                                        throw new OutOfMemoryError("test");
                                    }
                                    : super.write(id, status);
                        }
                    },
                    Schedulers.immediate());
            create("web");
            write("web", 1);
            assertThatCode(() -> checkpoints.close().block(Duration.ofSeconds(5)))
                    .doesNotThrowAnyException();
            assertThat(writes).hasValue(1);
            assertThat(statuses(foundAfterCrash(disk.visible())))
                    .as("it stays in the journal")
                    .containsExactly(Map.entry("web", updated(1)));
        }

        @Test
        void beforeTheRecordDoesNotKeepTheCloseWaiting() {
            open(
                    files -> new DelegatingCheckpoints(files) {
                        @Override
                        public void requireStorable(String id, Status status) {
                            throw new OutOfMemoryError("test");
                        }
                    },
                    Schedulers.immediate());
            List<Throwable> received = new ArrayList<>();
            try {
                checkpoints.write("web", CREATED).subscribe(nothing -> {}, received::add);
            } catch (OutOfMemoryError e) {
                received.add(e);
            }
            assertThat(received).hasSize(1);
            checkpoints.close().block(Duration.ofSeconds(5));
        }
    }

    @Nested
    class WhenSegmentsRunOut {
        private final ManualScheduler scheduler = new ManualScheduler();
        private final List<String> received = new ArrayList<>();
        private Throwable lastFailure;

        @BeforeEach
        void fillThem() {
            open(UnaryOperator.identity(), scheduler);
            scheduler.runAll();
            for (String id : List.of("web", "db")) {
                checkpoints.create(id, CREATED).subscribe();
                scheduler.runAll();
            }
            changeUntilOneWaits();
        }

        private void changeUntilOneWaits() {
            fail(FileOperation.MOVE, "/status");
            change("db", 0);
            for (int i = 1; !received.contains("waits"); i++) {
                change("web", i);
            }
            received.clear();
        }

        /** Writes the files until this many changes were signalled. No change has waited too long meanwhile. */
        private void writeFilesUntilReceived(int count) {
            disk.hook = Hook.NONE;
            await().atMost(PATIENCE).until(() -> {
                timer.ring(Duration.ofSeconds(9));
                scheduler.runAll();
                return received.size() == count;
            });
        }

        private void change(String id, int number) {
            int before = received.size();
            checkpoints
                    .write(id, updated(number))
                    .subscribe(
                            nothing -> {},
                            failure -> {
                                lastFailure = failure;
                                received.add(failure.getClass().getSimpleName());
                            },
                            () -> received.add("well"));
            scheduler.runAll();
            if (received.size() == before) {
                received.add("waits");
            }
        }

        @Test
        void aChangeFailsOnceItHasWaitedTooLong() {
            timer.ring(Duration.ofSeconds(10));
            scheduler.runAll();
            assertThat(received).containsExactly("NotWrittenException");
            assertThat(lastFailure)
                    .hasMessageContaining("the journal is full")
                    .hasRootCauseMessage("Input/output error");
            change("web", 100);
            assertThat(received)
                    .as("the next one does not wait again")
                    .hasSize(2)
                    .doesNotContain("waits");
        }

        @Test
        void aChangeGoesOnWhenAFileCouldBeWritten() {
            checkpoints.delete("db").subscribe(nothing -> {}, failure -> {}, () -> received.add("deleted"));
            checkpoints.close().subscribe(nothing -> {}, failure -> {}, () -> received.add("closed"));
            writeFilesUntilReceived(3);
            assertThat(received).containsExactly("well", "deleted", "closed");
        }

        @Test
        void aChangeFailsAtOnceIfNobodyCanEndItsWait() {
            writeFilesUntilReceived(1);
            received.clear();
            timer.refuseFrom(Duration.ofSeconds(10));
            fail(FileOperation.MOVE, "/status");
            change("db", 0);
            for (int i = 1; i < 50 && !received.contains("NotWrittenException"); i++) {
                change("web", i);
            }
            assertThat(received).endsWith("NotWrittenException").doesNotContain("waits");
        }

        @Test
        void aChangeThatWaitsLaterHasATimeOfItsOwn() {
            Runnable endOfTheFirstWait = timer.taken(Duration.ofSeconds(10));
            writeFilesUntilReceived(1);
            assertThat(received).containsExactly("well");
            changeUntilOneWaits();
            endOfTheFirstWait.run();
            scheduler.runAll();
            assertThat(received).isEmpty();
            timer.ring(Duration.ofSeconds(10));
            scheduler.runAll();
            assertThat(received).containsExactly("NotWrittenException");
        }
    }

    @Test
    void aRetryIsNotHeldUpByATimerThatIsSetForLater() {
        create("web");
        create("db");
        write("web", 1);
        checkpoints.delete("db").block(PATIENCE);
        fail(FileOperation.OPEN_FOLDER, CrashStates.ROOT);
        assertThatThrownBy(() -> create("db")).isInstanceOf(NotWrittenException.class);
        assertThat(timer.shortest()).isLessThanOrEqualTo(Duration.ofMillis(100));
    }

    @Test
    void aSegmentWhoseNameCannotBeSyncedIsClosedAndRemoved() {
        AtomicInteger open = new AtomicInteger();
        disk.hook = (operation, path) -> {
            if (path.contains(".status.journal")) {
                open.addAndGet(operation == FileOperation.CREATE_FILE ? 1 : operation == FileOperation.CLOSE ? -1 : 0);
            }
            if (operation == FileOperation.FORCE && path.equals(CrashStates.ROOT) && open.get() > 0) {
                throw new IOException("Input/output error");
            }
        };
        assertThatThrownBy(() -> create("web")).isInstanceOf(IndeterminateWriteException.class);
        assertThat(open).hasValue(0);
        assertThat(disk.visible().entries()).doesNotContainKey(CrashStates.ROOT + "/.status.journal-0");
    }

    /** The other threads of the scheduler are left to those who share it. */
    @Test
    void onAGivenSchedulerAtMostSixteenFilesAreWrittenAtATime() {
        List<MonoSink<Void>> held = new ArrayList<>();
        checkpoints.close().block(PATIENCE);
        FileCheckpoints files = FileCheckpoints.builder(root())
                .ioScheduler(Schedulers.immediate())
                .buildBehindJournal();
        checkpoints = new JournaledCheckpoints(
                new DelegatingCheckpoints(files) {
                    @Override
                    public Publisher<Void> write(String id, Status status) {
                        return Mono.create(held::add);
                    }
                },
                files.journalHome(),
                JournalSettings.DEFAULT,
                Schedulers.immediate(),
                timer);
        checkpoints.open().block(PATIENCE);
        for (int i = 0; i < 20; i++) {
            create("web-" + i);
            write("web-" + i, 1);
        }
        checkpoints.close().subscribe();
        assertThat(held).hasSize(16);
        for (int i = 0; i < 20; i++) {
            held.get(i).success();
        }
        assertThat(held).hasSize(20);
        checkpoints.close().block(PATIENCE);
    }

    /** The file stays if it cannot be removed either. It must not be in the way of the next one. */
    @Test
    void aSegmentWhoseZerosCannotBeSyncedIsClosedAndReplacedLater() {
        String file = CrashStates.ROOT + "/.status.journal-0";
        List<FileOperation> operations = new ArrayList<>();
        disk.hook = (operation, path) -> {
            if (path.equals(file)) {
                boolean removal = operation == FileOperation.DELETE && operations.contains(FileOperation.CREATE_FILE);
                operations.add(operation);
                if (operation == FileOperation.FORCE || removal) {
                    throw new IOException("Input/output error");
                }
            }
        };
        assertThatThrownBy(() -> checkpoints.delete("web").block(PATIENCE))
                .isInstanceOf(NotWrittenException.class)
                .hasMessageContaining("Input/output error");
        assertThat(operations).endsWith(FileOperation.FORCE, FileOperation.CLOSE, FileOperation.DELETE);
        assertThat(disk.visible().entries()).containsKey(file);

        disk.hook = Hook.NONE;
        create("web");
        write("web", 1);
        assertThat(statuses(foundAfterCrash(disk.visible()))).containsExactly(Map.entry("web", updated(1)));
    }

    @Test
    void aSegmentWhoseZerosCannotBeWrittenIsRemoved() {
        disk.hook = (operation, path) -> {
            if (path.contains(".status.journal") && operation == FileOperation.WRITE) {
                throw new IOException("No space left on device");
            }
        };
        assertThatThrownBy(() -> checkpoints.delete("web").block(PATIENCE)).isInstanceOf(NotWrittenException.class);
        assertThat(disk.visible().entries()).doesNotContainKey(CrashStates.ROOT + "/.status.journal-0");
    }

    @Test
    void aSegmentThatCannotBeBegunIsClosedWithTheRoot() {
        AtomicInteger created = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();
        disk.hook = (operation, path) -> {
            if (path.contains(".status.journal")) {
                created.addAndGet(operation == FileOperation.CREATE_FILE ? 1 : 0);
                closed.addAndGet(operation == FileOperation.CLOSE ? 1 : 0);
                // The first sync is that of the zeros.
                if (operation == FileOperation.FORCE && SyncCaller.of(path).endsWith(".begin")) {
                    throw new IOException("Input/output error");
                }
            }
        };
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> checkpoints.delete("web").block(PATIENCE)).isInstanceOf(NotWrittenException.class);
        }
        checkpoints.close().block(PATIENCE);
        assertThat(created).hasPositiveValue();
        assertThat(closed).hasValue(created.get());
    }

    @Test
    void changesThatComeTogetherFillNoSegmentBeyondItsSize() throws IOException {
        ManualScheduler scheduler = new ManualScheduler();
        open(UnaryOperator.identity(), scheduler);
        scheduler.runAll();
        List<String> received = new ArrayList<>();
        Map<String, Status> expected = new TreeMap<>();
        for (int i = 0; i < 4; i++) {
            String id = "web-" + i;
            expected.put(id, updated(i));
            checkpoints.create(id, CREATED).subscribe();
            scheduler.runAll();
        }
        expected.forEach((id, status) -> checkpoints
                .write(id, status)
                .subscribe(nothing -> {}, failure -> received.add(failure.toString()), () -> received.add("well")));
        scheduler.runAll();

        assertThat(received).hasSize(4).containsOnly("well");
        assertThat(statuses(foundAfterCrash(disk.visible()))).isEqualTo(expected);
        try (Stream<Path> entries = Files.list(root())) {
            assertThat(entries.filter(Layout::isJournal))
                    .hasSize(2)
                    .allSatisfy(segment -> assertThat(Files.size(segment)).isLessThanOrEqualTo(SMALL));
        }
    }

    @Nested
    class TheTurn {
        private final List<String> received = new ArrayList<>();
        private final ManualScheduler scheduler = new ManualScheduler();

        private void delete(JournalCommitter committer, String id) {
            Mono.<Void>create(sink -> committer.append(new JournalAppend(id, null, null, false, sink)))
                    .subscribe(
                            nothing -> {}, failure -> received.add(id + " refused"), () -> received.add(id + " done"));
        }

        private JournalCommitter committer(Supplier<Scheduler> given) {
            FileCheckpoints files = FileCheckpoints.builder(root())
                    .ioScheduler(Schedulers.immediate())
                    .buildBehindJournal();
            files.open().block(PATIENCE);
            JournalBehind behind = new JournalBehind(files, 16, Duration.ofHours(1), timer, () -> {});
            JournalSegments segments = new JournalSegments(files.journalHome(), SETTINGS, behind::isFree);
            return new JournalCommitter(given, () -> {}, segments, behind, timer, 1, 0);
        }

        /** Returns a committer whose first request for a scheduler is rejected. These changes come during the request. */
        private JournalCommitter refusingOnce(String... meanwhile) {
            JournalCommitter[] committer = new JournalCommitter[1];
            AtomicInteger calls = new AtomicInteger();
            committer[0] = committer(() -> {
                if (calls.getAndIncrement() == 0) {
                    List.of(meanwhile).forEach(id -> delete(committer[0], id));
                    throw new RejectedExecutionException("test");
                }
                return scheduler;
            });
            return committer[0];
        }

        private static Hook atSyncOfRecords(Runnable action) {
            return (operation, path) -> {
                if (operation == FileOperation.FORCE && SyncCaller.of(path).startsWith("JournalSegment.append")) {
                    action.run();
                }
            };
        }

        /** Runs a task on another thread, and passes it to the consumer within the call that schedules it. */
        private static Scheduler onOtherThread(Consumer<CompletableFuture<Void>> consumer) {
            return PassingScheduler.to(task -> consumer.accept(CompletableFuture.runAsync(task)));
        }

        @BeforeEach
        void leaveTheRoot() {
            checkpoints.close().block(PATIENCE);
        }

        @Test
        void aChangeThatComesDuringTheRefusalIsRefusedAsWell() {
            JournalCommitter committer = refusingOnce("second");
            delete(committer, "first");
            scheduler.runAll();
            assertThat(received).containsExactly("first refused", "second refused");
            delete(committer, "third");
            scheduler.runAll();
            assertThat(received).hasSize(3).endsWith("third done");
        }

        @Test
        void aChangeIsRefusedThoughTheRefusalRunsOutOfMemory() throws ReflectiveOperationException {
            JournalCommitter committer = refusingOnce("second", "third");
            runOutOfMemoryAtTheSecondChange(committer);
            assertThatThrownBy(() -> delete(committer, "first")).isInstanceOf(OutOfMemoryError.class);
            assertThat(received).containsExactly("first refused", "second refused");
            scheduler.runAll();
            assertThat(received).hasSize(3).endsWith("third done");
        }

        /** A batch that is too large for the memory cannot be produced by a test in any other way. */
        private static void runOutOfMemoryAtTheSecondChange(JournalCommitter committer)
                throws ReflectiveOperationException {
            Field batch = JournalCommitter.class.getDeclaredField("batch");
            batch.setAccessible(true);
            batch.set(committer, new FullAtTheSecond());
        }

        /** Throws an OutOfMemoryError for the second change, once. */
        private static final class FullAtTheSecond extends ArrayList<JournalAppend> {
            private static final long serialVersionUID = 1L;
            private boolean wasFull;

            @Override
            public boolean add(JournalAppend change) {
                if (size() == 1 && !wasFull) {
                    wasFull = true;
                    throw new OutOfMemoryError("test");
                }
                return super.add(change);
            }
        }

        @Test
        void aChangeIsSignalledThoughTheNextTurnEndsWithAnErrorOfTheVirtualMachine() {
            JournalCommitter committer = committer(Schedulers::immediate);
            AtomicInteger syncs = new AtomicInteger();
            disk.hook = atSyncOfRecords(() -> {
                if (syncs.getAndIncrement() > 0) {
                    throw new OutOfMemoryError("test");
                }
                delete(committer, "second");
            });
            assertThatThrownBy(() -> delete(committer, "first")).isInstanceOf(OutOfMemoryError.class);
            assertThat(received).containsExactlyInAnyOrder("first done", "second refused");
        }

        @Test
        void thatEndsWithAnErrorOfTheVirtualMachineSignalsTheChangesOfTheTurnBefore() {
            List<String> whenItEnds = new ArrayList<>();
            Scheduler atOnce = onOtherThread(next -> {
                assertThatThrownBy(next::join).hasCauseInstanceOf(OutOfMemoryError.class);
                whenItEnds.addAll(received);
            });
            AtomicInteger requests = new AtomicInteger();
            JournalCommitter committer = committer(() -> requests.getAndIncrement() == 1 ? atOnce : scheduler);
            disk.hook = atSyncOfRecords(() -> {
                disk.hook = atSyncOfRecords(() -> {
                    throw new OutOfMemoryError("test");
                });
                delete(committer, "second");
            });
            delete(committer, "first");
            scheduler.runAll();
            assertThat(whenItEnds).containsExactlyInAnyOrder("first done", "second refused");
            assertThat(received).isEqualTo(whenItEnds);
        }

        /** The manual scheduler does not run the next turn, so the first change cannot be signalled by it. */
        @Test
        void isHandedOverAndTheChangesAreSignalledMeanwhile() {
            JournalCommitter committer = committer(() -> scheduler);
            disk.hook = atSyncOfRecords(() -> {
                disk.hook = Hook.NONE;
                delete(committer, "second");
            });
            delete(committer, "first");
            delete(committer, "of the same write");
            scheduler.runNext();
            assertThat(received).containsExactly("first done", "of the same write done");
            scheduler.runAll();
            assertThat(received).hasSize(3).endsWith("second done");
        }

        @Test
        void requestsAThreadForTheOtherSubscribersWhileOneIsSignalled() {
            JournalCommitter committer = committer(() -> scheduler);
            List<Integer> requested = new ArrayList<>();
            Mono.<Void>create(sink -> committer.append(new JournalAppend("first", null, null, false, sink)))
                    .doOnTerminate(() -> requested.add(scheduler.waiting()))
                    .subscribe();
            delete(committer, "of the same write");
            scheduler.runNext();
            assertThat(requested).containsExactly(1);
            assertThat(received).containsExactly("of the same write done");
        }

        /** If each turn were nested in the one before, the stack would overflow at last. */
        @Test
        void isKeptIfTheSchedulerRunsItsTasksWithinTheCall() {
            JournalCommitter committer = committer(Schedulers::immediate);
            List<Long> depths = new ArrayList<>();
            disk.hook = atSyncOfRecords(() -> {
                depths.add(StackWalker.getInstance().walk(Stream::count));
                if (depths.size() < 10) {
                    delete(committer, "next");
                }
            });
            delete(committer, "first");
            assertThat(received).hasSize(10).startsWith("first done").doesNotContain("next refused");
            assertThat(depths).hasSize(10).containsOnly(depths.get(0));
        }

        @Test
        void isGivenBackThoughASubscriberOfAChangeThatAnErrorHasEndedBlocks() {
            JournalCommitter committer = committer(() -> scheduler);
            disk.hook = atSyncOfRecords(() -> {
                disk.hook = Hook.NONE;
                throw new OutOfMemoryError("test");
            });
            Mono.<Void>create(sink -> committer.append(new JournalAppend("first", null, null, false, sink)))
                    .subscribe(nothing -> {}, failure -> {
                        delete(committer, "later");
                        scheduler.runAll();
                        received.add("first goes on");
                    });
            delete(committer, "of the same write");
            assertThatThrownBy(scheduler::runAll).isInstanceOf(OutOfMemoryError.class);
            assertThat(received)
                    .containsExactlyInAnyOrder("of the same write refused", "later done", "first goes on")
                    .endsWith("first goes on");
        }

        @Test
        void thatIsRefusedSignalsTheOthersWhileOneSubscriberBlocks() {
            JournalCommitter committer = refusingOnce("second");
            Mono.<Void>create(sink -> committer.append(new JournalAppend("first", null, null, false, sink)))
                    .subscribe(nothing -> {}, failure -> {
                        scheduler.runAll();
                        received.add("first goes on");
                    });
            scheduler.runAll();
            assertThat(received).containsExactly("second refused", "first goes on");
        }

        @Test
        void isNotRequestedForAChangeThatCannotBeQueued() throws ReflectiveOperationException {
            JournalCommitter committer = committer(() -> scheduler);
            Field queue = JournalCommitter.class.getDeclaredField("queue");
            queue.setAccessible(true);
            queue.set(committer, new ArrayDeque<JournalAppend>() {
                private static final long serialVersionUID = 1L;

                @Override
                public boolean offer(JournalAppend change) {
                    throw new OutOfMemoryError("test");
                }
            });
            delete(committer, "first");
            assertThat(received).containsExactly("first refused");
            assertThat(scheduler.waiting()).isZero();
        }

        @Test
        void isKeptIfNoOtherThreadCanTakeIt() {
            JournalCommitter committer = committer(() -> scheduler);
            List<String> duringTheNextWrite = new ArrayList<>();
            disk.hook = atSyncOfRecords(() -> {
                disk.hook = atSyncOfRecords(() -> {
                    duringTheNextWrite.addAll(received);
                    duringTheNextWrite.add(scheduler.waiting() + " requested");
                });
                delete(committer, "second");
                scheduler.failNext(new RejectedExecutionException("test"));
            });
            delete(committer, "first");
            scheduler.runAll();
            assertThat(received).containsExactlyInAnyOrder("first done", "second done");
            assertThat(duringTheNextWrite)
                    .as("the write does not wait for a subscriber, and the subscriber does not wait for the write")
                    .containsExactly("1 requested");
        }

        /** The second request for a scheduler hands the turn over. The next turn ends within that call. */
        @Test
        void isHandedOverOnlyOnceTheSignalsAreQueued() {
            AtomicInteger requests = new AtomicInteger();
            Scheduler atOnce = onOtherThread(CompletableFuture::join);
            JournalCommitter committer = committer(() -> requests.getAndIncrement() == 1 ? atOnce : scheduler);
            disk.hook = atSyncOfRecords(() -> {
                disk.hook = Hook.NONE;
                delete(committer, "second");
            });
            delete(committer, "first");
            scheduler.runAll();
            assertThat(received)
                    .as("the thread of the next turn also signals what the turn before has left")
                    .containsExactly("first done", "second done");
        }

        @Test
        void aChangeThatTheSignalOfARefusedOneMakesIsNotLeftBehind() {
            scheduler.failNext(new RejectedExecutionException("test"));
            JournalCommitter committer = committer(() -> scheduler);
            Mono.<Void>create(sink -> committer.append(new JournalAppend("first", null, null, false, sink)))
                    .subscribe(nothing -> {}, failure -> delete(committer, "second"));
            scheduler.runAll();
            assertThat(received).containsExactly("second done");
        }
    }

    @Test
    void aRootWhoseFilesAreOlderThanItsJournalIsNotWrittenWithoutTheJournal() {
        create("web");
        write("web", 1);
        disk = PowerCutFileSystem.mounted(disk.visible());
        fail(FileOperation.MOVE, "/status");
        FileCheckpoints plain = FileCheckpoints.at(root());
        assertThat(plain.open().block(PATIENCE).access().writable()).isFalse();
        disk.hook = Hook.NONE;
        assertThatThrownBy(() -> plain.write("web", updated(2)).block(PATIENCE))
                .as("its record in the journal would win over it at the next opening")
                .isInstanceOf(NotWrittenException.class);
        plain.close().block(PATIENCE);
    }

    @Test
    void aRecordThatACrashHasCutInTheMidstOfAWriteIsNotCalledDamagedLater() {
        ManualScheduler scheduler = new ManualScheduler();
        open(UnaryOperator.identity(), scheduler);
        scheduler.runAll();
        checkpoints.delete("first").subscribe();
        scheduler.runAll();
        for (String id : List.of("web", "db", "cache")) {
            checkpoints.delete(id).subscribe();
        }
        scheduler.runAll();
        TreeMap<String, Optional<String>> entries = new TreeMap<>(disk.visible().entries());
        String file = CrashStates.ROOT + "/.status.journal-0";
        String text = entries.get(file).orElseThrow();
        int second = JournalFormat.HEADER_SIZE
                + JournalFormat.recordSize("first", null)
                + JournalFormat.recordSize("web", null);
        entries.put(file, Optional.of(text.substring(0, second) + "\0".repeat(8) + text.substring(second + 8)));

        PowerCutFileSystem next = PowerCutFileSystem.mounted(new DiskState(entries));
        next.largestWrite = Integer.MAX_VALUE;
        JournaledWriter writer = new JournaledWriter(
                next.getPath(CrashStates.ROOT), SETTINGS, files -> new DelegatingCheckpoints(files) {
                    @Override
                    public Publisher<Void> delete(String id) {
                        return Mono.error(new NotWrittenException(id, "so that the segment still counts", null));
                    }
                });
        assertThat(writer.found().damage()).isEmpty();
        writer.create("other", CREATED);
        assertThat(foundAfterCrash(next.visible()).damage()).isEmpty();
        writer.close();
    }

    @Test
    void aCrashAtTheFirstWriteBehindADamagedHeaderLeavesARootThatCanBeOpened() {
        create("web");
        for (int i = 1; i < 7; i++) {
            write("web", i);
        }
        TreeMap<String, Optional<String>> entries = new TreeMap<>(disk.visible().entries());
        damageHeader(entries, CrashStates.ROOT + "/.status.journal-0");
        damageHeader(entries, CrashStates.ROOT + "/.status.journal-1");

        PowerCutFileSystem next = PowerCutFileSystem.mounted(new DiskState(entries));
        next.largestWrite = Integer.MAX_VALUE;
        JournaledWriter writer = new JournaledWriter(next.getPath(CrashStates.ROOT), SETTINGS);
        assertThat(writer.found().damage()).isNotEmpty();
        List<DiskState> states = new ArrayList<>();
        next.observer = (operation, path) -> states.add(next.visible());
        writer.write("web", updated(7));
        assertThat(states).hasSizeGreaterThan(5).allSatisfy(state -> assertThat(statuses(foundAfterCrash(state)))
                .containsKey("web"));
        assertThat(statuses(foundAfterCrash(next.visible()))).containsExactly(Map.entry("web", updated(7)));
        writer.close();
    }

    static void damageHeader(Map<String, Optional<String>> entries, String segment) {
        String text = entries.get(segment).orElseThrow();
        char flipped = (char) (text.charAt(16) ^ 1);
        entries.put(segment, Optional.of(text.substring(0, 16) + flipped + text.substring(17)));
    }

    @Test
    void recordsOfASegmentWithADamagedHeaderNeverComeUpBehindLaterOnes() {
        create("web");
        for (int i = 1; i < 7; i++) {
            write("web", i);
        }
        TreeMap<String, Optional<String>> entries = new TreeMap<>(disk.visible().entries());
        damageHeader(entries, CrashStates.ROOT + "/.status.journal-1");

        PowerCutFileSystem next = PowerCutFileSystem.mounted(new DiskState(entries));
        next.largestWrite = Integer.MAX_VALUE;
        JournaledWriter writer = new JournaledWriter(next.getPath(CrashStates.ROOT), SETTINGS);
        assertThat(writer.found().damage()).isNotEmpty();
        writer.write("web", updated(7));
        assertThat(statuses(foundAfterCrash(next.visible()))).containsExactly(Map.entry("web", updated(7)));
        writer.close();
    }
}
