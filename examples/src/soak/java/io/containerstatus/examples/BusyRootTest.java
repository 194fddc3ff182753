package io.containerstatus.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.containerstatus.Status;
import io.containerstatus.fs.FollowedChange;
import io.containerstatus.fs.StatusFollower;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;

/** A root that another process changes a thousand times a second, followed and watched; prints the figures. */
@Tag("soak")
class BusyRootTest {
    private static final int CONTAINERS = 100;
    private static final int RATE = 1000;
    private static final int CHANGES = RATE * Integer.getInteger("busy.seconds", 30);

    @TempDir
    Path folder;

    private final Map<String, Status> received = new ConcurrentHashMap<>();
    private final List<Long> micros = Collections.synchronizedList(new ArrayList<>());

    private Path createRoot() throws IOException {
        Path root = Files.createDirectory(folder.resolve("root"));
        for (int i = 0; i < CONTAINERS; i++) {
            Files.createDirectory(root.resolve(BusyWriter.id(i)));
            BusyWriter.replace(root, i, 0);
        }
        return root;
    }

    private String write(Path root) throws Exception {
        List<Object> arguments = List.of(root, CONTAINERS, CHANGES, RATE);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                BusyWriter.class.getName()));
        arguments.forEach(argument -> command.add(argument.toString()));
        Process writer = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String millis = new String(writer.getInputStream().readAllBytes()).strip();
        assertThat(writer.waitFor()).isZero();
        return millis;
    }

    private void onChange(FollowedChange change) {
        Status status = change.current();
        if (change.kind() != FollowedChange.Kind.SNAPSHOT) {
            micros.add(Duration.between(status.startedAt(), Instant.now()).toNanos() / 1000);
        }
        received.put(change.id(), status);
    }

    private boolean hasReceivedAll() {
        for (int i = 0; i < CONTAINERS; i++) {
            if (received.get(BusyWriter.id(i)).pid() != BusyWriter.last(i, CHANGES)) {
                return false;
            }
        }
        return true;
    }

    @Test
    void isFollowedToTheEnd() throws Exception {
        Path root = createRoot();
        Disposable subscription = StatusFollower.at(root).changes().subscribe(this::onChange);
        try {
            await().until(() -> received.size() == CONTAINERS);
            String millis = write(root);
            await().atMost(Duration.ofSeconds(60)).until(this::hasReceivedAll);

            Collections.sort(micros);
            System.out.printf(
                    "follower: %d changes of %d containers in %s ms; received %d, coalesced %d; all final states right;"
                            + " from before the rename to onNext: median %d, p99 %d, max %d microseconds%n",
                    CHANGES,
                    CONTAINERS,
                    millis,
                    micros.size(),
                    CHANGES - micros.size(),
                    micros.get(micros.size() / 2),
                    micros.get(micros.size() * 99 / 100),
                    micros.get(micros.size() - 1));
            assertThat(micros).hasSizeLessThanOrEqualTo(CHANGES);
        } finally {
            subscription.dispose();
        }
    }

    @Test
    void isPrintedToTheEnd() throws Exception {
        Path root = createRoot();
        SupervisorJvm watch = SupervisorJvm.start(folder, "watch", "--root", root.toString());
        try {
            watch.untilPrinted("c99 +RUNNING  pid 0");
            String millis = write(root);
            for (int i = 0; i < CONTAINERS; i++) {
                watch.untilPrinted(BusyWriter.id(i) + " +RUNNING  pid " + BusyWriter.last(i, CHANGES));
            }
            int lines = watch.output().size() - CONTAINERS;
            System.out.printf(
                    "watch: %d changes of %d containers in %s ms; printed %d, coalesced %d; all final states right%n",
                    CHANGES, CONTAINERS, millis, lines, CHANGES - lines);
            assertThat(lines).isBetween(CONTAINERS, CHANGES);
        } finally {
            watch.kill();
        }
    }
}
