package io.containerstatus.examples.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example prints what docs/fleet.md shows, with the etcd of {@code -Dstatus.etcd} or the one on the PATH.
 * Where there is none, it is skipped, and fails with {@code -Dstatus.etcd.required}.
 */
@Tag("long")
class FleetExampleTest {
    private static final Path PROJECT = Path.of(System.getProperty("basedir", ""))
            .toAbsolutePath()
            .normalize()
            .getParent()
            .getParent();

    /** Longer than an example ever takes that goes well, as the machine may be busy with other tests. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    private Path output;
    private Path temporary;

    private Process start(String etcd, String... arguments) throws IOException {
        output = folder.resolve("output");
        temporary = Files.createDirectory(folder.resolve("tmp"));
        ProcessBuilder example = new ProcessBuilder(
                        // As at a terminal: a shell that runs the tests in the background makes them ignore interrupts.
                        Stream.concat(
                                        Stream.of("env", "--default-signal=INT", "bash", "examples/fleet/run"),
                                        Arrays.stream(arguments))
                                .toList())
                .directory(PROJECT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        example.environment().put("FLEET_BUILD", "skip"); // The classes are those of this build.
        example.environment().put("FLEET_ETCD", etcd);
        example.environment().put("JAVA_HOME", System.getProperty("java.home"));
        example.environment().put("TMPDIR", temporary.toString());
        return example.start();
    }

    @Test
    void outputIsThatOfTheDocument() throws Exception {
        Process example = start(etcd());
        Set<ProcessHandle> started = startedBy(example);

        String printed = Files.readString(output);
        assertThat(example.exitValue()).as(printed).isZero();
        assertThat(masked(printed)).isEqualTo(masked(documented()));
        assertThat(printed).contains("OwnershipLostException");
        assertThat(started).hasSizeGreaterThan(10); // Of etcd, the supervisors, the view and the fence at least.
        assertNothingIsLeft(started);
    }

    @Test
    void anInterruptLeavesNothingBehind() throws Exception {
        Process example = start(etcd(), "1");
        Awaitility.await().atMost(PATIENCE).until(() -> Files.readString(output).contains("is frozen"));
        Set<ProcessHandle> started = new HashSet<>(example.descendants().toList());
        assertThat(new ProcessBuilder("kill", "-INT", String.valueOf(example.pid()))
                        .start()
                        .waitFor())
                .isZero();

        assertThat(example.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(example.exitValue()).as(Files.readString(output)).isEqualTo(130);
        assertThat(started).hasSizeGreaterThan(4);
        assertNothingIsLeft(started);
    }

    @Test
    void withoutAnEtcdItSaysSo() throws Exception {
        Process example = start(folder.resolve("no-etcd").toString());
        assertThat(example.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(example.exitValue()).isEqualTo(1);
        assertThat(output)
                .hasContent(
                        "This example needs an etcd, and there is none: put one on the PATH, or name one by FLEET_ETCD.");
        assertNothingIsLeft(Set.of());
    }

    /** Waits for the end, and returns all processes that were observed. */
    private static Set<ProcessHandle> startedBy(Process example) throws InterruptedException {
        Set<ProcessHandle> started = new HashSet<>();
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < PATIENCE.toNanos() && !example.waitFor(100, TimeUnit.MILLISECONDS)) {
            example.descendants().forEach(started::add);
        }
        assertThat(example.isAlive()).isFalse();
        return started;
    }

    private void assertNothingIsLeft(Set<ProcessHandle> started) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(started).noneMatch(ProcessHandle::isAlive);
            assertThat(temporary).isEmptyDirectory();
        });
    }

    private static String documented() throws IOException {
        String document = Files.readString(PROJECT.resolve("docs/fleet.md"));
        Matcher block = Pattern.compile("```text\n(.*?)```\n", Pattern.DOTALL).matcher(document);
        assertThat(block.find()).isTrue();
        return block.group(1);
    }

    /** What differs from run to run. */
    private static List<String> masked(String printed) {
        return printed.lines()
                .map(line -> line.replaceAll("(pid|process) \\d+", "$1 PID"))
                // The frozen supervisor learns both. Which one it learns first differs.
                .map(line -> line.replaceAll("another owner has taken it: \\{.*}|its lease has ended", "REASON"))
                .dropWhile(String::isEmpty)
                .toList();
    }

    private static String etcd() {
        String given = System.getProperty("status.etcd");
        String found = given != null
                ? given
                : Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                        .map(folder -> Path.of(folder, "etcd").toString())
                        .filter(program -> Files.isExecutable(Path.of(program)))
                        .findFirst()
                        .orElse("");
        if (Files.isExecutable(Path.of(found))) {
            return found;
        }
        String reason = "there is no etcd on the PATH, and -Dstatus.etcd names none";
        return System.getProperty("status.etcd.required") == null ? abort(reason) : fail(reason);
    }
}
