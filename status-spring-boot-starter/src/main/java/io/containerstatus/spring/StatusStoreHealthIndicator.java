package io.containerstatus.spring;

import io.containerstatus.StatusException;
import io.containerstatus.reactive.RecoveredContainer;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.reactive.StoreHealth;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Reports UP while the store can write, and writes nothing to find that out. If the last write failed, reports
 * OUT_OF_SERVICE for some time only. Otherwise a service that is not ready would get no request, and so would never
 * write again. Reports DOWN if no later write can succeed.
 */
final class StatusStoreHealthIndicator extends AbstractHealthIndicator {
    /** How many ids a detail lists. */
    private static final int NAMED = 10;

    private final StatusStore store;
    private final Duration retryAfter;
    private final Clock clock;

    /**
     * Creates the indicator.
     *
     * @param retryAfter how long a failed write counts, not negative
     * @param clock the present time, to compare with that of the store's clock
     */
    StatusStoreHealthIndicator(StatusStore store, Duration retryAfter, Clock clock) {
        super("the state of the store could not be determined");
        this.store = store;
        this.retryAfter = retryAfter;
        this.clock = clock;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        StoreHealth health = store.health();
        String reason = health.notWritableReason();
        if (reason == null) {
            builder.up();
        } else if (!health.retryable()) {
            builder.down().withDetail("notWritable", reason);
        } else if (isRecent(health.lastFailureAt())) {
            builder.outOfService().withDetail("notWritable", reason);
        } else {
            builder.up().withDetail("retry", reason + "; the next write tries again");
        }
        StatusException failure = health.lastFailure();
        if (failure != null) {
            Map<String, Object> last = new LinkedHashMap<>();
            last.put("message", String.valueOf(failure.getMessage()));
            last.put("at", String.valueOf(health.lastFailureAt()));
            builder.withDetail("lastFailure", last);
        }
        builder.withDetail(
                "corrupt",
                some(Unrecovered.of(store).stream().map(RecoveredContainer::id).toList()));
        builder.withDetail("uncertain", some(health.uncertain()));
        builder.withDetail("outOfUse", some(health.outOfUse()));
        Map<String, Object> behind = new LinkedHashMap<>();
        behind.put("count", health.backlog().containers());
        behind.put("oldestAge", health.backlog().oldestAge().toString());
        builder.withDetail("filesBehind", behind);
        builder.withDetail("pendingOperations", health.pendingOperations());
    }

    /** A time that is unknown or in the future, because the clock was set back, is not recent. */
    private boolean isRecent(@Nullable Instant failedAt) {
        if (failedAt == null) {
            return false;
        }
        Duration since = Duration.between(failedAt, clock.instant());
        return !since.isNegative() && since.compareTo(retryAfter) < 0;
    }

    private static Map<String, Object> some(List<String> ids) {
        Map<String, Object> some = new LinkedHashMap<>();
        some.put("count", ids.size());
        some.put("first", ids.stream().limit(NAMED).toList());
        return some;
    }
}
