package io.containerstatus.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.StoreClosedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class UncancellableTest {
    private final Sinks.One<String> step = Sinks.one();
    private final List<String> done = new ArrayList<>();
    private final List<Throwable> dropped = new ArrayList<>();

    @BeforeEach
    void collectDroppedErrors() {
        Hooks.onErrorDropped(dropped::add);
    }

    @AfterEach
    void resetTheHook() {
        Hooks.resetOnErrorDropped();
    }

    private Mono<String> work() {
        return Uncancellable.of(step.asMono().doOnNext(done::add));
    }

    @Test
    void whatIsNotCancelledIsTheSame() {
        StepVerifier.create(work())
                .then(() -> step.tryEmitValue("a"))
                .expectNext("a")
                .verifyComplete();
        IllegalStateException failure = new IllegalStateException("refused");
        StepVerifier.create(Uncancellable.of(Mono.error(failure)))
                .verifyErrorSatisfies(error -> assertThat(error).isSameAs(failure));
        assertThat(dropped).isEmpty();
    }

    @Test
    void aCancellationBreaksNothingOff() {
        work().subscribe().dispose();

        step.tryEmitValue("a");

        assertThat(done).containsExactly("a");
    }

    @Test
    void eachSubscriptionDoesTheWorkAnew() {
        AtomicInteger count = new AtomicInteger();
        Mono<Integer> work = Uncancellable.of(Mono.fromSupplier(count::incrementAndGet));

        StepVerifier.create(work).expectNext(1).verifyComplete();
        StepVerifier.create(work).expectNext(2).verifyComplete();
    }

    @Test
    void aFailureAfterTheCancellationIsDropped() {
        work().subscribe().dispose();
        IllegalStateException failure = new IllegalStateException("refused");

        step.tryEmitError(failure);

        assertThat(dropped).containsExactly(failure);
    }

    @Test
    void theEndOfTheStoreIsNoFailure() {
        work().subscribe().dispose();

        step.tryEmitError(new StoreClosedException());

        assertThat(dropped).isEmpty();
    }

    @Test
    void theContextStaysAfterTheCancellation() {
        Uncancellable.of(step.asMono().then(Mono.deferContextual(context -> {
                    done.add(context.get("user"));
                    return Mono.empty();
                })))
                .contextWrite(context -> context.put("user", "me"))
                .subscribe()
                .dispose();

        step.tryEmitValue("a");

        assertThat(done).containsExactly("me");
    }
}
