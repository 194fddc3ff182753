package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.containerstatus.ContainerChange.Kind;
import io.containerstatus.CorruptStatusException;
import io.containerstatus.Status;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.UnsupportedVersionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

    private Flux<FollowedChange> follow(Noticing noticing) {
        return noticing.builder(root).build().changes();
    }

    /** Puts a status in place as a writer does: whole, by a rename. */
    private void replace(String id, String content) {
        run(() -> {
            Path temporary = Files.writeString(root.resolve(id).resolve(".tmp-status-next"), content);
            Files.move(temporary, root.resolve(id).resolve("status"), StandardCopyOption.ATOMIC_MOVE);
        });
    }

    private void replace(String id, Status status) {
        replace(id, Samples.text(status));
    }

    /** Puts a container in place, whole: between a new folder and its first status anyone may look. */
    private void create(String id, Status status) {
        run(() -> {
            put(folder, "prepared", status);
            Files.move(folder.resolve("prepared"), root.resolve(id));
        });
    }

    /** Renames the folder first, as this library does: so no look finds the folder without its status. */
    private void delete(String id) {
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
        return new FollowedChange.WithStatus(id, Kind.SNAPSHOT, null, current);
    }

    private static FollowedChange created(String id, Status current) {
        return new FollowedChange.WithStatus(id, Kind.CREATED, null, current);
    }

    private static FollowedChange updated(String id, Status previous, Status current) {
        return new FollowedChange.WithStatus(id, Kind.UPDATED, previous, current);
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
        void tellsEveryContainerOrderedById(Noticing noticing) {
            create("b", RUNNING);
            create("c", CREATED);
            create("a", CREATED);

            verify(StepVerifier.create(follow(noticing))
                    .expectNext(snapshot("a", CREATED), snapshot("b", RUNNING), snapshot("c", CREATED)));
        }

        @ParameterizedTest
        @EnumSource
        void tellsWhatIsBadAndWhatIsMissing(Noticing noticing) throws IOException {
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
        void tellsNothingOfWhatIsNoContainer(Noticing noticing) throws IOException {
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

            verify(StepVerifier.create(StatusFollower.at(link).changes()).expectNext(snapshot("a", CREATED)));
        }
    }

    @Nested
    class Changes {
        @ParameterizedTest
        @EnumSource
        void areTheWholeLifeOfAContainer(Noticing noticing) {
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
        void areACreationStepByStep(Noticing noticing) throws IOException {
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
                    .expectNext(new FollowedChange.WithStatus("a", Kind.UPDATED, null, CREATED)));
        }

        @ParameterizedTest
        @EnumSource
        void beginWithTheStatusWhereItComesSoonAfterTheFolder(Noticing noticing) throws IOException {
            create("z", CREATED);

            verify(StepVerifier.create(noticing.builder(root)
                            .missingAfter(Duration.ofMinutes(1))
                            .build()
                            .changes())
                    .expectNext(snapshot("z", CREATED))
                    .then(() -> run(() -> {
                        Files.createDirectory(root.resolve("a"));
                        Files.createFile(root.resolve("a/.tmp-status4711"));
                    }))
                    // What comes in between shows that the follower has seen the folder without its status.
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
        void endWithTheDeletionWhereTheStatusGoesSoonBeforeTheFolder(Noticing noticing) throws IOException {
            create("a", CREATED);
            Files.createFile(root.resolve("a/other"));

            verify(StepVerifier.create(noticing.builder(root)
                            .missingAfter(Duration.ofMinutes(1))
                            .build()
                            .changes())
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
        void areSeenInAFolderThatWasThereWithoutAStatus(Noticing noticing) throws IOException {
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
                    .expectNext(new FollowedChange.WithStatus("a", Kind.UPDATED, null, CREATED)));
        }

        @ParameterizedTest
        @EnumSource
        void areFailuresAndRecoveries(Noticing noticing) {
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
        void areAStatusThatGoesWhileItsFolderStays(Noticing noticing) throws IOException {
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
        void areWritesInPlace(Noticing noticing) {
            create("a", CREATED);

            verify(StepVerifier.create(follow(noticing))
                    .expectNext(snapshot("a", CREATED))
                    // Emptied and filled: a look in between may show either.
                    .then(() -> run(() -> put(root, "a", RUNNING)))
                    .thenConsumeWhile(change -> change.current() == null)
                    .assertNext(change -> assertThat(change.current()).isEqualTo(RUNNING)));
        }

        @ParameterizedTest
        @EnumSource
        void areARenameOfAFolder(Noticing noticing) {
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
        void areNoneWhereAStatusIsReplacedByAnEqualOne(Noticing noticing) {
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
        void isHonouredOneAtATime(Noticing noticing) {
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
        void thatComesLateGetsTheNewestOfEach(Noticing noticing) {
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
        void thatComesLateGetsTheDeletionOfWhatItKnows(Noticing noticing) {
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

            StepVerifier.create(follow(Noticing.BY_EVENTS), 1)
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

            StepVerifier.create(follow(Noticing.BY_EVENTS), 1)
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
        void thatComesLateGetsADeletionAndACreationWhereAFolderTookThePlaceOfAnother(Noticing noticing) {
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
        void isMissing(Noticing noticing) {
            Path nowhere = root.resolve("nowhere");
            failsWith(
                    noticing.builder(nowhere).build().changes(), "cannot read " + nowhere + ": no such file or folder");
        }

        @ParameterizedTest
        @EnumSource
        void isAFile(Noticing noticing) throws IOException {
            Path file = Files.createFile(root.resolve("file"));
            failsWith(noticing.builder(file).build().changes(), "cannot read " + file + ": it is not a folder");
        }

        @ParameterizedTest
        @EnumSource
        void vanishes(Noticing noticing) {
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
        void isDeletedWithAllThatIsInIt(Noticing noticing) {
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
        void isReplaced(Noticing noticing) {
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
                                    "cannot read " + root + ": another folder has taken its place",
                                    "cannot read " + root + ": no such file or folder"))
                    .verify(PATIENCE);
        }

        @ParameterizedTest
        @EnumSource
        void isFollowedAgainWhenItIsBack(Noticing noticing) throws IOException {
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

            assertThatIllegalArgumentException().isThrownBy(() -> builder.lookEvery(Duration.ofNanos(999_999)));
            assertThatIllegalArgumentException().isThrownBy(() -> builder.lookEvery(Duration.ofDays(366)));
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
