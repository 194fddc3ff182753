package io.containerstatus.spring;

import io.containerstatus.fs.StatusFollower;
import java.time.Duration;
import org.springframework.boot.health.contributor.AbstractReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import reactor.core.publisher.Mono;

/** Reports UP while the followed root can be listed. */
final class StatusFollowerHealthIndicator extends AbstractReactiveHealthIndicator {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final StatusFollower follower;

    StatusFollowerHealthIndicator(StatusFollower follower) {
        super("the followed root cannot be listed");
        this.follower = follower;
    }

    @Override
    protected Mono<Health> doHealthCheck(Health.Builder builder) {
        return follower.list().count().timeout(PATIENCE).map(containers -> builder.up()
                .withDetail("containers", containers)
                .build());
    }
}
