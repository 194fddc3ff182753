package io.containerstatus.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** Streams that end at the shutdown. */
class ClientStreamsTest {
    @BeforeAll
    static void doNotWaitForEver() {
        StepVerifier.setDefaultTimeout(Duration.ofSeconds(10));
    }

    @AfterAll
    static void waitAsBefore() {
        StepVerifier.resetDefaultTimeout();
    }

    private final ClientStreams streams = new ClientStreams();
    private final TestPublisher<String> source = TestPublisher.create();

    @Test
    void aStreamEndsAtTheStopAndLetsGoOfItsSource() {
        streams.start();
        StepVerifier.create(streams.untilShutdown(source))
                .then(() -> source.next("one"))
                .expectNext("one")
                .then(streams::stop)
                .verifyComplete();
        source.assertCancelled();
    }

    @Test
    void everyStreamEnds() {
        streams.start();
        StepVerifier one = StepVerifier.create(streams.untilShutdown(source))
                .expectComplete()
                .verifyLater();
        StepVerifier two = StepVerifier.create(streams.untilShutdown(source))
                .expectComplete()
                .verifyLater();
        streams.stop();
        one.verify();
        two.verify();
    }

    @Test
    void oneThatBeginsAfterTheStopEndsAtOnce() {
        streams.start();
        streams.stop();
        StepVerifier.create(streams.untilShutdown(source)).verifyComplete();
    }

    @Test
    void oneThatBeganBeforeTheStartEndsAtTheStop() {
        StepVerifier early = StepVerifier.create(streams.untilShutdown(source))
                .expectComplete()
                .verifyLater();
        streams.start();
        streams.stop();
        early.verify();
    }

    @Test
    void theyLastAgainAfterAnotherStart() {
        streams.start();
        streams.stop();
        streams.start();
        StepVerifier.create(streams.untilShutdown(source))
                .then(() -> source.next("one"))
                .expectNext("one")
                .then(streams::stop)
                .verifyComplete();
    }

    @Test
    void theEndOfTheSourceIsPassedOn() {
        streams.start();
        StepVerifier.create(streams.untilShutdown(source))
                .then(() -> source.error(new IllegalStateException("lost")))
                .verifyErrorMessage("lost");
    }

    @Test
    void itRunsFromTheStartToTheStop() {
        assertThat(streams.isRunning()).isFalse();
        streams.start();
        assertThat(streams.isRunning()).isTrue();
        streams.stop();
        assertThat(streams.isRunning()).isFalse();
    }

    @Test
    void theyEndBeforeTheWebServerWaitsAndAfterTheBeansOfTheApplication() {
        assertThat(streams.getPhase())
                .isGreaterThan(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE)
                .isLessThan(SmartLifecycle.DEFAULT_PHASE);
    }
}
