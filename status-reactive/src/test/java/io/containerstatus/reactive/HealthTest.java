package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.OwnershipLostException;
import io.containerstatus.Status;
import io.containerstatus.StatusTooLargeException;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.test.InMemoryCheckpoints;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import java.time.Clock;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

class HealthTest extends StoreTest {
    private StatusStorage web;

    @BeforeEach
    void createContainer() {
        web = container("web");
    }

    private void fail(RuntimeException failure) {
        checkpoints.failNext(failure);
        StepVerifier.create(web.updateSync(pid(7))).verifyError(failure.getClass());
    }

    @Nested
    class AStoreThatWorks {
        @Test
        void isWritableAndSaysNothingElse() {
            StoreHealth health = store.health();
            assertThat(health.writable()).isTrue();
            assertThat(health.notWritableReason()).isNull();
            assertThat(health.lastFailure()).isNull();
            assertThat(health.lastFailureAt()).isNull();
            assertThat(health.uncertain()).isEmpty();
            assertThat(health.outOfUse()).isEmpty();
            assertThat(health.pendingOperations()).isZero();
            assertThat(health.subscribers()).isZero();
            assertThat(health.closed()).isFalse();
        }

        @Test
        void countsWhatWaitsAndWhoWatches() {
            Held write = checkpoints.holdNext();
            subscribe(web.updateSync(pid(1)));
            subscribe(web.updateSync(pid(2)));
            subscribe(web.update(pid(3)));
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            web.changes().subscribe(watcher);
            store.changes().subscribe(TestSubscriber.create());
            subscribe(web.await(status -> status.pid() == 99));
            assertThat(store.health().pendingOperations()).isEqualTo(2);
            assertThat(store.health().subscribers()).isEqualTo(3);
            write.complete();
            watcher.cancel();
            assertThat(store.health().pendingOperations()).isZero();
            assertThat(store.health().subscribers()).isEqualTo(2);
        }

        @Test
        void countsNoOperationThatHasFollowedADeletionAndEnded() {
            Held deletion = checkpoints.holdNext();
            subscribe(web.delete());
            TestSubscriber<StatusStorage> next = subscribe(store.create("web", CREATED));
            assertThat(store.health().pendingOperations()).isEqualTo(1);
            deletion.complete();
            assertThat(next.isTerminatedComplete()).isTrue();
            assertThat(store.health().pendingOperations()).isZero();
        }

        @Test
        void countsNoOperationAfterItsClose() {
            store.close().block(PATIENCE);
            assertThat(store.health().pendingOperations()).isZero();
        }
    }

    @Nested
    class AFailedWrite {
        @Test
        void makesItNotWritableUntilOneSucceeds() {
            NotWrittenException failure = notWritten("web");
            fail(failure);
            assertThat(store.health().writable()).isFalse();
            assertThat(store.health().notWritableReason())
                    .isEqualTo("the last write failed: status \"web\" not changed: no space left");
            assertThat(store.health().lastFailure()).isSameAs(failure);
            assertThat(store.health().retryable()).isTrue();

            web.updateSync(pid(8)).block(PATIENCE);
            assertThat(store.health().writable()).isTrue();
            assertThat(store.health().retryable()).isFalse();
            assertThat(store.health().lastFailure()).isSameAs(failure);
        }

        @Test
        void isFinalIfTheOwnershipIsLost() {
            fail(new OwnershipLostException("web", "node-1", "taken"));
            assertThat(store.health().writable()).isFalse();
            assertThat(store.health().retryable()).isFalse();
        }

        @Test
        void isNotTheReasonOfAStoreThatCannotWriteAnyway() {
            fail(notWritten("web"));
            checkpoints.becomeReadOnly("the root was moved away");
            assertThat(store.health().retryable()).isFalse();
            assertThat(store.health().notWritableReason()).isEqualTo("the root was moved away");

            store.close().block(PATIENCE);
            assertThat(store.health().retryable()).isFalse();
            assertThat(store.health().notWritableReason()).isEqualTo("the store is closed");
        }

        @Test
        void hasTheTimeOfTheStoresClock() {
            reopen(builder -> builder.clock(Clock.fixed(NOON, ZoneOffset.UTC)));
            web = store.find("web");
            fail(notWritten("web"));
            assertThat(store.health().lastFailureAt()).isEqualTo(NOON);
        }

        @Test
        void isReportedThoughTheClockThrows() {
            InstantSource throwing = () -> {
                throw new IllegalStateException("no time");
            };
            reopen(builder -> builder.clock(throwing.withZone(ZoneOffset.UTC)));
            web = store.find("web");
            fail(notWritten("web"));
            assertThat(store.health().lastFailure()).isInstanceOf(NotWrittenException.class);
            assertThat(store.health().lastFailureAt()).isNull();
        }

        @Test
        void thatIsUncertainNamesItsContainerUntilItIsSettled() {
            fail(indeterminate("web"));
            assertThat(store.health().uncertain()).containsExactly("web");
            fail(indeterminate("web"));
            web.updateSync(pid(8)).block(PATIENCE);
            assertThat(store.health().uncertain()).isEmpty();
        }

        @Test
        void ofAnUncertainCreationNamesItUntilItsDeletion() {
            checkpoints.failNext(indeterminate("db"));
            StepVerifier.create(store.create("db", CREATED)).verifyError(IndeterminateWriteException.class);
            assertThat(store.health().uncertain()).containsExactly("db");
            store.delete("db").block(PATIENCE);
            assertThat(store.health().uncertain()).isEmpty();
        }

        @Test
        void thatWasTooLargeIsNoFaultOfTheDisk() {
            checkpoints.failNext(new StatusTooLargeException("web", 2, 1));
            StepVerifier.create(web.updateSync(pid(7))).verifyError(StatusTooLargeException.class);
            assertThat(store.health().writable()).isTrue();
            assertThat(store.health().lastFailure()).isNull();
            assertThat(store.health().uncertain()).isEmpty();
        }
    }

    @Nested
    class ANotWritableStore {
        @Test
        void saysWhatItWasOpenedWith() {
            store.close().block(PATIENCE);
            checkpoints.openWith(Mono.just(Access.readOnly("no lock")));
            store = open(builder -> builder);
            assertThat(store.health().writable()).isFalse();
            assertThat(store.health().notWritableReason()).isEqualTo("no lock");
        }

        @Test
        void saysWhatTheAdapterHasLostSince() {
            InMemoryCheckpoints other = new InMemoryCheckpoints();
            StatusStore lost = StatusStore.builder(other).open().block(PATIENCE);
            other.becomeReadOnly("the root was moved away");
            assertThat(lost.recovery().writable()).isTrue();
            assertThat(lost.health().notWritableReason()).isEqualTo("the root was moved away");
            lost.close().block(PATIENCE);
        }

        @Test
        void isAClosedOne() {
            store.close().block(PATIENCE);
            assertThat(store.health().closed()).isTrue();
            assertThat(store.health().notWritableReason()).isEqualTo("the store is closed");
        }
    }

    @Test
    void readsAsOneLine() {
        fail(notWritten("web"));
        Status before = web.current();
        assertThat(store.health())
                .asString()
                .startsWith("not writable: the last write failed: status \"web\" not changed: no space left;")
                .endsWith("; uncertain []; out of use []; pending operations 0; subscribers 0");
        assertThat(web.current()).isSameAs(before);
    }
}
