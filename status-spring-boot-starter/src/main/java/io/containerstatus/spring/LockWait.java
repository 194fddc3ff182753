package io.containerstatus.spring;

import io.containerstatus.RootLockedException;
import io.containerstatus.reactive.StatusStore;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Opens a store again and again while another one has the root. */
final class LockWait {
    private static final Duration BETWEEN = Duration.ofMillis(100);

    private LockWait() {}

    /**
     * Returns a Mono that opens the store, and tries again every 100 milliseconds while the root is locked, for about as long as
     * this. It fails as the last attempt did, and at once with any other failure.
     *
     * @param wait how long; zero or less for one attempt
     */
    static Mono<StatusStore> open(Mono<StatusStore> opening, Duration wait) {
        long attempts = Math.max(0, wait.dividedBy(BETWEEN));
        return opening.retryWhen(Retry.fixedDelay(attempts, BETWEEN)
                .filter(RootLockedException.class::isInstance)
                .onRetryExhaustedThrow((retry, last) -> last.failure()));
    }
}
