package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.containerstatus.ContainerChange.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

/** Ten thousand containers, whose creation and removal take a while. */
@Tag("soak")
class FollowManyTest {
    private static final int CONTAINERS = 10_000;

    @TempDir
    Path folder;

    private Path root;

    @BeforeEach
    void createThem() throws IOException {
        root = folder.toRealPath();
        for (int i = 0; i < CONTAINERS; i++) {
            put(root, "c" + i, CREATED);
        }
    }

    @Test
    void areEmittedAndWatchedEachOnce() {
        List<String> ids = new ArrayList<>();
        StepVerifier.create(StatusFollower.at(root).changes())
                .recordWith(ArrayList::new)
                .expectNextCount(CONTAINERS)
                .consumeRecordedWith(all -> all.forEach(change -> ids.add(change.id())))
                .then(this::requireWatches)
                .then(() -> change("c9999"))
                .thenConsumeWhile(change -> change.current() == null)
                .assertNext(change -> assertThat(FollowSamples.untimed(change))
                        .isEqualTo(new FollowedChange.WithStatus("c9999", Kind.UPDATED, CREATED, RUNNING, null)))
                .thenCancel()
                .verify(PATIENCE.multipliedBy(4));

        assertThat(ids).isSorted().doesNotHaveDuplicates();
        FollowResources.awaitNone(root);
    }

    @Test
    void leaveNothingBehindWithASubscriberThatStalls() {
        Set<String> left = new HashSet<>();
        StepVerifier.create(StatusFollower.at(root).changes(), CONTAINERS)
                .expectNextCount(CONTAINERS)
                .then(() -> {
                    for (int i = 0; i < CONTAINERS; i++) {
                        change("c" + i);
                        if (i % 10 == 0) {
                            delete("c" + i);
                        }
                    }
                })
                .thenRequest(CONTAINERS)
                .recordWith(ArrayList::new)
                .expectNextCount(CONTAINERS)
                .consumeRecordedWith(all -> all.forEach(change -> {
                    assertThat(left.add(change.id())).as(change.id()).isTrue();
                    boolean gone = change.id().endsWith("0");
                    assertThat(FollowSamples.untimed(change))
                            .isEqualTo(
                                    gone
                                            ? new FollowedChange.Deleted(change.id(), CREATED)
                                            : new FollowedChange.WithStatus(
                                                    change.id(), Kind.UPDATED, CREATED, RUNNING, null));
                }))
                .thenCancel()
                .verify(PATIENCE.multipliedBy(4));
        FollowResources.awaitNone(root);
    }

    private void requireWatches() {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fdinfo")), "Linux reports how many watches there are");
        try {
            assertThat(FollowResources.inotifyInstances()).containsExactly(CONTAINERS + 2);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void change(String id) {
        try {
            put(root, id, RUNNING);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void delete(String id) {
        try {
            Files.delete(root.resolve(id).resolve("status"));
            Files.delete(root.resolve(id));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
