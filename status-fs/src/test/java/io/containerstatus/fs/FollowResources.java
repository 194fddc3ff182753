package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The resources that subscriptions of followers hold in this process. */
final class FollowResources {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private FollowResources() {}

    /** Returns the names of the threads that belong to subscriptions. */
    static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("status-watch") || name.startsWith("status-follow"))
                .toList();
    }

    /** Returns how many inotify watches each inotify instance of this process holds; empty if there is no inotify. */
    static List<Integer> inotifyInstances() throws IOException {
        List<Integer> instances = new ArrayList<>();
        if (!Files.isDirectory(DESCRIPTORS)) {
            return instances;
        }
        try (var descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                try {
                    if (Files.readSymbolicLink(descriptor).toString().contains("inotify")) {
                        instances.add(watches(descriptor));
                    }
                } catch (IOException e) {
                    // Closed since it was listed.
                }
            }
        }
        return instances;
    }

    private static int watches(Path descriptor) throws IOException {
        Path info = Path.of("/proc/self/fdinfo").resolve(descriptor.getFileName());
        return (int) Files.readAllLines(info).stream()
                .filter(line -> line.startsWith("inotify"))
                .count();
    }

    /** Waits until no resource is held any more. */
    static void awaitNone(Path root) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(Samples.PATIENCE)
                .untilAsserted(() -> {
                    assertThat(threads()).isEmpty();
                    assertThat(inotifyInstances()).isEmpty();
                    assertThat(Descriptors.under(root)).isZero();
                });
    }
}
