package io.containerstatus.spring;

import io.containerstatus.fs.StatusFollower;
import io.containerstatus.reactive.StatusStore;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.CompositeHealthContributorConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.CompositeReactiveHealthContributorConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.ReactiveHealthContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The health of each store and of each follower. */
@AutoConfiguration(after = ContainerStatusAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
public final class ContainerStatusHealthAutoConfiguration {

    ContainerStatusHealthAutoConfiguration() {}

    // Conditions of the optional modules stand here, where they are looked at only if their classes are there.
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnEnabledHealthIndicator("container-status")
    @ConditionalOnBean(StatusStore.class)
    static class OfStores extends CompositeHealthContributorConfiguration<StatusStoreHealthIndicator, StatusStore> {

        OfStores() {
            super(StatusStoreHealthIndicator::new);
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
