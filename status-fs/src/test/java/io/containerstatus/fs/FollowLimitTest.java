package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.testing.Child;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The system's limits of file events, really reached: in a child process with its own user namespace, whose
 * limits no other process shares.
 */
@Tag("long")
class FollowLimitTest {
    @TempDir
    Path folder;

    private Path root;

    @BeforeEach
    void createContainers() throws IOException, InterruptedException {
        Child.require(
                "a user namespace with limits of its own is needed",
                "unshare",
                "--user",
                "--map-root-user",
                "test",
                "-w",
                "/proc/sys/user/max_inotify_watches");
        root = folder.toRealPath().resolve("root");
        put(root, "a", CREATED);
        put(root, "b", CREATED);
        put(root, "z", CREATED);
    }

    private List<String> follow(String limit, int value, String means) throws IOException {
        List<String> limited = List.of(
                "unshare",
                "--user",
                "--map-root-user",
                "sh",
                "-c",
                "echo " + value + " > /proc/sys/user/" + limit + " && exec \"$0\" \"$@\"");
        try (Child child = Child.start(limited, ChildProgram.class, "follow", root, means, folder)) {
            return child.lines();
        }
    }

    @Test
    void watchesAreEnough() throws IOException {
        assertThat(follow("max_inotify_watches", 5, "events"))
                .containsExactly("SNAPSHOT a", "SNAPSHOT b", "SNAPSHOT z");
    }

    @Test
    void oneWatchIsMissing() throws IOException {
        assertThat(follow("max_inotify_watches", 4, "events"))
                .containsExactly(
                        "SNAPSHOT a",
                        "SNAPSHOT b",
                        "WatchLimitExceededException: cannot follow " + root
                                + " by file events, with 4 folders watched: User limit of inotify watches reached;"
                                + " raise fs.inotify.max_user_watches, or follow by polling, which needs none");
    }

    @Test
    void noWatchIsThereForTheRoot() throws IOException {
        assertThat(follow("max_inotify_watches", 0, "events"))
                .singleElement()
                .asString()
                .contains("with 0 folders watched", "raise fs.inotify.max_user_watches,");
    }

    @Test
    void noInstanceIsThere() throws IOException {
        assertThat(follow("max_inotify_instances", 0, "events"))
                .containsExactly("WatchLimitExceededException: cannot follow " + root
                        + " by file events, with 0 folders watched: User limit of inotify instances reached or too many"
                        + " open files; raise fs.inotify.max_user_instances, or follow by polling, which needs none");
    }

    @Test
    void pollingNeedsNone() throws IOException {
        assertThat(follow("max_inotify_instances", 0, "polling"))
                .containsExactly("SNAPSHOT a", "SNAPSHOT b", "SNAPSHOT z");
    }
}
