package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.opened;
import static io.containerstatus.fs.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.NotWrittenException;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.testing.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

/**
 * Roots that the real kernel does not allow to be written. Skipped, with the reason, if the test has no
 * permission to set them up.
 */
@Tag("faults")
class UnwritableRootsTest {
    @TempDir
    Path folder;

    /** Commands that undo the changes of a test to the system, the last one first. */
    private final List<String[]> undo = new ArrayList<>();

    @AfterEach
    void undo() throws IOException, InterruptedException {
        for (int i = undo.size() - 1; i >= 0; i--) {
            assertThat(new ProcessBuilder(undo.get(i)).inheritIO().start().waitFor())
                    .isZero();
        }
    }

    @Nested
    class AReadOnlyFileSystem {
        @Test
        void isReadAndWrittenByNothing() throws IOException, InterruptedException {
            Path root = mount("size=1m");
            put(root, "web-1", CREATED);
            remountReadOnly(root);

            onlyRead(root, "Read-only file system");
        }

        @Test
        void isReadAlsoWhereALockFileIsLeft() throws IOException, InterruptedException {
            Path root = mount("size=1m");
            FileCheckpoints before = opened(root);
            complete(before.write("web-1", CREATED));
            complete(before.close());
            remountReadOnly(root);

            onlyRead(root, "Read-only file system");
        }

        private void remountReadOnly(Path root) throws IOException, InterruptedException {
            Child.require("a remount must be permitted", "mount", "-o", "remount,ro", root.toString());
        }
    }

    @Nested
    class AFullFileSystem {
        @Test
        void withoutInodesIsRead() throws IOException, InterruptedException {
            Path root = mount("size=1m,nr_inodes=8");
            put(root, "web-1", CREATED);
            for (int i = 0; fits(root.resolve("filler-" + i)); i++) {
                assertThat(i).isLessThan(10);
            }
            onlyRead(root, "No space left on device");
        }

        @Test
        void leavesTheOldStatusAndTakesTheNewOneWhenThereIsSpaceAgain() throws IOException, InterruptedException {
            Path root = mount("size=64k");
            FileCheckpoints checkpoints = opened(root);
            complete(checkpoints.write("web-1", CREATED));
            Path filler = root.resolve("filler");
            fill(filler);
            Map<String, String> before = FolderSnapshot.of(root.resolve("web-1"));

            StepVerifier.create(checkpoints.write("web-1", RUNNING))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(NotWrittenException.class)
                            .hasMessageEndingWith("No space left on device"))
                    .verify(PATIENCE);
            assertThat(FolderSnapshot.of(root.resolve("web-1"))).isEqualTo(before);
            Files.delete(filler);
            complete(checkpoints.write("web-1", RUNNING));
            complete(checkpoints.close());
        }

        private boolean fits(Path file) {
            try {
                Files.createFile(file);
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        private void fill(Path file) {
            try (var out = Files.newOutputStream(file)) {
                while (true) {
                    out.write(new byte[4096]);
                }
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("No space left");
            }
        }
    }

    @Nested
    class AnImmutableFolder {
        @Test
        void asRootIsRead() throws IOException, InterruptedException {
            Path root = Files.createDirectory(folder.resolve("root"));
            put(root, "web-1", CREATED);
            makeImmutable(root);

            onlyRead(root, "Operation not permitted");
        }

        @Test
        void ofAContainerLeavesItsOldStatusAndStopsNoOther() throws IOException, InterruptedException {
            Path root = folder.resolve("root");
            FileCheckpoints checkpoints = opened(root);
            complete(checkpoints.write("web-1", CREATED));
            makeImmutable(root.resolve("web-1"));

            StepVerifier.create(checkpoints.write("web-1", RUNNING))
                    .expectError(NotWrittenException.class)
                    .verify(PATIENCE);
            StepVerifier.create(checkpoints.delete("web-1"))
                    .expectError(NotWrittenException.class)
                    .verify(PATIENCE);
            complete(checkpoints.write("web-2", RUNNING));
            StepVerifier.create(checkpoints.read("web-1"))
                    .expectNext(CREATED)
                    .expectComplete()
                    .verify(PATIENCE);
            complete(checkpoints.close());
        }

        private void makeImmutable(Path path) throws IOException, InterruptedException {
            Child.require("chattr must be permitted", "chattr", "+i", path.toString());
            undo.add(new String[] {"chattr", "-i", path.toString()});
        }
    }

    @Test
    void aContainersFolderThatIsAMountPointStaysWithoutItsStatus() throws IOException, InterruptedException {
        Path root = folder.resolve("root");
        FileCheckpoints checkpoints = opened(root);
        complete(checkpoints.write("web-1", CREATED));
        Path container = root.resolve("web-1");
        Child.require("a mount must be permitted", "mount", "-t", "tmpfs", "tmpfs", container.toString());
        undo.add(new String[] {"umount", container.toString()});
        complete(checkpoints.write("web-1", CREATED));

        complete(checkpoints.delete("web-1"));

        assertThat(container).isEmptyDirectory();
        assertThat(checkpoints.list().collectList().block(PATIENCE)).containsExactly("web-1");
        complete(checkpoints.close());
    }

    /** In a process of its own, which is bound by permissions even if it belongs to the user root. */
    @Nested
    class SomeoneElsesFolder {
        @Test
        void asRootIsRead() throws IOException, InterruptedException {
            Path root = Files.createDirectory(folder.resolve("root"));
            put(root, "web-1", CREATED);
            permit(root, "r-x------");
            Map<String, String> before = FolderSnapshot.of(root);

            assertThat(answersAbout(root))
                    .satisfiesExactly(
                            access -> assertThat(access).contains("writable=false", "permission denied"),
                            write -> assertThat(write).contains("NotWrittenException", "permission denied"));
            assertThat(FolderSnapshot.of(root)).isEqualTo(before);
            permit(root, "rwx------");
        }

        @Test
        void asParentOfAMissingRootIsAnErrorAndUnchanged() throws IOException, InterruptedException {
            Path parent = Files.createDirectory(folder.resolve("parent"));
            permit(parent, "r-x------");
            Map<String, String> before = FolderSnapshot.of(folder);

            assertThat(answersAbout(parent.resolve("root")))
                    .singleElement()
                    .asString()
                    .contains("InvalidRootException", parent.resolve("root").toString(), "permission denied");
            assertThat(FolderSnapshot.of(folder)).isEqualTo(before);
            permit(parent, "rwx------");
        }

        @Test
        void thatCannotBeReadAboveTheRootIsNoObstacle() throws IOException, InterruptedException {
            Path parent = Files.createDirectory(folder.resolve("parent"));
            Path root = Files.createDirectory(parent.resolve("root"));
            permit(parent, "--x------");

            assertThat(answersAbout(root))
                    .satisfiesExactly(access -> assertThat(access).contains("writable=true"), write -> assertThat(write)
                            .isEqualTo("written"));
            permit(parent, "rwx------");
        }

        private List<String> answersAbout(Path root) throws IOException, InterruptedException {
            boolean privileged = Files.isReadable(Path.of("/proc/1/environ"));
            List<String> bound = List.of(
                    "setpriv",
                    "--bounding-set=-dac_override,-dac_read_search",
                    "--inh-caps=-dac_override,-dac_read_search");
            if (privileged) {
                String[] probe = {bound.get(0), bound.get(1), bound.get(2), "true"};
                Child.require("root must be able to give up its privileges", probe);
            }
            try (Child child = Child.start(privileged ? bound : List.of(), ChildProgram.class, "open", root)) {
                return child.lines();
            }
        }

        private void permit(Path path, String mode) throws IOException {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        }
    }

    private void onlyRead(Path root, String reason) {
        Map<String, String> before = FolderSnapshot.of(root);
        FileCheckpoints checkpoints = FileCheckpoints.at(root);
        StepVerifier.create(checkpoints.open().map(Opened::access))
                .assertNext(access -> {
                    assertThat(access.writable()).isFalse();
                    assertThat(access.reason()).contains(root.toString()).contains(reason);
                })
                .expectComplete()
                .verify(PATIENCE);
        StepVerifier.create(checkpoints.list())
                .expectNext("web-1")
                .expectComplete()
                .verify(PATIENCE);
        StepVerifier.create(checkpoints.read("web-1"))
                .expectNext(CREATED)
                .expectComplete()
                .verify(PATIENCE);
        StepVerifier.create(checkpoints.write("web-1", RUNNING))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(NotWrittenException.class)
                        .hasMessageContaining(reason))
                .verify(PATIENCE);
        complete(checkpoints.close());
        assertThat(FolderSnapshot.of(root)).isEqualTo(before);
    }

    /** Mounts a small file system in memory. */
    private Path mount(String options) throws IOException, InterruptedException {
        Path root = Files.createDirectory(folder.resolve("mounted"));
        Child.require("a mount must be permitted", "mount", "-t", "tmpfs", "-o", options, "tmpfs", root.toString());
        undo.add(new String[] {"umount", root.toString()});
        return root;
    }
}
