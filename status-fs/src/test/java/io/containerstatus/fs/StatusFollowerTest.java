package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.containerstatus.CaughtUp;
import io.containerstatus.ContainerChange.Kind;
import io.containerstatus.CorruptStatusException;
import io.containerstatus.Status;
import io.containerstatus.StatusEvent;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.UnsupportedVersionException;
import io.containerstatus.test.ManualScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.StepVerifier.Step;
import reactor.test.subscriber.TestSubscriber;
import reactor.util.retry.Retry;

class StatusFollowerTest {
    @TempDir
    Path folder;

    private Path root;

    @BeforeEach
    void createRoot() throws IOException {
        root = Files.createDirectory(folder.toRealPath().resolve("root"));
    }

    @AfterEach
    void nothingIsLeftBehind() {
        FollowResources.awaitNone(root);
    }

    private Flux<FollowedChange> follow(WatchMethod noticing) {
        return noticing.builder(root).build().changes().map(FollowSamples::untimed);
    }

    /** Replaces a status completely, by a rename, as a writer does. */
    private void replace(String id, String content) {
        run(() -> {
            Path temporary = Files.writeString(root.resolve(id).resolve(".tmp-status-next"), content);
            Files.move(temporary, root.resolve(id).resolve("status"), StandardCopyOption.ATOMIC_MOVE);
        });
    }

    private void replace(String id, Status status) {
        replace(id, Samples.text(status));
    }

    /**
     * Creates a container with its status, by one rename: between a new folder and its first status, a read may happen.
     */
    private void create(String id, Status status) {
        run(() -> {
            put(folder, "prepared", status);
            Files.move(folder.resolve("prepared"), root.resolve(id));
        });
    }

    /** Renames the folder first, as this library does, so that no read finds the folder without its status. */
    private void delete(String id) {
        delete(root, id);
    }

    private static void delete(Path root, String id) {
        run(() -> {
            Path deleted = Files.move(root.resolve(id), root.resolve(".status.deleted-" + id));
            Files.delete(deleted.resolve("status"));
            Files.delete(deleted);
        });
    }

    private interface FileWork {
        void run() throws IOException;
    }

    private static void run(FileWork work) {
        try {
            work.run();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static FollowedChange snapshot(String id, Status current) {
        return new FollowedChange.WithStatus(id, Kind.SNAPSHOT, null, current, null);
    }

    private static FollowedChange created(String id, Status current) {
        return new FollowedChange.WithStatus(id, Kind.CREATED, null, current, null);
    }

    private static FollowedChange updated(String id, Status previous, Status current) {
        return new FollowedChange.WithStatus(id, Kind.UPDATED, previous, current, null);
    }

    private static FollowedChange deleted(String id, Status previous) {
        return new FollowedChange.Deleted(id, previous);
    }

    private void isBad(FollowedChange change, Kind kind, Status previous, Class<?> failure, String message) {
        assertThat(change)
                .returns(kind, FollowedChange::kind)
                .returns(previous, FollowedChange::previous)
                .returns(null, FollowedChange::current);
        assertThat(change.failure()).isInstanceOf(failure).hasMessageStartingWith(message);
    }

    private static void verify(Step<?> step) {
        step.thenCancel().verify(PATIENCE);
    }

    @Nested
    class Snapshot {
        @ParameterizedTest
        @EnumSource
        void emitsEveryContainerOrderedById(WatchMethod noticing) {
            create("b", RUNNING);
            create("c", CREATED);
            create("a", CREATED);

            verify(StepVerifier.create(follow(noticing))
                    .expectNext(snapshot("a", CREATED), snapshot("b", RUNNING), snapshot("c", CREATED)));
        }

        @ParameterizedTest
        @EnumSource
        void emitsBadAndMissingStatuses(WatchMethod noticing) throws IOException {
            put(root, "a-corrupt", "{");
            put(root, "b-later", "{\"Version\":\"v2\"}");
            Files.createDirectories(root.resolve("c-missing/io"));
            Files.createDirectories(root.resolve("d-folder/status"));
            create("e-good", CREATED);

            verify(StepVerifier.create(follow(noticing))
                    .assertNext(change -> isBad(
                            change,
                            Kind.SNAPSHOT,
                            null,
                            CorruptStatusException.class,
                            root + "/a-corrupt/status: not a container status"))
                    .assertNext(change -> isBad(
                            change,
                            Kind.SNAPSHOT,
                            null,
                            UnsupportedVersionException.class,
                            root + "/b-later/status: unsupported status version \"v2\""))
                    .assertNext(change -> isBad(
                            change,
                            Kind.SNAPSHOT,
                            null,
                            UnreadableStatusException.class,
                            "cannot read " + root + "/c-missing/status: no such file or folder"))
                    .assertNext(change -> isBad(
                            change,
                            Kind.SNAPSHOT,
                            null,
                            UnreadableStatusException.class,
                            "cannot read " + root + "/d-folder/status: it is a folder"))
                    .expectNext(snapshot("e-good", CREATED)));
        }

        @ParameterizedTest
        @EnumSource
        void emitsContainersOnly(WatchMethod noticing) throws IOException {
            put(root, ".status.new-a", CREATED);
            put(root, ".status.deleted-a", CREATED);
            Files.createFile(root.resolve("file"));
            put(root, "no..id", CREATED);
            put(folder, "elsewhere", CREATED);
            Files.createSymbolicLink(root.resolve("link"), folder.resolve("elsewhere"));
            create("z", CREATED);

            verify(StepVerifier.create(follow(noticing))
                    .expectNext(snapshot("z", CREATED))
                    .then(() -> replace("z", RUNNING))
                    .expectNext(updated("z", CREATED, RUNNING)));
        }

        @Test
        void leadsThroughALinkToTheRootAndNoFurther() throws IOException {
            create("a", CREATED);
            Path link = Files.createSymbolicLink(folder.resolve("link"), root);

            verify(StepVerifier.create(StatusFollower.at(link).changes().map(FollowSamples::untimed))
                    .expectNext(snapshot("a", CREATED)));
        }
    }

    @Nested
    class Time {
        private final Instant noon = Instant.parse("2026-03-01T12:00:00.123456789Z");

        private void setTime(Path path) {
            run(() -> Files.setLastModifiedTime(path, FileTime.from(noon)));
        }

        @ParameterizedTest
        @EnumSource
        void isThatOfTheFile(WatchMethod noticing) throws IOException {
            create("a", CREATED);
            setTime(root.resolve("a/status"));
            put(root, "b-corrupt", "{");
            setTime(root.resolve("b-corrupt/status"));
            Files.createDirectories(root.resolve("c-missing"));
            setTime(root.resolve("c-missing"));

            verify(StepVerifier.create(noticing.builder(root).build().changes())
                    .assertNext(change -> assertThat(change.at()).isEqualTo(noon))
                    .assertNext(change -> assertThat(change.at()).isEqualTo(noon))
                    .assertNext(change -> assertThat(change.at()).isEqualTo(noon))
                    .then(() -> replace("a", RUNNING))
                    .assertNext(change -> assertThat(change.at()).isAfter(noon))
                    .then(() -> delete("a"))
                    .assertNext(change -> assertThat(change.at()).isNull()));
        }

        @Test
        void isNullIfItIsNotKnown() {
            assertThat(new FolderFingerprint(null, null, -1, FileTime.fromMillis(0)).time())
                    .isNull();
        }
    }

    @Nested
    class EndOfTheSnapshot {
        @ParameterizedTest
        @EnumSource
        void comesBetweenTheSnapshotAndTheChanges(WatchMethod noticing) throws IOException {
            Files.createDirectories(root.resolve("a-missing"));
            create("b", CREATED);

            verify(StepVerifier.create(noticing.builder(root).build().events().map(FollowSamples::untimed))
                    .assertNext(
                            first -> assertThat(((FollowedChange) first).id()).isEqualTo("a-missing"))
                    .expectNext(snapshot("b", CREATED), new CaughtUp())
                    .then(() -> replace("b", RUNNING))
                    .expectNext(updated("b", CREATED, RUNNING))
                    .then(() -> delete("b"))
                    .expectNext(deleted("b", RUNNING)));
        }

        @ParameterizedTest
        @EnumSource
        void comesAtOnceIfTheSnapshotIsEmpty(WatchMethod noticing) throws IOException {
            Files.createFile(root.resolve("no-container"));

            verify(StepVerifier.create(noticing.builder(root).build().events().map(FollowSamples::untimed))
                    .expectNext(new CaughtUp())
                    .then(() -> create("a", CREATED))
                    .expectNext(created("a", CREATED)));
        }

        @Test
        void comesWithTheScanThatFindsNothing() {
            ManualScheduler turns = new ManualScheduler();
            AtomicInteger scans = new AtomicInteger();
            FollowerMetrics metrics = new FollowerMetrics() {
                @Override
                public void recordScan(int containers, Duration elapsed) {
                    scans.incrementAndGet();
                }
            };
            TestSubscriber<StatusEvent> watcher = TestSubscriber.create();
            WatchMethod.BY_EVENTS
                    .builder(root)
                    .ioScheduler(turns)
                    .metrics(metrics)
                    .build()
                    .events()
                    .subscribe(watcher);
            await().atMost(PATIENCE).until(() -> {
                turns.runAll();
                return scans.get() > 0;
            });
            assertThat(watcher.getReceivedOnNext()).containsExactly(new CaughtUp());
            watcher.cancel();
        }

        @ParameterizedTest
        @EnumSource
        void waitsForItsDemandAndNotForWhatIsGone(WatchMethod noticing) {
            create("a", CREATED);
            create("b", CREATED);

            verify(StepVerifier.create(noticing.builder(root).build().events().map(FollowSamples::untimed), 1)
                    .expectNext(snapshot("a", CREATED))
                    .then(() -> delete("b"))
                    .thenRequest(1)
                    .expectNext(new CaughtUp())
                    .then(() -> create("c", CREATED))
                    .thenRequest(1)
                    .expectNext(created("c", CREATED)));
        }

        @Test
        void comesOnceInEachSubscription() throws IOException {
            create("a", CREATED);
            AtomicInteger failures = new AtomicInteger();
            Flux<String> events = StatusFollower.at(root)
                    .events()
                    .doOnError(failure -> failures.incrementAndGet())
                    .map(event -> event instanceof FollowedChange change ? change.kind() + " " + change.id() : "end")
                    .retryWhen(Retry.fixedDelay(1000, Duration.ofMillis(10)));

            verify(StepVerifier.create(events)
                    .expectNext("SNAPSHOT a", "end")
                    .then(() -> run(() -> Files.move(root, folder.resolve("away"))))
                    .then(() -> await().atMost(PATIENCE).until(() -> failures.get() > 0))
                    .then(() -> delete(folder.resolve("away"), "a"))
                    .then(() -> run(() -> Files.move(folder.resolve("away"), root)))
                    .expectNext("end"));
        }
    }

    @Nested
    class Changes {
        @ParameterizedTest
        @EnumSource
        void areTheWholeLifeOfAContainer(WatchMethod noticing) {
            create("z", CREATED);

            verify(StepVerifier.create(follow(noticing))
                    .expectNext(snapshot("z", CREATED))
                    .then(() -> create("a", CREATED))
                    .expectNext(created("a", CREATED))
                    .then(() -> replace("a", RUNNING))
                    .expectNext(updated("a", CREATED, RUNNING))
                    .then(() -> delete("a"))
                    .expectNext(deleted("a", RUNNING))
                    .then(() -> create("a", CREATED))
                    .expectNext(created("a", CREATED)));
        }

        @ParameterizedTest
        @EnumSource
        void areACreationStepByStep(WatchMethod noticing) throws IOException {
            create("z", CREATED);

            verify(StepVerifier.create(follow(noticing))
                    .expectNext(snapshot("z", CREATED))
                    .then(() -> run(() -> Files.createDirectory(root.resolve("a"))))
                    .assertNext(change -> isBad(
                            change,
                            Kind.CREATED,
                            null,
                            UnreadableStatusException.class,
                            "cannot read " + root + "/a/status: no such file or folder"))
                    .then(() -> run(() -> Files.createFile(root.resolve("a/.tmp-status4711"))))
                    .then(() -> run(() -> Files.writeString(root.resolve("a/.tmp-status4711"), Samples.text(CREATED))))
                    .then(() -> run(() -> Files.move(root.resolve("a/.tmp-status4711"), root.resolve("a/status"))))
                    .expectNext(new FollowedChange.WithStatus("a", Kind.UPDATED, null, CREATED, null)));
        }

        @ParameterizedTest
        @EnumSource
        void beginWithTheStatusWhereItComesSoonAfterTheFolder(WatchMethod noticing) throws IOException {
            create("z", CREATED);

            verify(StepVerifier.create(noticing.builder(root)
                            .missingAfter(Duration.ofMinutes(1))
                            .build()
                            .changes()
                            .map(FollowSamples::untimed))
                    .expectNext(snapshot("z", CREATED))
                    .then(() -> run(() -> {
                        Files.createDirectory(root.resolve("a"));
                        Files.createFile(root.resolve("a/.tmp-status4711"));
                    }))
                    // The change in between shows that the follower has read the folder without its status.
                    .then(() -> create("b", CREATED))
                    .expectNext(created("b", CREATED))
                    .then(() -> run(() -> {
                        Files.writeString(root.resolve("a/.tmp-status4711"), Samples.text(CREATED));
                        Files.move(root.resolve("a/.tmp-status4711"), root.resolve("a/status"));
                    }))
                    .expectNext(created("a", CREATED)));
        }

        @ParameterizedTest
        @EnumSource
        void endWithTheDeletionWhereTheStatusGoesSoonBeforeTheFolder(WatchMethod noticing) throws IOException {
            create("a", CREATED);
            Files.createFile(root.resolve("a/other"));

            verify(StepVerifier.create(noticing.builder(root)
                            .missingAfter(Duration.ofMinutes(1))
                            .build()
                            .changes()
                            .map(FollowSamples::untimed))
                    .expectNext(snapshot("a", CREATED))
                    .then(() -> run(() -> Files.delete(root.resolve("a/status"))))
                    .then(() -> create("b", CREATED))
                    .expectNext(created("b", CREATED))
                    .then(() -> run(() -> {
                        Files.delete(root.resolve("a/other"));
                        Files.delete(root.resolve("a"));
                    }))
                    .expectNext(deleted("a", CREATED)));
        }

        @ParameterizedTest
        @EnumSource
        void areNoticedInAFolderThatHadNoStatus(WatchMethod noticing) throws IOException {
            Files.createDirectory(root.resolve("a"));
            create("z", CREATED);

            verify(StepVerifier.create(follow(noticing))
                    .assertNext(change -> isBad(
                            change,
                            Kind.SNAPSHOT,
                            null,
                            UnreadableStatusException.class,
                            "cannot read " + root + "/a/status: no such file or folder"))
                    .expectNext(snapshot("z", CREATED))
                    .then(() -> replace("a", CREATED))
                    .expectNext(new FollowedChange.WithStatus("a", Kind.UPDATED, null, CREATED, null)));
        }

        @ParameterizedTest
        @EnumSource
        void areFailuresAndRecoveries(WatchMethod noticing) {
            create("a", CREATED);

            verify(StepVerifier.create(follow(noticing))
                    .expectNext(snapshot("a", CREATED))
                    .then(() -> replace("a", ""))
                    .assertNext(change -> isBad(
                            change,
                            Kind.UPDATED,
                            CREATED,
                            CorruptStatusException.class,
                            root + "/a/status: not a container status: the document is empty"))
                    .then(() -> replace("a", CREATED))
                    .expectNext(updated("a", CREATED, CREATED))
                    .then(() -> replace("a", "x".repeat((1 << 20) + 1)))
                    .assertNext(change -> isBad(
                            change,
                            Kind.UPDATED,
                            CREATED,
                            UnreadableStatusException.class,
                            "cannot read " + root + "/a/status: it holds 1048577 bytes"))
                    .then(() -> replace("a", RUNNING))
                    .expectNext(updated("a", CREATED, RUNNING)));
        }

        @ParameterizedTest
        @EnumSource
        void areAStatusThatGoesWhileItsFolderStays(WatchMethod noticing) throws IOException {
            create("a", CREATED);
            Files.createFile(root.resolve("a/other"));

            verify(StepVerifier.create(follow(noticing))
                    .expectNext(snapshot("a", CREATED))
                    .then(() -> run(() -> Files.delete(root.resolve("a/status"))))
                    .assertNext(change -> isBad(
                            change,
                            Kind.UPDATED,
                            CREATED,
                            UnreadableStatusException.class,
                            "cannot read " + root + "/a/status: no such file or folder"))
                    .then(() -> run(() -> Files.delete(root.resolve("a/other"))))
                    .then(() -> run(() -> Files.delete(root.resolve("a"))))
                    .expectNext(deleted("a", CREATED))
                    .then(() -> create("a", RUNNING))
                    .thenConsumeWhile(change -> change.kind() == Kind.CREATED && change.failure() != null)
                    .assertNext(change -> assertThat(change.current()).isEqualTo(RUNNING)));
        }

        @ParameterizedTest
        @EnumSource
        void areWritesInPlace(WatchMethod noticing) {
            create("a", CREATED);

            verify(StepVerifier.create(follow(noticing))
                    .expectNext(snapshot("a", CREATED))
                    // Truncated and then filled: a read in between may find either content.
                    .then(() -> run(() -> put(root, "a", RUNNING)))
                    .thenConsumeWhile(change -> change.current() == null)
                    .assertNext(change -> assertThat(change.current()).isEqualTo(RUNNING)));
        }

        @ParameterizedTest
        @EnumSource
        void areARenameOfAFolder(WatchMethod noticing) {
            create("a", CREATED);

            verify(StepVerifier.create(follow(noticing))
                    .expectNext(snapshot("a", CREATED))
                    .then(() -> run(() -> Files.move(root.resolve("a"), root.resolve("b"))))
                    .recordWith(ArrayList::new)
                    .expectNextCount(2)
                    .consumeRecordedWith(all ->
                            assertThat(all).containsExactlyInAnyOrder(deleted("a", CREATED), created("b", CREATED)))
                    .then(() -> replace("b", RUNNING))
                    .expectNext(updated("b", CREATED, RUNNING)));
        }

        @ParameterizedTest
        @EnumSource
        void areNoneWhereAStatusIsReplacedByAnEqualOne(WatchMethod noticing) {
            create("a", CREATED);

            verify(StepVerifier.create(follow(noticing))
                    .expectNext(snapshot("a", CREATED))
                    .then(() -> replace("a", CREATED))
                    .then(() -> create("b", CREATED))
                    .expectNext(created("b", CREATED)));
        }
    }

    @Nested
    class Demand {
        @ParameterizedTest
        @EnumSource
        void isHonouredOneAtATime(WatchMethod noticing) {
            create("a", CREATED);
            create("b", CREATED);

            StepVerifier.create(follow(noticing), 1)
                    .expectNext(snapshot("a", CREATED))
                    .thenRequest(1)
                    .expectNext(snapshot("b", CREATED))
                    .then(() -> create("c", CREATED))
                    .thenRequest(1)
                    .expectNext(created("c", CREATED))
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @ParameterizedTest
        @EnumSource
        void thatComesLateGetsTheNewestOfEach(WatchMethod noticing) {
            create("a", CREATED);
            create("b", CREATED);
            create("c", CREATED);

            StepVerifier.create(follow(noticing), 1)
                    .expectNext(snapshot("a", CREATED))
                    .then(() -> {
                        replace("a", "");
                        replace("a", RUNNING);
                        replace("b", RUNNING);
                        delete("c");
                        create("d", CREATED);
                        delete("d");
                        create("e", CREATED);
                        replace("e", RUNNING);
                    })
                    .thenRequest(Long.MAX_VALUE)
                    .recordWith(ArrayList::new)
                    .expectNextCount(3)
                    .consumeRecordedWith(all -> assertThat(all)
                            .containsExactlyInAnyOrder(
                                    updated("a", CREATED, RUNNING), snapshot("b", RUNNING), created("e", RUNNING)))
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @ParameterizedTest
        @EnumSource
        void thatComesLateGetsTheDeletionOfWhatItKnows(WatchMethod noticing) {
            create("a", CREATED);

            StepVerifier.create(follow(noticing), 1)
                    .expectNext(snapshot("a", CREATED))
                    .then(() -> {
                        replace("a", RUNNING);
                        delete("a");
                    })
                    .thenRequest(1)
                    .expectNext(deleted("a", CREATED))
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void thatComesLateGetsADeletionAndACreation() {
            create("a", CREATED);

            StepVerifier.create(follow(WatchMethod.BY_EVENTS), 1)
                    .expectNext(snapshot("a", CREATED))
                    .then(() -> {
                        delete("a");
                        create("a", RUNNING);
                    })
                    .thenRequest(1)
                    .expectNext(deleted("a", CREATED))
                    .thenRequest(1)
                    .expectNext(created("a", RUNNING))
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void thatComesLateGetsADeletionAndACreationAlsoOfEqualStatuses() {
            create("a", CREATED);

            StepVerifier.create(follow(WatchMethod.BY_EVENTS), 1)
                    .expectNext(snapshot("a", CREATED))
                    .then(() -> {
                        delete("a");
                        create("a", CREATED);
                    })
                    .thenRequest(2)
                    .expectNext(deleted("a", CREATED), created("a", CREATED))
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @ParameterizedTest
        @EnumSource
        void thatComesLateGetsADeletionAndACreationWhereAFolderReplacedAnother(WatchMethod noticing) {
            create("a", CREATED);
            run(() -> put(folder, "other", RUNNING));

            StepVerifier.create(follow(noticing), 1)
                    .expectNext(snapshot("a", CREATED))
                    .then(() -> run(() -> {
                        Files.move(root.resolve("a"), folder.resolve("away"));
                        Files.move(folder.resolve("other"), root.resolve("a"));
                    }))
                    .thenRequest(2)
                    .expectNext(deleted("a", CREATED), created("a", RUNNING))
                    .then(() -> replace("a", CREATED))
                    .thenRequest(1)
                    .expectNext(updated("a", RUNNING, CREATED))
                    .thenCancel()
                    .verify(PATIENCE);
        }
    }

    @Nested
    class TheRoot {
        private void failsWith(Flux<?> changes, String message) {
            StepVerifier.create(changes, 0)
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(UnreadableStatusException.class)
                            .hasMessage(message))
                    .verify(PATIENCE);
        }

        @ParameterizedTest
        @EnumSource
        void isMissing(WatchMethod noticing) {
            Path nowhere = root.resolve("nowhere");
            failsWith(
                    noticing.builder(nowhere).build().changes(), "cannot read " + nowhere + ": no such file or folder");
        }

        @ParameterizedTest
        @EnumSource
        void isAFile(WatchMethod noticing) throws IOException {
            Path file = Files.createFile(root.resolve("file"));
            failsWith(noticing.builder(file).build().changes(), "cannot read " + file + ": it is not a folder");
        }

        @ParameterizedTest
        @EnumSource
        void vanishes(WatchMethod noticing) {
            create("a", CREATED);
            StepVerifier.create(follow(noticing))
                    .expectNext(snapshot("a", CREATED))
                    .then(() -> run(() -> Files.move(root, folder.resolve("away"))))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(UnreadableStatusException.class)
                            .hasMessage("cannot read " + root + ": no such file or folder"))
                    .verify(PATIENCE);
        }

        @ParameterizedTest
        @EnumSource
        void isDeletedWithAllThatIsInIt(WatchMethod noticing) {
            create("a", CREATED);
            StepVerifier.create(follow(noticing))
                    .expectNext(snapshot("a", CREATED))
                    .then(() -> run(() -> {
                        delete("a");
                        Files.delete(root);
                    }))
                    .thenConsumeWhile(change -> change.kind() == Kind.DELETED)
                    .expectError(UnreadableStatusException.class)
                    .verify(PATIENCE);
        }

        @ParameterizedTest
        @EnumSource
        void isReplaced(WatchMethod noticing) {
            create("a", CREATED);
            StepVerifier.create(follow(noticing))
                    .expectNext(snapshot("a", CREATED))
                    .then(() -> run(() -> {
                        Files.move(root, folder.resolve("away"));
                        Files.createDirectory(root);
                    }))
                    // A replacement takes two steps, and the follower may read the root between them.
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(UnreadableStatusException.class)
                            .message()
                            .isIn(
                                    "cannot read " + root + ": its path leads to another folder now",
                                    "cannot read " + root + ": no such file or folder"))
                    .verify(PATIENCE);
        }

        @ParameterizedTest
        @EnumSource
        void isFollowedAgainWhenItIsBack(WatchMethod noticing) throws IOException {
            create("a", CREATED);
            CountDownLatch failed = new CountDownLatch(1);
            Flux<FollowedChange> persistent = follow(noticing)
                    .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, Duration.ofMillis(10))
                            .doBeforeRetry(failure -> failed.countDown()));

            verify(StepVerifier.create(persistent)
                    .expectNext(snapshot("a", CREATED))
                    .then(() -> run(() -> Files.move(root, folder.resolve("away"))))
                    .then(() -> run(() -> put(folder, "away/a", RUNNING)))
                    .then(() -> assertThat(arrives(failed)).isTrue())
                    .then(() -> run(() -> Files.move(folder.resolve("away"), root)))
                    .expectNext(snapshot("a", RUNNING)));
        }

        private boolean arrives(CountDownLatch latch) {
            try {
                return latch.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Nested
    class Settings {
        @Test
        void areChecked() {
            StatusFollower.Builder builder = StatusFollower.builder(root);

            assertThatIllegalArgumentException().isThrownBy(() -> builder.scanEvery(Duration.ofNanos(999_999)));
            assertThatIllegalArgumentException().isThrownBy(() -> builder.scanEvery(Duration.ofDays(366)));
            assertThatIllegalArgumentException().isThrownBy(() -> builder.maxFileSize(0));
            assertThatIllegalArgumentException().isThrownBy(() -> builder.missingAfter(Duration.ofNanos(-1)));
            assertThatIllegalArgumentException().isThrownBy(() -> builder.missingAfter(Duration.ofSeconds(61)));
            assertThat(builder.build().root()).isEqualTo(root);
        }

        @Test
        void boundTheSizeOfAFile() {
            create("a", CREATED);

            verify(StepVerifier.create(
                            StatusFollower.builder(root).maxFileSize(10).build().changes())
                    .assertNext(change -> assertThat(change.failure())
                            .isInstanceOf(UnreadableStatusException.class)
                            .hasMessageContaining("at most 10 are read")));
        }
    }
}
