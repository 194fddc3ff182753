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
import tools.jackson.databind.json.JsonMapper;

/**
 * Configures the endpoint {@code containers} for the single store, or else for the single follower. The endpoint
 * needs {@code jackson-databind}, which the application may exclude.
 */
@AutoConfiguration(after = ContainerStatusAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class, JsonMapper.class})
public final class ContainersEndpointAutoConfiguration {

    ContainersEndpointAutoConfiguration() {}

    // The conditions of optional modules are on nested classes, where Spring evaluates them only if their
    // classes exist.
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

    /** Comes after the other class, so that a store has precedence. */
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
