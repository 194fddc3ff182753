package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusTransitions;
import io.containerstatus.test.InMemoryCheckpoints;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/**
 * A store on a disk that the test controls. By default, the disk answers at once, and every signal comes on
 * the thread that causes it. So one thread observes everything in one order.
 */
abstract class StoreTest {
    /** Long enough for the slowest machine. Only a test that fails ever waits so long. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123456789Z");
    static final Status CREATED = StatusTransitions.created(NOON, null);

    static {
        StepVerifier.setDefaultTimeout(PATIENCE);
    }

    final InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();
    final ManualCommitTimer timer = new ManualCommitTimer();
    StatusStore store;

    @BeforeEach
    void openStore() {
        store = open(builder -> builder);
    }

    @AfterEach
    void closeStoreAndCheckTheContract() {
        store.close().block(PATIENCE);
        assertThat(checkpoints.violations()).isEmpty();
    }

    /** Replaces the store by one with other settings on the same disk. */
    void reopen(UnaryOperator<StatusStore.Builder> settings) {
        store.close().block(PATIENCE);
        store = open(settings);
        checkpoints.takeCalls();
    }

    final StatusStore open(UnaryOperator<StatusStore.Builder> settings) {
        StatusStore.Builder builder = StatusStore.builder(checkpoints)
                .signalScheduler(Schedulers.immediate())
                .laneThreads(0)
                .commitTimer(timer);
        return Objects.requireNonNull(settings.apply(builder).open().block(PATIENCE));
    }

    /** Returns a new container at revision 1 with {@link #CREATED}. The disk's call for it is already taken. */
    final StatusStorage container(String id) {
        StatusStorage container =
                Objects.requireNonNull(store.create(id, CREATED).block(PATIENCE));
        checkpoints.takeCalls();
        return container;
    }

    /** Subscribes now, and keeps every signal. */
    static <T> TestSubscriber<T> subscribe(Mono<T> mono) {
        TestSubscriber<T> subscriber = TestSubscriber.create();
        mono.subscribe(subscriber);
        return subscriber;
    }

    static UnaryOperator<Status> pid(long pid) {
        return status -> status.toBuilder().pid(pid).build();
    }

    static NotWrittenException notWritten(String id) {
        return new NotWrittenException(id, "no space left", null);
    }

    static IndeterminateWriteException indeterminate(String id) {
        return new IndeterminateWriteException(id, "folder sync failed", null);
    }
}
