package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.testing.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

/** Following changes nothing in the followed root. */
@Tag("long")
class FollowWritesNothingTest {
    @TempDir
    Path folder;

    private Path root;

    @BeforeEach
    void createRoot() throws IOException {
        root = folder.toRealPath().resolve("root");
        put(root, "a", CREATED);
        put(root, "corrupt", "{");
        Files.createDirectories(root.resolve("missing/io"));
        put(root, ".status.new-web-1", CREATED);
        put(root, ".status.deleted-web-1", CREATED);
        Files.createSymbolicLink(root.resolve("link"), root.resolve("a"));
        put(root, "z", RUNNING);
    }

    @ParameterizedTest
    @EnumSource
    void intoTheTree(WatchMethod noticing) {
        Map<String, String> before = FolderSnapshot.of(root);

        StepVerifier.create(noticing.builder(root).build().changes())
                .expectNextCount(4)
                .thenCancel()
                .verify(Samples.PATIENCE);

        FollowResources.awaitNone(root);
        assertThat(FolderSnapshot.of(root)).isEqualTo(before);
    }

    @Test
    void whileAStoreHoldsTheLock() {
        FileCheckpoints owner = Samples.opened(root);

        StepVerifier.create(StatusFollower.at(root).changes())
                .expectNextCount(4)
                .then(() -> Samples.complete(owner.write("a", RUNNING)))
                .assertNext(change -> assertThat(change.current()).isEqualTo(RUNNING))
                .then(() -> Samples.complete(owner.delete("a")))
                .assertNext(change -> assertThat(change.kind()).isEqualTo(FollowedChange.Kind.DELETED))
                .thenCancel()
                .verify(Samples.PATIENCE);
        Samples.complete(owner.close());
    }

    @Nested
    class InSystemCalls {
        /** The calls that only read. Any other call that names the root changes something in it or locks something. */
        private static final String READING = "(openat|open)\\([^)]*O_RDONLY[^)]*\\).*"
                + "|(stat|lstat|fstat|newfstatat|statx|access|faccessat2?|readlink(at)?|getdents(64)?|fstatfs|statfs"
                + "|inotify_add_watch|dup|read|pread64|close|lseek|fcntl|fadvise64)\\(.*";

        @BeforeEach
        void requireTracing() throws IOException, InterruptedException {
            Child.require("strace is needed, and may have to trace", "strace", "-o", "/dev/null", "true");
        }

        @ParameterizedTest
        @ValueSource(strings = {"events", "polling"})
        void itOnlyReads(String means) throws Exception {
            List<String> strace = List.of(
                    "strace", "-ff", "-ttt", "-y", "-o", folder.resolve("trace").toString());
            try (Child child = Child.start(strace, ChildProgram.class, "follow", root, means, folder)) {
                child.succeeds();
            }

            List<String> calls = calls();
            assertThat(calls).anyMatch(call -> call.startsWith("openat(") && call.contains("/a/status\""));
            assertThat(calls).allMatch(call -> call.matches(READING));
            assertThat(calls)
                    .filteredOn(call -> call.matches("(statx|newfstatat|openat)\\(.*/status\".*"))
                    .allMatch(call -> call.contains("NOFOLLOW"));
            assertThat(calls).noneMatch(call -> call.startsWith("inotify_add_watch(") && call.contains("/link\""));
            assertThat(calls).noneMatch(call -> call.matches("fcntl\\(.*F_(OFD_)?SETLKW?.*"));
            assertThat(calls).noneMatch(call -> call.matches(".*O_(CREAT|WRONLY|RDWR|TRUNC).*"));
        }

        /** Returns the calls between the markers that name the root. */
        private List<String> calls() throws IOException {
            List<String> timeline = new ArrayList<>();
            try (var traces = Files.newDirectoryStream(folder, "trace.*")) {
                for (Path trace : traces) {
                    timeline.addAll(Files.readAllLines(trace));
                }
            }
            timeline.sort(null);
            return timeline.subList(indexOf(timeline, "/begin\""), indexOf(timeline, "/end\"")).stream()
                    .map(call -> call.substring(call.indexOf(' ') + 1))
                    .filter(call -> call.contains(root.toString()))
                    // The second half of a call, if another thread's call came between. Its first half is
                    // on an earlier line.
                    .filter(call -> !call.startsWith("<..."))
                    .toList();
        }

        private int indexOf(List<String> calls, String marker) {
            for (int i = 0; i < calls.size(); i++) {
                if (calls.get(i).contains(marker)) {
                    return i;
                }
            }
            throw new AssertionError("no call names " + marker);
        }
    }
}
