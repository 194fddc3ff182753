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
 * Watches the system calls on files of one thread, of this process or another one, and lets the kernel answer as a test
 * wants it: {@code inject=fsync:error=EIO:when=2} fails the second sync since the tracing began.
 */
public final class Strace implements AutoCloseable {
    /** Everything the library can ask of files; not what maps memory, waits or signals. */
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

    /** Skips the test where threads cannot be traced. */
    public static void require() throws IOException, InterruptedException {
        Child.require(
                "strace is needed, and may have to trace", "strace", "-o", "/dev/null", "-e", "trace=fsync", "true");
    }

    /** Attaches to the thread of this number, and returns when it is traced; the log is replaced. */
    public static Strace attach(long thread, Path log, String... expressions) throws IOException {
        List<String> command = new ArrayList<>(List.of("strace", "-y", "-s", "16", "-p", Long.toString(thread)));
        command.addAll(List.of("-o", log.toString(), "-e", CALLS, "-e", "signal=none"));
        Arrays.stream(expressions).forEach(expression -> command.addAll(List.of("-e", expression)));
        Child strace = Child.start(command);
        assertThat(strace.line()).endsWith("attached");
        return new Strace(strace, log);
    }

    /** Attaches, and holds the thread up at the entry of the call until this is closed: then the call goes on. */
    public static Strace hold(long thread, Path log, String name, int ordinal) throws IOException {
        return attach(thread, log, "inject=" + name + ":delay_enter=1000s:when=" + ordinal);
    }

    /** Waits until the thread is in the call of this name and ordinal. */
    public void awaitCall(String name, int ordinal) {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> isIn(name, ordinal));
    }

    /** Returns whether the thread is in the call of this name and ordinal now. */
    public boolean isIn(String name, int ordinal) throws IOException {
        List<String> begun =
                calls().stream().filter(line -> line.startsWith(name + "(")).toList();
        return begun.size() == ordinal && !begun.get(ordinal - 1).contains(" = ");
    }

    /** Returns the calls so far, as strace prints them. */
    public List<String> calls() throws IOException {
        return Files.readString(log, StandardCharsets.ISO_8859_1).lines().toList();
    }

    /** Detaches; what was held up goes on. */
    @Override
    public void close() {
        try {
            strace.terminate();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
