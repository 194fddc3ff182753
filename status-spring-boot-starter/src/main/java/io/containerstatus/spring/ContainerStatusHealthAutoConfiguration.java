package io.containerstatus.spring;

import io.containerstatus.fs.StatusFollower;
import io.containerstatus.reactive.StatusStore;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Function;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.CompositeHealthContributorConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.CompositeReactiveHealthContributorConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.ReactiveHealthContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Configures the health of each store and of each follower. */
@AutoConfiguration(after = ContainerStatusAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@EnableConfigurationProperties(ContainerStatusProperties.class)
public final class ContainerStatusHealthAutoConfiguration {

    ContainerStatusHealthAutoConfiguration() {}

    // The conditions of optional modules are on nested classes, where Spring evaluates them only if their
    // classes exist.
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnEnabledHealthIndicator("container-status")
    @ConditionalOnBean(StatusStore.class)
    static class OfStores extends CompositeHealthContributorConfiguration<StatusStoreHealthIndicator, StatusStore> {

        OfStores(ContainerStatusProperties properties) {
            super(indicators(properties.health().retryAfter()));
        }

        private static Function<StatusStore, StatusStoreHealthIndicator> indicators(Duration retryAfter) {
            if (retryAfter.isNegative()) {
                throw Settings.unusable("health.retry-after", retryAfter, "It must not be negative.");
            }
            return store -> new StatusStoreHealthIndicator(store, retryAfter, Clock.systemUTC());
        }

        @Bean
        @ConditionalOnMissingBean(name = {"containerStatusHealthIndicator", "containerStatusHealthContributor"})
        HealthContributor containerStatusHealthContributor(ConfigurableListableBeanFactory beans) {
            return createContributor(beans, StatusStore.class);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnEnabledHealthIndicator("container-status")
    @ConditionalOnBean(StatusFollower.class)
    static class OfFollowers
            extends CompositeReactiveHealthContributorConfiguration<StatusFollowerHealthIndicator, StatusFollower> {

        OfFollowers() {
            super(StatusFollowerHealthIndicator::new);
        }

        @Bean
        @ConditionalOnMissingBean(
                name = {"containerStatusFollowerHealthIndicator", "containerStatusFollowerHealthContributor"})
        ReactiveHealthContributor containerStatusFollowerHealthContributor(ConfigurableListableBeanFactory beans) {
            return createContributor(beans, StatusFollower.class);
        }
    }
}
