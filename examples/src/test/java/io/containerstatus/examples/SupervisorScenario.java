package io.containerstatus.examples;

import static org.awaitility.Awaitility.await;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusTransitions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Real supervisors with real processes, all of which end with the test. */
abstract class SupervisorScenario {
    @TempDir
    Path folder;

    final List<SupervisorJvm> started = new ArrayList<>();
    Path root;

    @BeforeEach
    void choosesRoot() {
        root = folder.resolve("containers");
    }

    @AfterEach
    void endsAll() throws Exception {
        for (SupervisorJvm supervisor : started) {
            supervisor.process().destroyForcibly().waitFor();
        }
    }

    /** A command that runs until it is released, or until the folder is removed after the test. */
    final List<String> untilReleased(String name, int exitCode) {
        String loop = "touch " + folder.resolve(name + "-runs") + "; while [ -d " + folder + " ] && ! [ -e "
                + folder.resolve(name) + " ]; do sleep 0.05; done; exit " + exitCode;
        return List.of("sh", "-c", loop);
    }

    final void release(String name) throws IOException {
        Files.createFile(folder.resolve(name));
    }

    final SupervisorJvm supervisor(String command, String... args) throws IOException {
        return supervisorUnder(List.of(), command, args);
    }

    /** Starts a supervisor under a command that becomes it. */
    final SupervisorJvm supervisorUnder(List<String> under, String command, String... args) throws IOException {
        List<String> all = new ArrayList<>(List.of(command, "--root", root.toString()));
        all.addAll(List.of(args));
        SupervisorJvm supervisor = SupervisorJvm.start(folder, under, Main.class, all);
        started.add(supervisor);
        return supervisor;
    }

    final SupervisorJvm run(String name, List<String> command) throws IOException {
        return supervisor(
                "run", Stream.concat(Stream.of(name, "--"), command.stream()).toArray(String[]::new));
    }

    /** Runs a container until it is released, and kills its supervisor when the command runs. Returns the pid. */
    final long runAndKill(String name) throws Exception {
        SupervisorJvm supervisor = run(name, untilReleased(name, 0));
        long pid = supervisor.pidOf(name);
        // RUNNING is emitted before the command is released, and a command that is not yet released ends as well.
        await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(folder.resolve(name + "-runs")));
        supervisor.kill();
        return pid;
    }

    final Status onDisk(String name) throws IOException {
        return StatusCodec.decode(Files.readAllBytes(root.resolve(name).resolve("status")));
    }

    final void record(String name, Status status) throws IOException {
        Files.createDirectories(root.resolve(name));
        Files.write(root.resolve(name).resolve("status"), StatusCodec.encode(status));
    }

    static Status running(long pid, Instant startedAt) {
        return StatusTransitions.started(StatusTransitions.created(startedAt), pid, startedAt);
    }
}
