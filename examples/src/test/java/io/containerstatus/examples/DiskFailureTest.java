package io.containerstatus.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.ContainerState;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.OwnershipLostException;
import io.containerstatus.Status;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.test.DelegatingCheckpoints;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What a supervisor does when the disk refuses a status. */
class DiskFailureTest {
    @TempDir
    Path folder;

    private Mono<Status> supervise(DelegatingCheckpoints checkpoints, String... command) {
        return Mono.usingWhen(
                StatusStore.builder(checkpoints).open(),
                store -> new Supervisor(store, new ProcessIdentities(folder.resolve("containers")))
                        .supervise(Map.of("job", List.of(command)))
                        .then(Mono.fromSupplier(() -> store.find("job").current())),
                StatusStore::close);
    }

    private FileCheckpoints files() {
        return FileCheckpoints.at(folder.resolve("containers"));
    }

    @Test
    void withoutADurableRecordTheCommandNeverRuns() {
        Path proof = folder.resolve("proof");
        DelegatingCheckpoints full = new DelegatingCheckpoints(files()) {
            @Override
            public Publisher<Void> write(String id, Status status) {
                return status.state() == ContainerState.RUNNING
                        ? Mono.error(new NotWrittenException(id, "no space", null))
                        : super.write(id, status);
            }
        };

        StepVerifier.create(supervise(full, "touch", proof.toString()))
                .assertNext(status -> assertThat(status)
                        .returns(128, Status::exitCode)
                        .returns("StartError", Status::reason)
                        .returns(false, Status::starting)
                        .extracting(Status::message)
                        .asString()
                        .contains("no space"))
                .expectComplete()
                .verify(Duration.ofSeconds(60));
        assertThat(proof).doesNotExist();
    }

    @Test
    void anExitIsNotTriedAgainOnceTheOwnershipIsLost() {
        AtomicInteger attempts = new AtomicInteger();
        DelegatingCheckpoints lost = new DelegatingCheckpoints(files()) {
            @Override
            public Publisher<Void> write(String id, Status status) {
                if (status.state() != ContainerState.EXITED) {
                    return super.write(id, status);
                }
                attempts.incrementAndGet();
                return Mono.error(new OwnershipLostException(id, "elsewhere", "another owner has taken it"));
            }
        };

        StepVerifier.create(supervise(lost, "sh", "-c", "exit 3"))
                .expectError(OwnershipLostException.class)
                .verify(Duration.ofSeconds(60));
        assertThat(attempts).hasValue(1);
    }

    @Test
    void anExitIsRecordedAsSoonAsTheDiskTakesIt() {
        AtomicInteger attempts = new AtomicInteger();
        DelegatingCheckpoints full = new DelegatingCheckpoints(files()) {
            @Override
            public Publisher<Void> write(String id, Status status) {
                if (status.state() != ContainerState.EXITED) {
                    return super.write(id, status);
                }
                return switch (attempts.incrementAndGet()) {
                    case 1 -> Mono.error(new NotWrittenException(id, "no space", null));
                    case 2 -> Mono.error(new IndeterminateWriteException(id, "folder sync failed", null));
                    default -> super.write(id, status);
                };
            }
        };

        StepVerifier.create(supervise(full, "sh", "-c", "exit 3"))
                .assertNext(status -> assertThat(status.exitCode()).isEqualTo(3))
                .expectComplete()
                .verify(Duration.ofSeconds(60));
        assertThat(attempts).hasValue(3);
        StepVerifier.create(files().read("job"))
                .assertNext(status -> assertThat(status.exitCode()).isEqualTo(3))
                .verifyComplete();
    }
}
