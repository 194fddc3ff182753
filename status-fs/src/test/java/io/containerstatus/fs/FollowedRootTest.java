package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.ContainerChange.Kind;
import io.containerstatus.Status;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

/** The full scan, which finds changes without file events: no events arrive here. */
class FollowedRootTest {
    private static final Status RESTARTED = RUNNING.toBuilder().pid(43).build();

    @TempDir
    Path folder;

    private Path root;
    private HookedFileSystem files;
    private final List<String> operations = new ArrayList<>();
    private long nanoTime = -5;
    private final DirtyIds dirtyIds = new DirtyIds(() -> nanoTime);
    private Duration missingAfter = Duration.ZERO;

    @BeforeEach
    void hook() throws IOException {
        root = Files.createDirectory(folder.toRealPath().resolve("root"));
        files = HookedFileSystem.over(root);
        files.hook = (operation, path) -> operations.add(operation + " " + path);
    }

    private FollowedRoot polled() throws IOException {
        Path hooked = files.hooked(root);
        return over(hooked, FolderWatch.polling(FollowedRootIdentity.of(hooked)));
    }

    private FollowedRoot over(Path path, FolderWatch watch) throws IOException {
        return new FollowedRoot(
                FollowSamples.settings(path, missingAfter),
                FollowedRootIdentity.of(path),
                watch,
                dirtyIds,
                () -> nanoTime);
    }

    private static FolderWatch watch(Path path) throws IOException {
        return FolderWatch.open(FollowedRootIdentity.of(path), FollowerMetricsGuard.NONE);
    }

    private List<FollowedChange> scan(FollowedRoot followed) {
        operations.clear();
        dirtyIds.everything();
        return Stream.generate(() -> next(followed))
                .takeWhile(change -> change != null)
                .toList();
    }

    private static FollowedChange next(FollowedRoot followed) {
        return FollowSamples.untimed(followed.next());
    }

    private void passes(Duration time) {
        nanoTime += time.toNanos();
    }

    private static FollowedChange updated(String id, Status previous, Status current) {
        return new FollowedChange.WithStatus(id, Kind.UPDATED, previous, current, null);
    }

    @Test
    void findsAllThatEventsWereLostOf() throws IOException {
        put(root, "a", CREATED);
        put(root, "b", CREATED);
        Files.createDirectory(root.resolve("empty"));
        try (FolderWatch watch = watch(root)) {
            FollowedRoot followed = over(root, watch);
            scan(followed);
            passes(Duration.ofSeconds(2));
            scan(followed);

            put(root, "a", RUNNING);
            Files.delete(root.resolve("b/status"));
            Files.delete(root.resolve("b"));
            put(root, "c", CREATED);
            put(root, "empty", CREATED);

            assertThat(followed.next()).isNull();
            assertThat(scan(followed))
                    .containsExactlyInAnyOrder(
                            updated("a", CREATED, RUNNING),
                            new FollowedChange.Deleted("b", CREATED),
                            new FollowedChange.WithStatus("c", Kind.CREATED, null, CREATED, null),
                            new FollowedChange.WithStatus("empty", Kind.UPDATED, null, CREATED, null));
        }
    }

    @Test
    void watchOfAFolderGoesWithItToItsNewName() throws Exception {
        put(root, "z", CREATED);
        try (FolderWatch watch = watch(root)) {
            FollowedRoot followed = over(root, watch);
            scan(followed);
            Files.move(root.resolve("z"), root.resolve("a"));
            // The new name is read first, and then the old one, to which the watch belonged.
            assertThat(scan(followed))
                    .containsExactly(
                            new FollowedChange.WithStatus("a", Kind.CREATED, null, CREATED, null),
                            new FollowedChange.Deleted("z", CREATED));

            // The events of the rename belong to the root. Later events of the folder itself are
            // reported for its new name.
            Files.createFile(root.resolve("a/other"));
            Set<String> hinted = new HashSet<>();
            Awaitility.await().atMost(Samples.PATIENCE).until(() -> {
                WatchKey key = watch.await(1_000_000);
                if (key != null) {
                    watch.collect(key, dirtyIds);
                }
                dirtyIds.take().forEach((id, cause) -> hinted.add(id + (cause.status() ? "" : " beside its status")));
                return hinted.contains("a beside its status");
            });
            assertThat(hinted).doesNotContain("z beside its status");
        }
    }

    @Test
    void aFolderThatCameAndWentDuringACheckIsNotTakenForTheOneBefore() throws IOException {
        put(root, "a", CREATED);
        try (FolderWatch watch = watch(root)) {
            FollowedRoot followed = over(files.hooked(root), watch);
            scan(followed);
            int[] stats = {0};
            files.hook = (operation, path) -> {
                if (operation == FileOperation.STAT && path.endsWith("/a")) {
                    stats[0]++;
                    switch (stats[0]) {
                        // Missing when it is to be watched, present when it is read, and missing again.
                        case 1, 4 -> {
                            Files.delete(root.resolve("a/status"));
                            Files.delete(root.resolve("a"));
                        }
                        // On file systems that reuse inode numbers, this folder gets the number of the previous one.
                        case 2 -> put(root, "a", RUNNING);
                        default -> {}
                    }
                }
            };
            dirtyIds.at("a", true);

            assertThat(next(followed)).isEqualTo(new FollowedChange.Deleted("a", CREATED));
            assertThat(followed.next()).isNull();
        }
    }

    @Nested
    class Cost {
        @Test
        void isTwoStatsOfEachFolderAndNoRead() throws IOException {
            for (int i = 0; i < 1000; i++) {
                put(root, "c" + i, CREATED);
            }
            FollowedRoot followed = polled();
            assertThat(scan(followed)).hasSize(1000);
            passes(Duration.ofSeconds(2));
            assertThat(scan(followed)).isEmpty();

            assertThat(scan(followed)).isEmpty();

            operations.removeIf(operation -> !operation.contains(root + "/"));
            assertThat(operations).hasSize(2000).allMatch(operation -> operation.startsWith("STAT "));
        }

        @Test
        void isOneReadForWhatChanged() throws IOException {
            put(root, "a", CREATED);
            put(root, "b", CREATED);
            FollowedRoot followed = polled();
            scan(followed);
            passes(Duration.ofSeconds(2));
            scan(followed);

            Files.delete(put(root, "b", RUNNING));
            put(root, "b", RUNNING);

            assertThat(scan(followed)).containsExactly(updated("b", CREATED, RUNNING));
            assertThat(operations)
                    .filteredOn(operation -> operation.startsWith("OPEN_TO_READ"))
                    .containsExactly("OPEN_TO_READ " + root + "/b/status");
        }
    }

    @Nested
    class ScansThatTakeLongerThanTheTimeBetweenThem {
        private int calls(String operation) {
            return (int) operations.stream().filter(operation::equals).count();
        }

        @Test
        void comeOnlyAfterAllThatTheOneBeforeFound() throws IOException {
            for (int i = 0; i < 100; i++) {
                put(root, "c" + i, CREATED);
            }
            FollowedRoot followed = polled();
            for (int i = 0; i < 100; i++) {
                dirtyIds.everything();
                assertThat(followed.next()).isNotNull();
            }
            assertThat(calls("LIST " + root)).isEqualTo(1);

            dirtyIds.everything();
            assertThat(followed.next()).isNull();
            assertThat(calls("LIST " + root)).isEqualTo(2);
        }

        @Test
        void comeThoughThereIsAlwaysSomethingElse() throws IOException {
            put(root, "a", CREATED);
            FollowedRoot followed = polled();
            scan(followed);
            for (int i = 0; i < 10; i++) {
                dirtyIds.at("a", true);
                dirtyIds.everything();
                followed.next();
            }
            assertThat(calls("LIST " + root)).isBetween(5, 11);
        }
    }

    @Nested
    class Stamps {
        /** Replaces the status without a change of its attributes, as two writes within one tick of a clock may do. */
        private void replaceWithoutAMark(Status status) throws IOException {
            Path file = root.resolve("a/status");
            FileTime time = Files.getLastModifiedTime(file);
            Object identity = FolderFingerprint.of(new Layout(root), "a");
            Files.writeString(file, Samples.text(status));
            Files.setLastModifiedTime(file, time);
            assertThat(FolderFingerprint.of(new Layout(root), "a")).isEqualTo(identity);
        }

        @Test
        void thatAreYoungAreNotTrusted() throws IOException {
            put(root, "a", RUNNING);
            FollowedRoot followed = polled();
            scan(followed);
            replaceWithoutAMark(RESTARTED);
            passes(Duration.ofMillis(1999));
            assertThat(scan(followed)).containsExactly(updated("a", RUNNING, RESTARTED));

            replaceWithoutAMark(RUNNING);
            passes(Duration.ofMillis(1));
            assertThat(scan(followed)).containsExactly(updated("a", RESTARTED, RUNNING));
        }

        @Test
        void thatWereReadWhenTheyWereOldAre() throws IOException {
            put(root, "a", RUNNING);
            FollowedRoot followed = polled();
            scan(followed);
            passes(Duration.ofSeconds(2));
            scan(followed);

            replaceWithoutAMark(RESTARTED);
            assertThat(scan(followed)).isEmpty();
        }

        @Test
        void areNotBelievedWhenAnEventSaysOtherwise() throws IOException {
            put(root, "a", RUNNING);
            FollowedRoot followed = polled();
            scan(followed);
            passes(Duration.ofSeconds(2));
            scan(followed);

            replaceWithoutAMark(RESTARTED);
            dirtyIds.at("a", true);
            assertThat(next(followed)).isEqualTo(updated("a", RUNNING, RESTARTED));
        }
    }

    @Test
    void whatCouldNotBeReadIsTriedAgainThoughTheFileIsTheSame() throws IOException {
        put(root, "a", CREATED);
        FollowedRoot followed = polled();
        files.hook = Hook.full((operation, path) -> operation == FileOperation.OPEN_TO_READ);
        assertThat(scan(followed)).singleElement().satisfies(change -> assertThat(change.failure())
                .hasMessage("cannot read " + root + "/a/status: No space left on device"));
        passes(Duration.ofSeconds(2));
        assertThat(scan(followed)).isEmpty();

        files.hook = Hook.NONE;
        assertThat(scan(followed))
                .containsExactly(new FollowedChange.WithStatus("a", Kind.UPDATED, null, CREATED, null));
    }

    @Test
    void whatCannotBeCheckedIsTriedAgain() throws IOException {
        put(root, "a", CREATED);
        FollowedRoot followed = polled();
        files.hook = Hook.full((operation, path) -> operation == FileOperation.STAT && path.endsWith("/a"));
        assertThat(scan(followed)).singleElement().satisfies(change -> assertThat(change.failure())
                .isInstanceOf(UnreadableStatusException.class));

        files.hook = Hook.NONE;
        assertThat(scan(followed))
                .containsExactly(new FollowedChange.WithStatus("a", Kind.UPDATED, null, CREATED, null));
    }

    @Test
    void hintAboutSomethingBesideAStatusCostsNothing() throws IOException {
        put(root, "a", CREATED);
        FollowedRoot followed = polled();
        scan(followed);
        operations.clear();

        dirtyIds.at("a", false);
        assertThat(followed.next()).isNull();
        assertThat(operations).isEmpty();
    }

    @Nested
    class StatusThatIsMissing {
        @BeforeEach
        void holdBack() {
            missingAfter = Duration.ofMillis(100);
        }

        private void createWithoutStatus(String id) throws IOException {
            Files.createFile(Files.createDirectory(root.resolve(id)).resolve("other"));
        }

        private void isMissing(FollowedChange change, String id, Kind kind, Status previous) {
            assertThat(change)
                    .returns(id, FollowedChange::id)
                    .returns(kind, FollowedChange::kind)
                    .returns(previous, FollowedChange::previous);
            assertThat(change.failure())
                    .hasMessage("cannot read " + root + "/" + id + "/status: no such file or folder");
        }

        @Test
        void isReportedAfterAWhile() throws IOException {
            FollowedRoot followed = polled();
            scan(followed);
            createWithoutStatus("a");
            dirtyIds.at("a", true);
            assertThat(followed.next()).isNull();
            assertThat(followed.due()).isEqualTo(nanoTime + 100_000_000);

            passes(Duration.ofNanos(99_999_999));
            dirtyIds.at("a", false);
            assertThat(followed.next()).isNull();
            passes(Duration.ofNanos(1));
            isMissing(followed.next(), "a", Kind.CREATED, null);
            assertThat(followed.due()).isNull();
        }

        @Test
        void isNotReportedIfItComesInTime() throws IOException {
            FollowedRoot followed = polled();
            scan(followed);
            createWithoutStatus("a");
            dirtyIds.at("a", true);
            assertThat(followed.next()).isNull();
            put(root, "a", CREATED);
            dirtyIds.at("a", true);
            assertThat(next(followed)).isEqualTo(new FollowedChange.WithStatus("a", Kind.CREATED, null, CREATED, null));

            passes(Duration.ofMillis(100));
            assertThat(followed.next()).isNull();
        }

        @Test
        void isNotReportedIfTheFolderIsRemoved() throws IOException {
            put(root, "a", CREATED);
            FollowedRoot followed = polled();
            scan(followed);
            Files.createFile(root.resolve("a/other"));
            Files.delete(root.resolve("a/status"));
            dirtyIds.at("a", true);
            assertThat(followed.next()).isNull();

            Files.delete(root.resolve("a/other"));
            Files.delete(root.resolve("a"));
            dirtyIds.at("a", true);
            assertThat(next(followed)).isEqualTo(new FollowedChange.Deleted("a", CREATED));
            passes(Duration.ofMillis(100));
            assertThat(followed.next()).isNull();
        }

        @Test
        void isReportedOfAContainerThatHadOne() throws IOException {
            put(root, "a", CREATED);
            FollowedRoot followed = polled();
            scan(followed);
            Files.createFile(root.resolve("a/other"));
            Files.delete(root.resolve("a/status"));
            dirtyIds.at("a", true);
            assertThat(followed.next()).isNull();
            passes(Duration.ofMillis(100));
            isMissing(followed.next(), "a", Kind.UPDATED, CREATED);
            dirtyIds.at("a", true);
            assertThat(followed.next()).isNull();
            assertThat(followed.due()).isNull();
        }

        @Test
        void keepsItsPositionInTheSnapshot() throws IOException {
            put(root, "a", CREATED);
            createWithoutStatus("b");
            put(root, "c", CREATED);
            createWithoutStatus("d");
            FollowedRoot followed = polled();
            assertThat(scan(followed))
                    .containsExactly(new FollowedChange.WithStatus("a", Kind.SNAPSHOT, null, CREATED, null));
            put(root, "e", CREATED);
            dirtyIds.at("e", true);
            assertThat(followed.next()).isNull();

            passes(Duration.ofMillis(100));
            isMissing(followed.next(), "b", Kind.SNAPSHOT, null);
            assertThat(next(followed))
                    .isEqualTo(new FollowedChange.WithStatus("c", Kind.SNAPSHOT, null, CREATED, null));
            isMissing(followed.next(), "d", Kind.SNAPSHOT, null);
            assertThat(next(followed)).isEqualTo(new FollowedChange.WithStatus("e", Kind.CREATED, null, CREATED, null));
        }

        @Test
        void countsAnewInANewFolder() throws IOException {
            try (FolderWatch watch = watch(root)) {
                FollowedRoot followed = over(root, watch);
                scan(followed);
                createWithoutStatus("a");
                dirtyIds.at("a", true);
                assertThat(followed.next()).isNull();
                passes(Duration.ofMillis(60));
                Files.move(root.resolve("a"), folder.resolve("away"));
                createWithoutStatus("a");
                dirtyIds.at("a", true);
                assertThat(followed.next()).isNull();

                passes(Duration.ofMillis(60));
                assertThat(followed.next()).isNull();
                passes(Duration.ofMillis(40));
                isMissing(followed.next(), "a", Kind.CREATED, null);
            }
        }

        @Test
        void costsOneCheckForEachEventHoweverManyAreMissing() throws IOException {
            for (int i = 0; i < 1000; i++) {
                createWithoutStatus("c" + i);
                dirtyIds.at("c" + i, true);
            }
            FollowedRoot followed = polled();
            dirtyIds.everything();
            assertThat(followed.next()).isNull();
            passes(Duration.ofMillis(100));
            operations.clear();
            for (int i = 0; i < 1000; i++) {
                assertThat(followed.next()).isNotNull();
            }
            assertThat(followed.next()).isNull();
            // FolderFingerprint, reader and listing each examine the folder and the status; the reader does so twice.
            assertThat(operations).hasSizeLessThan(1000 * 20);
        }
    }

    @Test
    void folderThatIsToBeWatchedAndCannotBeCheckedIsReported() throws IOException {
        put(root, "a", CREATED);
        files.watching = true;
        Path hooked = files.hooked(root);
        try (FolderWatch watch = watch(hooked)) {
            FollowedRoot followed = over(hooked, watch);
            files.hook = Hook.full((operation, path) -> operation == FileOperation.STAT && path.endsWith("/a"));
            dirtyIds.everything();

            assertThat(CompletableFuture.supplyAsync(followed::next)
                            .orTimeout(30, TimeUnit.SECONDS)
                            .join()
                            .failure())
                    .isInstanceOf(UnreadableStatusException.class);
        }
    }

    @Nested
    class WithoutItsRoot {
        @Test
        void emitsNothingOfWhatWasPendingBefore() throws IOException {
            put(root, "root/a", CREATED);
            put(root, "other/b", RUNNING);
            Path inner = root.resolve("root");
            FollowedRoot followed = over(inner, FolderWatch.polling(FollowedRootIdentity.of(inner)));
            scan(followed);
            dirtyIds.at("b", true);
            Files.move(inner, root.resolve("away"));
            Files.move(root.resolve("other"), inner);

            assertThatThrownBy(followed::next).hasMessageContaining("its path leads to another folder now");
        }

        @Test
        void emitsNoDeletion() throws IOException {
            put(root, "root/a", CREATED);
            Path inner = root.resolve("root");
            FollowedRoot followed = over(inner, FolderWatch.polling(FollowedRootIdentity.of(inner)));
            assertThat(scan(followed)).hasSize(1);
            Files.move(inner, root.resolve("away"));
            Files.createDirectory(inner);

            dirtyIds.at("a", true);
            assertThatThrownBy(followed::next)
                    .isInstanceOf(UnreadableStatusException.class)
                    .hasMessage("cannot read " + inner + ": its path leads to another folder now");
        }

        @Test
        void emitsNothingOfAnotherFolderThatHasTheSameContainers() throws IOException {
            put(root, "root/a", CREATED);
            put(root, "other/a", RUNNING);
            Path inner = root.resolve("root");
            FollowedRoot followed = over(inner, FolderWatch.polling(FollowedRootIdentity.of(inner)));
            scan(followed);
            Files.move(inner, root.resolve("away"));
            Files.move(root.resolve("other"), inner);

            assertThatThrownBy(() -> scan(followed)).hasMessageContaining("its path leads to another folder now");
        }
    }

    @Test
    void fileSystemThatRefusesToWatchIsPolled() throws IOException {
        put(root, "a", CREATED);
        files.hook = Hook.NONE;
        StatusFollower follower = StatusFollower.builder(files.hooked(root))
                .scanEvery(Duration.ofMillis(10))
                .build();

        StepVerifier.create(follower.changes()
                        .filter(change -> change.current() != null)
                        .map(FollowedChange::current))
                .expectNext(CREATED)
                .then(() -> {
                    try {
                        put(root, "b", RUNNING);
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                })
                .expectNext(RUNNING)
                .thenCancel()
                .verify(Samples.PATIENCE);
        FollowResources.awaitNone(root);
    }
}
