package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.testing.Strace;
import io.containerstatus.testing.TracedThread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/**
 * Callers give up, and threads are interrupted, while the kernel is in the middle of a write. A tracer holds
 * the I/O thread in a system call for as long as the test wants. A caller that gives up does not wait, and
 * the write completes.
 */
@Tag("faults")
class InterruptedWriteTest {
    @TempDir
    Path folder;

    private TracedThread thread;
    private TracedRoot root;
    private StatusStorage web;

    @BeforeEach
    void openStore() throws IOException, InterruptedException {
        Strace.require();
        thread = new TracedThread();
        root = new TracedRoot(folder.resolve("root"), thread);
        web = root.open().create(ContainerAction.ID, ContainerAction.status(1)).block(StoreTest.PATIENCE);
    }

    @AfterEach
    void closeStore() {
        root.close();
        thread.close();
    }

    /**
     * The point at which a write is when something happens to it: a system call, and its ordinal among the
     * calls of that name.
     */
    enum Moment {
        BEFORE_THE_FILE_IS_CREATED("openat", 2),
        IN_THE_WRITE("pwrite64", 1),
        IN_THE_SYNC_OF_THE_FILE("fsync", 1),
        IN_THE_RENAME("rename", 1),
        IN_THE_SYNC_OF_THE_FOLDER("fsync", 2),
        IN_THE_WRITE_OF_THE_JOURNAL("pwrite64", 1),
        IN_THE_SYNC_OF_THE_JOURNAL("fdatasync", 1);

        private final String call;
        private final int ordinal;

        Moment(String call, int ordinal) {
            this.call = call;
            this.ordinal = ordinal;
        }

        boolean isInTheJournal() {
            return name().endsWith("OF_THE_JOURNAL");
        }

        Strace hold(TracedThread thread, Path log) throws IOException {
            return Strace.hold(thread.id(), log, call, ordinal);
        }

        void await(Strace strace) {
            strace.awaitCall(call, ordinal);
        }

        /** Fails unless the thread is still in the call, which shows that the test did not wait for it. */
        void assertStillHeld(Strace strace) throws IOException {
            assertThat(strace.isIn(call, ordinal)).isTrue();
        }
    }

    /**
     * Opens the root again with a journal whose segment has begun, so that the next write and sync of it
     * belong to an update.
     */
    private void useJournal() {
        root.closeStore();
        root.useJournal();
        web = root.open().find(ContainerAction.ID);
        web.updateSync(status -> status).block(StoreTest.PATIENCE);
    }

    private Strace hold(Moment moment) throws IOException {
        if (moment.isInTheJournal()) {
            useJournal();
        }
        return moment.hold(thread, folder.resolve("trace"));
    }

    private void assertCommitted(long pid) throws IOException {
        // The next operation of the lane comes after everything that was in progress.
        Status next = web.update(status -> status).block(StoreTest.PATIENCE);
        assertThat(next).isEqualTo(ContainerAction.status(pid));
        assertThat(web.current()).isEqualTo(ContainerAction.status(pid));
        // With a journal, the file holds it only after the close.
        root.closeStore();
        assertThat(root.onDisk()).isEqualTo(ContainerAction.text(ContainerAction.status(pid)));
        assertThat(root.temporaryFiles()).isZero();
    }

    @Nested
    class WhoGivesUp {
        @ParameterizedTest
        @EnumSource
        void disposingReturnsAtOnceAndTheWriteCompletes(Moment moment) throws IOException {
            try (Strace strace = hold(moment)) {
                Disposable update = ContainerAction.update(root.store(), 2).subscribe();
                moment.await(strace);
                update.dispose();
                assertThat(update.isDisposed()).isTrue();
                moment.assertStillHeld(strace);
            }
            assertCommitted(2);
        }

        @ParameterizedTest
        @EnumSource
        void aTimeoutIsSignalledAtOnceAndTheWriteCompletes(Moment moment) throws IOException {
            Sinks.Empty<Void> expiry = Sinks.empty();
            try (Strace strace = hold(moment)) {
                StepVerifier.create(ContainerAction.update(root.store(), 2).timeout(expiry.asMono()))
                        .then(() -> moment.await(strace))
                        .then(expiry::tryEmitEmpty)
                        .verifyError(TimeoutException.class);
                moment.assertStillHeld(strace);
            }
            assertCommitted(2);
        }

        @ParameterizedTest
        @EnumSource
        void cancellingAFutureReturnsAtOnceAndTheWriteCompletes(Moment moment) throws IOException {
            try (Strace strace = hold(moment)) {
                CompletableFuture<Status> update =
                        ContainerAction.update(root.store(), 2).toFuture();
                moment.await(strace);
                assertThat(update.cancel(/* mayInterruptIfRunning= */ true)).isTrue();
                moment.assertStillHeld(strace);
            }
            assertCommitted(2);
        }

        @Test
        void beforeItsTurnPreventsTheUpdate() throws IOException {
            try (Strace strace = hold(Moment.IN_THE_SYNC_OF_THE_FILE)) {
                Disposable first = ContainerAction.update(root.store(), 2).subscribe();
                Moment.IN_THE_SYNC_OF_THE_FILE.await(strace);
                Disposable second = ContainerAction.update(root.store(), 3).subscribe();
                second.dispose();
                assertThat(first.isDisposed()).isFalse();
            }
            assertCommitted(2);
        }

        @Test
        void beforeTheWriteHasAThreadStillCommits() throws IOException {
            CountDownLatch occupied = new CountDownLatch(1);
            thread.executor().submit(() -> {
                occupied.await();
                return null;
            });
            Disposable update = ContainerAction.update(root.store(), 2).subscribe();
            update.dispose();
            assertThat(root.onDisk()).isEqualTo(ContainerAction.text(ContainerAction.status(1)));
            occupied.countDown();
            assertCommitted(2);
        }
    }

    @Nested
    class AnInterruptOfTheThread {
        @ParameterizedTest
        @EnumSource
        void breaksNothingAndItsFlagIsKept(Moment moment) throws IOException {
            Mono<Boolean> update;
            try (Strace strace = hold(moment)) {
                update = flagAfter(ContainerAction.update(root.store(), 2));
                update.subscribe();
                moment.await(strace);
                thread.interrupt();
                moment.assertStillHeld(strace);
            }
            StepVerifier.create(update).expectNext(true).verifyComplete();
            assertCommitted(2);
        }

        @Test
        void beforeTheWriteBreaksNothingAndItsFlagIsKept() throws IOException {
            root.closeStore();
            StatusStore direct = StatusStore.builder(root.path())
                    .ioScheduler(Schedulers.immediate())
                    .signalScheduler(Schedulers.immediate())
                    .open()
                    .block(StoreTest.PATIENCE);
            Thread.currentThread().interrupt();
            TestSubscriber<Status> caller = StoreTest.subscribe(ContainerAction.update(direct, 2));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(caller.getReceivedOnNext()).containsExactly(ContainerAction.status(2));
            assertThat(root.onDisk()).isEqualTo(ContainerAction.text(ContainerAction.status(2)));
            direct.close().block(StoreTest.PATIENCE);
        }

        @ParameterizedTest
        @CsvSource({
            "false, fsync, 1, EIO, Input/output error",
            "false, pwrite64, 1, ENOSPC, No space left on device",
            "false, fsync, 2, EIO, Input/output error",
            "true, pwrite64, 1, ENOSPC, No space left on device",
            "true, fdatasync, 1, EIO, Input/output error"
        })
        void doesNotHideWhatTheDiskSays(boolean journaled, String call, int ordinal, String error, String reason)
                throws IOException {
            if (journaled) {
                useJournal();
            }
            boolean isUncertain = journaled || ordinal == 2;
            Mono<Status> update = ContainerAction.update(root.store(), 2).cache();
            TestSubscriber<Status> caller = TestSubscriber.create();
            // Long enough that the thread is seen waiting in the call, and interrupted in it, before the call fails.
            String late = "inject=" + call + ":error=" + error + ":delay_enter=400ms:when=" + ordinal;
            try (Strace strace = Strace.attach(thread.id(), folder.resolve("trace"), late)) {
                update.subscribe(caller);
                strace.awaitCall(call, ordinal);
                thread.interrupt();
                caller.block(StoreTest.PATIENCE);
            }
            assertThat(caller.expectTerminalError())
                    .isInstanceOf(isUncertain ? IndeterminateWriteException.class : NotWrittenException.class)
                    .hasMessageEndingWith(reason);
            assertThat(web.current()).isEqualTo(ContainerAction.status(1));
            ContainerAction.update(root.store(), 3).block(StoreTest.PATIENCE);
            assertCommitted(3);
        }

        /** Returns the interrupt flag of the thread on which the update is signalled, read on that thread. */
        private Mono<Boolean> flagAfter(Mono<Status> update) {
            return update.map(status -> Thread.currentThread().isInterrupted()).cache();
        }
    }

    @Nested
    class ClosingTheStore {
        @ParameterizedTest
        @EnumSource
        void inMidWriteLosesNothingThatWasAccepted(Moment moment) throws IOException {
            TestSubscriber<Void> closing;
            TestSubscriber<Status> first;
            TestSubscriber<Status> second;
            try (Strace strace = hold(moment)) {
                first = StoreTest.subscribe(ContainerAction.update(root.store(), 2));
                moment.await(strace);
                second = StoreTest.subscribe(ContainerAction.update(root.store(), 3));
                closing = StoreTest.subscribe(root.store().close());
                assertThat(closing.isTerminated()).isFalse();
                moment.assertStillHeld(strace);
            }
            closing.block(StoreTest.PATIENCE);
            assertThat(closing.isTerminatedComplete()).isTrue();
            assertThat(first.getReceivedOnNext()).containsExactly(ContainerAction.status(2));
            assertThat(second.getReceivedOnNext()).containsExactly(ContainerAction.status(3));
            assertThat(root.onDisk()).isEqualTo(ContainerAction.text(ContainerAction.status(3)));
            root.closeStore();
            assertThat(root.open().find(ContainerAction.ID).current()).isEqualTo(ContainerAction.status(3));
        }

        @Test
        void byWhoThenGivesUpStillEnds() throws IOException {
            try (Strace strace = hold(Moment.IN_THE_SYNC_OF_THE_FILE)) {
                ContainerAction.update(root.store(), 2).subscribe();
                Moment.IN_THE_SYNC_OF_THE_FILE.await(strace);
                root.store().close().subscribe().dispose();
                Moment.IN_THE_SYNC_OF_THE_FILE.assertStillHeld(strace);
            }
            root.closeStore();
            assertThat(root.open().find(ContainerAction.ID).current()).isEqualTo(ContainerAction.status(2));
        }
    }
}
