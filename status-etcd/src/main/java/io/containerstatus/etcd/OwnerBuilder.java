package io.containerstatus.etcd;

import java.time.Duration;
import java.util.Objects;
import java.util.UUID;

/**
 * The settings that the builders of a node's owners share. Each setter checks its argument immediately.
 *
 * @param <B> the type of the builder
 */
abstract sealed class OwnerBuilder<B extends OwnerBuilder<B>> extends ConnectionBuilder<B>
        permits EtcdCheckpoints.Builder, FleetPublisher.Builder {
    private final Keys keys;
    private String identity = UUID.randomUUID().toString();
    private boolean seizes;
    private Duration leaseTtl = Duration.ofSeconds(15);

    OwnerBuilder(EtcdEndpoints endpoints, Keys keys) {
        super(endpoints);
        this.keys = keys;
    }

    /**
     * Sets the identity of the owner. When it takes the node for the first time, it immediately replaces an
     * owner with the same identity, such as a killed process that it succeeds. By default, each builder has a
     * random identity. Then no owner of another builder is replaced, and the node of a killed process becomes
     * free when the lease of that process ends. Two owners that run at the same time must not have the same
     * identity, so do not start two owners from one builder.
     */
    public B identity(String newIdentity) {
        identity = Objects.requireNonNull(newIdentity, "identity");
        return self();
    }

    /**
     * Makes the owner replace any other owner immediately when it takes the node for the first time. After
     * that, no write of the other owner succeeds. By default, another owner is not replaced.
     */
    public B seize() {
        seizes = true;
        return self();
    }

    /**
     * Sets how long an owner keeps the ownership while etcd receives nothing from it; by default 15 s, at
     * least 5 s, in whole seconds.
     */
    public B leaseTtl(Duration newTtl) {
        leaseTtl = ConnectionSettings.limited(EtcdSettings.requireTtl(newTtl));
        return self();
    }

    /**
     * Returns all settings.
     *
     * @param ownershipWait how long to wait for another owner
     * @param outcomeTimeout how long a change is retried
     * @param openTimeout how long an opening may take, in addition to that wait
     * @param maxValueSize the largest size of a status, in bytes
     */
    EtcdSettings settings(Duration ownershipWait, Duration outcomeTimeout, Duration openTimeout, int maxValueSize) {
        return new EtcdSettings(
                connection(),
                keys,
                identity,
                seizes,
                leaseTtl,
                ownershipWait,
                outcomeTimeout,
                openTimeout,
                maxValueSize);
    }
}
