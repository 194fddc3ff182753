package io.containerstatus.etcd;

import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/** What an adapter was built with. */
record EtcdSettings(
        EtcdEndpoints endpoints,
        Keys keys,
        EtcdTls tls,
        @Nullable EtcdCredentials credentials,
        String identity,
        boolean seizes,
        Duration leaseTtl,
        Duration ownershipWait,
        Duration requestTimeout,
        Duration outcomeTimeout,
        Duration openTimeout,
        int maxValueSize,
        Clock clock,
        @Nullable Scheduler scheduler) {
    private static final Duration SHORTEST_TTL = Duration.ofSeconds(5);

    static Duration requireTtl(Duration ttl) {
        if (ttl.compareTo(SHORTEST_TTL) < 0 || ttl.toNanosPart() != 0) {
            throw new IllegalArgumentException("not 5 s or more, in whole seconds: " + ttl);
        }
        return ttl;
    }

    static Duration requirePositive(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("not positive: " + timeout);
        }
        return timeout;
    }
}
