package io.containerstatus.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * Traces the file system calls of one thread, of this process or of another one. It can make a call fail or wait. For
 * example, {@code inject=fsync:error=EIO:when=2} fails the second fsync since the tracing began.
 */
public final class Strace implements AutoCloseable {
    /** All calls on files that the library can make. Calls that map memory, wait or send signals are left out. */
    private static final String CALLS = "trace=/^(open|creat|mkdir|rmdir|unlink|rename|link|symlink|fsync|fdatasync"
            + "|sync_file_range|p?write|p?read|close|.*stat|statx|getdents|fcntl|flock|ftruncate|fallocate|ch(mod|own)"
            + "|fch(mod|own)|access|faccess|readlink)";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Child strace;
    private final Path log;

    private Strace(Child strace, Path log) {
        this.strace = strace;
        this.log = log;
    }

    /** Skips the test if threads cannot be traced. */
    public static void require() throws IOException, InterruptedException {
        Child.require(
                "strace is needed, and may have to trace", "strace", "-o", "/dev/null", "-e", "trace=fsync", "true");
    }

    /**
     * Attaches to the thread with this kernel thread id, and returns once the thread is traced. The log file
     * is replaced.
     */
    public static Strace attach(long thread, Path log, String... expressions) throws IOException {
        List<String> command = new ArrayList<>(List.of("strace", "-y", "-s", "16", "-p", Long.toString(thread)));
        command.addAll(List.of("-o", log.toString(), "-e", CALLS, "-e", "signal=none"));
        Arrays.stream(expressions).forEach(expression -> command.addAll(List.of("-e", expression)));
        Child strace = Child.start(command);
        assertThat(strace.line()).endsWith("attached");
        return new Strace(strace, log);
    }

    /**
     * Attaches to the thread, and stops it at the entry of the call with this name and ordinal. The call continues
     * when this object is closed.
     */
    public static Strace hold(long thread, Path log, String name, int ordinal) throws IOException {
        return attach(thread, log, "inject=" + name + ":delay_enter=1000s:when=" + ordinal);
    }

    /** Waits until the thread is in the call with this name and ordinal. */
    public void awaitCall(String name, int ordinal) {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> isIn(name, ordinal));
    }

    /** Returns whether the thread is in the call with this name and ordinal now. */
    public boolean isIn(String name, int ordinal) throws IOException {
        List<String> begun =
                calls().stream().filter(line -> line.startsWith(name + "(")).toList();
        return begun.size() == ordinal && !begun.get(ordinal - 1).contains(" = ");
    }

    /** Returns the calls so far, as strace prints them. */
    public List<String> calls() throws IOException {
        return Files.readString(log, StandardCharsets.ISO_8859_1).lines().toList();
    }

    /** Detaches from the thread. A stopped call continues. */
    @Override
    public void close() {
        try {
            strace.terminate();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
