package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.ContainerDeletedException;
import io.containerstatus.ContainerState;
import io.containerstatus.CorruptStatusException;
import io.containerstatus.InvalidRootException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.RootLockedException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusException;
import io.containerstatus.StatusTransitions;
import io.containerstatus.UnsupportedVersionException;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.reactive.RecoveredContainer.Outcome;
import io.containerstatus.test.ManualScheduler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;

/** The store on real files, from the first line of a user's program to the next process. */
@Tag("long")
class FileStoreTest {
    private static final Duration PATIENCE = StoreTest.PATIENCE;
    private static final Status CREATED = StoreTest.CREATED;

    @TempDir
    Path root;

    private StatusStore store;

    @BeforeEach
    void openStore() {
        store = StatusStore.open(root).block(PATIENCE);
    }

    @AfterEach
    void closeStore() {
        store.close().block(PATIENCE);
    }

    private void reopen() {
        store.close().block(PATIENCE);
        store = StatusStore.open(root).block(PATIENCE);
    }

    private StatusStorage container(String id) {
        return store.create(id, CREATED).block(PATIENCE);
    }

    private Path file(String id) {
        return root.resolve(id).resolve("status");
    }

    private Status onDisk(String id) throws IOException {
        return StatusCodec.decode(Files.readAllBytes(file(id)));
    }

    private void write(String id, String document) throws IOException {
        Files.createDirectories(root.resolve(id));
        Files.writeString(file(id), document, StandardCharsets.UTF_8);
    }

    /** What the tests of containerd's own store also check. */
    @Nested
    class AsContainerdsOwnStore {
        @Test
        void whatIsCreatedIsLoadedAgainAsItWas() throws IOException {
            container("web");
            assertThat(Files.readAllBytes(file("web"))).isEqualTo(StatusCodec.encode(CREATED));
            reopen();
            assertThat(store.find("web").current()).isEqualTo(CREATED);
            assertThat(store.recovery().containers()).containsExactly(new RecoveredContainer.Recovered("web"));
        }

        @Test
        void aFailingUpdateLeavesMemoryAndFile() throws IOException {
            StatusStorage web = container("web");
            StepVerifier.create(web.update(status -> {
                        throw new IllegalStateException("mine");
                    }))
                    .verifyErrorMessage("mine");
            StepVerifier.create(web.updateSync(status -> {
                        throw new IllegalStateException("mine");
                    }))
                    .verifyErrorMessage("mine");
            assertThat(web.current()).isEqualTo(CREATED);
            assertThat(onDisk("web")).isEqualTo(CREATED);
        }

        @Test
        void anUpdateChangesMemoryOnlyAndALaterSyncedOnePersistsIt() throws IOException {
            StatusStorage web = container("web");
            Status before = web.current();
            web.update(StoreTest.pid(7)).block(PATIENCE);
            assertThat(web.current().pid()).isEqualTo(7);
            assertThat(before).isEqualTo(CREATED);
            assertThat(onDisk("web")).isEqualTo(CREATED);
            web.updateSync(status -> status.toBuilder().exitCode(1).build()).block(PATIENCE);
            assertThat(onDisk("web")).isEqualTo(web.current());
            assertThat(before).isEqualTo(CREATED);
            reopen();
            assertThat(store.find("web").current())
                    .isEqualTo(CREATED.toBuilder().pid(7).exitCode(1).build());
        }

        @Test
        void whatWasInMemoryOnlyIsGoneWithTheProcess() {
            container("web").update(StoreTest.pid(7)).block(PATIENCE);
            reopen();
            assertThat(store.find("web").current()).isEqualTo(CREATED);
        }

        @Test
        void aDeletionRemovesTheFileIsIdempotentAndNoUpdateBringsItBack() {
            StatusStorage web = container("web");
            StepVerifier.create(web.delete()).verifyComplete();
            assertThat(root.resolve("web")).doesNotExist();
            StepVerifier.create(web.delete()).verifyComplete();
            StepVerifier.create(store.delete("web")).verifyComplete();
            StepVerifier.create(web.updateSync(StoreTest.pid(7))).verifyError(ContainerDeletedException.class);
            assertThat(root.resolve("web")).doesNotExist();
            reopen();
            assertThat(store.list()).isEmpty();
        }
    }

    @Nested
    class Recovery {
        @Test
        void distinguishesEachDamageAndTouchesNoFile() throws IOException {
            store.close().block(PATIENCE);
            write("corrupt", "{\"Version\":\"v1\",\"Pid\":");
            write("empty", "");
            write("version", "{\"Version\":\"v7\"}");
            Files.createDirectories(file("folder"));
            Files.createDirectories(root.resolve("missing"));
            Files.writeString(root.resolve("missing").resolve("log"), "left by someone else");
            write("whole", new String(StatusCodec.encode(CREATED), StandardCharsets.UTF_8));
            List<String> before = contents();
            store = StatusStore.open(root).block(PATIENCE);
            assertThat(store.recovery().containers())
                    .extracting(one -> one.id() + " " + one.outcome())
                    .containsExactly(
                            "corrupt CORRUPT",
                            "empty CORRUPT",
                            "folder UNREADABLE",
                            "missing MISSING",
                            "version UNSUPPORTED_VERSION",
                            "whole RECOVERED");
            assertThat(store.recovery().failures())
                    .filteredOn(one -> one.outcome() == Outcome.CORRUPT)
                    .allSatisfy(one -> assertThat(one.failure())
                            .isInstanceOfSatisfying(
                                    CorruptStatusException.class,
                                    corrupt -> assertThat(corrupt.location()).endsWith(one.id() + "/status")));
            assertThat(store.recovery().failures())
                    .filteredOn(one -> one.outcome() == Outcome.UNSUPPORTED_VERSION)
                    .singleElement()
                    .satisfies(one -> assertThat(one.failure()).isInstanceOf(UnsupportedVersionException.class));
            assertThat(store.list())
                    .filteredOn(one -> !one.id().equals("whole"))
                    .allMatch(one -> one.current().state() == ContainerState.UNKNOWN);
            assertThat(contents()).isEqualTo(before);
        }

        @Test
        void keepsTheBadBytesAsideAtTheFirstWrite() throws IOException {
            store.close().block(PATIENCE);
            write("web", "torn");
            store = StatusStore.builder(root)
                    .clock(Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC))
                    .open()
                    .block(PATIENCE);
            StatusStorage web = store.find("web");
            web.update(StatusTransitions::oomKilled).block(PATIENCE);
            assertThat(file("web")).hasContent("torn");
            web.updateSync(status -> StatusTransitions.stoppedUnknown(status, StoreTest.NOON))
                    .block(PATIENCE);
            assertThat(onDisk("web")).isEqualTo(web.current());
            try (Stream<Path> files = Files.list(root.resolve("web"))) {
                assertThat(files)
                        .filteredOn(file -> file.getFileName().toString().startsWith("status.corrupt-"))
                        .singleElement()
                        .satisfies(kept -> {
                            assertThat(kept).hasContent("torn");
                            assertThat(kept.getFileName().toString()).contains("2026");
                        });
            }
        }

        @Test
        void ofManyContainersFindsAll() throws IOException {
            store.close().block(PATIENCE);
            for (int i = 0; i < 1000; i++) {
                write("c" + i, new String(StatusCodec.encode(StoreTest.pid(i).apply(CREATED)), StandardCharsets.UTF_8));
            }
            store = StatusStore.open(root).block(PATIENCE);
            assertThat(store.recovery().failures()).isEmpty();
            assertThat(store.list()).hasSize(1000).allMatch(one -> one.id()
                    .equals("c" + one.current().pid()));
        }

        /** Names, sizes and times of all files but the lock. */
        private List<String> contents() throws IOException {
            try (Stream<Path> files = Files.walk(root)) {
                return files.filter(file -> !file.equals(root) && !file.endsWith(".status.lock"))
                        .map(FileStoreTest::describe)
                        .sorted()
                        .toList();
            }
        }
    }

    private static String describe(Path file) {
        try {
            return file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Nested
    class TheLock {
        @Test
        void keepsASecondStoreOut() {
            StepVerifier.create(StatusStore.open(root)).verifyError(RootLockedException.class);
            assertThat(container("web").updateSync(StoreTest.pid(7)).block(PATIENCE))
                    .isNotNull();
        }

        @Test
        void isNotLostToAStoreThatWasRefusedOnTheSameFiles() {
            store.close().block(PATIENCE);
            FileCheckpoints files = FileCheckpoints.at(root);
            store = StatusStore.builder(files).open().block(PATIENCE);
            StatusStorage web = container("web");
            StepVerifier.create(StatusStore.builder(files).open()).verifyError(RootLockedException.class);
            CompletableFuture<Throwable> dropped = new CompletableFuture<>();
            Hooks.onErrorDropped(dropped::complete);
            try {
                StatusStore.builder(files)
                        .open()
                        .subscribe(second -> {}, dropped::complete)
                        .dispose();
                assertThat(dropped).succeedsWithin(PATIENCE).isInstanceOf(RootLockedException.class);
            } finally {
                Hooks.resetOnErrorDropped();
            }
            assertThat(web.updateSync(StoreTest.pid(7)).block(PATIENCE).pid()).isEqualTo(7);
            StepVerifier.create(StatusStore.open(root)).verifyError(RootLockedException.class);
        }

        @Test
        void canBeWaitedForWithFilesOfTheCallersOwn() {
            Mono<StatusStore> opening =
                    StatusStore.builder(FileCheckpoints.at(root)).open();
            StepVerifier.create(opening).verifyError(RootLockedException.class);
            store.close().block(PATIENCE);
            store = opening.block(PATIENCE);
            assertThat(container("web")).isNotNull();
        }

        @Test
        void isFreeAsSoonAsTheStoreIsClosed() {
            for (int i = 0; i < 20; i++) {
                reopen();
                store.delete("web").block(PATIENCE);
                container("web");
            }
        }

        @Test
        void isFreeAgainWhenOpeningWasCancelled() {
            store.close().block(PATIENCE);
            for (int i = 0; i < 20; i++) {
                TestSubscriber<StatusStore> hasty = TestSubscriber.create();
                StatusStore.open(root).subscribe(hasty);
                hasty.cancel();
                hasty.getReceivedOnNext().forEach(had -> had.close().block(PATIENCE));
                hasty.getReceivedOnNextAfterCancellation()
                        .forEach(had -> had.close().block(PATIENCE));
                Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
                    StatusStore next = StatusStore.open(root).block(PATIENCE);
                    next.close().block(PATIENCE);
                });
            }
            store = StatusStore.open(root).block(PATIENCE);
        }

        @Test
        void isNotTakenByAFailedOpening() throws IOException {
            Path file = Files.createFile(root.resolve("file"));
            StepVerifier.create(StatusStore.open(file)).verifyError(InvalidRootException.class);
        }
    }

    @Nested
    class OnASlowDisk {
        private final ManualScheduler disk = new ManualScheduler();
        private StatusStorage web;

        @BeforeEach
        void openOnASlowDisk() {
            container("web");
            store.close().block(PATIENCE);
            TestSubscriber<StatusStore> opening = TestSubscriber.create();
            StatusStore.builder(root)
                    .ioScheduler(disk)
                    .signalScheduler(Schedulers.immediate())
                    .open()
                    .subscribe(opening);
            disk.runAll();
            store = opening.getReceivedOnNext().get(0);
            web = store.find("web");
        }

        @AfterEach
        void closeOnASlowDisk() {
            TestSubscriber<Void> closing = StoreTest.subscribe(store.close());
            Awaitility.await().atMost(PATIENCE).until(() -> {
                disk.runAll();
                return closing.isTerminatedComplete();
            });
        }

        @Test
        void manyUpdatesShareAWrite() throws IOException {
            List<TestSubscriber<Status>> callers = Stream.iterate(1, i -> i + 1)
                    .limit(100)
                    .map(i -> StoreTest.subscribe(web.updateSync(StoreTest.pid(i))))
                    .toList();
            assertThat(disk.waiting()).isEqualTo(1);
            disk.runAll();
            assertThat(callers).allMatch(TestSubscriber::isTerminatedComplete);
            assertThat(onDisk("web").pid()).isEqualTo(100);
        }

        @Test
        void timeoutInMidWriteStillCommits() throws IOException {
            VirtualTimeScheduler clock = VirtualTimeScheduler.create();
            StepVerifier.create(web.updateSync(StoreTest.pid(7)).timeout(Duration.ofSeconds(1), clock))
                    .expectSubscription()
                    .then(() -> clock.advanceTimeBy(Duration.ofSeconds(1)))
                    .verifyError(TimeoutException.class);
            assertThat(web.current()).isEqualTo(CREATED);
            disk.runAll();
            assertThat(web.current().pid()).isEqualTo(7);
            assertThat(onDisk("web").pid()).isEqualTo(7);
        }

        @Test
        void readersAndWatchersDoNotWait() {
            StoreTest.subscribe(web.updateSync(StoreTest.pid(7)));
            assertThat(web.current()).isEqualTo(CREATED);
            assertThat(store.list()).hasSize(1);
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            store.changes().subscribe(watcher);
            assertThat(watcher.getReceivedOnNext()).hasSize(1);
        }

        @Test
        void theSchedulerIsNotDisposed() {
            closeOnASlowDisk();
            assertThat(disk.isDisposed()).isFalse();
        }
    }

    @Nested
    class OnABrokenDisk {
        @Test
        void aWriteThatCannotBeMadeLeavesMemoryAndIsTriedAgain() throws IOException {
            StatusStorage web = container("web");
            // A file at the path of the folder, so that no folder can be opened.
            Files.delete(file("web"));
            Files.delete(root.resolve("web"));
            Files.createFile(root.resolve("web"));
            StepVerifier.create(web.updateSync(StoreTest.pid(7))).verifyError(NotWrittenException.class);
            assertThat(web.current()).isEqualTo(CREATED);
            Files.delete(root.resolve("web"));
            StepVerifier.create(web.updateSync(StoreTest.pid(8)))
                    .expectNextCount(1)
                    .verifyComplete();
            assertThat(onDisk("web").pid()).isEqualTo(8);
        }
    }

    @Nested
    class Threads {
        @Test
        void ofTheDiskSignalNoUpdate() {
            StatusStorage web = container("web");
            CompletableFuture<String> thread = web.updateSync(StoreTest.pid(7))
                    .map(status -> Thread.currentThread().getName())
                    .toFuture();
            assertThat(thread).succeedsWithin(PATIENCE).asString().startsWith("status-signal");
        }

        @Test
        void ofTheStoreAreGoneAfterTheEnd() {
            StatusStorage web = container("web");
            Flux.range(1, 50).flatMap(i -> web.updateSync(StoreTest.pid(i)), 50).blockLast(PATIENCE);
            store.close().block(PATIENCE);
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("status-")));
        }
    }

    @Nested
    class GroupCommit {
        @Test
        void ofManyCallersNeedsFarFewerWritesThanUpdates() throws IOException {
            AtomicInteger writes = new AtomicInteger();
            store.close().block(PATIENCE);
            store = StatusStore.builder(root)
                    .metrics(new StatusMetrics() {
                        @Override
                        public void recordWrite(
                                String id,
                                OperationKind kind,
                                int operations,
                                Duration waited,
                                Duration elapsed,
                                @Nullable StatusException failure) {
                            writes.incrementAndGet();
                        }
                    })
                    .open()
                    .block(PATIENCE);
            StatusStorage web = container("web");
            Mono<Status> counting = web.updateSync(
                    status -> status.toBuilder().pid(status.pid() + 1).build());
            Flux.range(0, 64).flatMap(i -> counting.repeat(9), 64).blockLast(PATIENCE);
            assertThat(web.current().pid()).isEqualTo(640);
            assertThat(onDisk("web").pid()).isEqualTo(640);
            assertThat(writes).hasValueLessThan(320);
        }
    }
}
