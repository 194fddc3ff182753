package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.StoreClosedException;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

/** Real threads at the same moment: one closes the store, and the others replace one container by another. */
@Tag("long")
class CloseRaceTest extends StoreTest {
    private static final int ROUNDS = 2000;

    private final SimultaneousThreads threads = new SimultaneousThreads(3);
    private final Queue<StatusChange> received = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void openWithTheDefaults() {
        store.close().block(PATIENCE);
        reopen();
    }

    @AfterEach
    void endThreads() {
        threads.end();
    }

    private void reopen() {
        store = StatusStore.builder(checkpoints).open().block(PATIENCE);
        store.delete("web").block(PATIENCE);
        received.clear();
        store.changes(Delivery.every(100).on(Schedulers.immediate())).subscribe(received::add);
    }

    private static Object outcome(CompletableFuture<StatusStorage> creation) {
        return creation.handle((created, failure) -> failure == null ? created : failure)
                .join();
    }

    /** If a caller was notified that the container exists, so were the subscribers. Otherwise, nobody was. */
    private void assertThatTheStreamKnows(Stream<Object> outcomes) {
        List<Object> all = outcomes.toList();
        long created = all.stream().filter(StatusStorage.class::isInstance).count();
        assertThat(created).isLessThanOrEqualTo(1);
        assertThat(all)
                .allMatch(one -> one instanceof StatusStorage
                        || one instanceof StoreClosedException
                        || one instanceof AlreadyExistsException);
        StatusChange last = List.copyOf(received).get(received.size() - 1);
        assertThat(last.kind()).isEqualTo(created == 1 ? StatusChange.Kind.CREATED : StatusChange.Kind.DELETED);
        assertThat(store.list()).hasSize((int) created);
    }

    @Test
    void aCreationBehindADeletionIsEmittedBeforeTheEndOrRefused() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            StatusStorage web = container("web");
            Held deletion = checkpoints.holdNext();
            web.delete().subscribe();
            CompletableFuture<StatusStorage> waiting =
                    store.create("web", CREATED).toFuture();
            CompletableFuture<StatusStorage> coming = new CompletableFuture<>();
            threads.run(deletion::complete, () -> store.close().block(PATIENCE), () -> store.create("web", CREATED)
                    .subscribe(coming::complete, coming::completeExceptionally));
            assertThatTheStreamKnows(Stream.of(outcome(waiting), outcome(coming)));
            reopen();
        }
    }
}
