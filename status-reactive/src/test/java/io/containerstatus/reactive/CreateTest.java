package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.ContainerNotFoundException;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.InvalidContainerIdException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import java.lang.invoke.MethodHandles;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

class CreateTest extends StoreTest {
    @Nested
    class OfANewContainer {
        @Test
        void emitsItAtRevisionOneOnceItIsDurable() {
            Held write = checkpoints.holdNext();
            StepVerifier.create(store.create("web", CREATED))
                    .expectSubscription()
                    .then(() -> {
                        assertThat(store.list()).isEmpty();
                        assertThatThrownBy(() -> store.find("web")).isInstanceOf(ContainerNotFoundException.class);
                    })
                    .then(write::complete)
                    .assertNext(web -> {
                        assertThat(web.id()).isEqualTo("web");
                        assertThat(web.current()).isEqualTo(CREATED);
                        assertThat(web.revision()).isEqualTo(1);
                        assertThat(store.find("web")).isSameAs(web);
                    })
                    .verifyComplete();
            assertThat(checkpoints.stored("web")).isEqualTo(CREATED);
        }

        @Test
        void loadedByTheNextStoreIsTheSame() {
            container("web").updateSync(pid(7)).block(PATIENCE);
            reopen(builder -> builder);
            assertThat(store.find("web").current()).isEqualTo(pid(7).apply(CREATED));
            assertThat(store.find("web").revision()).isEqualTo(1);
        }

        @Test
        void startsAtTheSubscriptionAndIsTriedAgainByTheNext() {
            Mono<StatusStorage> create = store.create("web", CREATED);
            assertThat(checkpoints.takeCalls()).doesNotContain("write web");
            StepVerifier.create(create).expectNextCount(1).verifyComplete();
            StepVerifier.create(create).verifyError(AlreadyExistsException.class);
        }

        @Test
        void needsNoWriteAfterwardsForAnEqualStatus() {
            StatusStorage web = container("web");
            web.updateSync(status -> status).block(PATIENCE);
            assertThat(checkpoints.takeCalls()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "..", "a/b", "a\0b", "a\nb", "-a", "a-", "a--b", "ä"})
        void withAnIdThatIsNoneFailsAndCallsNoDisk(String id) {
            checkpoints.takeCalls();
            StepVerifier.create(store.create(id, CREATED)).verifyError(InvalidContainerIdException.class);
            StepVerifier.create(store.delete(id)).verifyError(InvalidContainerIdException.class);
            assertThat(checkpoints.takeCalls()).isEmpty();
        }

        @Test
        void withAnIdThatIsTooLongFails() {
            StepVerifier.create(store.create("a".repeat(77), CREATED)).verifyError(InvalidContainerIdException.class);
            StepVerifier.create(store.create("a".repeat(76), CREATED))
                    .expectNextCount(1)
                    .verifyComplete();
        }

        @Test
        void withoutAnIdOrAStatusIsRefusedAtOnce() {
            assertThatThrownBy(() -> store.create(null, CREATED)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> store.create("web", null)).isInstanceOf(NullPointerException.class);
        }
    }

    @Nested
    class OfAnExistingContainer {
        @Test
        void failsAndChangesNothing() {
            StatusStorage web = container("web");
            StepVerifier.create(store.create("web", pid(7).apply(CREATED)))
                    .verifyErrorSatisfies(error -> assertThat(error)
                            .isInstanceOfSatisfying(AlreadyExistsException.class, exists -> assertThat(exists.id())
                                    .isEqualTo("web")));
            assertThat(web.current()).isEqualTo(CREATED);
            assertThat(checkpoints.takeCalls()).isEmpty();
        }

        @Test
        void failsForOneThatWasRecoveredAsUnknown() {
            checkpoints.put(Found.failed("bad", new IllegalStateException("torn")));
            reopen(builder -> builder);
            StepVerifier.create(store.create("bad", CREATED)).verifyError(AlreadyExistsException.class);
        }

        @Test
        void failsForTheSecondOfTwoAtOnce() {
            Held write = checkpoints.holdNext();
            TestSubscriber<StatusStorage> first = subscribe(store.create("web", CREATED));
            TestSubscriber<StatusStorage> second = subscribe(store.create("web", pid(7).apply(CREATED)));
            write.complete();
            assertThat(first.isTerminatedComplete()).isTrue();
            assertThat(second.expectTerminalError()).isInstanceOf(AlreadyExistsException.class);
            assertThat(store.find("web").current()).isEqualTo(CREATED);
        }
    }

    @Nested
    class ThatFails {
        @Test
        void leavesNothingInMemory() throws ReflectiveOperationException {
            checkpoints.failNext(notWritten("web"));
            StepVerifier.create(store.create("web", CREATED)).verifyError(NotWrittenException.class);
            Lanes lanes = (Lanes) MethodHandles.privateLookupIn(CheckpointStore.class, MethodHandles.lookup())
                    .findVarHandle(CheckpointStore.class, "lanes", Lanes.class)
                    .get((CheckpointStore) store);
            assertThat(lanes.all()).isEmpty();
        }

        @Test
        void asNotWrittenLeavesNoContainerAndCanBeTriedAgain() {
            NotWrittenException failure = notWritten("web");
            checkpoints.failNext(failure);
            StepVerifier.create(store.create("web", CREATED))
                    .verifyErrorSatisfies(error -> assertThat(error).isSameAs(failure));
            assertThat(store.list()).isEmpty();
            StepVerifier.create(store.create("web", CREATED))
                    .assertNext(web -> assertThat(web.revision()).isEqualTo(1))
                    .verifyComplete();
        }

        @Test
        void asIndeterminateLeavesNoContainerAndTheNextAttemptSettlesIt() {
            checkpoints.failNextAfterTheEffect(indeterminate("web"));
            StepVerifier.create(store.create("web", CREATED)).verifyError(IndeterminateWriteException.class);
            assertThat(store.list()).isEmpty();
            StepVerifier.create(store.create("web", pid(7).apply(CREATED)))
                    .expectNextCount(1)
                    .verifyComplete();
            assertThat(checkpoints.stored("web").pid()).isEqualTo(7);
        }

        @Test
        void asIndeterminateCanBeSettledByADeletion() {
            checkpoints.failNextAfterTheEffect(indeterminate("web"));
            StepVerifier.create(store.create("web", CREATED)).verifyError(IndeterminateWriteException.class);
            StepVerifier.create(store.delete("web")).verifyComplete();
            assertThat(checkpoints.stored("web")).isNull();
        }

        @Test
        void isEmittedToNoStream() {
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            store.changes().subscribe(watcher);
            checkpoints.failNext(notWritten("web"));
            StepVerifier.create(store.create("web", CREATED)).verifyError(NotWrittenException.class);
            store.delete("web").block(PATIENCE);
            assertThat(watcher.getReceivedOnNext()).isEmpty();
        }

        @Test
        void letsTheOneBehindItTryAgain() {
            Held write = checkpoints.holdNext();
            TestSubscriber<StatusStorage> first = subscribe(store.create("web", CREATED));
            TestSubscriber<StatusStorage> second = subscribe(store.create("web", pid(7).apply(CREATED)));
            TestSubscriber<StatusStorage> third = subscribe(store.create("web", pid(8).apply(CREATED)));
            write.fail(notWritten("web"));
            assertThat(first.expectTerminalError()).isInstanceOf(NotWrittenException.class);
            assertThat(second.isTerminatedComplete()).isTrue();
            assertThat(third.expectTerminalError()).isInstanceOf(AlreadyExistsException.class);
            assertThat(store.find("web").current().pid()).isEqualTo(7);
        }

        @Test
        void letsTheDeletionBehindItReachTheDisk() {
            Held write = checkpoints.holdNext();
            subscribe(store.create("web", CREATED));
            TestSubscriber<Void> deletion = subscribe(store.delete("web"));
            checkpoints.takeCalls();
            write.failAfterTheEffect(indeterminate("web"));
            assertThat(deletion.isTerminatedComplete()).isTrue();
            assertThat(checkpoints.takeCalls()).containsExactly("delete web");
            assertThat(checkpoints.stored("web")).isNull();
        }

        @Test
        void letsManyBehindItTryAgainInTheirOrder() {
            Held write = checkpoints.holdNext();
            subscribe(store.create("web", CREATED));
            for (int i = 0; i < 100; i++) {
                checkpoints.failNext(notWritten("web"));
                subscribe(store.create("web", CREATED));
            }
            TestSubscriber<StatusStorage> last = subscribe(store.create("web", CREATED));
            write.fail(notWritten("web"));
            assertThat(last.isTerminatedComplete()).isTrue();
        }

        @Test
        void refusesNoneOfThoseThatWereAcceptedBehindIt() {
            reopen(builder -> builder.maxPendingUpdates(5));
            Held write = checkpoints.holdNext();
            subscribe(store.create("web", CREATED));
            TestSubscriber<Void> deletion = subscribe(store.delete("web"));
            TestSubscriber<StatusStorage> creation = subscribe(store.create("web", CREATED));
            Held slowDeletion = checkpoints.holdNext();
            write.fail(notWritten("web"));
            slowDeletion.complete();
            assertThat(deletion.isTerminatedComplete()).isTrue();
            assertThat(creation.isTerminatedComplete()).isTrue();
        }
    }
}
