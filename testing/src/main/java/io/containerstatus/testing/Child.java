package io.containerstatus.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A child process. */
public final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private final BufferedWriter input;

    private Child(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        this.input = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Starts the main method of the given class with these arguments. */
    public static Child start(Class<?> program, Object... arguments) throws IOException {
        return start(List.of(), program, arguments);
    }

    /**
     * Starts the main method of the given class with these arguments, through another command, such as
     * a tracer.
     */
    public static Child start(List<String> prefix, Class<?> program, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
        // Keeps the log apart from the output of the program.
        command.add("-Djava.util.logging.config.file=/dev/null");
        command.addAll(List.of("-cp", classPath()));
        command.add(program.getName());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return start(command);
    }

    /** Starts a command. */
    static Child start(List<String> command) throws IOException {
        return new Child(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** Runs a command and returns its output. If the command cannot be run or fails, the test is skipped. */
    public static String require(String why, String... command) throws IOException, InterruptedException {
        Child child;
        try {
            child = start(List.of(command));
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

    /** Runs a command, which must succeed. */
    public static void run(Object... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        for (Object word : command) {
            words.add(word.toString());
        }
        try (Child child = start(words)) {
            child.succeeds();
        }
    }

    /** Returns the class path of the tests. */
    public static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** Returns the next line of the child's output; null at the end. */
    public @Nullable String line() throws IOException {
        return output.readLine();
    }

    /** Returns all remaining lines of the child's output. Waits until the output ends. */
    public List<String> lines() {
        return output.lines().toList();
    }

    /** Writes a line to the child's input. */
    public void send(String line) throws IOException {
        input.write(line);
        input.newLine();
        input.flush();
    }

    /** Waits until the child has ended, and checks that it was successful. */
    public void succeeds() throws InterruptedException {
        List<String> lines = lines();
        assertThat(process.waitFor()).as(() -> String.join("\n", lines)).isZero();
    }

    /** Kills the child, as a crash would. The output up to then can still be read. */
    public void kill() throws InterruptedException {
        // Kills the process by its handle, because Process.destroyForcibly would also close the streams.
        process.toHandle().destroyForcibly();
        awaitEnd();
    }

    /** Asks the child to end, and waits until it has ended. */
    void terminate() throws InterruptedException {
        process.toHandle().destroy();
        awaitEnd();
    }

    /** Waits until the child has ended in any way, and returns its exit code. */
    public int awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
