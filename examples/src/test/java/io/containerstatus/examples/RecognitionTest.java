package io.containerstatus.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.containerstatus.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the supervisor keeps of a process, and what the next supervisor makes of it. */
@Tag("long")
class RecognitionTest extends SupervisorScenario {
    private Path identity(String name) {
        return root.resolve(".processes").resolve(name);
    }

    private void replaceInIdentity(String name, String pattern, String replacement) throws IOException {
        assumeTrue(Files.exists(Path.of("/proc/self/stat")), "no /proc here");
        String before = Files.readString(identity(name));
        assertThat(before).containsPattern(pattern);
        Files.writeString(identity(name), before.replaceFirst(pattern, replacement));
    }

    private void assertLost() throws Exception {
        assertThat(supervisor("resume").untilEnded()).isZero();
        assertThat(onDisk("web")).returns(255, Status::exitCode).returns("Unknown", Status::reason);
    }

    @Test
    void processThatReusesThePidIsNotTheContainers() throws Exception {
        ProcessHandle process = ProcessHandle.of(runAndKill("web")).orElseThrow();
        // As if the container's process, which started earlier, had ended, and this one got its pid.
        replaceInIdentity("web", "tick (\\d+)", "tick 1");

        assertLost();
        assertThat(process.isAlive()).isTrue();
    }

    @Test
    void afterARebootNoProcessIsTheContainers() throws Exception {
        ProcessHandle process = ProcessHandle.of(runAndKill("web")).orElseThrow();
        // As if by chance a process of the next boot had the same pid and the same tick.
        replaceInIdentity("web", "boot .*", "boot 00000000-0000-4000-8000-000000000000");

        assertLost();
        assertThat(process.isAlive()).isTrue();
    }

    @Test
    void identityOfAnotherPidIsNotUsed() throws Exception {
        ProcessHandle process = ProcessHandle.of(runAndKill("web")).orElseThrow();
        replaceInIdentity("web", "^\\d+", "1");

        supervisor("resume").untilPrinted("web .* RUNNING  pid " + process.pid() + ": re-attached .*");

        assertThat(identity("web")).content().startsWith(process.pid() + " ");
    }

    @Test
    void identityThatAnOlderSupervisorDidNotSaveIsSavedForTheNextOne() throws Exception {
        ProcessHandle process = ProcessHandle.of(runAndKill("web")).orElseThrow();
        String saved = Files.readString(identity("web"));
        Files.delete(identity("web"));

        supervisor("resume").untilPrinted("web .* RUNNING  pid " + process.pid() + ": re-attached .*");

        assertThat(identity("web")).hasContent(saved);
    }

    @Test
    void commandFindsItsIdentityOnTheDisk() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/stat")), "no /proc here");
        Path found = folder.resolve("found");
        String copy = "cat " + identity("job") + " /proc/$$/stat >" + found;
        SupervisorJvm supervisor = run("job", List.of("sh", "-c", copy));
        long pid = supervisor.pidOf("job");
        supervisor.untilEnded();

        List<String> lines = Files.readAllLines(found);
        String tick = lines.get(1).split(" ")[21];
        assertThat(lines.get(0)).startsWith(pid + " tick " + tick + " of boot ");
    }

    @Test
    void identityIsRemovedOnceTheEndIsRecorded() throws Exception {
        run("job", List.of("true")).untilEnded();

        try (Stream<Path> left = Files.list(root.resolve(".processes"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void identityThatWasLeftBehindIsRemovedByTheNextSupervisor() throws Exception {
        run("job", List.of("true")).untilEnded();
        Files.writeString(identity("job"), "1 tick 1 of boot 1\n");

        assertThat(supervisor("resume").untilEnded()).isZero();

        assertThat(identity("job")).doesNotExist();
    }

    @Test
    void identityThatCannotBeReadIsReportedAndLeavesTheStatusAlone() throws Exception {
        ProcessHandle process = ProcessHandle.of(runAndKill("web")).orElseThrow();
        Files.writeString(identity("web"), "rotten");

        SupervisorJvm second = supervisor("resume");

        assertThat(second.untilEnded()).isEqualTo(1);
        assertThat(second.output())
                .contains("supervisor: " + identity("web") + " holds no process identity: \"rotten\"");
        assertThat(onDisk("web")).returns(process.pid(), Status::pid).returns(null, Status::finishedAt);
    }

    @Test
    void withoutASavedIdentityTheCommandNeverRuns() throws Exception {
        Path proof = folder.resolve("proof");
        Files.createDirectories(root);
        Files.createFile(root.resolve(".processes"));

        SupervisorJvm supervisor = run("job", List.of("touch", proof.toString()));

        assertThat(supervisor.untilEnded()).isEqualTo(1);
        assertThat(onDisk("job")).returns(128, Status::exitCode).returns("StartError", Status::reason);
        assertThat(onDisk("job").message()).contains(".processes");
        assertThat(proof).doesNotExist();
    }

    @Test
    void identityIsSyncedBeforeTheStatusIsRunning() throws Exception {
        Path trace = folder.resolve("trace");
        List<String> strace = List.of(
                "strace", "-f", "-y", "-e", "trace=/^(fsync|rename)", "-e", "signal=none", "-o", trace.toString());
        assumeTrue(canRun(strace), "strace is not installed here, or may not trace");

        supervisorUnder(strace, "run", "job", "--", "true").untilEnded();

        List<String> calls = Files.readAllLines(trace);
        int saved = first(calls, "rename\\(\"[^\"]*/\\.processes/\\.job\".*");
        int running = first(calls.subList(saved, calls.size()), "rename\\(.*/job/status\".*") + saved;
        assertThat(first(calls, "fsync\\(.*/\\.processes/\\.job>.*")).isLessThan(saved);
        List<String> between = calls.subList(saved, running);
        assertThat(between).anyMatch(call -> call.matches(".* fsync\\(.*/\\.processes>.*"));
        assertThat(between).anyMatch(call -> call.matches(".* fsync\\(.*/containers>.*"));
    }

    private static int first(List<String> calls, String call) {
        for (int i = 0; i < calls.size(); i++) {
            if (calls.get(i).matches("\\d+ +" + call)) {
                return i;
            }
        }
        throw new AssertionError("no " + call + " in " + calls);
    }

    private static boolean canRun(List<String> strace) throws InterruptedException {
        List<String> attempt = Stream.concat(strace.stream(), Stream.of("true")).toList();
        try {
            Process process = new ProcessBuilder(attempt).start();
            return process.waitFor(Duration.ofSeconds(60).toSeconds(), TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
