package io.containerstatus.examples;

import static io.containerstatus.StatusTransitions.created;
import static io.containerstatus.StatusTransitions.exited;
import static io.containerstatus.StatusTransitions.started;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.AmbiguousIdException;
import io.containerstatus.ContainerNotFoundException;
import io.containerstatus.ContainerState;
import io.containerstatus.Status;
import io.containerstatus.SubscriberLaggedException;
import io.containerstatus.reactive.Delivery;
import io.containerstatus.reactive.StatusChange;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.util.function.Tuple2;
import reactor.util.retry.Retry;

/** The Java snippets of docs/streams.md, run. {@link ReadmeTest} holds the document to the regions marked here. */
class StreamsSnippetsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path root;

    private final Queue<String> shown = new ConcurrentLinkedQueue<>();
    /** What appends to the audit log have to wait for. */
    private final Queue<Mono<Void>> held = new ConcurrentLinkedQueue<>();

    private StatusStore store;
    private StatusStorage web;

    @BeforeEach
    void open() {
        store = StatusStore.open(root).block(PATIENCE);
        web = store.create("web-1", created(Instant.now())).block(PATIENCE);
    }

    @AfterEach
    void close() {
        store.close().block(PATIENCE);
    }

    private void show(String id, Status status) {
        shown.add(id + " " + status.state());
    }

    private void remove(String id) {
        shown.add(id + " removed");
    }

    private Mono<Void> append(StatusChange change) {
        Mono<Void> before = held.poll();
        return Objects.requireNonNullElse(before, Mono.<Void>empty())
                .then(Mono.fromRunnable(() -> shown.add(change.revision() + " " + change.kind())));
    }

    private Mono<Void> appendGap(Throwable lag) {
        return Mono.fromRunnable(() -> shown.add("gap: " + lag.getMessage()));
    }

    private void live() {
        web.apply(started(4711, Instant.now())).block(PATIENCE);
        web.apply(exited(0, Instant.now())).block(PATIENCE);
        web.delete().block(PATIENCE);
    }

    @Test
    void userInterface() {
        Scheduler uiThread = Schedulers.newSingle("ui");
        // region user interface
        store.changes(Delivery.latest().on(uiThread)).subscribe(change -> {
            if (change.kind() == StatusChange.Kind.DELETED) {
                remove(change.id());
            } else {
                show(change.id(), change.current());
            }
        });
        // endregion

        Awaitility.await().atMost(PATIENCE).until(() -> shown.contains("web-1 CREATED"));
        live();
        Awaitility.await().atMost(PATIENCE).until(() -> shown.contains("web-1 removed"));
        uiThread.dispose();
    }

    @Test
    void auditLog() {
        StepVerifier.create(log())
                .expectSubscription()
                .then(this::live)
                .then(() -> store.close().block(PATIENCE))
                .expectComplete()
                .verify(PATIENCE);
        assertThat(shown).containsExactly("1 SNAPSHOT", "2 UPDATED", "3 UPDATED", "4 DELETED");
    }

    @Test
    void auditLogShowsAGap() {
        held.add(Mono.never());

        StepVerifier.create(log())
                .expectSubscription()
                .then(() -> Awaitility.await().atMost(PATIENCE).until(held::isEmpty))
                .then(() -> Flux.range(0, 10_001)
                        .concatMap(i -> web.update(status ->
                                status.toBuilder().message(String.valueOf(i)).build()))
                        .blockLast(PATIENCE))
                .then(() -> Awaitility.await().atMost(PATIENCE).until(() -> shown.size() == 2))
                .then(() -> store.close().block(PATIENCE))
                .expectComplete()
                .verify(PATIENCE);
        assertThat(shown).first().asString().startsWith("gap: ").contains("missed 10001");
        assertThat(shown).last().isEqualTo("10002 SNAPSHOT");
    }

    private Flux<Void> log() {
        // region audit log
        Flux<Void> log = store.changes(Delivery.everyWithMaxLag(10_000))
                .concatMap(this::append, /* prefetch= */ 0)
                // Subscribed to again, it goes on with a snapshot, which does not show that something is missing.
                .retryWhen(Retry.indefinitely()
                        .filter(SubscriberLaggedException.class::isInstance)
                        .doBeforeRetryAsync(lag -> appendGap(lag.failure())));
        // endregion
        return log;
    }

    @Test
    void timeOfTheCommit() {
        Scheduler logThread = Schedulers.newSingle("log");
        // region time of the commit
        Flux<Tuple2<Long, StatusChange>> timed = store.changes(
                        Delivery.everyWithMaxLag(10_000).changesOnly().on(Schedulers.immediate()))
                .timestamp()
                .onBackpressureBuffer(10_000)
                .publishOn(logThread);
        // endregion
        AtomicLong before = new AtomicLong();
        AtomicLong after = new AtomicLong();

        // The log is held up until the commit is long over.
        logThread.schedule(() -> Awaitility.await().atMost(PATIENCE).until(() -> after.get() > 0));
        StepVerifier.create(timed)
                .then(() -> {
                    before.set(System.currentTimeMillis());
                    web.apply(started(4711, Instant.now())).block(PATIENCE);
                    long done = System.currentTimeMillis();
                    Awaitility.await().atMost(PATIENCE).until(() -> System.currentTimeMillis() > done + 20);
                    after.set(done);
                })
                .assertNext(change -> assertThat(change.getT1()).isBetween(before.get(), after.get()))
                .thenCancel()
                .verify(PATIENCE);
        logThread.dispose();
    }

    @Test
    void controller() {
        // region controller
        Flux<StatusChange> states =
                store.changes(Delivery.latest().idsStartingWith("web-").stateChangesOnly());
        // endregion

        StepVerifier.create(states)
                .expectNextMatches(change -> change.state() == ContainerState.CREATED)
                .then(() -> web.apply(started(4711, Instant.now())).block(PATIENCE))
                .expectNextMatches(change -> change.state() == ContainerState.RUNNING && change.skipped() == 0)
                .then(() -> web.update(
                                status -> status.toBuilder().reason("none").build())
                        .block(PATIENCE))
                .then(() -> web.apply(exited(0, Instant.now())).block(PATIENCE))
                .expectNextMatches(change -> change.state() == ContainerState.EXITED && change.skipped() == 1)
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void await() {
        // region await
        Mono<Integer> exitCode = web.await(status -> status.state() == ContainerState.EXITED)
                .map(Status::exitCode)
                .timeout(Duration.ofMinutes(1));
        // endregion

        StepVerifier.create(exitCode)
                .expectSubscription()
                .then(() -> web.apply(exited(3, Instant.now())).block(PATIENCE))
                .expectNext(3)
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void get() {
        // region get
        StatusStorage job = store.get("web-1");
        // endregion

        assertThat(job).isSameAs(web);
        assertThat(store.get("web")).isNull();
    }

    @Test
    void find() {
        assertThat(stateOf("w")).isEqualTo("CREATED");
        store.create("web-2", created(Instant.now())).block(PATIENCE);
        assertThat(stateOf("w")).isEqualTo("which of [web-1, web-2]?");
        assertThat(stateOf("db")).isEqualTo("none");
        assertThat(store.list(ContainerState.CREATED)).hasSize(2);
    }

    private String stateOf(String typed) {
        // region find
        try {
            return store.find(typed).current().state().name();
        } catch (AmbiguousIdException several) {
            return "which of " + several.matches() + "?";
        } catch (ContainerNotFoundException none) {
            return "none";
        }
        // endregion
    }

    @Test
    void listing() {
        // region listing
        List<StatusStorage> running = store.list(ContainerState.RUNNING);
        // endregion

        assertThat(running).isEmpty();
    }
}
