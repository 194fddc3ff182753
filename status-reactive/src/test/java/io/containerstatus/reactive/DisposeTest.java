package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.containerstatus.Status;
import io.containerstatus.StoreClosedException;
import io.containerstatus.test.DelegatingCheckpoints;
import io.containerstatus.test.InMemoryCheckpoints;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/** The close for callers that cannot wait for it. */
class DisposeTest extends StoreTest {
    @AfterEach
    void resetHook() {
        Hooks.resetOnErrorDropped();
    }

    @Test
    void startsTheCloseAndDoesNotWaitForWhatWasAccepted() {
        StatusStorage web = container("web");
        InMemoryCheckpoints.Held write = checkpoints.holdNext();
        TestSubscriber<Status> accepted = subscribe(web.updateSync(pid(7)));
        checkpoints.takeCalls();
        assertThat(store.isClosed()).isFalse();
        assertThat(store.isDisposed()).isFalse();

        Disposable disposable = store;
        disposable.dispose();
        assertThat(store.isClosed()).isTrue();
        assertThat(store.isDisposed()).isTrue();
        assertThat(store.health().closed()).isTrue();
        assertThat(checkpoints.takeCalls()).isEmpty();
        StepVerifier.create(web.updateSync(pid(8))).verifyError(StoreClosedException.class);

        write.complete();
        assertThat(accepted.isTerminatedComplete()).isTrue();
        store.close().block(PATIENCE);
        assertThat(checkpoints.takeCalls()).containsExactly("close");
    }

    @Test
    void isOneWithTheCloseHoweverOftenItIsCalled() {
        store.dispose();
        store.dispose();
        store.close().block(PATIENCE);
        store.dispose();
        assertThat(checkpoints.takeCalls()).containsOnlyOnce("close");
    }

    @Test
    void aCloseMakesItDisposed() {
        store.close().block(PATIENCE);
        assertThat(store.isClosed()).isTrue();
        assertThat(store.isDisposed()).isTrue();
    }

    @Test
    void dropsWhatTheCloseFailsWith() {
        IllegalStateException failure = new IllegalStateException("no close");
        List<Throwable> dropped = new CopyOnWriteArrayList<>();
        Hooks.onErrorDropped(dropped::add);
        DelegatingCheckpoints failing = new DelegatingCheckpoints(new InMemoryCheckpoints()) {
            @Override
            public Mono<Void> close() {
                return Mono.error(failure);
            }
        };
        StatusStore other = StatusStore.builder(failing)
                .signalScheduler(Schedulers.immediate())
                .open()
                .block(PATIENCE);
        other.dispose();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(dropped).containsExactly(failure));
        assertThat(other.isDisposed()).isTrue();
    }
}
