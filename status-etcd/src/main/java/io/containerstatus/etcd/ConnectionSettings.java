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
    private static final Duration LONGEST = Duration.ofDays(10_000);

    EtcdClient newClient() {
        return new EtcdClient(connector, credentials, requestTimeout);
    }

    /** Returns the duration, {@linkplain #limited limited}. */
    static Duration requirePositive(Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("not positive: " + duration);
        }
        return limited(duration);
    }

    /**
     * Returns the duration, or 10,000 days if it is longer. So the sum of a few of them still fits into a
     * {@code long} of nanoseconds.
     */
    static Duration limited(Duration duration) {
        return duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
    }
}
