package io.containerstatus.examples;

import io.containerstatus.StatusException;
import io.containerstatus.reactive.Delivery;
import io.containerstatus.reactive.RecoveredContainer;
import io.containerstatus.reactive.Recovery;
import io.containerstatus.reactive.StatusStore;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The command line. This is the only class of the example in which a thread blocks. */
public final class Main {
    private static final String USAGE = """
            usage: supervisor run [--root DIR] [--journal] NAME -- COMMAND [ARG...] [++ NAME -- COMMAND [ARG...]]...
                   supervisor resume [--root DIR] [--journal]
                   supervisor list [--root DIR]
                   supervisor watch [--root DIR]
                   supervisor journal [--root DIR]
                   supervisor inspect DIR

            run      resumes the processes of an earlier supervisor, starts the commands, waits for all to end
            resume   like run, without new commands
            list     prints the statuses
            watch    prints the statuses, then their changes, until it is killed; waits for a missing folder
            journal  prints what a journal holds that the files may not hold yet
            inspect  prints the statuses in a folder of containers that belongs to another, such as
                     /var/lib/containerd/io.containerd.grpc.v1.cri/containers

            DIR is ./containers by default. With --journal, statuses go to a journal first, and the files follow
            within a second; the other commands read the files. Processes share the supervisor's output.
            exit status: 0 all recorded, whatever the processes' own codes; 1 a failure; 2 wrong usage""";

    private static final Set<String> COMMANDS = Set.of("run", "resume", "list", "watch", "journal", "inspect");

    /** How many changes the terminal may be behind. Beyond that, the stream fails, so that memory is bounded. */
    private static final int MAX_LAG = 100_000;

    private Main() {}

    /** Runs one command, see {@code USAGE}. */
    public static void main(String[] args) {
        Mono<Void> work;
        try {
            work = parse(new ArrayDeque<>(List.of(args)));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n\n" + USAGE);
            System.exit(2);
            return;
        }
        Integer exit = work.thenReturn(0).onErrorResume(Main::failed).block();
        System.exit(Objects.requireNonNull(exit));
    }

    private static Mono<Integer> failed(Throwable failure) {
        Exceptions.unwrapMultiple(failure).forEach(one -> System.err.println("supervisor: " + one.getMessage()));
        return Mono.just(1);
    }

    private static Mono<Void> parse(Deque<String> args) {
        String command = next(args, "a command");
        if (!COMMANDS.contains(command)) {
            throw new IllegalArgumentException("no such command: " + command);
        }
        Path root = Path.of("containers");
        if (command.equals("inspect")) {
            root = Path.of(next(args, "a folder"));
        } else if ("--root".equals(args.peek())) {
            args.remove();
            root = Path.of(next(args, "a folder after --root"));
        }
        boolean journaled = Set.of("run", "resume").contains(command) && "--journal".equals(args.peek());
        if (journaled) {
            args.remove();
        }
        Map<String, List<String>> commands = command.equals("run") ? commands(args) : Map.of();
        if (!args.isEmpty()) {
            throw new IllegalArgumentException("unexpected: " + args.peek());
        }
        StatusFiles files = new StatusFiles(root);
        return switch (command) {
            case "run", "resume" -> supervise(root, journaled, commands);
            case "journal" -> print(files.journal());
            case "list", "inspect" -> print(files.list().map(StatusLine::timed));
            case "watch" ->
                print(files.watch(reason -> System.err.println("supervisor: " + reason + "; waiting for it")));
            default -> throw new AssertionError(command);
        };
    }

    /**
     * Supervises the processes, and prints every change of every container, up to the last one before the
     * store closes.
     */
    private static Mono<Void> supervise(Path root, boolean journaled, Map<String, List<String>> commands) {
        StatusStore.FileBuilder builder = StatusStore.builder(root);
        return (journaled ? builder.journaled() : builder).open().flatMap(store -> {
            warnOf(store.recovery());
            Flux<StatusLine> lines = store.changes(Delivery.everyWithMaxLag(MAX_LAG))
                    .map(change -> StatusLine.of(change.id(), change.current()));
            Mono<Void> supervised = Mono.usingWhen(
                    Mono.just(new Supervisor(store, root)),
                    supervisor -> supervisor.supervise(commands).then(),
                    supervisor -> store.close());
            return Mono.whenDelayError(print(lines), supervised);
        });
    }

    /** Prints what cannot be read or written. The other containers are supervised nevertheless. */
    private static void warnOf(Recovery recovery) {
        if (!recovery.writable()) {
            System.err.println("supervisor: nothing can be recorded: " + recovery.readOnlyReason());
        }
        recovery.failures().stream().map(Main::describe).forEach(System.err::println);
        recovery.damage().forEach(damage -> System.err.println("supervisor: " + damage));
    }

    private static String describe(RecoveredContainer unusable) {
        StatusException failure = unusable.failure();
        String why = failure == null ? "no status file" : failure.getMessage();
        return "supervisor: " + unusable.id() + " is not resumed: " + why;
    }

    private static Mono<Void> print(Flux<?> lines) {
        return lines.doOnNext(System.out::println).then();
    }

    private static Map<String, List<String>> commands(Deque<String> args) {
        Map<String, List<String>> commands = new LinkedHashMap<>();
        do {
            String name = next(args, "a name");
            if (!next(args, "-- after the name " + name).equals("--")) {
                throw new IllegalArgumentException("-- missing after the name " + name);
            }
            List<String> command = new ArrayList<>(List.of(next(args, "a command for " + name)));
            while (!args.isEmpty() && !"++".equals(args.peek())) {
                command.add(args.remove());
            }
            if (commands.put(name, command) != null) {
                throw new IllegalArgumentException("the name " + name + " is given twice");
            }
        } while ("++".equals(args.poll()));
        return commands;
    }

    private static String next(Deque<String> args, String what) {
        String arg = args.poll();
        if (arg == null) {
            throw new IllegalArgumentException(what + " is missing");
        }
        return arg;
    }
}
