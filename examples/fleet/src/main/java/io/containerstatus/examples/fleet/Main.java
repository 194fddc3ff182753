package io.containerstatus.examples.fleet;

import io.containerstatus.etcd.EtcdEndpoints;
import io.containerstatus.etcd.FleetFollower;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/** The command line. This is the only class in which a thread blocks. */
public final class Main {
    private static final String USAGE = """
            usage: fleet node URLS NODE ROOT [NAME COMMAND [ARG...]]
                   fleet view URLS
                   fleet fence URLS NODE

            node   owns the node, resumes its recorded containers, starts the command, and records every change
            view   prints the containers and the owners of all nodes, then what changes, until it is killed
            fence  takes the node away from its owner

            URLS are those of etcd's members, with commas between them; ROOT is a folder for what belongs to the node's
            processes.""";

    /** The beginning of all keys. */
    static final String PREFIX = "/demo";

    /**
     * How long to wait for etcd before giving up. It is longer than the library's default, because all
     * processes of the example share one machine, which may be slow.
     */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    private Main() {}

    /** Runs one command, see {@code USAGE}. */
    public static void main(String[] args) {
        boolean known = args.length >= 2
                && switch (args[0]) {
                    case "node" -> args.length == 4 || args.length >= 6;
                    case "view" -> args.length == 2;
                    case "fence" -> args.length == 3;
                    default -> false;
                };
        if (!known) {
            System.err.println(USAGE);
            System.exit(2);
            return;
        }
        Integer exit = work(args).thenReturn(0).onErrorResume(Main::failed).block();
        System.exit(Objects.requireNonNull(exit));
    }

    private static Mono<Void> work(String[] args) {
        EtcdEndpoints endpoints = EtcdEndpoints.of(List.of(args[1].split(",")));
        return switch (args[0]) {
            case "node" -> {
                Map<String, List<String>> commands = args.length == 4
                        ? Map.of()
                        : Map.of(args[4], List.of(args).subList(5, args.length));
                yield new Node(endpoints, args[2], Path.of(args[3])).run(commands);
            }
            case "view" -> View.print(endpoints);
            default -> fence(endpoints, args[2]);
        };
    }

    private static Mono<Void> fence(EtcdEndpoints endpoints, String node) {
        return Mono.usingWhen(
                Mono.fromSupplier(() -> FleetFollower.builder(endpoints, PREFIX)
                        .fenceTimeout(PATIENCE)
                        .build()),
                fleet -> fleet.fence(node),
                FleetFollower::close);
    }

    private static Mono<Integer> failed(Throwable failure) {
        Exceptions.unwrapMultiple(failure)
                .forEach(one -> System.out.println(one.getClass().getSimpleName() + ": " + one.getMessage()));
        return Mono.just(1);
    }
}
