package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.opened;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class FileCheckpointsTest {
    @TempDir
    Path root;

    @Test
    void theFileIsWhatTheCodecWrites() throws IOException {
        FileCheckpoints checkpoints = opened(root);
        complete(checkpoints.write("web-1", RUNNING));

        assertThat(Files.readAllBytes(root.resolve("web-1/status"))).isEqualTo(StatusCodec.encode(RUNNING));
        complete(checkpoints.close());
    }

    @Test
    void constructingAndAssemblingTouchesNoFile() {
        HookedFileSystem files = HookedFileSystem.over(root);
        List<FileOperation> operations = Collections.synchronizedList(new ArrayList<>());
        files.hook = (operation, path) -> operations.add(operation);
        FileCheckpoints checkpoints = FileCheckpoints.at(files.hooked(root));
        List<Object> assembled = List.of(
                checkpoints.open(),
                checkpoints.write("web-1", CREATED),
                checkpoints.read("web-1"),
                checkpoints.delete("web-1"),
                checkpoints.list(),
                checkpoints.close());

        assertThat(assembled).hasSize(6);
        assertThat(operations).isEmpty();
        complete(checkpoints.close());
    }

    @Test
    void aWriteWithoutAnOpenRootIsRefusedByTheRootsName() {
        FileCheckpoints checkpoints = FileCheckpoints.at(root);
        StepVerifier.create(checkpoints.write("web-1", CREATED))
                .expectErrorMessage("status \"web-1\" not changed: root " + root + " is not open")
                .verify(PATIENCE);
        complete(checkpoints.close());
    }

    @Test
    void theWorkIsDoneAndSignalledOnTheIoThreads() {
        HookedFileSystem files = HookedFileSystem.over(root);
        List<String> threads = Collections.synchronizedList(new ArrayList<>());
        files.hook = (operation, path) -> threads.add(Thread.currentThread().getName());
        FileCheckpoints checkpoints = opened(files.hooked(root));
        complete(checkpoints
                .write("web-1", CREATED)
                .doOnSuccess(nothing -> threads.add(Thread.currentThread().getName())));
        StepVerifier.create(
                        checkpoints.list().mergeWith(checkpoints.read("web-1").map(Status::toString)))
                .expectNextCount(2)
                .expectComplete()
                .verify(PATIENCE);
        complete(checkpoints.delete("web-1"));
        complete(checkpoints.close());

        assertThat(threads).isNotEmpty().allMatch(name -> name.startsWith("status-io-"));
    }

    @Test
    void manyReadersOfOneContainerNeverReadAHalfWrittenStatus() {
        FileCheckpoints checkpoints = opened(root);
        complete(checkpoints.write("web-1", CREATED));
        Status large = RUNNING.toBuilder().message("x".repeat(100_000)).build();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Flux<Status> reads = Flux.range(0, 500)
                .flatMap(i -> checkpoints.read("web-1"), 8)
                .doOnNext(status -> assertThat(status).isIn(CREATED, large))
                .doOnError(failure::set);
        Flux<Void> writes = Flux.range(0, 100).concatMap(i -> checkpoints.write("web-1", i % 2 == 0 ? large : CREATED));

        StepVerifier.create(Flux.merge(reads.then(), writes.then()))
                .expectComplete()
                .verify(PATIENCE);
        assertThat(failure).hasValue(null);
        complete(checkpoints.close());
    }

    @Test
    void settingsAreChecked() {
        FileCheckpoints.Builder builder = FileCheckpoints.builder(root);
        assertThatNullPointerException().isThrownBy(() -> FileCheckpoints.at(null));
        assertThatNullPointerException().isThrownBy(() -> builder.ioScheduler(null));
        assertThatNullPointerException().isThrownBy(() -> builder.clock(null));
        assertThatNullPointerException()
                .isThrownBy(() -> FileCheckpoints.at(root).write("web-1", null));
        assertThat(FileCheckpoints.at(root).root()).isEqualTo(root);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 2_147_483_632L, Long.MAX_VALUE})
    void aSizeThatNoArrayCanHaveIsRefused(long size) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FileCheckpoints.builder(root).maxFileSize(size))
                .withMessageContaining(Long.toString(size));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2_147_483_631L})
    void theSmallestAndTheLargestSizeAreTaken(long size) {
        assertThat(FileCheckpoints.builder(root).maxFileSize(size).build()).isNotNull();
    }
}
