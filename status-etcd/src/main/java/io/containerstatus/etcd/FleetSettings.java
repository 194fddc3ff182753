package io.containerstatus.etcd;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * What a follower was built with.
 *
 * @param checkEvery how often etcd is asked whether it is still the same, and has a leader
 */
record FleetSettings(
        FleetKeys keys,
        Connector connector,
        @Nullable EtcdCredentials credentials,
        Duration requestTimeout,
        Duration fenceTimeout,
        Duration checkEvery,
        Clock clock,
        FleetMetricsGuard metrics,
        @Nullable Scheduler scheduler) {

    /** Makes the way to etcd, when it is first needed. */
    interface Connector {
        /** Connects to nothing yet; fails if a file of the TLS settings cannot be read. */
        Transport connect() throws IOException;
    }
}
