package io.containerstatus.examples;

import static io.containerstatus.StatusTransitions.beginRemove;
import static io.containerstatus.StatusTransitions.created;
import static io.containerstatus.StatusTransitions.endRemove;
import static io.containerstatus.StatusTransitions.exited;
import static io.containerstatus.StatusTransitions.started;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.containerstatus.ContainerChange;
import io.containerstatus.ContainerState;
import io.containerstatus.IllegalTransitionException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.RevisionConflictException;
import io.containerstatus.Status;
import io.containerstatus.StatusEvent;
import io.containerstatus.StatusException;
import io.containerstatus.StatusTooLargeException;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.fs.StatusFollower;
import io.containerstatus.reactive.Delivery;
import io.containerstatus.reactive.OperationKind;
import io.containerstatus.reactive.StatusChange;
import io.containerstatus.reactive.StatusMetrics;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.reactive.StoreHealth;
import io.containerstatus.test.InMemoryCheckpoints;
import io.containerstatus.test.ManualScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.util.retry.Retry;

/** The Java snippets of docs/using.md and docs/testing.md, run. {@link ReadmeTest} holds the document to the regions marked here. */
class UsingSnippetsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path root;

    // region board
    final class Board {
        final Map<String, String> lines = new ConcurrentSkipListMap<>();

        void show(ContainerChange change) {
            StatusException failure = change.failure();
            switch (change.kind()) {
                case SNAPSHOT, CREATED, UPDATED ->
                    lines.put(change.id(), failure == null ? change.state().name() : failure.getMessage());
                case DELETED -> lines.remove(change.id());
            }
        }
    }
    // endregion

    // region table
    final class Table {
        final Map<String, ContainerChange> rows = new ConcurrentSkipListMap<>();
        /** The ids from before this subscription that were not received again. */
        private final Set<String> unconfirmed = new HashSet<>();

        Flux<StatusEvent> follow(Flux<StatusEvent> events) {
            return events.doOnSubscribe(again -> unconfirmed.addAll(rows.keySet()))
                    .doOnNext(this::take)
                    .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, Duration.ofSeconds(1)));
        }

        private void take(StatusEvent event) {
            if (event.caughtUp()) {
                rows.keySet().removeAll(unconfirmed);
                unconfirmed.clear();
            } else if (event instanceof ContainerChange change) {
                unconfirmed.remove(change.id());
                if (change.kind() == ContainerChange.Kind.DELETED) {
                    rows.remove(change.id());
                } else {
                    rows.put(change.id(), change);
                }
            }
        }
    }
    // endregion

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
        StatusStorage web = store.create("web-1", created(Instant.now())).block(PATIENCE);
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
    void oneConsumerForStoreAndFollower() throws IOException {
        Path others = root.resolve("others");
        FileCheckpoints owner = FileCheckpoints.at(others);
        owner.open().block(PATIENCE);
        owner.write("db-1", created(Instant.now())).block(PATIENCE);
        Files.createFile(Files.createDirectory(others.resolve("torn")).resolve("status"));
        StatusStore store = StatusStore.open(root.resolve("own")).block(PATIENCE);
        StatusStorage web = store.create("web-1", created(Instant.now())).block(PATIENCE);
        Board board = new Board();
        // region one consumer
        store.changes().subscribe(board::show);
        Disposable following = StatusFollower.at(others).changes().subscribe(board::show);
        // endregion

        web.apply(started(4711, Instant.now())).block(PATIENCE);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(board.lines)
                .containsEntry("web-1", "RUNNING")
                .containsEntry("db-1", "CREATED")
                .hasEntrySatisfying("torn", line -> assertThat(line).contains("the document is empty")));
        web.delete().block(PATIENCE);
        owner.delete("db-1").block(PATIENCE);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(board.lines).containsOnlyKeys("torn"));
        following.dispose();
        store.close().block(PATIENCE);
        owner.close().block(PATIENCE);
    }

    @Test
    void tableStaysRightOverTheAbsenceOfItsRoot() throws IOException {
        Path containers = Files.createDirectory(root.resolve("containers"));
        FileCheckpoints owner = FileCheckpoints.at(containers);
        owner.open().block(PATIENCE);
        owner.write("db-1", created(Instant.now())).block(PATIENCE);
        owner.write("web-1", created(Instant.now())).block(PATIENCE);
        owner.close().block(PATIENCE);
        // region table followed
        Table table = new Table();
        Disposable following =
                table.follow(StatusFollower.at(containers).events()).subscribe();
        // endregion

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(table.rows).containsOnlyKeys("db-1", "web-1"));
        Path away = Files.move(containers, root.resolve("away"));
        FileCheckpoints other = FileCheckpoints.at(away);
        other.open().block(PATIENCE);
        other.delete("db-1").block(PATIENCE);
        other.write("web-2", created(Instant.now())).block(PATIENCE);
        other.close().block(PATIENCE);
        Files.move(away, containers);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(table.rows).containsOnlyKeys("web-1", "web-2"));
        following.dispose();
    }

    @Test
    void revision() {
        StatusStore store = StatusStore.open(root).block(PATIENCE);
        StatusStorage web = store.create("web-1", created(Instant.now())).block(PATIENCE);
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
        StatusStorage web = store.create("web-1", created(Instant.now())).block(PATIENCE);
        web.apply(started(4711, Instant.now())).block(PATIENCE);

        StepVerifier.create(removed(web))
                .expectError(IllegalTransitionException.class)
                .verify(PATIENCE);
        web.apply(exited(0, Instant.now())).block(PATIENCE);
        StepVerifier.create(removed(web)).expectComplete().verify(PATIENCE);
        assertThat(store.list()).isEmpty();
        store.close().block(PATIENCE);
    }

    @Test
    void removalThatFailsTakesItsMarkBack() {
        InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();
        StatusStore store = StatusStore.builder(checkpoints).open().block(PATIENCE);
        StatusStorage web = store.create("web-1", created(Instant.now())).block(PATIENCE);
        checkpoints.failNext(new NotWrittenException("web-1", "disk full", null));

        StepVerifier.create(removed(web)).expectError(NotWrittenException.class).verify(PATIENCE);
        assertThat(web.current().removing()).isFalse();
        store.close().block(PATIENCE);
    }

    private static Mono<Void> removed(StatusStorage web) {
        // region removal
        Mono<Void> removed = web.apply(beginRemove()).then(web.delete().onErrorResume(failure -> web.apply(endRemove())
                .then(Mono.error(failure))));
        // endregion
        return removed;
    }

    @Test
    void diskThatFailsAndThenIsSlow() {
        // region full disk
        InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();
        StatusStore store = StatusStore.builder(checkpoints).open().block();
        StatusStorage web = store.create("web-1", created(Instant.now())).block();

        checkpoints.failNext(new NotWrittenException("web-1", "disk full", null));
        Mono<Status> exit = web.apply(exited(0, Instant.now()));
        StepVerifier.create(exit).verifyError(NotWrittenException.class);
        // endregion
        assertThat(web.current().state()).isEqualTo(ContainerState.CREATED);

        // region slow disk
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        checkpoints.answerAfter(Duration.ofSeconds(5), time);
        StepVerifier.create(exit.timeout(Duration.ofSeconds(1), time))
                .then(() -> time.advanceTimeBy(Duration.ofSeconds(1)))
                .verifyError(TimeoutException.class);

        // The timeout did not stop the write.
        time.advanceTimeBy(Duration.ofSeconds(4));
        assertThat(web.current().state()).isEqualTo(ContainerState.EXITED);
        assertThat(checkpoints.stored("web-1")).isEqualTo(web.current());
        // endregion
        store.close().block(PATIENCE);
    }

    @Test
    void subscriberThatIsSlow() {
        StatusStore store =
                StatusStore.builder(new InMemoryCheckpoints()).open().block(PATIENCE);
        StatusStorage web = store.create("web-1", created(Instant.now())).block(PATIENCE);
        // region slow subscriber
        ManualScheduler slow = new ManualScheduler();
        List<StatusChange> received = new ArrayList<>();
        web.changes(Delivery.latest().on(slow)).subscribe(received::add);
        web.apply(started(4711, Instant.now())).block();
        web.apply(exited(0, Instant.now())).block();

        slow.runAll();
        assertThat(received).extracting(StatusChange::state).containsExactly(ContainerState.EXITED);
        // endregion
        store.close().block(PATIENCE);
    }
}
