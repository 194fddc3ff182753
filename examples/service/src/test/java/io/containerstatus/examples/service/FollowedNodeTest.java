package io.containerstatus.examples.service;

import static io.containerstatus.StatusTransitions.created;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.fs.StatusFollower;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class FollowedNodeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path root;

    private final AtomicInteger reads = new AtomicInteger();

    private StatusFollower.Builder follower() {
        return StatusFollower.builder(root).ioScheduler(Schedulers.fromExecutor(read -> {
            reads.incrementAndGet();
            read.run();
        }));
    }

    private void write(String id, Status status) throws IOException {
        Files.write(Files.createDirectory(root.resolve(id)).resolve("status"), StatusCodec.encode(status));
    }

    @Test
    void aPrefixReadsNoOtherFiles() throws IOException {
        for (String id : new String[] {"db", "web-2", "web-1", "cache"}) {
            write(id, created(Instant.now()));
        }

        StepVerifier.create(new FollowedNode(follower().build()).list("web").map(ContainerView::id))
                .expectNext("web-1", "web-2")
                .expectComplete()
                .verify(PATIENCE);

        // The root, and the two statuses.
        assertThat(reads).hasValue(3);
    }

    @Test
    void theSettingsAreThoseOfTheFollower() throws IOException {
        write("web", created(Instant.now()));

        StepVerifier.create(new FollowedNode(follower().maxFileSize(10).build()).find("w"))
                .assertNext(view -> assertThat(view.problem()).contains("at most 10 are read"))
                .expectComplete()
                .verify(PATIENCE);
        StepVerifier.create(new FollowedNode(StatusFollower.at(root.resolve("away"))).list(""))
                .expectError(UnreadableStatusException.class)
                .verify(PATIENCE);
    }
}
