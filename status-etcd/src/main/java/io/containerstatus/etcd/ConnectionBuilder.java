package io.containerstatus.etcd;

import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * The settings that all builders of this package share: how to reach etcd. Each setter checks its argument
 * immediately. A duration of more than 10,000 days counts as 10,000 days.
 *
 * @param <B> the type of the builder
 */
abstract sealed class ConnectionBuilder<B extends ConnectionBuilder<B>> permits FleetFollower.Builder, OwnerBuilder {
    private Transport.Connector connector;
    private EtcdTls tls = EtcdTls.OF_JDK;
    private @Nullable EtcdCredentials credentials;
    private Duration requestTimeout = Duration.ofSeconds(2);
    private Clock clock = Clock.systemUTC();
    private @Nullable Scheduler scheduler;

    ConnectionBuilder(EtcdEndpoints endpoints) {
        Objects.requireNonNull(endpoints, "endpoints");
        connector = () -> new NettyTransport(endpoints, tls);
    }

    abstract B self();

    /**
     * Sets which servers to trust and which certificate to present, for {@code https} only. By default,
     * trusts the authorities of the JDK and presents no certificate.
     */
    public B tls(EtcdTls newTls) {
        tls = Objects.requireNonNull(newTls, "tls");
        return self();
    }

    /**
     * Authenticates with this name and password; by default there is no authentication. If etcd no longer
     * accepts a token, a new one is requested. {@code docs/fleet.md} lists the rights that the user needs.
     *
     * @param user the name of the user
     * @param password called each time that a new token is needed, on a thread of its own, so it may block. A
     *     call that needs the token waits for {@code requestTimeout}, and then retries until its own time is
     *     over. If the supplier throws, the call is not made and fails, with what was thrown as the root cause.
     *     Then an opening and the streams of a follower fail with {@code UnreadableStatusException}. A change
     *     fails with {@code NotWrittenException}, or with {@code IndeterminateWriteException} if the outcome of an
     *     earlier change of this id is unknown. A publisher tries again
     */
    public B credentials(String user, Supplier<String> password) {
        credentials =
                new EtcdCredentials(Objects.requireNonNull(user, "user"), Objects.requireNonNull(password, "password"));
        return self();
    }

    /**
     * Sets how long a call may take: more than 0; by default 2 s. If there is no answer by then, the call has
     * failed, and the next member is used.
     */
    public B requestTimeout(Duration newTimeout) {
        requestTimeout = ConnectionSettings.requirePositive(newTimeout);
        return self();
    }

    /**
     * Sets the clock of the times that are stored on etcd or reported by a health object; by default the
     * system's clock.
     */
    public B clock(Clock newClock) {
        clock = Objects.requireNonNull(newClock, "clock");
        return self();
    }

    /**
     * Sets the scheduler of signals and results. It is never disposed of. By default, they come on daemon
     * threads that start when they are needed: up to 2 for the results of an owner, and up to 64 for a follower.
     */
    public B scheduler(Scheduler newScheduler) {
        scheduler = Objects.requireNonNull(newScheduler, "scheduler");
        return self();
    }

    /** For tests: sets how etcd is reached. */
    B connector(Transport.Connector newConnector) {
        connector = newConnector;
        return self();
    }

    ConnectionSettings connection() {
        return new ConnectionSettings(connector, credentials, requestTimeout, clock, scheduler);
    }
}
