package io.containerstatus.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusTransitions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Real supervisors with real processes. */
@Tag("long")
class SupervisorTest extends SupervisorScenario {
    @Nested
    class Ends {
        @Test
        void exitCodesAreRecorded() throws Exception {
            SupervisorJvm supervisor = supervisor("run", "good", "--", "true", "++", "bad", "--", "sh", "-c", "exit 3");

            assertThat(supervisor.untilEnded()).isZero();
            assertThat(onDisk("good"))
                    .returns(0, Status::exitCode)
                    .returns(0L, Status::pid)
                    .returns("", Status::reason)
                    .doesNotReturn(null, Status::finishedAt);
            assertThat(onDisk("bad")).returns(3, Status::exitCode).doesNotReturn(null, Status::finishedAt);
        }

        @Test
        void killedProcessExitsWith137() throws Exception {
            SupervisorJvm supervisor = run("victim", untilReleased("victim", 0));

            ProcessHandle.of(supervisor.pidOf("victim")).orElseThrow().destroyForcibly();

            assertThat(supervisor.untilEnded()).isZero();
            assertThat(onDisk("victim").exitCode()).isEqualTo(StatusTransitions.EXIT_CODE_KILLED);
        }

        @Test
        void missingCommandIsAStartError() throws Exception {
            SupervisorJvm supervisor = supervisor("run", "typo", "--", "no-such-command", "++", "next", "--", "true");

            assertThat(supervisor.untilEnded()).isZero();
            assertThat(onDisk("typo"))
                    .returns(128, Status::exitCode)
                    .returns("StartError", Status::reason)
                    .returns("command \"no-such-command\" not found", Status::message)
                    .returns(null, Status::startedAt);
            assertThat(onDisk("next").exitCode()).isZero();
        }

        @Test
        void changesArePrintedInOrder() throws Exception {
            SupervisorJvm supervisor = run("job", List.of("true"));
            supervisor.untilEnded();

            assertThat(supervisor.output().stream().map(line -> line.replaceAll("pid \\d+", "pid N")))
                    .containsExactly(
                            "job       CREATED",
                            "job       CREATED  starting",
                            "job       RUNNING  pid N",
                            "job       EXITED   code 0  Completed");
        }

        @Test
        void recordedPidIsThatOfTheCommand() throws Exception {
            SupervisorJvm supervisor = run("job", List.of("sh", "-c", "echo I am $$"));
            long pid = supervisor.pidOf("job");
            supervisor.untilEnded();

            assertThat(supervisor.output()).contains("I am " + pid);
        }

        @Test
        void commandFindsItsRunningStatusOnTheDisk() throws Exception {
            Path found = folder.resolve("found");
            SupervisorJvm supervisor = run(
                    "job", List.of("cp", root.resolve("job").resolve("status").toString(), found.toString()));
            long pid = supervisor.pidOf("job");
            supervisor.untilEnded();

            assertThat(StatusCodec.decode(Files.readAllBytes(found))).returns(pid, Status::pid);
        }

        @Test
        void everyUnusableNameIsReportedAndStopsNoOther() throws Exception {
            SupervisorJvm supervisor =
                    supervisor("run", "../evil", "--", "true", "++", "good", "--", "true", "++", "a/b", "--", "true");

            assertThat(supervisor.untilEnded()).isEqualTo(1);
            assertThat(supervisor.output())
                    .anyMatch(line -> line.startsWith("supervisor: not a container id: \"../evil\""))
                    .anyMatch(line -> line.startsWith("supervisor: not a container id: \"a/b\""))
                    .noneMatch(line -> line.startsWith("\tat "));
            assertThat(onDisk("good").exitCode()).isZero();
        }

        @Test
        void nameInUseFailsAndStopsNoOther() throws Exception {
            run("job", List.of("sh", "-c", "exit 3")).untilEnded();

            SupervisorJvm second = supervisor("run", "job", "--", "true", "++", "other", "--", "true");

            assertThat(second.untilEnded()).isEqualTo(1);
            assertThat(second.output()).contains("supervisor: container \"job\" already exists");
            assertThat(onDisk("job").exitCode()).isEqualTo(3);
            assertThat(onDisk("other")).returns(0, Status::exitCode).doesNotReturn(null, Status::finishedAt);
        }
    }

    @Nested
    class Restart {
        @Test
        void runningProcessIsReattachedAndItsExitCodeUnknown() throws Exception {
            long pid = runAndKill("web");
            assertThat(onDisk("web").pid()).isEqualTo(pid);

            SupervisorJvm second = supervisor("resume");
            second.untilPrinted("web .* RUNNING  pid " + pid + ": re-attached .*");
            assertThat(ProcessHandle.of(pid)).isPresent();
            release("web");

            assertThat(second.untilEnded()).isZero();
            assertThat(onDisk("web"))
                    .returns(255, Status::exitCode)
                    .returns("Unknown", Status::reason)
                    .returns(0L, Status::pid)
                    .doesNotReturn(null, Status::finishedAt);
        }

        @Test
        void processThatEndedMeanwhileIsLost() throws Exception {
            long pid = runAndKill("web");
            ProcessIdentity process = ProcessIdentity.of(pid).block(Duration.ofSeconds(60));
            release("web");
            process.ended().block(Duration.ofSeconds(60));

            assertThat(supervisor("resume").untilEnded()).isZero();

            assertThat(onDisk("web"))
                    .returns(255, Status::exitCode)
                    .returns("Unknown", Status::reason)
                    .returns(pid, Status::pid)
                    .doesNotReturn(null, Status::finishedAt);
        }

        @Test
        void reusedPidFoolsNobody() throws Exception {
            Process other = new ProcessBuilder("sleep", "60").start();
            try {
                Instant startedAt = other.info().startInstant().orElseThrow();
                record("old", running(other.pid(), startedAt.minusSeconds(3600)));
                record("same", running(other.pid(), startedAt));

                SupervisorJvm supervisor = supervisor("resume").untilPrinted("same .* re-attached .*");

                await().untilAsserted(() ->
                        assertThat(onDisk("old")).returns(255, Status::exitCode).returns("Unknown", Status::reason));
                assertThat(other.isAlive()).isTrue();
                assertThat(supervisor.process().isAlive()).isTrue();
            } finally {
                other.destroyForcibly();
            }
        }

        @Test
        void createdButNeverStartedIsAStartError() throws Exception {
            record("early", StatusTransitions.created(Instant.now()));

            assertThat(supervisor("resume").untilEnded()).isZero();

            assertThat(onDisk("early"))
                    .returns(128, Status::exitCode)
                    .returns("StartError", Status::reason)
                    .returns("the supervisor ended before the start", Status::message);
        }

        @Test
        void killedBeforeTheRecordItLeavesNoProcess() throws Exception {
            Path proof = folder.resolve("proof");
            SupervisorJvm stuck = SupervisorJvm.start(
                    folder, SupervisorWithStuckDisk.class, List.of(root.toString(), "touch", proof.toString()));
            started.add(stuck);
            await().until(() -> stuck.process().descendants().findAny().isPresent());
            ProcessHandle waiting = stuck.process().descendants().findAny().orElseThrow();
            ProcessIdentity gated = ProcessIdentity.of(waiting.pid()).block(Duration.ofSeconds(60));

            stuck.kill();

            gated.ended().block(Duration.ofSeconds(60));
            assertThat(supervisor("resume").untilEnded()).isZero();
            assertThat(onDisk("job")).returns(128, Status::exitCode).returns("StartError", Status::reason);
            assertThat(proof).doesNotExist();
        }

        @Test
        void unusableFileIsLeftAlone() throws Exception {
            record("good", running(1, Instant.EPOCH.plusSeconds(1)));
            Files.createDirectories(root.resolve("torn"));
            Files.writeString(root.resolve("torn").resolve("status"), "{\"Version\":\"v1\",\"Pid\":4");

            SupervisorJvm supervisor = supervisor("resume");

            assertThat(supervisor.untilEnded()).isZero();
            assertThat(supervisor.output())
                    .anyMatch(line -> line.matches("supervisor: torn is not resumed: .*/torn/status: not a .*"))
                    .anyMatch(line -> line.startsWith("torn      UNKNOWN"));
            assertThat(root.resolve("torn").resolve("status")).hasContent("{\"Version\":\"v1\",\"Pid\":4");
            assertThat(onDisk("good").exitCode()).isEqualTo(255);
        }
    }

    @Nested
    class Sharing {
        @Test
        void secondSupervisorOfARootIsRefused() throws Exception {
            run("web", untilReleased("web", 0)).pidOf("web");

            SupervisorJvm second = supervisor("resume");

            assertThat(second.untilEnded()).isEqualTo(1);
            assertThat(second.output())
                    .singleElement()
                    .asString()
                    .startsWith("supervisor: root ")
                    .contains("in use");
            assertThat(onDisk("web").finishedAt()).isNull();
        }

        @Test
        void listReadsBesideTheSupervisor() throws Exception {
            long pid = run("web", untilReleased("web", 0)).pidOf("web");

            SupervisorJvm list = supervisor("list");

            assertThat(list.untilEnded()).isZero();
            assertThat(list.output()).singleElement().asString().endsWith("Z  web       RUNNING  pid " + pid);
        }

        @Test
        void unknownCommandIsNamed() throws Exception {
            SupervisorJvm supervisor = SupervisorJvm.start(folder, "foo", "bar");
            started.add(supervisor);

            assertThat(supervisor.untilEnded()).isEqualTo(2);
            assertThat(supervisor.output()).startsWith("no such command: foo");
        }

        @Test
        void wrongUsageIsExplained() throws Exception {
            SupervisorJvm supervisor = supervisor("run", "web", "sleep", "1");

            assertThat(supervisor.untilEnded()).isEqualTo(2);
            assertThat(supervisor.output())
                    .startsWith("-- missing after the name web")
                    .anyMatch(line -> line.startsWith("usage: "));
            assertThat(root).doesNotExist();
        }
    }
}
