package io.containerstatus.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class ProcessIdentityTest {
    private final ProcessIdentity self = ProcessIdentity.of(ProcessHandle.current());

    private static boolean isRunning(ProcessIdentity process) {
        return Boolean.TRUE.equals(process.isRunning().block(Duration.ofSeconds(60)));
    }

    private ProcessIdentity selfStarted(Duration later) {
        return new ProcessIdentity(self.pid(), self.startedAt().plus(later));
    }

    @Test
    void samePidAndStartIsTheSameProcess() {
        assertThat(isRunning(self)).isTrue();
    }

    @Test
    void startMayBeOffByWhatTheBootTimeIs() {
        assertThat(isRunning(selfStarted(Duration.ofSeconds(1)))).isTrue();
        assertThat(isRunning(selfStarted(Duration.ofSeconds(-2)))).isTrue();
    }

    @Test
    void otherStartIsAnotherProcess() {
        assertThat(isRunning(selfStarted(Duration.ofSeconds(3)))).isFalse();
        assertThat(isRunning(selfStarted(Duration.ofSeconds(-3)))).isFalse();
    }

    @Test
    void otherStartWithinTheSameSecondIsAnotherProcess() {
        assertThat(isRunning(selfStarted(Duration.ofMillis(10)))).isFalse();
        assertThat(isRunning(selfStarted(Duration.ofMillis(-10)))).isFalse();
        assertThat(isRunning(selfStarted(Duration.ofMillis(1500)))).isFalse();
    }

    @Test
    void pidsThatNoProcessHasAreNotRunning() {
        assertThat(isRunning(new ProcessIdentity(0, Instant.now()))).isFalse();
        assertThat(isRunning(new ProcessIdentity(0xFFFF_FFFFL, Instant.now()))).isFalse();
    }

    @Test
    void endIsSeenOfAProcessThatIsNoChild() throws Exception {
        Process parent = new ProcessBuilder("sh", "-c", "sleep 60 >/dev/null & echo $!").start();
        ProcessHandle orphan = ProcessHandle.of(
                        Long.parseLong(parent.inputReader().readLine()))
                .orElseThrow();

        StepVerifier.create(ProcessIdentity.of(orphan).ended())
                .expectSubscription()
                .then(orphan::destroyForcibly)
                .expectComplete()
                .verify(Duration.ofSeconds(60));
    }

    @Test
    void processThatWasReapedSinceItWasSeenIsGone() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/stat")), "no /proc here, so no way to tell a zombie");
        Process process = new ProcessBuilder("true").start();
        ProcessIdentity seen = new ProcessIdentity(process.pid(), Instant.now());
        process.waitFor();

        assertThat(seen.isGoneOrZombie()).isTrue();
        assertThat(self.isGoneOrZombie()).isFalse();
    }

    @Test
    void zombieHasEnded() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/stat")), "no /proc here, so no way to tell a zombie");
        // The shell becomes a sleep, which does not care for the child that the shell had.
        Process parent = new ProcessBuilder("sh", "-c", "sleep 0.2 & echo $!; exec sleep 60").start();
        try {
            long pid = Long.parseLong(parent.inputReader().readLine());
            ProcessIdentity child = ProcessIdentity.of(ProcessHandle.of(pid).orElseThrow());
            await().until(() ->
                    Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z "));

            StepVerifier.create(child.ended()).expectComplete().verify(Duration.ofSeconds(60));
            assertThat(ProcessHandle.of(pid)).get().returns(true, ProcessHandle::isAlive);
        } finally {
            parent.destroyForcibly();
        }
    }
}
