package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.opentest4j.TestAbortedException;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.SkipException;
import org.testng.annotations.Test;
import reactor.core.publisher.BaseSubscriber;

/**
 * Runs the checks of the Reactive Streams TCK, which are written for TestNG, as dynamic tests of JUnit, each
 * on a publisher of its own. If the TCK skips a check, the skip must be expected here, with a reason.
 */
final class Tck {
    /** How long a signal that must come may take, in milliseconds. Only a test that fails ever waits so long. */
    private static final long PATIENCE = 10_000;
    /** The same for signals that need not come, in milliseconds. */
    private static final long SHORT_PATIENCE = 200;
    /**
     * How long the TCK waits for signals that must not come, in milliseconds. Many of its checks wait this long.
     */
    private static final long SILENCE = 25;

    /** The check that {@link #dropsItsSubscriber} replaces. */
    private static final String DROPS_ITS_SUBSCRIBER =
            "required_spec313_cancelMustMakeThePublisherEventuallyDropAllReferencesToTheSubscriber";

    private Tck() {}

    /** A group of checks on one kind of publisher. It is closed after each check. */
    abstract static class Verification<T> extends PublisherVerification<T> implements AutoCloseable {
        Verification(TestEnvironment environment) {
            super(environment, /* publisherReferenceGCTimeoutMillis= */ 50);
        }

        /** Ends what the check has left running. */
        @Override
        public abstract void close();
    }

    /**
     * Returns all checks of a group.
     *
     * @param skips the checks that may be skipped, by the beginning of their names, with the reason
     */
    static DynamicContainer checks(
            String group, Function<TestEnvironment, Verification<?>> publishers, Map<String, String> skips) {
        return DynamicContainer.dynamicContainer(
                group,
                names().map(name -> DynamicTest.dynamicTest(name, () -> check(name, publishers, reason(skips, name)))));
    }

    private static void check(
            String name, Function<TestEnvironment, Verification<?>> publishers, Optional<String> maySkip)
            throws Throwable {
        long patience = maySkip.isPresent() ? SHORT_PATIENCE : PATIENCE;
        try (Verification<?> verification = publishers.apply(new TestEnvironment(patience, SILENCE, SILENCE))) {
            if (name.equals(DROPS_ITS_SUBSCRIBER) && maySkip.isEmpty()) {
                dropsItsSubscriber(verification);
            } else {
                run(verification, name);
            }
        } catch (SkipException skipped) {
            String reason = maySkip.orElseThrow(() -> new AssertionError("skipped for no reason of ours", skipped));
            throw new TestAbortedException(reason + " (" + skipped.getMessage() + ")");
        }
    }

    /**
     * Checks that a publisher eventually drops a subscriber that has cancelled. The TCK collects garbage once, 50
     * milliseconds after the cancellation. On a busy machine, a thread of the publisher may still be at work then.
     */
    private static void dropsItsSubscriber(Verification<?> verification) throws InterruptedException {
        WeakReference<?> subscriber = cancelledAfterOne(verification.createPublisher(3));
        Awaitility.await().atMost(Duration.ofMillis(PATIENCE)).until(() -> {
            System.gc();
            return subscriber.get() == null;
        });
    }

    private static <T> WeakReference<?> cancelledAfterOne(Publisher<T> publisher) throws InterruptedException {
        CountDownLatch received = new CountDownLatch(1);
        BaseSubscriber<T> subscriber = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.request(1);
            }

            @Override
            protected void hookOnNext(T value) {
                received.countDown();
            }
        };
        publisher.subscribe(subscriber);
        assertThat(received.await(PATIENCE, TimeUnit.MILLISECONDS)).isTrue();
        subscriber.cancel();
        return new WeakReference<>(subscriber);
    }

    private static Optional<String> reason(Map<String, String> skips, String name) {
        return skips.entrySet().stream()
                .filter(skip -> name.startsWith(skip.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** Runs one check. Throws what it throws. */
    static void run(PublisherVerification<?> verification, String name) throws Throwable {
        verification.setUp();
        try {
            PublisherVerification.class.getMethod(name).invoke(verification);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    /** The names of the checks, without those that only note that a rule cannot be checked from outside. */
    private static Stream<String> names() {
        return Stream.of(PublisherVerification.class.getMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .map(Method::getName)
                .filter(name -> !name.startsWith("untested_"))
                .sorted(Comparator.naturalOrder());
    }
}
