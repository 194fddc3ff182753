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
        @Nullable Scheduler scheduler) {}
