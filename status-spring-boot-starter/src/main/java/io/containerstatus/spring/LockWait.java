package io.containerstatus.spring;

import io.containerstatus.RootLockedException;
import io.containerstatus.reactive.StatusStore;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Opens a store, and retries while another store holds the lock of the root. */
final class LockWait {
    private static final Duration BETWEEN = Duration.ofMillis(100);

    private LockWait() {}

    /**
     * Returns a Mono that opens the store. While the root is locked, it retries every 100 milliseconds, for
     * about the given time. Then it fails as the last attempt did. It fails immediately with any other failure.
     *
     * @param wait how long to retry; zero or less for a single attempt
     */
    static Mono<StatusStore> open(Mono<StatusStore> opening, Duration wait) {
        long attempts = Math.max(0, wait.dividedBy(BETWEEN));
        return opening.retryWhen(Retry.fixedDelay(attempts, BETWEEN)
                .filter(RootLockedException.class::isInstance)
                .onRetryExhaustedThrow((retry, last) -> last.failure()));
    }
}
