package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of its own. */
final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private Child(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts {@link ChildProgram} with these arguments, by way of another command, such as a tracer. */
    static Child start(List<String> prefix, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-cp", classPath()));
        command.add(ChildProgram.class.getName());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return new Child(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** Runs a command and returns its output; the test is skipped where it cannot be run or fails. */
    static String require(String why, String... command) throws IOException, InterruptedException {
        Child child;
        try {
            child = new Child(
                    new ProcessBuilder(command).redirectErrorStream(true).start());
        } catch (IOException e) {
            assumeTrue(false, why + ": " + e.getMessage());
            throw e;
        }
        try (child) {
            String output = String.join("\n", child.lines());
            assumeTrue(child.process.waitFor() == 0, why + ": " + output);
            return output;
        }
    }

    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** Returns the next line of its output, or null at its end. */
    String line() throws IOException {
        return output.readLine();
    }

    /** Returns all lines until its end. */
    List<String> lines() {
        return output.lines().toList();
    }

    /** Waits for a good end. */
    void succeeds() throws InterruptedException {
        List<String> lines = lines();
        assertThat(process.waitFor()).as(() -> String.join("\n", lines)).isZero();
    }

    /** Ends it as a crash would. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
