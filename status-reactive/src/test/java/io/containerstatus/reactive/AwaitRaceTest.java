package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.ContainerDeletedException;
import io.containerstatus.Status;
import io.containerstatus.StoreClosedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

/** Real threads at the same moment: one waits, one updates, and one deletes or closes. */
class AwaitRaceTest extends StoreTest {
    private static final int ROUNDS = 500;

    private final SimultaneousThreads threads = new SimultaneousThreads(3);

    @BeforeEach
    void openWithTheDefaults() {
        store.close().block(PATIENCE);
        store = StatusStore.builder(checkpoints).open().block(PATIENCE);
    }

    @AfterEach
    void endThreads() {
        threads.end();
    }

    private static void assertThatNobodyWatches(StatusStorage container) {
        assertThat(((ContainerLane) container).subscribers().isEmpty()).isTrue();
    }

    private static Object outcome(CompletableFuture<Status> waiting) {
        try {
            return waiting.orTimeout(PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException failed) {
            return failed.getCause();
        }
    }

    @Test
    void findsTheMatchOrReportsTheDeletionAndLeavesNoWatcher() throws Exception {
        int matched = 0;
        for (int round = 0; round < ROUNDS; round++) {
            StatusStorage web = container("web");
            CompletableFuture<Status> waiting = new CompletableFuture<>();
            threads.run(
                    () -> web.await(status -> status.pid() == 7)
                            .subscribe(waiting::complete, waiting::completeExceptionally),
                    () -> web.update(pid(7))
                            .then(web.update(pid(8)))
                            .onErrorComplete()
                            .block(PATIENCE),
                    () -> web.delete().block(PATIENCE));
            Object outcome = outcome(waiting);
            if (outcome instanceof Status status) {
                assertThat(status.pid()).isEqualTo(7);
                matched++;
            } else {
                assertThat(outcome).isInstanceOf(ContainerDeletedException.class);
            }
            assertThatNobodyWatches(web);
        }
        assertThat(matched).isLessThan(ROUNDS);
    }

    @Test
    void aMatchThatIsCommittedAndStaysIsNeverMissed() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            StatusStorage web = container("web");
            CompletableFuture<Status> first = new CompletableFuture<>();
            CompletableFuture<Status> second = new CompletableFuture<>();
            threads.run(
                    () -> web.await(status -> status.pid() == 7)
                            .subscribe(first::complete, first::completeExceptionally),
                    () -> web.updateSync(pid(7)).block(PATIENCE),
                    () -> web.await(status -> status.pid() == 7)
                            .subscribe(second::complete, second::completeExceptionally));
            assertThat(outcome(first)).isEqualTo(pid(7).apply(CREATED));
            assertThat(outcome(second)).isEqualTo(pid(7).apply(CREATED));
            assertThatNobodyWatches(web);
            web.delete().block(PATIENCE);
        }
    }

    @Test
    void cancelledAtTheMomentOfTheMatchItLeavesNobodyBehind() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            StatusStorage web = container("web");
            Disposable waiting = web.await(status -> status.pid() == 7).subscribe();
            threads.run(() -> web.update(pid(7)).block(PATIENCE), waiting::dispose, () -> web.await(status -> false)
                    .subscribe()
                    .dispose());
            assertThatNobodyWatches(web);
            web.delete().block(PATIENCE);
        }
    }

    @Test
    void reportsTheEndOfTheStoreAndLeavesNoWatcher() throws Exception {
        for (int round = 0; round < ROUNDS / 5; round++) {
            StatusStorage web = container("web");
            CompletableFuture<Status> waiting = new CompletableFuture<>();
            threads.run(
                    () -> web.await(status -> status.pid() == 7)
                            .subscribe(waiting::complete, waiting::completeExceptionally),
                    () -> web.update(pid(1)).onErrorComplete().block(PATIENCE),
                    () -> store.close().block(PATIENCE));
            assertThat(outcome(waiting)).isInstanceOf(StoreClosedException.class);
            assertThatNobodyWatches(web);
            store = StatusStore.builder(checkpoints).open().block(PATIENCE);
            store.delete("web").block(PATIENCE);
        }
    }
}
