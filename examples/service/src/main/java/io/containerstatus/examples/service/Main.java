package io.containerstatus.examples.service;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.Environment;

/** The command line. */
public final class Main {
    private static final String USAGE = """
            usage: run [--root DIR | --follow DIR] [--listen ADDRESS] [--port PORT] [--host NAME]... [--demo]

            --root    owns this folder and runs processes; created where it is missing
            --follow  shows the containers of another process, such as those of a containerd in
                      /var/lib/containerd/io.containerd.grpc.v1.cri/containers, and writes nothing
            --listen  the address to listen on, 127.0.0.1 by default
            --port    the port to listen on, 8080 by default; 0 for a free port
            --host    another name of this machine in the URLs of clients, or several with commas between them
            --demo    starts three processes, so that there is something to see

            NODE_TOKEN  in the environment: the token that is required to change something. On another address than
                        loopback, a token is required: if none is given, one is generated and printed in the URL.""";

    private static final int TOKEN_BYTES = 16;

    private Main() {}

    /** Runs the service until it receives a signal, see {@code USAGE}. */
    public static void main(String[] args) {
        if (List.of(args).contains("--help")) {
            System.out.println(USAGE);
            return;
        }
        Map<String, String> properties;
        try {
            properties = parse(new ArrayDeque<>(List.of(args)), System.getenv("NODE_TOKEN"));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n\n" + USAGE);
            System.exit(2);
            return;
        }
        String[] arguments = properties.entrySet().stream()
                .map(property -> "--" + property.getKey() + "=" + property.getValue())
                .toArray(String[]::new);
        Environment environment =
                SpringApplication.run(ServiceConfiguration.class, arguments).getEnvironment();
        System.out.println(url(environment));
    }

    /** Returns the properties that the command line sets. */
    static Map<String, String> parse(Deque<String> args, @Nullable String token) {
        Map<String, String> properties = new LinkedHashMap<>();
        while (!args.isEmpty()) {
            String option = args.remove();
            switch (option) {
                case "--root", "--follow" -> {
                    String root = Path.of(value(option, args)).toAbsolutePath().toString();
                    if (properties.put("container-status.root", root) != null) {
                        throw new IllegalArgumentException("there can be one root only");
                    }
                    properties.put("container-status.follow", String.valueOf(option.equals("--follow")));
                }
                case "--listen" -> properties.put("server.address", address(value(option, args)));
                case "--port" -> properties.put("server.port", value(option, args));
                case "--host" ->
                    properties.merge("node.hosts", value(option, args), (names, name) -> names + "," + name);
                case "--demo" -> properties.put("node.demo", "true");
                default -> throw new IllegalArgumentException("unexpected: " + option);
            }
        }
        if (!properties.containsKey("container-status.root")) {
            throw new IllegalArgumentException("--root or --follow is missing");
        }
        if (token != null && !token.isBlank()) {
            properties.put("node.token", token);
        } else if (!isLoopback(properties.get("server.address"))) {
            properties.put("node.token", newToken());
        }
        return properties;
    }

    private static String value(String option, Deque<String> args) {
        String value = args.poll();
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("a value is missing after " + option);
        }
        return value;
    }

    private static String address(String text) {
        try {
            return InetAddress.getByName(text).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("no such address: " + text, e);
        }
    }

    private static boolean isLoopback(@Nullable String address) {
        try {
            return address == null || InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("no such address: " + address, e);
        }
    }

    private static String newToken() {
        byte[] token = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(token);
        return HexFormat.of().formatHex(token);
    }

    /**
     * Returns the page's address. The token is in the fragment, which a browser does not send to any server.
     */
    private static String url(Environment environment) {
        String address = environment.getProperty("server.address", "localhost");
        String host = address.contains(":") ? "[" + address + "]" : address;
        String token = environment.getProperty("node.token", "");
        return "http://" + host + ":" + environment.getProperty("local.server.port") + "/"
                + (token.isBlank() ? "" : "#token=" + token);
    }
}
