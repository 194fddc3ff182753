package io.containerstatus.spring;

import io.containerstatus.fs.FollowerMetrics;
import io.containerstatus.fs.StatusFollower;
import io.containerstatus.micrometer.MicrometerFollowerMetrics;
import io.containerstatus.micrometer.MicrometerStatusMetrics;
import io.containerstatus.micrometer.StatusStoreMetrics;
import io.containerstatus.reactive.StatusMetrics;
import io.containerstatus.reactive.StatusStore;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Configures the meters of the store and of the follower, if the application has a registry and
 * {@code status-micrometer}.
 */
@AutoConfiguration(
        after = ContainerStatusAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass({MeterRegistry.class, MicrometerStatusMetrics.class})
@ConditionalOnBean(MeterRegistry.class)
public final class ContainerStatusMetricsAutoConfiguration {

    ContainerStatusMetricsAutoConfiguration() {}

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(StatusStore.class)
    static class OfStore {

        @Bean
        @ConditionalOnMissingBean(StatusMetrics.class)
        MicrometerStatusMetrics micrometerStatusMetrics(MeterRegistry registry) {
            return new MicrometerStatusMetrics(registry);
        }

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnSingleCandidate(StatusStore.class)
        StatusStoreMetrics statusStoreMetrics(StatusStore store) {
            return new StatusStoreMetrics(store);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(StatusFollower.class)
    static class OfFollower {

        @Bean
        @ConditionalOnMissingBean(FollowerMetrics.class)
        MicrometerFollowerMetrics micrometerFollowerMetrics(MeterRegistry registry) {
            return new MicrometerFollowerMetrics(registry);
        }
    }
}
