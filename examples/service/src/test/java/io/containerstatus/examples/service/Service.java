package io.containerstatus.examples.service;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.web.reactive.server.WebTestClient;

/** The service in this process, on a port of the loopback interface. */
final class Service implements AutoCloseable {
    private final ConfigurableApplicationContext context;

    private Service(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** Starts a service that owns this root. */
    static Service owning(Path root, String... properties) {
        return start(root, properties);
    }

    /** Starts a service that follows this root. */
    static Service following(Path root) {
        return start(root, "container-status.follow=true", "container-status.follower.scan-every=1s");
    }

    private static Service start(Path root, String... properties) {
        SpringApplication application = new SpringApplication(ServiceConfiguration.class);
        application.setRegisterShutdownHook(false);
        List<String> arguments = Stream.concat(
                        Stream.of("container-status.root=" + root, "server.port=0"), Stream.of(properties))
                .map(property -> "--" + property)
                .toList();
        return new Service(application.run(arguments.toArray(String[]::new)));
    }

    String url() {
        return "http://127.0.0.1:" + context.getEnvironment().getRequiredProperty("local.server.port");
    }

    WebTestClient client() {
        return WebTestClient.bindToServer().baseUrl(url()).build();
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    @Override
    public void close() {
        context.close();
    }
}
