package io.containerstatus.spring;

import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.fs.StatusFollower;
import java.time.Duration;
import org.springframework.boot.health.contributor.AbstractReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import reactor.core.publisher.Mono;

/** Up while the root that is followed can be listed. */
final class StatusFollowerHealthIndicator extends AbstractReactiveHealthIndicator {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final FileCheckpoints files;

    StatusFollowerHealthIndicator(StatusFollower follower) {
        super("the followed root cannot be listed");
        files = FileCheckpoints.at(follower.root());
    }

    @Override
    protected Mono<Health> doHealthCheck(Health.Builder builder) {
        return files.list().count().timeout(PATIENCE).map(containers -> builder.up()
                .withDetail("containers", containers)
                .build());
    }
}
