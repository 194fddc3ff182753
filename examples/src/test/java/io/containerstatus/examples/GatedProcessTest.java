package io.containerstatus.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class GatedProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private GatedProcess touch(Path file) {
        return GatedProcess.create(List.of("touch", file.toString())).block(PATIENCE);
    }

    @Test
    void runsItsCommandOnceReleased() {
        Path proof = folder.resolve("proof");
        GatedProcess gated = touch(proof);

        StepVerifier.create(gated.release().flatMap(process -> Mono.fromFuture(process.onExit())))
                .assertNext(process -> assertThat(process.exitValue()).isZero())
                .expectComplete()
                .verify(PATIENCE);
        assertThat(proof).exists();
    }

    @Test
    void abandonedItEndsWithoutHavingRun() {
        Path proof = folder.resolve("proof");
        GatedProcess gated = touch(proof);

        ProcessIdentity identity = ProcessIdentity.of(gated.pid()).block(PATIENCE);

        StepVerifier.create(gated.abandon().then(identity.ended()))
                .expectComplete()
                .verify(PATIENCE);

        assertThat(proof).doesNotExist();
    }

    @Test
    void killedAtTheGateItsExitCodeShowsIt() {
        GatedProcess gated = touch(folder.resolve("proof"));
        ProcessHandle handle = ProcessHandle.of(gated.pid()).orElseThrow();
        handle.destroyForcibly();
        handle.onExit().join();

        StepVerifier.create(gated.release())
                .assertNext(process -> assertThat(process.exitValue()).isEqualTo(137))
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void argumentsArriveAsTheyAre() {
        Path odd = folder.resolve("a b'c\"d$e*");
        GatedProcess gated = touch(odd);

        StepVerifier.create(gated.release().flatMap(process -> Mono.fromFuture(process.onExit())))
                .expectNextCount(1)
                .expectComplete()
                .verify(PATIENCE);
        assertThat(odd).exists();
    }

    @Test
    void whatIsNoExecutableFileIsNotFound() throws IOException {
        Path file = Files.createFile(
                folder.resolve("file"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));

        for (String command : List.of("no-such-command", "", folder.toString(), file.toString())) {
            StepVerifier.create(GatedProcess.create(List.of(command)))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(IOException.class)
                            .hasMessage("command \"" + command + "\" not found"))
                    .verify(PATIENCE);
        }
    }
}
