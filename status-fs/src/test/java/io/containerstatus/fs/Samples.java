package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.reactivestreams.Publisher;
import reactor.test.StepVerifier;

/** Statuses to write, and the first steps of most tests. */
final class Samples {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    static final Status CREATED =
            Status.builder().createdAt(Instant.parse("2026-01-02T03:04:05Z")).build();
    static final Status RUNNING = CREATED.toBuilder()
            .pid(42)
            .startedAt(Instant.parse("2026-01-02T03:04:06Z"))
            .build();

    private Samples() {}

    static FileCheckpoints opened(Path root) {
        FileCheckpoints checkpoints = FileCheckpoints.at(root);
        StepVerifier.create(checkpoints.open().map(Opened::access))
                .expectNext(Access.WRITABLE)
                .expectComplete()
                .verify(PATIENCE);
        return checkpoints;
    }

    static void complete(Publisher<Void> publisher) {
        StepVerifier.create(publisher).expectComplete().verify(PATIENCE);
    }

    /**
     * Verifies. An error of the virtual machine fails the test; without this method, JUnit would abort the whole run.
     */
    static void verifyThoughItMayThrow(StepVerifier verifier) {
        assertThatCode(() -> verifier.verify(PATIENCE)).doesNotThrowAnyException();
    }

    /** Creates a file as another process could have written it, and returns it. */
    static Path put(Path root, String id, String content) throws IOException {
        Files.createDirectories(root.resolve(id));
        return Files.writeString(root.resolve(id).resolve("status"), content, StandardCharsets.UTF_8);
    }

    static Path put(Path root, String id, Status status) throws IOException {
        return put(root, id, text(status));
    }

    static String text(Status status) {
        return new String(StatusCodec.encode(status), StandardCharsets.UTF_8);
    }
}
