package io.containerstatus.spring;

import io.containerstatus.fs.StatusFollower;
import io.containerstatus.reactive.StatusStore;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The endpoint {@code containers} of the one store, or else of the one follower. */
@AutoConfiguration(after = ContainerStatusAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
public final class ContainersEndpointAutoConfiguration {

    ContainersEndpointAutoConfiguration() {}

    // Conditions of the optional modules stand here, where they are looked at only if their classes are there.
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnAvailableEndpoint(ContainersEndpoint.class)
    static class OfStore {

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnSingleCandidate(StatusStore.class)
        ContainersEndpoint containersEndpoint(StatusStore store) {
            return new ContainersEndpoint(new StoreContainers(store));
        }
    }

    /** Behind the other, so that a store comes first. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnAvailableEndpoint(ContainersEndpoint.class)
    static class OfFollower {

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnSingleCandidate(StatusFollower.class)
        ContainersEndpoint followedContainersEndpoint(StatusFollower follower) {
            return new ContainersEndpoint(new FollowedContainers(follower));
        }
    }
}
