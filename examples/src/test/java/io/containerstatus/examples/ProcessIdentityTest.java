package io.containerstatus.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class ProcessIdentityTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ProcessHandle self = ProcessHandle.current();

    private static ProcessIdentity identity(long pid) {
        return ProcessIdentity.of(pid).block(PATIENCE);
    }

    private static boolean isRunning(ProcessIdentity process) {
        return Boolean.TRUE.equals(process.isRunning().block(PATIENCE));
    }

    @Test
    void samePidAndStartIsTheSameProcess() {
        assertThat(isRunning(identity(self.pid()))).isTrue();
    }

    @Test
    void otherStartIsAnotherProcess() {
        assertThat(isRunning(new ProcessIdentity(self.pid(), "tick 1 of boot 1")))
                .isFalse();
    }

    @Test
    void pidsThatNoProcessHasAreNotRunning() {
        String start = identity(self.pid()).start();

        assertThat(isRunning(new ProcessIdentity(0, start))).isFalse();
        assertThat(isRunning(new ProcessIdentity(0xFFFF_FFFFL, start))).isFalse();
    }

    @Test
    void pidThatNoProcessHasIsNamed() {
        StepVerifier.create(ProcessIdentity.of(0xFFFF_FFFFL))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(IOException.class)
                        .hasMessage("no process has the pid 4294967295"))
                .verify(PATIENCE);
    }

    @Test
    void withoutAnIdentityTheTimeOfTheStartIsAskedFor() {
        Instant start = self.info().startInstant().orElseThrow();

        for (long millis : new long[] {0, 2000, -2000}) {
            StepVerifier.create(ProcessIdentity.startedAbout(self.pid(), start.plusMillis(millis)))
                    .expectNext(identity(self.pid()))
                    .expectComplete()
                    .verify(PATIENCE);
        }
        for (long millis : new long[] {2010, -2010}) {
            StepVerifier.create(ProcessIdentity.startedAbout(self.pid(), start.plusMillis(millis)))
                    .expectComplete()
                    .verify(PATIENCE);
        }
    }

    @Test
    void endIsSeenOfAProcessThatIsNoChild() throws Exception {
        Process parent = new ProcessBuilder("sh", "-c", "sleep 60 >/dev/null & echo $!").start();
        ProcessHandle orphan = ProcessHandle.of(
                        Long.parseLong(parent.inputReader().readLine()))
                .orElseThrow();

        StepVerifier.create(identity(orphan.pid()).ended())
                .expectSubscription()
                .then(orphan::destroyForcibly)
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void zombieHasEnded() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/stat")), "no /proc here, so a zombie cannot be recognised");
        // The shell becomes a sleep, which does not care for the child that the shell had.
        Process parent = new ProcessBuilder("sh", "-c", "sleep 0.2 & echo $!; exec sleep 60").start();
        try {
            long pid = Long.parseLong(parent.inputReader().readLine());
            ProcessIdentity child = identity(pid);
            await().until(() ->
                    Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z "));

            StepVerifier.create(child.ended()).expectComplete().verify(PATIENCE);
            assertThat(ProcessHandle.of(pid)).get().returns(true, ProcessHandle::isAlive);
        } finally {
            parent.destroyForcibly();
        }
    }
}
