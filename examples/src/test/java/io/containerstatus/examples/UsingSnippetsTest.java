package io.containerstatus.examples;

import static io.containerstatus.StatusTransitions.created;
import static io.containerstatus.StatusTransitions.exited;
import static io.containerstatus.StatusTransitions.started;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.ContainerState;
import io.containerstatus.IllegalTransitionException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.RevisionConflictException;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.StatusTooLargeException;
import io.containerstatus.StatusTransitions;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.reactive.OperationKind;
import io.containerstatus.reactive.StatusMetrics;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.reactive.StoreHealth;
import io.containerstatus.spi.StatusCheckpoints;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The Java snippets of docs/using.md, run. {@link ReadmeTest} holds the document to the regions marked here. */
class UsingSnippetsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path root;

    // region metrics
    final class Counters implements StatusMetrics {
        final LongAdder writes = new LongAdder();
        final LongAdder failures = new LongAdder();
        final LongAdder nanos = new LongAdder();
        final LongAdder commits = new LongAdder();

        @Override
        public void recordWrite(
                String id,
                OperationKind kind,
                int operations,
                Duration waited,
                Duration elapsed,
                @Nullable StatusException failure) {
            (failure == null ? writes : failures).increment();
            nanos.add(elapsed.toNanos());
        }

        @Override
        public void recordCommit(String id) {
            commits.increment();
        }
    }
    // endregion

    // region disk
    final class Disk implements StatusCheckpoints {
        volatile boolean full;

        @Override
        public Mono<Opened> open() {
            return Mono.just(new Opened(Access.WRITABLE, List.of()));
        }

        @Override
        public Mono<Void> write(String id, Status status) {
            return change(id);
        }

        @Override
        public Mono<Void> delete(String id) {
            return change(id);
        }

        private Mono<Void> change(String id) {
            return Mono.defer(() -> full ? Mono.error(new NotWrittenException(id, "disk full", null)) : Mono.empty());
        }

        @Override
        public Mono<Void> close() {
            return Mono.empty();
        }
    }
    // endregion

    @Test
    void settings() {
        Counters counters = new Counters();
        // region settings
        FileCheckpoints files =
                FileCheckpoints.builder(root).maxFileSize(65_536).build();
        Mono<StatusStore> opened = StatusStore.builder(files)
                .maxPendingUpdates(256)
                .metrics(counters)
                .open();
        // endregion

        StatusStore store = opened.block(PATIENCE);
        StatusStorage web = store.create("web-1", created(Instant.now(), null)).block(PATIENCE);
        Mono<Status> tooLong = web.updateSync(
                status -> status.toBuilder().message("x".repeat(65_536)).build());
        StepVerifier.create(tooLong).expectError(StatusTooLargeException.class).verify(PATIENCE);
        // region health
        StoreHealth health = store.health();
        boolean ready = health.writable();
        String details = health.toString();
        // endregion
        assertThat(ready).isTrue();
        assertThat(details).startsWith("writable");
        store.close().block(PATIENCE);
        assertThat(counters.writes.sum()).isEqualTo(1);
        assertThat(counters.failures.sum()).isZero();
        assertThat(counters.commits.sum()).isEqualTo(1);
        assertThat(counters.nanos.sum()).isPositive();
    }

    @Test
    void revision() {
        StatusStore store = StatusStore.open(root).block(PATIENCE);
        StatusStorage web = store.create("web-1", created(Instant.now(), null)).block(PATIENCE);
        // region revision
        // In this order: a commit between the two then makes for a conflict, and not for a decision on an old status.
        long revision = web.revision();
        Status seen = web.current();
        Mono<Status> decided = web.updateSync(
                revision, status -> status.toBuilder().message(decision(seen)).build());
        // endregion

        StepVerifier.create(decided.map(Status::message))
                .expectNext("was CREATED")
                .expectComplete()
                .verify(PATIENCE);
        StepVerifier.create(decided)
                .expectError(RevisionConflictException.class)
                .verify(PATIENCE);
        store.close().block(PATIENCE);
    }

    private static String decision(Status seen) {
        return "was " + seen.state();
    }

    @Test
    void removal() {
        StatusStore store = StatusStore.open(root).block(PATIENCE);
        StatusStorage web = store.create("web-1", created(Instant.now(), null)).block(PATIENCE);
        web.updateSync(status -> started(status, 4711, Instant.now())).block(PATIENCE);

        StepVerifier.create(removed(web))
                .expectError(IllegalTransitionException.class)
                .verify(PATIENCE);
        web.updateSync(status -> exited(status, 0, Instant.now())).block(PATIENCE);
        StepVerifier.create(removed(web)).expectComplete().verify(PATIENCE);
        assertThat(store.list()).isEmpty();
        store.close().block(PATIENCE);
    }

    @Test
    void removalThatFailsTakesItsMarkBack() {
        Disk disk = new Disk();
        StatusStore store = StatusStore.builder(disk).open().block(PATIENCE);
        StatusStorage web = store.create("web-1", created(Instant.now(), null)).block(PATIENCE);
        disk.full = true;

        StepVerifier.create(removed(web)).expectError(NotWrittenException.class).verify(PATIENCE);
        assertThat(web.current().removing()).isFalse();
        store.close().block(PATIENCE);
    }

    private static Mono<Void> removed(StatusStorage web) {
        // region removal
        Mono<Void> removed = web.update(StatusTransitions::beginRemove)
                .then(web.delete().onErrorResume(failure -> web.update(StatusTransitions::endRemove)
                        .then(Mono.error(failure))));
        // endregion
        return removed;
    }

    @Test
    void diskThatFails() {
        // region full disk
        Disk disk = new Disk();
        StatusStore store = StatusStore.builder(disk).open().block();
        StatusStorage web = store.create("web-1", created(Instant.now(), null)).block();

        disk.full = true;
        StepVerifier.create(web.updateSync(status -> exited(status, 0, Instant.now())))
                .verifyError(NotWrittenException.class);
        // endregion

        assertThat(web.current().state()).isEqualTo(ContainerState.CREATED);
        disk.full = false;
        web.updateSync(status -> exited(status, 0, Instant.now())).block(PATIENCE);
        assertThat(web.current().state()).isEqualTo(ContainerState.EXITED);
        store.close().block(PATIENCE);
    }
}
