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

/** A supervisor in a JVM of its own, so that it can be killed while this one continues. */
final class SupervisorJvm {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path output;

    private SupervisorJvm(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    static SupervisorJvm start(Path folder, String... args) throws IOException {
        return start(folder, Main.class, List.of(args));
    }

    static SupervisorJvm start(Path folder, Class<?> main, List<String> args) throws IOException {
        return start(folder, List.of(), main, args);
    }

    /**
     * Starts it under another command, which must become the JVM. A file takes its output and that of its children,
     * which may outlive it: the end of a pipe would not come.
     */
    static SupervisorJvm start(Path folder, List<String> under, Class<?> main, List<String> args) throws IOException {
        Path output = Files.createTempFile(folder, "output-", "");
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
                .redirectOutput(output.toFile())
                .start();
        return new SupervisorJvm(process, output);
    }

    Process process() {
        return process;
    }

    List<String> output() {
        try {
            return Files.readAllLines(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SupervisorJvm untilPrinted(String line) {
        await(line).atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).untilAsserted(() -> assertThat(output())
                .anyMatch(one -> one.matches(line)));
        return this;
    }

    long pidOf(String name) {
        String running = "%-8s  RUNNING  pid ".formatted(name);
        untilPrinted(running + "\\d+.*");
        return output().stream()
                .filter(line -> line.startsWith(running))
                .map(line -> line.substring(running.length()).replaceFirst("\\D.*", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }

    /** Returns its exit code. */
    int untilEnded() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("ended, having printed %s", output())
                .isTrue();
        return process.exitValue();
    }

    /** As {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        untilEnded();
    }
}
