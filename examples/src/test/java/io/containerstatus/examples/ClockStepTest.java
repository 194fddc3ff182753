package io.containerstatus.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.containerstatus.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The system's clock is set while there is no supervisor. */
@Tag("long")
class ClockStepTest extends SupervisorScenario {
    /**
     * Returns a command that runs another one as it would run after the clock was set. Linux moves the time of the boot
     * along with the clock, and the JDK computes the start of a process from it.
     */
    private List<String> afterAStepOf(int seconds) throws Exception {
        Path stat = Path.of("/proc/stat");
        assumeTrue(Files.exists(stat), "no /proc here");
        Matcher boot = Pattern.compile("^btime (\\d+)$", Pattern.MULTILINE).matcher(Files.readString(stat));
        Path stepped = folder.resolve("stat");
        Files.writeString(stepped, boot.replaceFirst(time -> "btime " + (Long.parseLong(time.group(1)) + seconds)));
        List<String> command = List.of(
                "unshare", "-m", "sh", "-c", "mount --bind \"$0\" /proc/stat && exec \"$@\"", stepped.toString());
        assumeTrue(canMount(command), "unshare is not installed here, or may not mount");
        return command;
    }

    private static boolean canMount(List<String> command) throws Exception {
        List<String> attempt = new ArrayList<>(command);
        attempt.add("true");
        try {
            return new ProcessBuilder(attempt).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {600, -600, 3})
    void livingProcessIsReattachedAfterTheClockWasSet(int seconds) throws Exception {
        List<String> afterwards = afterAStepOf(seconds);
        long pid = runAndKill("web");

        supervisorUnder(afterwards, "resume").untilPrinted("web .* RUNNING  pid " + pid + ": re-attached .*");

        assertThat(onDisk("web")).returns(null, Status::finishedAt);
    }

    @Test
    void livingProcessIsReattachedThoughItsRecordedStartIsMinutesAway() throws Exception {
        long pid = runAndKill("web");
        Status status = onDisk("web");
        record(
                "web",
                status.toBuilder()
                        .startedAt(status.startedAt().minusSeconds(300))
                        .build());

        SupervisorJvm second = supervisor("resume").untilPrinted("web .* RUNNING  pid " + pid + ": re-attached .*");
        release("web");

        assertThat(second.untilEnded()).isZero();
        await().untilAsserted(() -> assertThat(onDisk("web")).returns(255, Status::exitCode));
    }
}
