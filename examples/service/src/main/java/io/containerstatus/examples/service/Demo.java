package io.containerstatus.examples.service;

import io.containerstatus.AlreadyExistsException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import reactor.core.publisher.Flux;

/** Starts three processes, so that there is something to see. Does not touch existing containers. */
final class Demo implements ApplicationRunner {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Processes processes;
    private final Map<String, List<String>> commands = new LinkedHashMap<>();

    /** Prepares the commands. The process {@code web} has no end of its own, and ends when the root is deleted. */
    Demo(Processes processes, String root) {
        this.processes = processes;
        commands.put("web", List.of("sh", "-c", "while [ -d \"$0\" ]; do sleep 1; done", root));
        commands.put("backup", List.of("sleep", "15"));
        commands.put("import", List.of("sh", "-c", "sleep 30; exit 3"));
    }

    @Override
    public void run(ApplicationArguments args) {
        Flux.fromIterable(commands.entrySet())
                .concatMap(command -> processes
                        .start(command.getKey(), command.getValue())
                        .onErrorComplete(AlreadyExistsException.class))
                .blockLast(PATIENCE);
    }
}
