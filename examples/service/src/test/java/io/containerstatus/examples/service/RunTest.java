package io.containerstatus.examples.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code examples/service/run} without arguments, with a program of this test instead of Java. */
class RunTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Path BASE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();

    @TempDir
    Path folder;

    private Path temporary;

    /** Starts the script. What the program prints is in the file {@code output}. */
    private Process start(String program) throws IOException {
        Path java = Files.createDirectories(folder.resolve("jdk/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\n" + program + "\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        temporary = Files.createDirectory(folder.resolve("tmp"));
        ProcessBuilder script = new ProcessBuilder("bash", BASE.resolve("run").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        script.environment().put("SERVICE_BUILD", "skip"); // The classes are those of this build.
        script.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
        script.environment().put("TMPDIR", temporary.toString());
        return script.start();
    }

    private void assertExits(Process script, int status) throws Exception {
        assertThat(script.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(script.exitValue())
                .as(Files.readString(folder.resolve("output")))
                .isEqualTo(status);
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void aServiceThatDoesNotStartIsAFailure() throws Exception {
        assertExits(start("exit 3"), 3);
    }

    @Test
    void aServiceThatEndsWellIsNone() throws Exception {
        assertExits(start("exit 0"), 0);
    }

    @Test
    void theEndOfTheServiceIsWaitedForAfterASignal() throws Exception {
        // It runs until it is allowed to end, or the test is over.
        Process script = start("trap 'exit 7' TERM; echo started; while [ -e \"$0\" ]; do sleep 0.05; done");
        await().atMost(PATIENCE)
                .until(() -> Files.readString(folder.resolve("output")).contains("started"));

        script.destroy();

        assertExits(script, 7);
    }
}
