package io.containerstatus.examples.service;

import io.containerstatus.fs.StatusFollower;
import io.containerstatus.reactive.StatusStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The beans of the service. The starter creates the store or the follower, and {@code ClientStreams}. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(NodeController.class)
class ServiceConfiguration {

    @Bean
    RequestGuard requestGuard(
            ServerProperties server,
            @Value("${node.token:#{null}}") @Nullable String token,
            @Value("${node.hosts:}") List<String> hosts) {
        return new RequestGuard(server.getAddress(), given(token), hosts);
    }

    @Bean
    NodeEvents nodeEvents(Node node, @Value("${node.token:#{null}}") @Nullable String token) {
        return new NodeEvents(node, given(token) != null, Clock.systemUTC());
    }

    /** Returns the token; null if it is blank, because an empty variable in the environment means that there is none. */
    private static @Nullable String given(@Nullable String token) {
        return token == null || token.isBlank() ? null : token;
    }

    /** Runs processes. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBooleanProperty(name = "container-status.follow", havingValue = false, matchIfMissing = true)
    @Import(ProcessController.class)
    static class Own {

        @Bean
        Node node(StatusStore store, @Value("${container-status.root}") String root) {
            return new OwnNode(store, root);
        }

        @Bean
        Processes processes(StatusStore store, @Value("${container-status.root}") Path root) {
            return new Processes(store, root);
        }

        @Bean
        @ConditionalOnBooleanProperty("node.demo")
        ApplicationRunner demo(Processes processes, @Value("${container-status.root}") String root) {
            return new Demo(processes, root);
        }
    }

    /** Shows the containers of another process. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBooleanProperty("container-status.follow")
    static class Followed {

        @Bean
        Node node(StatusFollower follower) {
            return new FollowedNode(follower);
        }
    }
}
