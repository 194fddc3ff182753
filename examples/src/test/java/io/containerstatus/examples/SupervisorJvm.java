package io.containerstatus.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A supervisor in a JVM of its own, so that it can be killed while this one lives on. */
final class SupervisorJvm {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path said;

    private SupervisorJvm(Process process, Path said) {
        this.process = process;
        this.said = said;
    }

    static SupervisorJvm start(Path folder, String... args) throws IOException {
        return start(folder, Main.class, List.of(args));
    }

    static SupervisorJvm start(Path folder, Class<?> main, List<String> args) throws IOException {
        return start(folder, List.of(), main, args);
    }

    /**
     * Starts it under another command, which must become the JVM. A file takes what it says, and what its children say,
     * who may outlive it: the end of a pipe would not come.
     */
    static SupervisorJvm start(Path folder, List<String> under, Class<?> main, List<String> args) throws IOException {
        Path said = Files.createTempFile(folder, "said-", "");
        List<String> command = new ArrayList<>(under);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(args);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        return new SupervisorJvm(process, said);
    }

    Process process() {
        return process;
    }

    List<String> said() {
        try {
            return Files.readAllLines(said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SupervisorJvm untilSaid(String line) {
        await(line).atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).untilAsserted(() -> assertThat(said())
                .anyMatch(one -> one.matches(line)));
        return this;
    }

    long pidOf(String name) {
        String running = "%-8s  RUNNING  pid ".formatted(name);
        untilSaid(running + "\\d+.*");
        return said().stream()
                .filter(line -> line.startsWith(running))
                .map(line -> line.substring(running.length()).replaceFirst("\\D.*", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }

    /** Returns its exit code. */
    int untilEnded() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("ended, having said %s", said())
                .isTrue();
        return process.exitValue();
    }

    /** As {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        untilEnded();
    }
}
