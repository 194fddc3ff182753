package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.opened;
import static io.containerstatus.fs.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.InvalidRootException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.RootLockedException;
import io.containerstatus.StoreClosedException;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Gate;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class ClosingTest {
    @TempDir
    Path root;

    private final Gate gate = new Gate();

    @AfterEach
    void openTheGate() {
        gate.open();
    }

    @Nested
    class InMidWrite {
        @Test
        void theWriteCompletesAndTheLockFallsAfterIt() {
            HookedFileSystem files = HookedFileSystem.over(root);
            FileCheckpoints checkpoints = opened(files.hooked(root));
            files.hook = gate.at((operation, path) -> operation == FileOperation.FORCE && !path.contains("web-1"));
            Mono<Void> write = checkpoints.write("web-1", CREATED).cache();
            write.subscribe();
            gate.awaitArrival();
            Mono<Void> closing = checkpoints.close();
            closing.subscribe();

            FileCheckpoints next = FileCheckpoints.at(root);
            StepVerifier.create(next.open())
                    .expectError(RootLockedException.class)
                    .verify(PATIENCE);
            gate.open();
            complete(write);
            complete(closing);
            StepVerifier.create(next.open().map(Opened::access))
                    .expectNext(Access.WRITABLE)
                    .expectComplete()
                    .verify(PATIENCE);
            StepVerifier.create(next.read("web-1"))
                    .expectNext(CREATED)
                    .expectComplete()
                    .verify(PATIENCE);
            complete(next.close());
        }

        @Test
        void whatComesLaterIsRefusedAtOnce() {
            HookedFileSystem files = HookedFileSystem.over(root);
            FileCheckpoints checkpoints = opened(files.hooked(root));
            files.hook = gate.at((operation, path) -> operation == FileOperation.FORCE && !path.contains("web-1"));
            checkpoints.write("web-1", CREATED).subscribe();
            gate.awaitArrival();
            checkpoints.close().subscribe();

            StepVerifier.create(checkpoints.write("web-2", RUNNING))
                    .expectError(NotWrittenException.class)
                    .verify(PATIENCE);
            gate.open();
            complete(checkpoints.close());
            assertThat(root.resolve("web-2")).doesNotExist();
        }

        @Test
        void theClosersCancellationChangesNothing() {
            HookedFileSystem files = HookedFileSystem.over(root);
            FileCheckpoints checkpoints = opened(files.hooked(root));
            files.hook = gate.at((operation, path) -> operation == FileOperation.FORCE && !path.contains("web-1"));
            checkpoints.write("web-1", CREATED).subscribe();
            gate.awaitArrival();
            checkpoints.close().subscribe().dispose();
            gate.open();

            complete(checkpoints.close());
            complete(opened(root).close());
            assertThat(root.resolve("web-1/status")).hasContent(text(CREATED));
        }

        @Test
        void aSubscriberOfTheWriteMayCloseAndWait() {
            FileCheckpoints checkpoints = opened(root);
            StepVerifier.create(checkpoints
                            .write("web-1", CREATED)
                            .doOnSuccess(nothing -> checkpoints.close().block(PATIENCE)))
                    .expectComplete()
                    .verify(PATIENCE);
        }
    }

    @Nested
    class InMidOpening {
        @Test
        void theLockFallsAfterIt() {
            HookedFileSystem files = HookedFileSystem.over(root);
            files.hook = gate.at((operation, path) -> operation == FileOperation.LOCK);
            FileCheckpoints checkpoints = FileCheckpoints.at(files.hooked(root));
            checkpoints.open().subscribe();
            gate.awaitArrival();
            Mono<Void> closing = checkpoints.close();
            closing.subscribe();
            gate.open();

            complete(closing);
            complete(opened(root).close());
        }
    }

    @Nested
    class Afterwards {
        @Test
        void everythingIsRefusedByName() {
            FileCheckpoints checkpoints = opened(root);
            complete(checkpoints.close());

            StepVerifier.create(checkpoints.open())
                    .expectError(StoreClosedException.class)
                    .verify(PATIENCE);
            StepVerifier.create(checkpoints.read("web-1"))
                    .expectError(StoreClosedException.class)
                    .verify(PATIENCE);
            StepVerifier.create(checkpoints.list())
                    .expectError(StoreClosedException.class)
                    .verify(PATIENCE);
            StepVerifier.create(checkpoints.write("web-1", CREATED))
                    .expectErrorMessage("status \"web-1\" not changed: root " + root + " is closed")
                    .verify(PATIENCE);
        }

        @Test
        void aWriteIsRefusedByNameThoughNothingWasOpened() {
            FileCheckpoints checkpoints = FileCheckpoints.at(root);
            complete(checkpoints.close());

            StepVerifier.create(checkpoints.write("web-1", CREATED))
                    .expectErrorMessage("status \"web-1\" not changed: root " + root + " is closed")
                    .verify(PATIENCE);
        }

        @Test
        void noRefusalSaysThatNothingChangedWhereThatIsUncertain() {
            HookedFileSystem files = HookedFileSystem.over(root);
            FileCheckpoints checkpoints = opened(files.hooked(root));
            files.hook = Hook.full((operation, path) -> operation == FileOperation.FORCE && !path.contains("web-1"));
            StepVerifier.create(checkpoints.write("web-1", CREATED))
                    .expectError(IndeterminateWriteException.class)
                    .verify(PATIENCE);
            files.hook = Hook.NONE;
            complete(checkpoints.close());

            StepVerifier.create(checkpoints.write("web-1", RUNNING))
                    .expectError(IndeterminateWriteException.class)
                    .verify(PATIENCE);
        }

        @Test
        void theOwnThreadsEnd() {
            Set<Thread> before = ioThreads();
            FileCheckpoints checkpoints = opened(root);
            Set<Thread> own = ioThreads();
            own.removeAll(before);
            assertThat(own).isNotEmpty().allMatch(Thread::isDaemon);
            complete(checkpoints.close());

            Awaitility.await().untilAsserted(() -> assertThat(own).noneMatch(Thread::isAlive));
        }

        @Test
        void theGivenSchedulerGoesOn() {
            Scheduler given = Schedulers.newSingle("given", true);
            FileCheckpoints checkpoints =
                    FileCheckpoints.builder(root).ioScheduler(given).build();
            AtomicReference<String> thread = new AtomicReference<>();
            StepVerifier.create(checkpoints
                            .open()
                            .map(Opened::access)
                            .doOnNext(
                                    access -> thread.set(Thread.currentThread().getName())))
                    .expectNext(Access.WRITABLE)
                    .expectComplete()
                    .verify(PATIENCE);
            complete(checkpoints.close());

            assertThat(thread.get()).startsWith("given");
            assertThat(given.isDisposed()).isFalse();
            given.dispose();
        }

        @Test
        void whatWasNeverUsedHasStartedNoThread() {
            Set<Thread> before = ioThreads();
            FileCheckpoints checkpoints = FileCheckpoints.at(root);
            complete(checkpoints.close());

            assertThat(before).containsAll(ioThreads());
        }

        private Set<Thread> ioThreads() {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("status-io"))
                    .collect(Collectors.toSet());
        }
    }

    @Nested
    class WithASchedulerDisposedTooEarly {
        @Test
        void workIsRefusedAndTheLockFallsAllTheSame() {
            Scheduler given = Schedulers.newSingle("given", true);
            FileCheckpoints checkpoints =
                    FileCheckpoints.builder(root).ioScheduler(given).build();
            StepVerifier.create(checkpoints.open())
                    .expectNextCount(1)
                    .expectComplete()
                    .verify(PATIENCE);
            given.dispose();

            StepVerifier.create(checkpoints.write("web-1", CREATED))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(NotWrittenException.class)
                            .hasMessageContaining("the I/O scheduler rejected the work"))
                    .verify(PATIENCE);
            for (Publisher<?> refused : List.of(checkpoints.read("web-1"), checkpoints.list())) {
                StepVerifier.create(refused)
                        .expectErrorSatisfies(failure -> assertThat(failure)
                                .isInstanceOf(UnreadableStatusException.class)
                                .hasMessageContaining(root.toString()))
                        .verify(PATIENCE);
            }
            StepVerifier.create(checkpoints.open())
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(InvalidRootException.class)
                            .hasMessage("cannot use " + root + " as a root: the I/O scheduler rejected the work"))
                    .verify(PATIENCE);
            complete(checkpoints.close());
            complete(opened(root).close());
        }
    }

    @Test
    void aLockFileThatCannotBeClosedIsReportedAndMakesWayAllTheSame() {
        HookedFileSystem files = HookedFileSystem.over(root);
        FileCheckpoints checkpoints = opened(files.hooked(root));
        files.hook = (operation, path) -> {
            throw new IOException("of the test");
        };

        for (String subscription : List.of("first", "joins the first")) {
            StepVerifier.create(checkpoints.close().checkpoint(subscription))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(UncheckedIOException.class)
                            .hasMessage("the lock of root " + root + " could not be released properly"))
                    .verify(PATIENCE);
        }
        complete(opened(root).close());
    }
}
