package io.containerstatus.spring;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** A service on a port of the loopback interface, and a client of it. */
final class Server implements AutoCloseable {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ConfigurableApplicationContext context;
    private final URI address;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(NodeController.class)
    static class Application {}

    private Server(ConfigurableApplicationContext context) {
        this.context = context;
        address = URI.create("http://127.0.0.1:" + context.getEnvironment().getRequiredProperty("local.server.port"));
    }

    /** Starts a service with {@link NodeController} and these classes, on Tomcat or Netty. */
    static Server start(WebApplicationType type, Path root, List<Class<?>> classes, String... properties) {
        List<Class<?>> sources = new ArrayList<>(classes);
        sources.add(Application.class);
        SpringApplication application = new SpringApplication(sources.toArray(Class[]::new));
        application.setWebApplicationType(type);
        application.setRegisterShutdownHook(false);
        List<String> arguments = Stream.concat(
                        Stream.of(
                                "container-status.root=" + root,
                                "server.port=0",
                                "server.address=127.0.0.1",
                                "spring.main.banner-mode=off",
                                "spring.lifecycle.timeout-per-shutdown-phase=20s"),
                        Stream.of(properties))
                .map(property -> "--" + property)
                .toList();
        return new Server(application.run(arguments.toArray(String[]::new)));
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(address.resolve(path));
    }

    HttpResponse<String> get(String path) {
        return send(request(path).GET().build(), BodyHandlers.ofString());
    }

    HttpResponse<String> put(String path) {
        return send(request(path).PUT(BodyPublishers.noBody()).build(), BodyHandlers.ofString());
    }

    /** Returns once the head of the response is there. */
    HttpResponse<Stream<String>> open(String path) {
        return send(request(path).build(), BodyHandlers.ofLines());
    }

    HttpClient client() {
        return client;
    }

    private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) {
        try {
            return client.send(request, handler);
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        } catch (InterruptedException failure) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(failure);
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
