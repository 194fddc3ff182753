package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.Status;
import io.containerstatus.StatusTransitions;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/**
 * A change is durable if the disk holds its document, or that of a newer status. The flags are not part of
 * the document.
 */
class DurabilityTest extends StoreTest {
    private StatusStorage web;

    @BeforeEach
    void createContainer() {
        web = container("web");
    }

    private boolean isDurable() {
        return web.changes().blockFirst(PATIENCE).durable();
    }

    private static UnaryOperator<Status> running(long pid) {
        return status -> StatusTransitions.started(status, pid, NOON);
    }

    @Nested
    class OfFlags {
        @Test
        void thatAloneHaveChangedSinceAWriteIsTheWritesOwn() {
            web.update(StatusTransitions::beginStart).block(PATIENCE);
            assertThat(isDurable()).isTrue();
            web.updateSync(running(7)).block(PATIENCE);
            web.update(StatusTransitions::endStart).block(PATIENCE);
            assertThat(web.current().starting()).isFalse();
            assertThat(isDurable()).isTrue();
        }

        @Test
        void thatAloneHaveChangedNeedsNoWrite() {
            web.update(StatusTransitions::beginStart).block(PATIENCE);
            web.updateSync(UnaryOperator.identity()).block(PATIENCE);
            web.updateSync(StatusTransitions::endStart).block(PATIENCE);
            assertThat(checkpoints.takeCalls()).isEmpty();
            assertThat(web.current().starting()).isFalse();
        }

        @Test
        void besideAChangeInMemoryIsNotThere() {
            web.update(pid(7)).block(PATIENCE);
            web.update(StatusTransitions::beginStart).block(PATIENCE);
            assertThat(isDurable()).isFalse();
        }
    }

    @Test
    void isThereAgainWhenMemoryHoldsWhatTheDiskHolds() {
        web.update(pid(7)).block(PATIENCE);
        assertThat(isDurable()).isFalse();
        web.update(pid(0)).block(PATIENCE);
        assertThat(isDurable()).isTrue();
        web.updateSync(UnaryOperator.identity()).block(PATIENCE);
        assertThat(checkpoints.takeCalls()).isEmpty();
    }

    @Test
    void isLostWithAnUncertainWriteAndComesBackWithTheNext() {
        checkpoints.failNext(indeterminate("web"));
        StepVerifier.create(web.updateSync(pid(7))).verifyError(IndeterminateWriteException.class);
        assertThat(isDurable()).isFalse();
        web.updateSync(UnaryOperator.identity()).block(PATIENCE);
        assertThat(checkpoints.takeCalls()).containsExactly("write web", "write web");
        assertThat(isDurable()).isTrue();
    }

    @Test
    void ofARecoveredStatusIsNotKnownUntilItIsWritten() {
        reopen(builder -> builder);
        web = store.find("web");
        assertThat(isDurable()).isFalse();
        web.update(StatusTransitions::beginStart).block(PATIENCE);
        assertThat(isDurable()).isFalse();
        web.updateSync(UnaryOperator.identity()).block(PATIENCE);
        assertThat(checkpoints.takeCalls()).containsExactly("write web");
        assertThat(isDurable()).isTrue();
    }

    @Nested
    class OfAnOlderChange {
        @Test
        void thatIsReceivedLateIsThatOfTheDiskByThen() {
            TestSubscriber<StatusChange> late =
                    TestSubscriber.builder().initialRequest(1).build();
            web.changes(Delivery.every(9)).subscribe(late);
            web.update(pid(7)).block(PATIENCE);
            web.updateSync(pid(8)).block(PATIENCE);
            late.request(2);
            assertThat(late.getReceivedOnNext())
                    .extracting(StatusChange::durable)
                    .containsExactly(true, true, true);
        }

        @Test
        void thatIsReceivedAtOnceIsThatOfTheDiskThen() {
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            web.changes(Delivery.every(9)).subscribe(watcher);
            web.update(pid(7)).block(PATIENCE);
            web.updateSync(pid(8)).block(PATIENCE);
            assertThat(watcher.getReceivedOnNext())
                    .extracting(StatusChange::durable)
                    .containsExactly(true, false, true);
        }
    }
}
