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
 * A process that exists but does not run its command yet. So the supervisor can record its pid before the
 * command has any effect. If the supervisor dies first, the process ends without running the command.
 */
final class GatedProcess {
    /**
     * The shell waits for a line, and then replaces itself with the command. The command runs in the same
     * process, so it has the same pid and start time. If the supervisor dies, the shell reads the end of the
     * input, and ends without running the command.
     */
    private static final String GATE = "read -r go && exec \"$@\" </dev/null";

    private final Process process;
    private final Instant startedAt;

    private GatedProcess(Process process) {
        this.process = process;
        this.startedAt = Instant.now();
    }

    /** Emits the process; or fails with an {@link IOException} if the command does not exist. */
    static Mono<GatedProcess> create(List<String> command) {
        return Mono.fromCallable(() -> {
                    requireExists(command.get(0));
                    List<String> gated = new ArrayList<>(List.of("sh", "-c", GATE, "gate"));
                    gated.addAll(command);
                    // The output is inherited and not piped, so that the process can still write after the
                    // supervisor has ended.
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

    /** Returns when the process was created, by the system's clock. */
    Instant startedAt() {
        return startedAt;
    }

    /** Lets the process run its command, and emits the process. */
    Mono<Process> release() {
        return Mono.fromCallable(() -> {
                    try (OutputStream gate = process.getOutputStream()) {
                        gate.write('\n');
                    } catch (IOException killedMeanwhile) {
                        // The process was killed meanwhile. The caller that waits for its exit code receives
                        // that code.
                    }
                    return process;
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    /** Ends the process without running its command. */
    Mono<Void> abandon() {
        return Mono.fromCallable(() -> {
                    process.getOutputStream().close();
                    return process;
                })
                .subscribeOn(Schedulers.boundedElastic())
                .then();
    }

    /**
     * Checks that the command exists. The shell would detect that too late, and report it with an exit code
     * that the command itself may return.
     */
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
