package io.containerstatus.etcd;

import java.time.Clock;
import java.time.Duration;

/**
 * The settings of a follower.
 *
 * @param checkEvery the time between two checks that etcd is still the same cluster, has a leader, and has
 *     not gone back
 */
record FleetSettings(
        ConnectionSettings connection,
        FleetKeys keys,
        Duration fenceTimeout,
        Duration checkEvery,
        FleetMetricsGuard metrics) {

    Clock clock() {
        return connection.clock();
    }
}
