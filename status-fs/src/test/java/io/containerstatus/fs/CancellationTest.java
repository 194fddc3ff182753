package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.NotWrittenException;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Gate;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiPredicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class CancellationTest {
    @TempDir
    Path root;

    private final Gate gate = new Gate();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Scheduler scheduler = Schedulers.fromExecutorService(thread);
    private HookedFileSystem files;
    private FileCheckpoints checkpoints;

    @BeforeEach
    void open() {
        files = HookedFileSystem.over(root);
        checkpoints = FileCheckpoints.builder(files.hooked(root))
                .ioScheduler(scheduler)
                .build();
        StepVerifier.create(checkpoints.open().map(Opened::access))
                .expectNext(Access.WRITABLE)
                .expectComplete()
                .verify(PATIENCE);
        complete(checkpoints.write("web-1", CREATED));
    }

    @AfterEach
    void close() {
        gate.open();
        complete(checkpoints.close());
        thread.shutdownNow();
    }

    /** The progress of a write at the moment of an event. */
    enum Moment {
        BEFORE_THE_FILE_IS_CREATED((operation, path) -> operation == FileOperation.CREATE_FILE),
        IN_THE_WRITE((operation, path) -> operation == FileOperation.WRITE),
        IN_THE_SYNC_OF_THE_FILE((operation, path) -> operation == FileOperation.FORCE && path.contains(".tmp-status-")),
        BEFORE_THE_RENAME((operation, path) -> operation == FileOperation.MOVE),
        IN_THE_SYNC_OF_THE_FOLDER((operation, path) -> operation == FileOperation.FORCE && path.endsWith("/web-1"));

        final BiPredicate<FileOperation, String> point;

        Moment(BiPredicate<FileOperation, String> point) {
            this.point = point;
        }
    }

    @Nested
    class BeforeTheWorkHasBegun {
        @Test
        void aWriteWritesNothing() {
            CountDownLatch occupied = occupyTheThread();
            Disposable write = checkpoints.write("web-1", RUNNING).subscribe();
            write.dispose();
            occupied.countDown();

            StepVerifier.create(checkpoints.read("web-1"))
                    .expectNext(CREATED)
                    .expectComplete()
                    .verify(PATIENCE);
        }

        @Test
        void aDeletionDeletesNothing() {
            CountDownLatch occupied = occupyTheThread();
            Disposable deletion = checkpoints.delete("web-1").subscribe();
            deletion.dispose();
            occupied.countDown();

            StepVerifier.create(checkpoints.read("web-1"))
                    .expectNext(CREATED)
                    .expectComplete()
                    .verify(PATIENCE);
        }

        @Test
        void theCloseDoesNotWaitForIt() {
            CountDownLatch occupied = occupyTheThread();
            Disposable write = checkpoints.write("web-1", RUNNING).subscribe();
            Mono<Void> closing = checkpoints.close();
            Disposable waiting = closing.subscribe();
            assertThat(waiting.isDisposed()).isFalse();
            write.dispose();
            occupied.countDown();

            complete(closing);
            assertThat(root.resolve("web-1/status")).hasContent(text(CREATED));
        }

        private CountDownLatch occupyTheThread() {
            CountDownLatch occupied = new CountDownLatch(1);
            thread.execute(() -> {
                try {
                    occupied.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            return occupied;
        }
    }

    @Nested
    class AfterTheWorkHasBegun {
        @ParameterizedTest
        @EnumSource(Moment.class)
        void disposeInMidWriteReturnsAtOnceAndTheWriteCompletes(Moment moment) {
            files.hook = gate.at(moment.point);
            Disposable write = checkpoints.write("web-1", RUNNING).subscribe();
            gate.awaitArrival();
            // The file work is blocked. If the cancellation waited for it, it would never return.
            write.dispose();
            gate.open();

            StepVerifier.create(checkpoints.read("web-1"))
                    .expectNext(RUNNING)
                    .expectComplete()
                    .verify(PATIENCE);
        }

        @ParameterizedTest
        @EnumSource(Moment.class)
        void timeoutInMidWriteStillCommits(Moment moment) {
            files.hook = gate.at(moment.point);
            Sinks.Empty<Void> expiry = Sinks.empty();
            StepVerifier.create(checkpoints.write("web-1", RUNNING).timeout(expiry.asMono()))
                    .then(gate::awaitArrival)
                    .then(expiry::tryEmitEmpty)
                    .expectError(TimeoutException.class)
                    .verify(PATIENCE);
            gate.open();

            StepVerifier.create(checkpoints.read("web-1"))
                    .expectNext(RUNNING)
                    .expectComplete()
                    .verify(PATIENCE);
        }

        @Test
        void cancellingAFutureInMidWriteStillCommits() {
            files.hook = gate.at(Moment.IN_THE_SYNC_OF_THE_FILE.point);
            CompletableFuture<Void> write = checkpoints.write("web-1", RUNNING).toFuture();
            gate.awaitArrival();
            assertThat(write.cancel(true)).isTrue();
            gate.open();

            StepVerifier.create(checkpoints.read("web-1"))
                    .expectNext(RUNNING)
                    .expectComplete()
                    .verify(PATIENCE);
        }

        @Test
        void theThreadIsNotInterrupted() {
            AtomicReference<Boolean> interrupted = new AtomicReference<>();
            Hook held = gate.at(Moment.IN_THE_SYNC_OF_THE_FILE.point);
            files.hook = (operation, path) -> {
                held.before(operation, path);
                if (operation == FileOperation.MOVE) {
                    interrupted.set(Thread.currentThread().isInterrupted());
                }
            };
            Disposable write = checkpoints.write("web-1", RUNNING).subscribe();
            gate.awaitArrival();
            write.dispose();
            gate.open();

            Awaitility.await().untilAsserted(() -> assertThat(interrupted).hasValue(false));
        }

        @Test
        void aFailureThenGoesToReactorsHookForDroppedErrors() {
            ConcurrentLinkedQueue<Throwable> dropped = new ConcurrentLinkedQueue<>();
            Hooks.onErrorDropped(dropped::add);
            try {
                Hook held = gate.at(Moment.IN_THE_SYNC_OF_THE_FILE.point);
                files.hook = (operation, path) -> {
                    held.before(operation, path);
                    if (operation == FileOperation.MOVE) {
                        throw new IOException("of the test");
                    }
                };
                Disposable write = checkpoints.write("web-1", RUNNING).subscribe();
                gate.awaitArrival();
                write.dispose();
                gate.open();

                Awaitility.await()
                        .untilAsserted(() ->
                                assertThat(dropped).singleElement().asString().contains("IndeterminateWriteException"));
            } finally {
                Hooks.resetOnErrorDropped();
            }
        }

        @Test
        void aDisposedListStopsWithoutAnError() {
            Disposable list = checkpoints.list().subscribe();
            list.dispose();
            StepVerifier.create(checkpoints.list())
                    .expectNext("web-1")
                    .expectComplete()
                    .verify(PATIENCE);
        }
    }

    @Nested
    class AnInterrupt {
        @ParameterizedTest
        @EnumSource(Moment.class)
        void inMidWriteBreaksNothingAndItsFlagIsKept(Moment moment) {
            Hook held = gate.at(moment.point);
            AtomicReference<Thread> writer = new AtomicReference<>();
            files.hook = (operation, path) -> {
                writer.set(Thread.currentThread());
                held.before(operation, path);
            };
            AtomicReference<Boolean> flag = new AtomicReference<>();
            Mono<Void> write = checkpoints
                    .write("web-1", RUNNING)
                    .doOnTerminate(() -> flag.set(Thread.currentThread().isInterrupted()))
                    .cache();
            write.subscribe();
            gate.awaitArrival();
            writer.get().interrupt();
            gate.open();

            complete(write);
            assertThat(flag).hasValue(true);
            assertThat(root.resolve("web-1/status")).hasContent(text(RUNNING));
        }

        @Test
        void beforeTheWriteBreaksNothingAndItsFlagIsKept() {
            AtomicReference<Boolean> flag = new AtomicReference<>();
            FileCheckpoints direct = onTheCallersThread();
            Thread.currentThread().interrupt();
            direct.write("web-9", RUNNING).subscribe(null, null, () -> flag.set(Thread.interrupted()));

            assertThat(flag).hasValue(true);
            assertThat(root.resolve("other/web-9/status")).hasContent(text(RUNNING));
            complete(direct.close());
        }

        @Test
        void beforeAReadAListingOrADeletionBreaksNothing() {
            FileCheckpoints direct = onTheCallersThread();
            complete(direct.write("web-9", RUNNING));
            AtomicReference<Object> result = new AtomicReference<>();
            Thread.currentThread().interrupt();
            direct.read("web-9").subscribe(result::set);
            assertThat(result).hasValue(RUNNING);
            direct.list().subscribe(result::set);
            assertThat(result).hasValue("web-9");
            direct.delete("web-9").subscribe(null, null, () -> result.set("deleted"));

            assertThat(result).hasValue("deleted");
            assertThat(Thread.interrupted()).isTrue();
            complete(direct.close());
        }

        @Test
        void beforeTheOpeningBreaksNothing() {
            Thread.currentThread().interrupt();
            FileCheckpoints direct = onTheCallersThread();
            assertThat(Thread.interrupted()).isTrue();
            complete(direct.write("web-9", RUNNING));
            complete(direct.close());
        }

        @Test
        void doesNotHideAFailure() {
            Hook held = gate.at(Moment.IN_THE_SYNC_OF_THE_FILE.point);
            AtomicReference<Thread> writer = new AtomicReference<>();
            files.hook = (operation, path) -> {
                writer.set(Thread.currentThread());
                held.before(operation, path);
                if (Moment.IN_THE_SYNC_OF_THE_FILE.point.test(operation, path)) {
                    throw new IOException("Input/output error");
                }
            };
            Mono<Void> write = checkpoints.write("web-1", RUNNING).cache();
            write.subscribe(null, failure -> {});
            gate.awaitArrival();
            writer.get().interrupt();
            gate.open();

            assertThatThrownBy(() -> write.block(PATIENCE))
                    .isInstanceOf(NotWrittenException.class)
                    .hasMessageEndingWith("Input/output error");
        }

        private FileCheckpoints onTheCallersThread() {
            FileCheckpoints direct = FileCheckpoints.builder(root.resolve("other"))
                    .ioScheduler(Schedulers.immediate())
                    .build();
            AtomicReference<Access> access = new AtomicReference<>();
            direct.open().map(Opened::access).subscribe(access::set);
            assertThat(access).hasValue(Access.WRITABLE);
            return direct;
        }
    }
}
