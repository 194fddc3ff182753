package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.complete;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.CorruptStatusException;
import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.testing.Child;
import io.containerstatus.testing.CrashedRoot;
import io.containerstatus.testing.Strace;
import io.containerstatus.testing.SystemCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/**
 * The kernel kills a process at each of its calls on the root, one after the other. The next process must find
 * the last acknowledged status, or the one that was being written; with a journal, and without one.
 *
 * <p>A call that only reads leaves the disk as the next call finds it. {@code -Dstatus.kill.calls=all} kills a
 * process at each of these as well.
 */
@Tag("faults")
class KilledAtEachCallTest {
    /**
     * Of 186 calls with files alone on JDK 17, some 40 change or sync something. Other JDKs may make a few more
     * or less.
     */
    private static final int LEAST_CALLS = 20;

    @TempDir
    Path folder;

    @BeforeEach
    void requireTracing() throws IOException, InterruptedException {
        Strace.require();
    }

    @ParameterizedTest
    @EnumSource
    @Timeout(600)
    void theNextProcessFindsTheLastAcknowledgedStatusOrTheOneBeingWritten(LifeProgram.Kind kind, TestReporter reporter)
            throws IOException, InterruptedException, ExecutionException {
        List<SystemCall> calls = callsOfALife(kind);
        assertThat(calls).hasSizeGreaterThan(LEAST_CALLS);
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            List<Future<Integer>> points = new ArrayList<>();
            for (SystemCall call : calls) {
                Path location = Files.createDirectory(folder.resolve("point-" + points.size()));
                points.add(two.submit(() -> {
                    killAt(call, kind, location);
                    return 1;
                }));
            }
            int killed = 0;
            for (Future<Integer> point : points) {
                killed += point.get();
            }
            assertThat(killed).isEqualTo(calls.size());
            reporter.publishEntry(kind + ": calls at which a process was killed", Integer.toString(killed));
        } finally {
            two.shutdownNow();
        }
    }

    private List<SystemCall> callsOfALife(LifeProgram.Kind kind) throws IOException, InterruptedException {
        Path location = Files.createDirectory(folder.resolve("reference"));
        try (Child child = life(kind, location);
                Strace strace = Strace.attach(threadOf(child), location.resolve("trace"))) {
            child.send("go");
            assertThat(child.lines()).endsWith("done web-1 " + kind.end);
            assertThat(child.awaitEnd()).isZero();
            boolean all = "all".equals(System.getProperty("status.kill.calls"));
            return SystemCall.under(location.resolve("root"), strace.calls()).stream()
                    .filter(call -> all || call.changes())
                    .toList();
        }
    }

    private void killAt(SystemCall call, LifeProgram.Kind kind, Path location)
            throws IOException, InterruptedException {
        Path root = location.resolve("root");
        List<String> answers;
        try (Child child = life(kind, location);
                Strace strace = Strace.attach(threadOf(child), location.resolve("trace"), call.inject("signal=KILL"))) {
            child.send("go");
            answers = child.lines();
            assertThat(child.awaitEnd()).as("%s", call).isEqualTo(128 + 9);
            assertThat(SystemCall.under(root, strace.calls())).as("%s", call).endsWith(call);
        }
        String point = "killed at " + call + " after " + answers;
        Path copy = CrashedRoot.copy(root, location);
        checkNext(
                FileCheckpoints.builder(copy).journaled().segmentSize(16 << 10).build(), copy, kind, answers, point);
        checkNext(FileCheckpoints.at(root), root, kind, answers, point);
    }

    /** Opens the root as the next process does, checks everything it finds, and continues. */
    private static void checkNext(
            StatusCheckpoints next, Path root, LifeProgram.Kind kind, List<String> answers, String point) {
        Map<String, String> files = new TreeMap<>();
        for (String id : List.of("bad-1", "web-1")) {
            files.put(id, inFile(root, id));
        }
        Opened opened = Mono.from(next.open()).block(PATIENCE);
        assertThat(opened.access()).as(point).isEqualTo(Access.WRITABLE);
        assertThat(opened.damage()).as(point).isEmpty();
        Map<String, String> found = found(opened);
        assertThat(found.get("web-1")).as(point).isIn(possible("web-1", kind.web, answers));
        assertThat(found.get("bad-1")).as(point).isIn(possible("bad-1", kind.bad, answers));
        assertThat(found).as(point).hasSize(2);
        found.forEach((id, status) -> assertNotNewer(files.get(id), status, point));
        assertThat(temporaryFiles(root)).as(point).isEmpty();
        complete(next.write("web-1", LifeProgram.status(99)));
        complete(next.close());
        assertThat(inFile(root, "web-1")).as(point).isEqualTo("99");
        assertThat(inFile(root, "bad-1")).as(point).isEqualTo(found.get("bad-1"));
        assertThat(FolderSnapshot.of(root.resolve("bad-1")).values())
                .as(point)
                .anyMatch(file -> file.endsWith(LifeProgram.BAD));
    }

    /** Fails if the file is newer than what the next process finds: no file is written before its record. */
    private static void assertNotNewer(String inFile, String found, String point) {
        if (Character.isDigit(inFile.charAt(0)) && Character.isDigit(found.charAt(0))) {
            assertThat(Long.parseLong(inFile)).as(point).isLessThanOrEqualTo(Long.parseLong(found));
        }
    }

    private Child life(LifeProgram.Kind kind, Path location) throws IOException {
        Path root = location.resolve("root");
        Path rehearsal = location.resolve("rehearsal");
        kind.prepare(root);
        kind.prepare(rehearsal);
        return Child.start(LifeProgram.class, kind, root, rehearsal);
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

    private static Map<String, String> found(Opened opened) {
        Map<String, String> found = new TreeMap<>(Map.of("web-1", "absent"));
        for (Found one : opened.containers()) {
            found.put(
                    one.id(),
                    one instanceof Found.Loaded loaded
                            ? Long.toString(loaded.status().pid())
                            : "bad");
        }
        return found;
    }

    private static String inFile(Path root, String id) {
        FileCheckpoints reader = FileCheckpoints.at(root);
        try {
            Status status = reader.read(id).block(PATIENCE);
            return status == null ? "absent" : Long.toString(status.pid());
        } catch (CorruptStatusException e) {
            return "bad";
        } finally {
            reader.close().block(PATIENCE);
        }
    }

    private static List<Path> temporaryFiles(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> Layout.isTemporary(file) || Layout.isLeftover(file))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
