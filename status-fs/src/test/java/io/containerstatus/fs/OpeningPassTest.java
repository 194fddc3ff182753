package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.opened;
import static io.containerstatus.fs.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.CorruptStatusException;
import io.containerstatus.RootLockedException;
import io.containerstatus.Status;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.fs.internal.DaemonThreads;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Gate;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What an opening finds, and how it ends if something happens meanwhile. */
@Tag("long")
class OpeningPassTest {
    private static final int MANY = 500;

    @TempDir
    Path root;

    private final Gate gate = new Gate();
    private HookedFileSystem files;
    private FileCheckpoints checkpoints;

    @BeforeEach
    void create() {
        files = HookedFileSystem.over(root);
        checkpoints = FileCheckpoints.at(files.hooked(root));
    }

    @AfterEach
    void close() {
        gate.open();
        files.hook = Hook.NONE;
        complete(checkpoints.close());
        assertThat(files.openDescriptors()).isZero();
    }

    private List<Found> putMany() throws IOException {
        List<Found> expected = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            Status status = CREATED.toBuilder().pid(i).build();
            put(root, "c" + i, status);
            expected.add(Found.of("c" + i, status));
        }
        return expected;
    }

    @Test
    void foldersAreReadSideBySide() throws IOException {
        putMany();
        CountDownLatch two = new CountDownLatch(2);
        Set<String> threads = ConcurrentHashMap.newKeySet();
        files.hook = (operation, path) -> {
            if (operation == FileOperation.READ
                    && threads.add(Thread.currentThread().getName())) {
                two.countDown();
                await(two);
            }
        };
        assertThat(open(checkpoints).containers()).hasSize(MANY);
        assertThat(two.getCount()).isZero();
    }

    /** Waits for the latch, with a time limit. */
    private static void await(CountDownLatch latch) {
        try {
            latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Opened open(FileCheckpoints checkpoints) {
        return checkpoints.open().blockOptional(PATIENCE).orElseThrow();
    }

    @Nested
    class Finds {
        @Test
        void eachOfManyContainersWithItsOwnStatus() throws IOException {
            List<Found> expected = putMany();
            Opened opened = open(checkpoints);

            assertThat(opened.access()).isEqualTo(Access.WRITABLE);
            assertThat(opened.containers()).containsExactlyInAnyOrderElementsOf(expected);
        }

        @Test
        void themOnAGivenSchedulerOfOneThread() throws IOException {
            List<Found> expected = putMany();
            Scheduler one = Schedulers.newSingle("one", true);
            FileCheckpoints narrow =
                    FileCheckpoints.builder(root).ioScheduler(one).build();
            try {
                assertThat(open(narrow).containers()).containsExactlyInAnyOrderElementsOf(expected);
                complete(narrow.write("c1", CREATED));
                complete(narrow.close());
            } finally {
                one.dispose();
            }
        }

        @Test
        void theSameAsAListAndReadsDo() throws IOException {
            put(root, "good", CREATED);
            put(root, "corrupt", "bad");
            Files.createFile(Files.createDirectory(root.resolve("missing")).resolve("foreign"));
            Files.createDirectory(root.resolve("empty"));
            Files.createDirectory(root.resolve("-no-id"));
            Files.createFile(root.resolve("file"));
            Files.createSymbolicLink(root.resolve("link"), root.resolve("good"));
            Files.createDirectories(root.resolve("folder/status"));
            List<Found> found = open(checkpoints).containers();

            assertThat(found)
                    .extracting(Found::id)
                    .containsExactlyInAnyOrderElementsOf(
                            checkpoints.list().collectList().block(PATIENCE));
            for (Found one : found) {
                Throwable failure = checkpoints
                        .read(one.id())
                        .doOnNext(status -> assertThat(one).isEqualTo(Found.of(one.id(), status)))
                        .then(Mono.<Throwable>empty())
                        .onErrorResume(Mono::just)
                        .block(PATIENCE);
                assertThat(String.valueOf(one instanceof Found.Failed failed ? failed.failure() : null))
                        .isEqualTo(String.valueOf(failure));
            }
            assertThat(found).contains(Found.of("good", CREATED), Found.missing("missing"));
            assertThat(found)
                    .filteredOn(one ->
                            one instanceof Found.Failed failed && failed.failure() instanceof CorruptStatusException)
                    .extracting(Found::id)
                    .containsExactly("corrupt");
        }

        @Test
        void whatCannotBeCheckedAsUnreadable() throws IOException {
            put(root, "a", CREATED);
            files.hook = Hook.full((operation, path) -> operation == FileOperation.STAT && path.endsWith("/a"));

            assertThat(open(checkpoints).containers())
                    .singleElement()
                    .isInstanceOfSatisfying(Found.Failed.class, one -> assertThat(one.failure())
                            .isInstanceOf(UnreadableStatusException.class)
                            .hasMessageContaining(root.resolve("a") + ": No space left on device"));
        }
    }

    /**
     * One of two threads is busy until the opening signals its end, so the late assistant runs on the other thread.
     */
    @Test
    void theSubscriberMayWriteAndWait() throws IOException {
        putMany();
        ExecutorService two = Executors.newFixedThreadPool(2, task -> DaemonThreads.newThread(task, "two"));
        CountDownLatch busy = new CountDownLatch(1);
        two.submit(() -> {
            busy.await();
            return null;
        });
        FileCheckpoints narrow = FileCheckpoints.builder(root)
                .ioScheduler(Schedulers.fromExecutorService(two))
                .build();
        StepVerifier.create(narrow.open().doOnNext(opened -> {
                    busy.countDown();
                    // The other thread runs its tasks in the order of the queue: first the assistant, then the write.
                    narrow.write("c1", CREATED).block(PATIENCE);
                }))
                .expectNextCount(1)
                .expectComplete()
                .verify(PATIENCE.plus(PATIENCE));
        complete(narrow.close());
        two.shutdownNow();
    }

    @Nested
    class WhenTheRootCannotBeListed {
        @Test
        void itFailsAndTheLockIsFree() {
            files.hook = Hook.full((operation, path) -> operation == FileOperation.LIST);
            StepVerifier.create(checkpoints.open())
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(UnreadableStatusException.class)
                            .hasMessage("cannot read " + root + ": No space left on device"))
                    .verify(PATIENCE);

            complete(opened(root).close());
        }
    }

    @Nested
    class InMidPass {
        @BeforeEach
        void holdOneReadUp() throws IOException {
            putMany();
            files.hook = gate.at((operation, path) -> operation == FileOperation.READ && path.endsWith("/c77/status"));
        }

        @Test
        void aCloseWaitsForItsEnd() {
            checkpoints.open().subscribe();
            gate.awaitArrival();
            Mono<Void> closing = checkpoints.close();
            closing.subscribe();
            assertLocked();
            gate.open();

            complete(closing);
            complete(opened(root).close());
        }

        @Test
        void aCancellationComesTooLateAndTheLockIsHeldUntilTheClose() {
            var opening = checkpoints.open().subscribe();
            gate.awaitArrival();
            opening.dispose();
            gate.open();

            Awaitility.await()
                    .untilAsserted(() -> assertThat(files.openDescriptors()).isEqualTo(1));
            assertLocked();
            complete(checkpoints.close());
            complete(opened(root).close());
        }

        @Test
        void nothingCanBeWrittenYet() {
            Mono<Opened> opening = checkpoints.open().cache();
            opening.subscribe();
            gate.awaitArrival();
            StepVerifier.create(checkpoints.write("c1", CREATED))
                    .expectErrorMessage("status \"c1\" not changed: root " + root + " is not open")
                    .verify(PATIENCE);
            gate.open();

            assertThat(opening.block(PATIENCE).containers()).hasSize(MANY);
            complete(checkpoints.write("c1", CREATED));
        }

        private void assertLocked() {
            FileCheckpoints other = FileCheckpoints.at(root);
            StepVerifier.create(other.open())
                    .expectError(RootLockedException.class)
                    .verify(PATIENCE);
            complete(other.close());
        }
    }

    @Nested
    class ThatOnlyReads {
        @Test
        void removesNothing() throws IOException {
            put(root, "web-1", CREATED);
            Files.createFile(root.resolve("web-1/.tmp-status-next"));
            put(root, ".status.new-web-2", CREATED);
            put(root, ".status.deleted-web-3", CREATED);
            var before = FolderSnapshot.of(root);
            files.hook = Hook.full((operation, path) -> operation == FileOperation.CREATE_FILE);
            Opened opened = open(checkpoints);

            assertThat(opened.access().writable()).isFalse();
            assertThat(opened.containers()).containsExactly(Found.of("web-1", CREATED));
            assertThat(opened.leftovers())
                    .containsExactlyInAnyOrder(
                            root.resolve(".status.new-web-2").toString(),
                            root.resolve(".status.deleted-web-3").toString());
            assertThat(FolderSnapshot.of(root)).isEqualTo(before);
        }
    }
}
