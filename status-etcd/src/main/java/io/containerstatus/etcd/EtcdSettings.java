package io.containerstatus.etcd;

import java.time.Clock;
import java.time.Duration;

/** The settings of the owner of a node. */
record EtcdSettings(
        ConnectionSettings connection,
        Keys keys,
        String identity,
        boolean seizes,
        Duration leaseTtl,
        Duration ownershipWait,
        Duration outcomeTimeout,
        Duration openTimeout,
        int maxValueSize) {
    private static final Duration SHORTEST_TTL = Duration.ofSeconds(5);

    Duration requestTimeout() {
        return connection.requestTimeout();
    }

    Clock clock() {
        return connection.clock();
    }

    static Duration requireTtl(Duration ttl) {
        if (ttl.compareTo(SHORTEST_TTL) < 0 || ttl.toNanosPart() != 0) {
            throw new IllegalArgumentException("not 5 s or more, in whole seconds: " + ttl);
        }
        return ttl;
    }
}
