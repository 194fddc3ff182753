package io.containerstatus.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.containerstatus.Status;
import io.containerstatus.StatusTransitions;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

@Tag("long")
class StatusFilesTest {
    @TempDir
    Path folder;

    private Path root;

    @BeforeEach
    void createsRoot() throws IOException {
        root = Files.createDirectory(folder.resolve("containers"));
    }

    /** Puts a file of a real containerd where a container's status lies. */
    private void fromContainerd(String id, String file) throws IOException {
        Path container = Files.createDirectory(root.resolve(id));
        try (InputStream in = StatusFilesTest.class.getResourceAsStream("/containerd/" + file)) {
            Files.copy(Objects.requireNonNull(in, file), container.resolve("status"));
        }
    }

    @Nested
    class Inspect {
        private static final String ID = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde";

        @BeforeEach
        void createsARootAsContainerdDoes() throws IOException {
            fromContainerd(ID + "0", "created-plain.json");
            fromContainerd(ID + "1", "running-plain.json");
            fromContainerd(ID + "2", "exited-3.json");
            fromContainerd(ID + "3", "oom-killed.json");
            fromContainerd(ID + "4", "start-failed-no-command.json");
            fromContainerd(ID + "5", "start-failed-escapes.json");
            Files.createFile(Files.createDirectory(root.resolve(ID + "6")).resolve("status"));
            Files.createDirectories(root.resolve(ID + "7").resolve("status"));
            Files.createDirectories(root.resolve(ID + "8").resolve("io"));
            Files.createDirectory(root.resolve("not an id"));
        }

        private SupervisorJvm inspect() throws IOException {
            return SupervisorJvm.start(folder, "inspect", root.toString());
        }

        @Test
        void everyContainerGetsALine() throws Exception {
            SupervisorJvm inspect = inspect();

            assertThat(inspect.untilEnded()).isZero();
            List<String> lines = inspect.output();
            assertThat(lines).hasSize(9);
            assertThat(lines.get(0)).matches("....-..-..T..:..:..Z  " + ID + "0  CREATED");
            assertThat(lines.get(1)).endsWith(ID + "1  RUNNING  pid 19226");
            assertThat(lines.get(2)).endsWith(ID + "2  EXITED   code 3  Error");
            assertThat(lines.get(3)).endsWith(ID + "3  EXITED   code 137  OOMKilled");
            assertThat(lines.get(4))
                    .contains(ID + "4  EXITED   code 128  StartError: failed to create containerd task: ");
            assertThat(lines.get(5)).contains(ID + "5  EXITED   code 128  StartError: ");
            assertThat(lines.get(6)).startsWith("-").contains(ID + "6  UNKNOWN  " + root, "not a container status: ");
            assertThat(lines.get(7)).startsWith("-").contains(ID + "7  UNKNOWN  cannot read ");
            assertThat(lines.get(8)).startsWith("-").endsWith(ID + "8  UNKNOWN  no status file");
        }

        @Test
        void nothingIsTouched() throws Exception {
            Map<String, String> before = contents();

            assertThat(inspect().untilEnded()).isZero();

            assertThat(contents()).isEqualTo(before);
        }

        private Map<String, String> contents() throws IOException {
            Map<String, String> contents = new TreeMap<>();
            try (Stream<Path> all = Files.walk(root)) {
                for (Path path : all.toList()) {
                    String what = Files.isRegularFile(path) ? Files.readString(path) : "folder";
                    contents.put(path.toString(), Files.getLastModifiedTime(path) + " " + what);
                }
            }
            return contents;
        }

        @Test
        void folderThatIsNotThereIsAnError() throws Exception {
            SupervisorJvm inspect = SupervisorJvm.start(
                    folder, "inspect", root.resolve("nowhere").toString());

            assertThat(inspect.untilEnded()).isEqualTo(1);
            assertThat(inspect.output())
                    .singleElement()
                    .asString()
                    .startsWith("supervisor: cannot read ")
                    .contains("nowhere");
        }
    }

    @Nested
    class Watch {
        private final Status created = StatusTransitions.created(Instant.ofEpochSecond(1));
        private final Status running = StatusTransitions.started(created, 42, Instant.ofEpochSecond(2));

        private final List<String> waits = new CopyOnWriteArrayList<>();

        private void write(String id, Status status) {
            change(files -> files.write(id, status));
        }

        private void change(Function<FileCheckpoints, Mono<Void>> change) {
            Mono.usingWhen(
                            Mono.fromSupplier(() -> FileCheckpoints.at(root)),
                            files -> files.open().then(change.apply(files)),
                            FileCheckpoints::close)
                    .block(Duration.ofSeconds(60));
        }

        private void corrupt(String id) {
            try {
                Path torn = Files.writeString(folder.resolve("torn"), "{");
                Files.move(torn, root.resolve(id).resolve("status"), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Test
        void emitsTheSnapshotAndThenEveryDifference() {
            write("web", created);

            StepVerifier.create(new StatusFiles(root).watch(waits::add).map(StatusLine::toString))
                    .expectNext("web       CREATED")
                    .then(() -> write("web", running))
                    .expectNext("web       RUNNING  pid 42")
                    .then(() -> write("job", created))
                    .expectNext("job       CREATED")
                    .then(() -> corrupt("job"))
                    .expectNextMatches(line -> line.matches("job +UNKNOWN  .*/job/status: not a container status: .*"))
                    .then(() -> change(files -> files.delete("web")))
                    .expectNext("web       deleted")
                    .thenCancel()
                    .verify(Duration.ofSeconds(60));
        }

        /** Another folder with one container replaces the root, all at once. */
        private void appear(String id) {
            Path prepared = folder.resolve("prepared");
            Path original = root;
            root = prepared;
            write(id, running);
            root = original;
            move(prepared, root);
        }

        private void move(Path from, Path to) {
            try {
                Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Test
        void waitsForARootThatIsNotThereYetAndForOneThatWentAway() throws IOException {
            Files.delete(root);

            StepVerifier.create(new StatusFiles(root).watch(waits::add).map(StatusLine::toString))
                    .then(() -> await().until(() -> waits.size() == 1))
                    .then(() -> appear("web"))
                    .expectNext("web       RUNNING  pid 42")
                    .then(() -> move(root, folder.resolve("elsewhere")))
                    // A root that was renamed is noticed by the next full scan.
                    .then(() -> await().atMost(Duration.ofSeconds(60)).until(() -> waits.size() == 2))
                    .then(() -> appear("job"))
                    .expectNext("job       RUNNING  pid 42")
                    .thenCancel()
                    .verify(Duration.ofSeconds(60));
            assertThat(waits).hasSize(2).allSatisfy(reason -> assertThat(reason)
                    .startsWith("cannot read " + root + ": "));
        }

        @Test
        void reportsOnceForEachReasonThatItWaits() throws IOException {
            Files.delete(root);
            VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
            try {
                Disposable watching = new StatusFiles(root).watch(waits::add).subscribe();
                await().until(() -> waits.size() == 1);
                Files.createFile(root);

                await().until(() -> {
                    time.advanceTimeBy(Duration.ofMinutes(1));
                    return waits.size() == 2;
                });
                watching.dispose();
            } finally {
                VirtualTimeScheduler.reset();
            }
            assertThat(waits.get(0)).contains("no such file");
            assertThat(waits.get(1)).contains("not a folder");
        }

        @Test
        void commandReportsOnStandardErrorThatItWaits() throws Exception {
            Files.delete(root);
            SupervisorJvm watch = SupervisorJvm.start(folder, "watch", "--root", root.toString());
            try {
                watch.untilPrinted("supervisor: cannot read .*containers: .*; waiting for it");
                write("web", created);
                watch.untilPrinted("web +CREATED");
            } finally {
                watch.kill();
            }
        }

        @Test
        void commandPrintsWhatItReceives() throws Exception {
            write("web", created);

            SupervisorJvm watch = SupervisorJvm.start(folder, "watch", "--root", root.toString());
            try {
                watch.untilPrinted("web +CREATED");
                write("web", running);
                watch.untilPrinted("web +RUNNING  pid 42");
            } finally {
                watch.kill();
            }
        }
    }

    @Test
    void messageOfAnyFileStaysOnItsLine() {
        Status status = StatusTransitions.startFailed(
                StatusTransitions.created(Instant.ofEpochSecond(1)), Instant.ofEpochSecond(2), "one\ntwo\u001b[31m");

        assertThat(StatusLine.of("web", status)).hasToString("web       EXITED   code 128  StartError: one two [31m");
    }

    @Nested
    class Journal {
        private static final Duration PATIENCE = Duration.ofSeconds(60);
        private static final Instant NOW = Instant.parse("2026-11-29T10:00:00Z");

        @Test
        void isPrintedWhileItsStoreIsAtWorkAndIsEmptyAfterwards() {
            StatusStore store = StatusStore.builder(root)
                    .journaled(Duration.ofHours(1), 1 << 20)
                    .open()
                    .block(PATIENCE);
            StatusStorage web =
                    store.create("web", StatusTransitions.created(NOW)).block(PATIENCE);
            web.apply(StatusTransitions.started(42, NOW)).block(PATIENCE);
            StatusFiles files = new StatusFiles(root);
            StepVerifier.create(files.journal())
                    .expectNext("1 web       CREATED", "2 web       RUNNING  pid 42")
                    .verifyComplete();
            StepVerifier.create(files.list().map(StatusLine::text))
                    .expectNext("CREATED")
                    .verifyComplete();
            web.delete().block(PATIENCE);
            assertThat(files.journal().blockLast(PATIENCE)).isEqualTo("3 web       deleted");
            store.close().block(PATIENCE);
            StepVerifier.create(files.journal()).verifyComplete();
        }

        @Test
        void ofASupervisorLeavesTheFilesAsTheyAreWithout() throws Exception {
            SupervisorJvm run = SupervisorJvm.start(
                    folder, "run", "--root", root.toString(), "--journal", "web", "--", "sh", "-c", "exit 3");
            assertThat(run.untilEnded()).isZero();
            SupervisorJvm printed = SupervisorJvm.start(folder, "journal", "--root", root.toString());
            assertThat(printed.untilEnded()).isZero();
            assertThat(printed.output()).isEmpty();
            SupervisorJvm listed = SupervisorJvm.start(folder, "list", "--root", root.toString());
            assertThat(listed.untilEnded()).isZero();
            assertThat(listed.output()).singleElement().asString().endsWith("web       EXITED   code 3  Error");
        }
    }
}
