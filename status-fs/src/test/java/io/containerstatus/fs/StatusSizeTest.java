package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.OwnershipLostException;
import io.containerstatus.Status;
import io.containerstatus.StatusTooLargeException;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.HookedFileSystem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.util.retry.Retry;

/** A status that is larger than the limit of a file. */
class StatusSizeTest {
    private static final int LIMIT = 4000;

    @TempDir
    Path root;

    private HookedFileSystem files;
    private FileCheckpoints checkpoints;

    @BeforeEach
    void open() {
        files = HookedFileSystem.over(root);
        checkpoints =
                FileCheckpoints.builder(files.hooked(root)).maxFileSize(LIMIT).build();
        StepVerifier.create(checkpoints.open())
                .expectNextCount(1)
                .expectComplete()
                .verify(PATIENCE);
        complete(checkpoints.write("web-1", ofSize(LIMIT)));
    }

    @AfterEach
    void close() {
        complete(checkpoints.close());
    }

    @Test
    void isRefusedByItsOwnTypeWithItsSizeAndChangesNothing() {
        List<FileOperation> operations = Collections.synchronizedList(new ArrayList<>());
        files.hook = (operation, path) -> {
            if (!operation.equals(FileOperation.STAT)) {
                operations.add(operation);
            }
        };

        StepVerifier.create(checkpoints.write("web-1", ofSize(LIMIT + 1)))
                .expectErrorSatisfies(isTooLarge("web-1"))
                .verify(PATIENCE);
        StepVerifier.create(checkpoints.write("web-2", ofSize(LIMIT + 1)))
                .expectErrorSatisfies(isTooLarge("web-2"))
                .verify(PATIENCE);
        assertThat(operations).isEmpty();
        assertThat(root.resolve("web-1/status")).hasContent(text(ofSize(LIMIT)));
    }

    @Test
    void isRefusedBeforeItIsWrittenToo() {
        assertThatExceptionOfType(StatusTooLargeException.class)
                .isThrownBy(() -> checkpoints.requireStorable("web-1", ofSize(LIMIT + 1)))
                .satisfies(isTooLarge("web-1"));
        assertThatCode(() -> checkpoints.requireStorable("web-1", ofSize(LIMIT)))
                .doesNotThrowAnyException();
    }

    /** As in the README. */
    @Test
    void isLeftAloneByARetryOfWhatWasNotWritten() {
        AtomicInteger attempts = new AtomicInteger();
        Mono<Void> recorded = Mono.defer(() -> {
                    attempts.incrementAndGet();
                    return checkpoints.write("web-1", ofSize(LIMIT + 1));
                })
                .retryWhen(Retry.backoff(10, Duration.ofMillis(100))
                        .filter(failure -> !(failure instanceof OwnershipLostException)
                                && (failure instanceof NotWrittenException
                                        || failure instanceof IndeterminateWriteException))
                        .onRetryExhaustedThrow((retry, last) -> last.failure()));

        StepVerifier.create(recorded).expectErrorSatisfies(isTooLarge("web-1")).verify(PATIENCE);
        assertThat(attempts).hasValue(1);
    }

    private static Consumer<Throwable> isTooLarge(String id) {
        return failure -> assertThat(failure).isInstanceOfSatisfying(StatusTooLargeException.class, tooLarge -> {
            assertThat(tooLarge.id()).isEqualTo(id);
            assertThat(tooLarge.size()).isEqualTo(LIMIT + 1);
            assertThat(tooLarge.limit()).isEqualTo(LIMIT);
        });
    }

    private static Status ofSize(int bytes) {
        return CREATED.toBuilder()
                .message("x".repeat(bytes - text(CREATED).length()))
                .build();
    }
}
