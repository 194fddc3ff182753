package io.containerstatus.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.StatusTransitions;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.fs.StatusFollower;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.util.retry.Retry;

/** The example of {@code docs/following.md}, run, and what else there can be held to the sources. */
class FollowingDocTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path PAGE = Readme.PROJECT.resolve("docs/following.md");
    private static final Path SOURCE =
            Readme.PROJECT.resolve("examples/src/test/java/io/containerstatus/examples/FollowingDocTest.java");
    private static final Pattern SHOWN =
            Pattern.compile("^ *// begin\\n(.*?)^ *// end$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern FENCED = Pattern.compile("^```java\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)[^)]*\\)");

    @TempDir
    Path containers;

    @Test
    void exampleRuns() throws IOException {
        Files.createFile(Files.createDirectory(containers.resolve("torn")).resolve("status"));
        FileCheckpoints owner = FileCheckpoints.at(containers);
        owner.open().block(PATIENCE);
        owner.write("web", StatusTransitions.created(Instant.ofEpochSecond(1), null))
                .block(PATIENCE);
        // begin
        Flux<String> lines = StatusFollower.at(containers)
                .changes()
                .map(change -> switch (change.kind()) {
                    case DELETED -> change.id() + " is gone";
                    default ->
                        change.current() != null
                                ? change.id() + " is " + change.current().state()
                                : change.failure().getMessage();
                })
                // The root went away, or is not there yet: begin anew with a snapshot when it is.
                .retryWhen(Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(100)).maxBackoff(Duration.ofSeconds(10)));
        // end

        StepVerifier.create(lines)
                .expectNext(containers + "/torn/status: not a container status: the document is empty (byte 0)")
                .expectNext("web is CREATED")
                .then(() -> owner.delete("web").block(PATIENCE))
                .expectNext("web is gone")
                .thenCancel()
                .verify(PATIENCE);
        owner.close().block(PATIENCE);
    }

    @Test
    void exampleIsTheOneOnThePage() throws IOException {
        List<String> shown = SHOWN.matcher(Files.readString(SOURCE))
                .results()
                .map(region -> region.group(1).stripTrailing().stripIndent() + "\n")
                .toList();
        List<String> onThePage = FENCED.matcher(Files.readString(PAGE))
                .results()
                .map(block -> block.group(1))
                .toList();

        assertThat(onThePage).hasSize(1).isEqualTo(shown);
    }

    @Test
    void linksLeadSomewhere() throws IOException {
        assertThat(LINK.matcher(Files.readString(PAGE)).results().map(link -> link.group(1)))
                .isNotEmpty()
                .allSatisfy(link ->
                        assertThat(PAGE.getParent().resolve(link).normalize()).exists());
    }
}
