package io.containerstatus.etcd;

import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/** The settings of the connection to etcd, for every purpose. */
record ConnectionSettings(
        Transport.Connector connector,
        @Nullable EtcdCredentials credentials,
        Duration requestTimeout,
        Clock clock,
        @Nullable Scheduler scheduler) {

    EtcdClient newClient() {
        return new EtcdClient(connector, credentials, requestTimeout);
    }

    static Duration requirePositive(Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("not positive: " + duration);
        }
        return duration;
    }
}
