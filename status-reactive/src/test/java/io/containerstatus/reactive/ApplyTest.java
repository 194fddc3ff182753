package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.containerstatus.ContainerState;
import io.containerstatus.IllegalTransitionException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusTransition;
import io.containerstatus.StatusTransitions;
import io.containerstatus.test.InMemoryCheckpoints;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** {@code apply} stores what must survive a crash, and nothing else. */
class ApplyTest extends StoreTest {
    private StatusStorage web;

    @BeforeEach
    void createContainer() {
        web = container("web");
    }

    static Stream<StatusTransition> durable() {
        return Stream.of(
                StatusTransitions.started(7, NOON),
                StatusTransitions.startFailed(NOON, "no such command"),
                StatusTransitions.exited(3, NOON),
                StatusTransitions.oomKilled(),
                StatusTransitions.stoppedUnknown(NOON),
                StatusTransitions.beginStart().andThen(StatusTransitions.started(7, NOON)));
    }

    @ParameterizedTest
    @MethodSource("durable")
    void storesADurableTransitionBeforeItEmits(StatusTransition transition) {
        InMemoryCheckpoints.Held write = checkpoints.holdNext();
        StepVerifier.create(web.apply(transition))
                .expectSubscription()
                .then(() -> assertThat(web.current()).isEqualTo(CREATED))
                .then(write::complete)
                .expectNext(transition.applyTo(CREATED))
                .verifyComplete();
        assertThat(checkpoints.stored("web"))
                .isEqualTo(
                        transition.applyTo(CREATED).toBuilder().starting(false).build());
    }

    @Test
    void keepsATransitionInMemoryThatIsNotDurable() {
        StepVerifier.create(web.apply(StatusTransitions.beginStart()))
                .expectNextMatches(Status::starting)
                .verifyComplete();
        StepVerifier.create(web.apply(StatusTransition.inMemory("noted", pid(9))))
                .expectNextMatches(status -> status.pid() == 9)
                .verifyComplete();
        assertThat(checkpoints.takeCalls()).isEmpty();
        assertThat(checkpoints.stored("web")).isEqualTo(CREATED);
    }

    @Test
    void changesNothingWhereTheStatusDoesNotAllowIt() {
        web.apply(StatusTransitions.started(7, NOON)).block(PATIENCE);
        StepVerifier.create(web.apply(StatusTransitions.beginRemove()))
                .verifyErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(IllegalTransitionException.class, refused -> assertThat(refused.from())
                                .isEqualTo(ContainerState.RUNNING)));
        assertThat(web.current().removing()).isFalse();
    }

    @Test
    void failsAsTheWriteDoes() {
        checkpoints.failNext(notWritten("web"));
        StepVerifier.create(web.apply(StatusTransitions.exited(3, NOON))).verifyError(NotWrittenException.class);
        assertThat(web.current()).isEqualTo(CREATED);
    }

    @Test
    void isATransactionForEachSubscription() {
        Mono<Status> exit = web.apply(StatusTransitions.exited(3, NOON));
        assertThat(checkpoints.takeCalls()).isEmpty();
        checkpoints.failNext(notWritten("web"));
        StepVerifier.create(exit.retry(1)).expectNextCount(1).verifyComplete();
        assertThat(checkpoints.stored("web").finishedAt()).isEqualTo(NOON);
    }

    @Test
    @SuppressWarnings("NullAway") // that is the test
    void refusesNullAtOnce() {
        assertThatNullPointerException().isThrownBy(() -> web.apply(null));
    }
}
