package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.StoreClosedException;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.BaseSubscriber;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/** A lane in which no container was created does not stay in memory. */
class AbandonedLaneTest extends StoreTest {
    private CheckpointStore lanesOf(StatusStore opened) {
        return (CheckpointStore) opened;
    }

    /** Subscribes to a creation, and cancels it after its lane was found and before its turn. */
    private void createAndCancel(String id) {
        CheckpointStore all = lanesOf(store);
        CreateOperation create = new CreateOperation(new Ignoring(), CREATED);
        create.start(() -> {
            create.cancel();
            return all.lanes().getOrAdd(id, fresh -> ContainerLane.ofNew(all, fresh));
        });
    }

    private static final class Ignoring extends BaseSubscriber<StatusStorage> {}

    @Test
    void asThatOfACreationThatWasCancelledAtItsSubscription() {
        for (int i = 0; i < 100; i++) {
            createAndCancel("c" + i);
        }
        assertThat(lanesOf(store).lanes().all()).isEmpty();
        assertThat(checkpoints.takeCalls()).containsExactly("open");
    }

    @Test
    void asThatOfACreationThatWasCancelledBehindAFailedOne() {
        Held write = checkpoints.holdNext();
        subscribe(store.create("db", CREATED));
        subscribe(store.create("db", CREATED)).cancel();
        write.fail(notWritten("db"));
        assertThat(lanesOf(store).lanes().all()).isEmpty();
    }

    @Test
    void asThatOfACreationAfterTheEnd() {
        store.close().block(PATIENCE);
        StepVerifier.create(store.create("db", CREATED)).verifyError(StoreClosedException.class);
        StepVerifier.create(store.delete("db")).verifyError(StoreClosedException.class);
        assertThat(lanesOf(store).lanes().all()).isEmpty();
    }

    @Test
    void andItsSuccessorTakesWhatComesLater() {
        createAndCancel("db");
        TestSubscriber<StatusStorage> created = subscribe(store.create("db", CREATED));
        assertThat(created.isTerminatedComplete()).isTrue();
        assertThat(store.get("db")).isNotNull();
    }
}
