package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import io.containerstatus.testing.AllocatedBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;
import reactor.test.subscriber.TestSubscriber;

class ManySubscribersTest extends StoreTest {
    private StatusStorage web;

    @BeforeEach
    void createContainer() {
        web = container("web");
    }

    @Nested
    class Waits {
        private static final int MANY = 4_000;

        /** For one wait with all its operators. This is far less than a copy of a list of all waits would take. */
        private static final long BYTES_EACH = 4096;

        private final List<Disposable> waits = new ArrayList<>();
        private int left;

        private void waitOnce() {
            waits.add(web.await(status -> status.pid() == 99).subscribe(status -> {}, error -> {}));
        }

        private void waitAll() {
            for (int i = 0; i < MANY; i++) {
                waitOnce();
            }
        }

        @Test
        void comeAndGoAtACostThatDoesNotGrowWithTheirNumber() {
            waitAll();
            assertThat(AllocatedBytes.ofOne(this::waitOnce)).isLessThan(BYTES_EACH);
            assertThat(AllocatedBytes.ofOne(() -> waits.get(left++).dispose())).isLessThan(BYTES_EACH);
            assertThat(store.health().subscribers()).isEqualTo(waits.size() - left);
        }

        @Test
        void allEndInWhateverOrderOthersLeave() {
            waitAll();
            for (int i = 0; i < MANY; i += 2) {
                waits.get(i).dispose();
            }
            waitAll();
            assertThat(store.health().subscribers()).isEqualTo(MANY + MANY / 2);
            web.update(pid(99)).block(PATIENCE);
            assertThat(store.health().subscribers()).isZero();
            assertThat(waits).allMatch(Disposable::isDisposed);
        }
    }

    @Nested
    class EveryChangeOfABatch {
        private static final int BATCH = 400;

        /** Commits many updates at once. The subscription takes place in the middle of their publication. */
        private void publishBatchWhile(Runnable subscription) {
            web.changes(Delivery.every(BATCH).changesOnly().on(Schedulers.immediate()))
                    .skip(1)
                    .take(1)
                    .subscribe(first -> subscription.run());
            Held write = checkpoints.holdNext();
            subscribe(web.updateSync(pid(BATCH + 1)));
            List<TestSubscriber<Status>> batch = IntStream.rangeClosed(1, BATCH)
                    .mapToObj(i -> subscribe(web.updateSync(pid(i))))
                    .toList();
            write.complete();
            assertThat(batch).allMatch(TestSubscriber::isTerminatedComplete);
        }

        @Test
        void thatIsInTheSnapshotDoesNotCountAsLag() {
            TestSubscriber<StatusChange> ofContainer =
                    TestSubscriber.builder().initialRequest(0).build();
            TestSubscriber<StatusChange> ofStore =
                    TestSubscriber.builder().initialRequest(0).build();
            publishBatchWhile(() -> {
                web.changes(Delivery.every(1)).subscribe(ofContainer);
                store.changes(Delivery.every(1)).subscribe(ofStore);
            });
            web.update(pid(7)).block(PATIENCE);
            for (TestSubscriber<StatusChange> watcher : List.of(ofContainer, ofStore)) {
                watcher.request(Long.MAX_VALUE);
                assertThat(watcher.isTerminatedError()).isFalse();
                assertThat(watcher.getReceivedOnNext())
                        .extracting(change -> change.current().pid())
                        .containsExactly((long) BATCH, 7L);
            }
        }
    }
}
