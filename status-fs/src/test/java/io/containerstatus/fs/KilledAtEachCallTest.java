package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.opened;
import static io.containerstatus.fs.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.CorruptStatusException;
import io.containerstatus.Status;
import io.containerstatus.testing.Child;
import io.containerstatus.testing.Strace;
import io.containerstatus.testing.SystemCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process is killed by the kernel at each of its calls on the root in turn. What the next process finds is what was
 * acknowledged last, or what was being written.
 *
 * <p>A call that only looks leaves the disk as the next one finds it. {@code -Dstatus.kill.calls=all} ends a process at
 * each of these as well.
 */
@Tag("faults")
class KilledAtEachCallTest {
    /** Of 186 calls with JDK 17, some 40 change or sync something; a JDK may take a few more or less. */
    private static final int LEAST_CALLS = 30;

    @TempDir
    Path folder;

    @BeforeEach
    void requireTracing() throws IOException, InterruptedException {
        Strace.require();
    }

    @Test
    @Timeout(600)
    void theNextProcessFindsTheLastAcknowledgedStatusOrTheOneBeingWritten(TestReporter reporter)
            throws IOException, InterruptedException, ExecutionException {
        List<SystemCall> calls = callsOfALife();
        assertThat(calls).hasSizeGreaterThan(LEAST_CALLS);
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            List<Future<Integer>> points = new ArrayList<>();
            for (SystemCall call : calls) {
                Path place = Files.createDirectory(folder.resolve("point-" + points.size()));
                points.add(two.submit(() -> {
                    killAt(call, place);
                    return 1;
                }));
            }
            int killed = 0;
            for (Future<Integer> point : points) {
                killed += point.get();
            }
            assertThat(killed).isEqualTo(calls.size());
            reporter.publishEntry("calls at which a process was killed", Integer.toString(killed));
        } finally {
            two.shutdownNow();
        }
    }

    private List<SystemCall> callsOfALife() throws IOException, InterruptedException {
        Path place = Files.createDirectory(folder.resolve("reference"));
        try (Child child = life(place);
                Strace strace = Strace.attach(threadOf(child), place.resolve("trace"))) {
            child.tell("go");
            assertThat(child.lines()).endsWith("done web-1 5");
            assertThat(child.awaitEnd()).isZero();
            boolean all = "all".equals(System.getProperty("status.kill.calls"));
            return SystemCall.under(place.resolve("root"), strace.calls()).stream()
                    .filter(call -> all || call.changes())
                    .toList();
        }
    }

    private void killAt(SystemCall call, Path place) throws IOException, InterruptedException {
        Path root = place.resolve("root");
        List<String> answers;
        try (Child child = life(place);
                Strace strace = Strace.attach(threadOf(child), place.resolve("trace"), call.inject("signal=KILL"))) {
            child.tell("go");
            answers = child.lines();
            assertThat(child.awaitEnd()).as("%s", call).isEqualTo(128 + 9);
            assertThat(SystemCall.under(root, strace.calls())).as("%s", call).endsWith(call);
        }
        String point = "killed at " + call + " after " + answers;
        FileCheckpoints next = opened(root);
        Set<String> web = possible("web-1", "absent", answers);
        Set<String> bad = possible("bad-1", "bad", answers);
        assertThat(found(next, "web-1")).as(point).isIn(web);
        assertThat(found(next, "bad-1")).as(point).isIn(bad);
        assertThat(next.list().collectList().block(PATIENCE))
                .as(point)
                .containsExactlyInAnyOrderElementsOf(
                        found(next, "web-1").equals("absent") ? List.of("bad-1") : List.of("bad-1", "web-1"));
        assertThat(temporaryFiles(root)).as(point).isEmpty();
        assertThat(Tree.of(root.resolve("bad-1")).values()).as(point).anyMatch(file -> file.endsWith(LifeProgram.BAD));
        complete(next.write("web-1", LifeProgram.status(6)));
        assertThat(found(next, "web-1")).as(point).isEqualTo("6");
        complete(next.close());
    }

    private Child life(Path place) throws IOException {
        Path root = place.resolve("root");
        Path rehearsal = place.resolve("rehearsal");
        put(root, "bad-1", LifeProgram.BAD);
        put(rehearsal, "bad-1", LifeProgram.BAD);
        return Child.start(LifeProgram.class, root, rehearsal);
    }

    private static long threadOf(Child child) throws IOException {
        return Long.parseLong(child.line());
    }

    /** Returns what was acknowledged last, and what was begun after it. */
    private static Set<String> possible(String id, String atFirst, List<String> answers) {
        Set<String> possible = new TreeSet<>(Set.of(atFirst));
        for (String answer : answers) {
            String[] words = answer.split(" ");
            if (words[1].equals(id)) {
                if (words[0].equals("done")) {
                    possible.clear();
                }
                possible.add(words[2]);
            }
        }
        return possible;
    }

    private static String found(FileCheckpoints checkpoints, String id) {
        try {
            Status status = checkpoints.read(id).block(PATIENCE);
            return status == null ? "absent" : Long.toString(status.pid());
        } catch (CorruptStatusException e) {
            return "bad";
        }
    }

    private static List<Path> temporaryFiles(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> Layout.isTemporary(file) || Layout.isLeftover(file))
                    .toList();
        }
    }
}
