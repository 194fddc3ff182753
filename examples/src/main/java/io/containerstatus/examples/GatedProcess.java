package io.containerstatus.examples;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A process that exists but does not run its command yet: there is a pid to record before anything happens that would
 * need the record. If whoever holds the gate dies, the process ends without a trace.
 */
final class GatedProcess {
    /**
     * Waits for a line, then becomes the command: the same process, thus the same pid and start. If the supervisor dies,
     * the shell reads the end of the input and ends without running the command.
     */
    private static final String GATE = "read -r go && exec \"$@\" </dev/null";

    private final Process process;
    private final Instant startedAt;

    private GatedProcess(Process process) {
        this.process = process;
        this.startedAt = Instant.now();
    }

    /** Emits the process; or fails with an {@link IOException} when there is no such command. */
    static Mono<GatedProcess> create(List<String> command) {
        return Mono.fromCallable(() -> {
                    requireExists(command.get(0));
                    List<String> gated = new ArrayList<>(List.of("sh", "-c", GATE, "gate"));
                    gated.addAll(command);
                    // Inherited, not piped: the process can still write when the supervisor is gone.
                    return new GatedProcess(new ProcessBuilder(gated)
                            .redirectOutput(Redirect.INHERIT)
                            .redirectError(Redirect.INHERIT)
                            .start());
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    long pid() {
        return process.pid();
    }

    /** Returns when it was created, by the system's clock. */
    Instant startedAt() {
        return startedAt;
    }

    /** Lets it run its command, and emits it. */
    Mono<Process> release() {
        return Mono.fromCallable(() -> {
                    try (OutputStream gate = process.getOutputStream()) {
                        gate.write('\n');
                    } catch (IOException killedMeanwhile) {
                        // Then there is an exit code, and whoever waits for it hears of this.
                    }
                    return process;
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    /** Lets it end without having run its command. */
    Mono<Void> abandon() {
        return Mono.fromCallable(() -> {
                    process.getOutputStream().close();
                    return process;
                })
                .subscribeOn(Schedulers.boundedElastic())
                .then();
    }

    /** The shell would find out too late, and tell it by an exit code that the command itself may have. */
    private static void requireExists(String command) throws IOException {
        String folders = command.contains("/") ? "" : System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        boolean exists = Stream.of(folders.split(":"))
                .map(folder -> Path.of(folder, command))
                .anyMatch(file -> Files.isRegularFile(file) && Files.isExecutable(file));
        if (!exists) {
            throw new IOException("command \"" + command + "\" not found");
        }
    }
}
