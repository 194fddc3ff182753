package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.testing.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel is asked to do, as strace tells it. */
@Tag("faults")
class SystemCallsTest {
    /** All calls on files, of all threads; any other does not even stop, which would slow a process down a lot. */
    private static final List<String> STRACE = List.of(
            "strace", "-ff", "-ttt", "-y", "--seccomp-bpf", "-e", "trace=%file,%desc", "-e", "signal=none", "-o");

    @TempDir
    Path folder;

    @BeforeEach
    void requireTracing() throws IOException, InterruptedException {
        List<String> probe = new ArrayList<>(STRACE);
        probe.addAll(List.of(folder.resolve("probe").toString(), "true"));
        Child.require("strace is needed, and may have to trace", probe.toArray(String[]::new));
    }

    @Test
    void anUpdateOfAKnownContainerIsTheseEightCalls() throws IOException, InterruptedException {
        Path root = folder.resolve("root");

        assertThat(callsOfOneUpdate(root).map(call -> call.replace(root.toString(), "")))
                .satisfiesExactly(
                        call -> assertThat(call)
                                .matches(
                                        "openat\\([^,]*, \"/web-1\", O_RDONLY\\|O_NOFOLLOW(\\|O_CLOEXEC)?\\) += \\d+.*"),
                        call -> assertThat(call)
                                .matches("openat\\([^,]*, \"/web-1/\\.tmp-status-next\","
                                        + " O_WRONLY\\|O_CREAT\\|O_EXCL(\\|O_CLOEXEC)?, 0600\\) += \\d+.*"),
                        call -> assertThat(call)
                                .matches(
                                        "p?write(64)?\\(\\d+</web-1/\\.tmp-status-.*>, \"\\{.*\"\\.*, \\d+(, 0)?\\) += \\d+"),
                        call -> assertThat(call).matches("fsync\\(\\d+</web-1/\\.tmp-status-.*>\\) += 0"),
                        call -> assertThat(call).matches("close\\(\\d+</web-1/\\.tmp-status-.*>\\) += 0"),
                        call -> assertThat(call)
                                .matches("rename\\(\"/web-1/\\.tmp-status-.*\", \"/web-1/status\"\\) += 0"),
                        call -> assertThat(call).matches("fsync\\(\\d+</web-1>\\) += 0"),
                        call -> assertThat(call).matches("close\\(\\d+</web-1>\\) += 0"));
    }

    /** Returns the calls of all threads that name the root, in the order of their time, without it. */
    private Stream<String> callsOfOneUpdate(Path root) throws IOException, InterruptedException {
        List<String> strace = new ArrayList<>(STRACE);
        strace.add(folder.resolve("trace").toString());
        try (Child child = Child.start(strace, ChildProgram.class, "update", root, folder)) {
            child.succeeds();
        }
        List<String> calls = timeline();
        return calls.subList(indexOf(calls, "/begin\""), indexOf(calls, "/end\"")).stream()
                .map(call -> call.substring(call.indexOf(' ') + 1))
                .filter(call -> call.contains(root.toString()));
    }

    private List<String> timeline() throws IOException {
        List<String> calls = new ArrayList<>();
        try (var traces = Files.newDirectoryStream(folder, "trace.*")) {
            for (Path trace : traces) {
                calls.addAll(Files.readAllLines(trace));
            }
        }
        calls.sort(null);
        return calls;
    }

    private static int indexOf(List<String> calls, String marker) {
        for (int i = 0; i < calls.size(); i++) {
            if (calls.get(i).contains(marker)) {
                return i;
            }
        }
        throw new AssertionError("no call names " + marker);
    }
}
