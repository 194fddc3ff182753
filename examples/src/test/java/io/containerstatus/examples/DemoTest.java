package io.containerstatus.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo prints what docs/demo.md shows, and the README shows a part of that. */
@Tag("long")
class DemoTest {
    @TempDir
    Path folder;

    @Test
    void outputIsThatOfTheDocument() throws Exception {
        Path output = folder.resolve("output");
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        ProcessBuilder demo = new ProcessBuilder("bash", "examples/demo")
                .directory(Readme.PROJECT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        // On the module path, as its readers run it; the classes are those of this build.
        demo.environment().put("SUPERVISOR_BUILD", "skip");
        demo.environment().put("JAVA_HOME", System.getProperty("java.home"));
        demo.environment().put("TMPDIR", temporary.toString());

        Process process = demo.start();
        assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();

        String transcript =
                Readme.blocks(Readme.PROJECT.resolve("docs/demo.md"), "text").get(0);
        String printed = Files.readString(output);
        assertThat(process.exitValue()).as(printed).isZero();
        assertThat(masked(printed)).isEqualTo(masked(transcript));
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left).isEmpty();
        }
    }

    /** What differs from run to run, and whether it had to be built. */
    private static List<String> masked(String output) {
        return output.lines()
                .filter(line -> !line.startsWith("Building "))
                .map(line -> line.replaceAll("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ", "TIME"))
                .map(line -> line.replaceAll("pid \\d+", "pid PID"))
                .map(line -> line.replaceAll("\\d{19}", "NANOS"))
                .dropWhile(String::isEmpty)
                .toList();
    }
}
