package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

/** Changes of the containers of a store between the registration of a subscriber and its snapshot. */
class LateSnapshotTest extends StoreTest {
    private final List<StatusChange> received = new ArrayList<>();

    /**
     * Subscribes to every change of the store. The event happens after the registration and before the snapshot.
     */
    private void subscribeWhile(Runnable event) {
        CheckpointStore watched = (CheckpointStore) store;
        EveryChange late = EveryChange.ofStore(
                new TestSubscriberAdapter() {
                    @Override
                    public void onNext(StatusChange change) {
                        received.add(change);
                    }
                },
                watched,
                Delivery.every(100).on(Schedulers.immediate()));
        watched.subscribers().add(late);
        event.run();
        watched.subscribers().remove(late);
        late.start();
    }

    @Test
    void aReplacedContainerIsNotEmittedBehindItsSuccessor() {
        subscribeWhile(() -> {
            container("web").delete().block(PATIENCE);
            container("web").update(pid(1)).block(PATIENCE);
        });
        store.delete("web").block(PATIENCE);
        assertThat(received)
                .extracting(StatusChange::kind)
                .containsExactly(StatusChange.Kind.SNAPSHOT, StatusChange.Kind.DELETED);
        assertThat(received).extracting(StatusChange::revision).containsExactly(2L, 3L);
    }

    @Test
    void anExistingContainerIsEmittedOnce() {
        StatusStorage web = container("web");
        subscribeWhile(() -> web.update(pid(1)).block(PATIENCE));
        web.update(pid(2)).block(PATIENCE);
        assertThat(received)
                .extracting(StatusChange::kind)
                .containsExactly(StatusChange.Kind.SNAPSHOT, StatusChange.Kind.UPDATED);
        assertThat(received).extracting(StatusChange::revision).containsExactly(2L, 3L);
    }
}
