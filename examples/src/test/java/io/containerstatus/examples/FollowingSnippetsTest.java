package io.containerstatus.examples;

import io.containerstatus.StatusEvent;
import io.containerstatus.StatusTransitions;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.fs.FollowedChange;
import io.containerstatus.fs.StatusFollower;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.util.retry.Retry;

/** The example of {@code docs/following.md}, run. */
class FollowingSnippetsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path containers;

    @Test
    void subscribersShareOneScan() {
        FileCheckpoints owner = FileCheckpoints.at(containers);
        owner.open().block(PATIENCE);
        owner.write("web", StatusTransitions.created(Instant.ofEpochSecond(1))).block(PATIENCE);
        // region shared
        StatusFollower follower = StatusFollower.builder(containers).shared().build();
        Flux<StatusEvent> page = follower.events();
        Flux<FollowedChange> controller = follower.changes();
        // endregion

        StepVerifier.create(Flux.merge(page.take(2), controller.take(1)))
                .expectNextCount(3)
                .expectComplete()
                .verify(PATIENCE);
        owner.close().block(PATIENCE);
    }

    @Test
    void exampleRuns() throws IOException {
        Files.createFile(Files.createDirectory(containers.resolve("torn")).resolve("status"));
        FileCheckpoints owner = FileCheckpoints.at(containers);
        owner.open().block(PATIENCE);
        owner.write("web", StatusTransitions.created(Instant.ofEpochSecond(1))).block(PATIENCE);
        // region follow
        Flux<String> lines = StatusFollower.at(containers)
                .changes()
                .map(change -> {
                    if (change instanceof FollowedChange.WithStatus usable) {
                        return usable.id() + " is " + usable.current().state();
                    }
                    return change instanceof FollowedChange.WithFailure bad
                            ? bad.failure().getMessage()
                            : change.id() + " is gone";
                })
                // The root went away, or is not there yet: begin anew with a snapshot when it is.
                .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, Duration.ofSeconds(1))
                        .filter(UnreadableStatusException.class::isInstance));
        // endregion

        StepVerifier.create(lines)
                .expectNext(containers + "/torn/status: not a container status: the document is empty (byte 0)")
                .expectNext("web is CREATED")
                .then(() -> owner.delete("web").block(PATIENCE))
                .expectNext("web is gone")
                .thenCancel()
                .verify(PATIENCE);
        owner.close().block(PATIENCE);
    }
}
