package io.containerstatus.fs;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.testing.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The system calls, as strace reports them. */
@Tag("faults")
class SystemCallsTest {
    /**
     * All calls on files, of all threads. Other calls do not even stop, because that would slow a
     * process down a lot.
     */
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

    /** The two checks of root and lock file come first, and again right before the rename. */
    @Test
    void anUpdateOfAKnownContainerIsTheseEightCallsAndTwoChecksOfRootAndLock()
            throws IOException, InterruptedException {
        Path root = folder.resolve("root");

        assertThat(callsOf("update", root).map(call -> call.replace(root.toString(), "")))
                .satisfiesExactly(
                        SystemCallsTest::checksTheRoot,
                        SystemCallsTest::checksTheLock,
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
                        SystemCallsTest::checksTheRoot,
                        SystemCallsTest::checksTheLock,
                        call -> assertThat(call)
                                .matches("rename\\(\"/web-1/\\.tmp-status-.*\", \"/web-1/status\"\\) += 0"),
                        call -> assertThat(call).matches("fsync\\(\\d+</web-1>\\) += 0"),
                        call -> assertThat(call).matches("close\\(\\d+</web-1>\\) += 0"));
    }

    private static void checksTheRoot(String call) {
        assertThat(call).matches("(statx|newfstatat)\\(.*\"\".*AT_SYMLINK_NOFOLLOW.*\\) += 0|lstat\\(\"\".*= 0");
    }

    private static void checksTheLock(String call) {
        assertThat(call)
                .matches("(statx|newfstatat)\\(.*\"/[.]status[.]lock\".*AT_SYMLINK_NOFOLLOW.*\\) += 0"
                        + "|lstat\\(\"/[.]status[.]lock\".*= 0");
    }

    @Test
    void aCreationBuildsTheFolderUnderAnotherNameAndRenamesIt() throws IOException, InterruptedException {
        assertThat(changesOf("create"))
                .containsExactly(
                        "mkdir /.status.new-web-1",
                        "open /.status.new-web-1/status",
                        "write /.status.new-web-1/status",
                        "fsync /.status.new-web-1/status",
                        "fsync /.status.new-web-1",
                        "rename /.status.new-web-1 /web-1",
                        "fsync ");
    }

    @Test
    void aDeletionRenamesTheFolderDurablyBeforeItRemovesAnything() throws IOException, InterruptedException {
        assertThat(changesOf("delete"))
                .containsExactly(
                        "rename /web-1 /.status.deleted-web-1",
                        "fsync ",
                        "unlink /.status.deleted-web-1/status",
                        "rmdir /.status.deleted-web-1");
    }

    /** Returns the calls that change or sync something, each as its name and its paths without the root. */
    private Stream<String> changesOf(String change) throws IOException, InterruptedException {
        Path root = folder.resolve("root");
        Pattern name = Pattern.compile("\\w+");
        Pattern path = Pattern.compile(Pattern.quote(root.toString()) + "([^\">]*)[\">]");
        return callsOf(change, root)
                .filter(call -> call.matches("(mkdir|p?write|fsync|rename|unlink|rmdir).*|.*O_CREAT.*"))
                .map(call -> {
                    String kind = name.matcher(call)
                            .results()
                            .findFirst()
                            .orElseThrow()
                            .group();
                    String paths = path.matcher(call)
                            .results()
                            .map(found -> found.group(1))
                            // strace names an opened file a second time, with its descriptor.
                            .distinct()
                            .collect(joining(" "));
                    return kind.replaceAll("at$|64$|^p(?=write)", "") + " " + paths;
                });
    }

    /** Returns the calls of all threads that name the root, in the order of their time, without the root's path. */
    private Stream<String> callsOf(String change, Path root) throws IOException, InterruptedException {
        List<String> strace = new ArrayList<>(STRACE);
        strace.add(folder.resolve("trace").toString());
        try (Child child = Child.start(strace, ChildProgram.class, change, root, folder)) {
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
