package io.containerstatus.spring;

import io.containerstatus.StatusException;
import io.containerstatus.reactive.RecoveredContainer;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.reactive.StoreHealth;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Up while the store can write. It writes nothing to find that out. */
final class StatusStoreHealthIndicator extends AbstractHealthIndicator {
    /** How many ids a detail names. */
    private static final int NAMED = 10;

    private final StatusStore store;

    StatusStoreHealthIndicator(StatusStore store) {
        super("the state of the store cannot be told");
        this.store = store;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        StoreHealth health = store.health();
        String reason = health.notWritableReason();
        if (reason == null) {
            builder.up();
        } else {
            builder.down().withDetail("notWritable", reason);
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
        behind.put("oldest", health.backlog().oldest().toString());
        builder.withDetail("filesBehind", behind);
        builder.withDetail("pendingOperations", health.pendingOperations());
    }

    private static Map<String, Object> some(List<String> ids) {
        Map<String, Object> some = new LinkedHashMap<>();
        some.put("count", ids.size());
        some.put("first", ids.stream().limit(NAMED).toList());
        return some;
    }
}
