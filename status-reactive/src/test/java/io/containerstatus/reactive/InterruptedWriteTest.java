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
 * Callers give up, and threads are interrupted, while the kernel is in the middle of a write: a tracer holds the I/O
 * thread up in a system call for as long as the test wants. Whoever gives up does not wait, and the write completes.
 */
@Tag("faults")
class InterruptedWriteTest {
    @TempDir
    Path folder;

    private TracedThread thread;
    private FaultedRoot root;
    private StatusStorage web;

    @BeforeEach
    void openStore() throws IOException, InterruptedException {
        Strace.require();
        thread = new TracedThread();
        root = new FaultedRoot(folder.resolve("root"), thread);
        web = root.open().create(Deed.ID, Deed.status(1)).block(StoreTest.PATIENCE);
    }

    @AfterEach
    void closeStore() {
        root.close();
        thread.close();
    }

    /** Where a write is when something happens to it: a call, and the how manieth of its name. */
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

        /** Fails unless the thread is still there: what the test did meanwhile has not waited for it. */
        void assertStillHeld(Strace strace) throws IOException {
            assertThat(strace.isIn(call, ordinal)).isTrue();
        }
    }

    /** Opens the root again with a journal whose segment has begun: the next write and sync of it are those of an update. */
    private void useJournal() {
        root.closeStore();
        root.useJournal();
        web = root.open().find(Deed.ID);
        web.updateSync(status -> status).block(StoreTest.PATIENCE);
    }

    private Strace hold(Moment moment) throws IOException {
        if (moment.isInTheJournal()) {
            useJournal();
        }
        return moment.hold(thread, folder.resolve("trace"));
    }

    private void assertCommitted(long pid) throws IOException {
        // The next operation of the lane comes after all that was under way.
        Status next = web.update(status -> status).block(StoreTest.PATIENCE);
        assertThat(next).isEqualTo(Deed.status(pid));
        assertThat(web.current()).isEqualTo(Deed.status(pid));
        // Behind a journal, the file holds it only then.
        root.closeStore();
        assertThat(root.onDisk()).isEqualTo(Deed.text(Deed.status(pid)));
        assertThat(root.temporaryFiles()).isZero();
    }

    @Nested
    class WhoGivesUp {
        @ParameterizedTest
        @EnumSource
        void disposingReturnsAtOnceAndTheWriteCompletes(Moment moment) throws IOException {
            try (Strace strace = hold(moment)) {
                Disposable update = Deed.update(root.store(), 2).subscribe();
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
                StepVerifier.create(Deed.update(root.store(), 2).timeout(expiry.asMono()))
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
                CompletableFuture<Status> update = Deed.update(root.store(), 2).toFuture();
                moment.await(strace);
                assertThat(update.cancel(/* mayInterruptIfRunning= */ true)).isTrue();
                moment.assertStillHeld(strace);
            }
            assertCommitted(2);
        }

        @Test
        void beforeItsTurnPreventsTheUpdate() throws IOException {
            try (Strace strace = hold(Moment.IN_THE_SYNC_OF_THE_FILE)) {
                Disposable first = Deed.update(root.store(), 2).subscribe();
                Moment.IN_THE_SYNC_OF_THE_FILE.await(strace);
                Disposable second = Deed.update(root.store(), 3).subscribe();
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
            Disposable update = Deed.update(root.store(), 2).subscribe();
            update.dispose();
            assertThat(root.onDisk()).isEqualTo(Deed.text(Deed.status(1)));
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
                update = flagAfter(Deed.update(root.store(), 2));
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
            TestSubscriber<Status> caller = StoreTest.subscribe(Deed.update(direct, 2));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(caller.getReceivedOnNext()).containsExactly(Deed.status(2));
            assertThat(root.onDisk()).isEqualTo(Deed.text(Deed.status(2)));
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
            Mono<Status> update = Deed.update(root.store(), 2).cache();
            TestSubscriber<Status> caller = TestSubscriber.create();
            // Long enough to be seen waiting, and interrupted, in the call that then fails.
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
            assertThat(web.current()).isEqualTo(Deed.status(1));
            Deed.update(root.store(), 3).block(StoreTest.PATIENCE);
            assertCommitted(3);
        }

        /** Returns what the flag of the thread is when the update is signalled, which happens on the thread itself. */
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
                first = StoreTest.subscribe(Deed.update(root.store(), 2));
                moment.await(strace);
                second = StoreTest.subscribe(Deed.update(root.store(), 3));
                closing = StoreTest.subscribe(root.store().close());
                assertThat(closing.isTerminated()).isFalse();
                moment.assertStillHeld(strace);
            }
            closing.block(StoreTest.PATIENCE);
            assertThat(closing.isTerminatedComplete()).isTrue();
            assertThat(first.getReceivedOnNext()).containsExactly(Deed.status(2));
            assertThat(second.getReceivedOnNext()).containsExactly(Deed.status(3));
            assertThat(root.onDisk()).isEqualTo(Deed.text(Deed.status(3)));
            root.closeStore();
            assertThat(root.open().find(Deed.ID).current()).isEqualTo(Deed.status(3));
        }

        @Test
        void byWhoThenGivesUpStillEnds() throws IOException {
            try (Strace strace = hold(Moment.IN_THE_SYNC_OF_THE_FILE)) {
                Deed.update(root.store(), 2).subscribe();
                Moment.IN_THE_SYNC_OF_THE_FILE.await(strace);
                root.store().close().subscribe().dispose();
                Moment.IN_THE_SYNC_OF_THE_FILE.assertStillHeld(strace);
            }
            root.closeStore();
            assertThat(root.open().find(Deed.ID).current()).isEqualTo(Deed.status(2));
        }
    }
}
