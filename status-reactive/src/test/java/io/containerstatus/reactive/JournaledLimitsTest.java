package io.containerstatus.reactive;

import static io.containerstatus.reactive.StoreTest.PATIENCE;
import static io.containerstatus.reactive.StoreTest.subscribe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.PendingUpdatesExceededException;
import io.containerstatus.Status;
import io.containerstatus.StatusTooLargeException;
import io.containerstatus.SubscriberLaggedException;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Gate;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.subscriber.TestSubscriber;

/** A store with a journal has limits, too. */
class JournaledLimitsTest {
    private static final String JOURNAL = "/.status.journal-";
    private static final int SEGMENT = 16 << 10;
    private static final int SEGMENTS = 16;
    /** So long that one record fills a segment. */
    private static final String LONG = "x".repeat(10_000);

    @TempDir
    Path folder;

    private HookedFileSystem files;
    private Path root;
    private StatusStore store;

    @BeforeEach
    void setUp() {
        files = HookedFileSystem.over(folder);
        files.syncing = false;
        root = folder.resolve("root");
    }

    @AfterEach
    void close() {
        files.hook = Hook.NONE;
        store.close().block(PATIENCE);
    }

    private StatusStorage container(UnaryOperator<StatusStore.FileBuilder> settings) {
        StatusStore.FileBuilder builder =
                StatusStore.builder(files.hooked(root)).journaled(Duration.ofHours(1), SEGMENT);
        store = Objects.requireNonNull(settings.apply(builder).open().block(PATIENCE));
        return Objects.requireNonNull(store.create("web", StoreTest.CREATED).block(PATIENCE));
    }

    private static boolean isSyncOfJournal(FileOperation operation, String path) {
        return operation == FileOperation.FORCE && path.contains(JOURNAL);
    }

    /**
     * Subscribes to updates with the pids 1 to count while the sync of the first record is held, and then
     * releases the sync.
     */
    private List<TestSubscriber<Status>> updatesBehindAHeldSync(StatusStorage web, int count) {
        Gate gate = new Gate();
        files.hook = gate.at(JournaledLimitsTest::isSyncOfJournal);
        List<TestSubscriber<Status>> updates = new ArrayList<>();
        updates.add(subscribe(web.updateSync(StoreTest.pid(1))));
        gate.awaitArrival();
        for (int i = 2; i <= count; i++) {
            updates.add(subscribe(web.updateSync(StoreTest.pid(i))));
        }
        assertThat(updates.get(1).isTerminated())
                .as("while the sync is held up")
                .isFalse();
        AtomicInteger syncs = new AtomicInteger();
        files.hook = (operation, path) -> {
            if (isSyncOfJournal(operation, path)) {
                syncs.incrementAndGet();
            }
        };
        gate.open();
        updates.forEach(one -> one.block(PATIENCE));
        lastSyncs = syncs.get();
        return updates;
    }

    private int lastSyncs;

    @Test
    void onlySoManyUpdatesOfAContainerWaitForTheJournal() throws IOException {
        StatusStorage web = container(builder -> builder.maxPendingUpdates(10));
        List<TestSubscriber<Status>> updates = updatesBehindAHeldSync(web, 20);
        List<TestSubscriber<Status>> refused =
                updates.stream().filter(TestSubscriber::isTerminatedError).toList();
        assertThat(refused).isNotEmpty().allSatisfy(one -> assertThat(one.expectTerminalError())
                .isInstanceOf(PendingUpdatesExceededException.class));
        int accepted = updates.size() - refused.size();
        assertThat(accepted).isBetween(10, 11);
        assertThat(web.current().pid()).as("of the last that was accepted").isEqualTo(accepted);
        assertThat(web.updateSync(StoreTest.pid(50)).block(PATIENCE).pid()).isEqualTo(50);
    }

    @Test
    void onlySoManyUpdatesOfAContainerShareARecord() {
        StatusStorage web = container(builder -> builder.maxBatch(4));
        List<TestSubscriber<Status>> updates = updatesBehindAHeldSync(web, 13);
        assertThat(updates).allMatch(TestSubscriber::isTerminatedComplete);
        assertThat(lastSyncs).as("of twelve updates, four a record").isEqualTo(3);
        assertThat(web.current().pid()).isEqualTo(13);
    }

    @Test
    void aStatusThatFitsIntoNoSegmentIsRefusedAndNothingChanges() {
        StatusStorage web = container(builder -> builder);
        TestSubscriber<StatusChange> watcher = TestSubscriber.create();
        web.changes(Delivery.every(10).changesOnly()).subscribe(watcher);
        assertThatThrownBy(() -> web.updateSync(status ->
                                status.toBuilder().message("x".repeat(SEGMENT)).build())
                        .block(PATIENCE))
                .isInstanceOf(StatusTooLargeException.class);
        assertThat(web.current()).isEqualTo(StoreTest.CREATED);
        assertThat(web.revision()).isEqualTo(1);
        assertThatThrownBy(() -> store.create(
                                "db",
                                StoreTest.CREATED.toBuilder()
                                        .message("x".repeat(SEGMENT))
                                        .build())
                        .block(PATIENCE))
                .isInstanceOf(StatusTooLargeException.class);
        assertThat(store.get("db")).isNull();
        web.updateSync(StoreTest.pid(7)).block(PATIENCE);
        store.close().block(PATIENCE);
        assertThat(watcher.getReceivedOnNext())
                .extracting(StatusChange::revision)
                .containsExactly(2L);
    }

    @Test
    void aSubscriberThatLagsTooFarBehindHarmsOnlyItself() {
        StatusStorage web = container(builder -> builder);
        TestSubscriber<StatusChange> stalled =
                TestSubscriber.builder().initialRequest(0).build();
        TestSubscriber<StatusChange> other = TestSubscriber.create();
        web.changes(Delivery.everyWithMaxLag(5).changesOnly()).subscribe(stalled);
        web.changes(Delivery.every(100).changesOnly()).subscribe(other);
        for (int i = 1; i <= 10; i++) {
            web.updateSync(StoreTest.pid(i)).block(PATIENCE);
        }
        store.close().block(PATIENCE);
        stalled.request(100);
        stalled.block(PATIENCE);
        other.block(PATIENCE);
        assertThat(stalled.expectTerminalError()).isInstanceOf(SubscriberLaggedException.class);
        assertThat(other.getReceivedOnNext()).hasSize(10);
    }

    @Test
    void theJournalTakesOnlySoMuchOfTheDiskAndUpdatesWaitForTheFiles() throws IOException {
        StatusStorage first = container(builder -> builder);
        List<StatusStorage> containers = new ArrayList<>(List.of(first));
        for (int i = 1; i <= SEGMENTS + 1; i++) {
            containers.add(store.create("c" + i, StoreTest.CREATED).block(PATIENCE));
        }
        files.hook = (operation, path) -> {
            if (operation == FileOperation.MOVE && path.endsWith("/status")) {
                throw new FileSystemException(path, null, "No space left on device");
            }
        };
        List<TestSubscriber<Status>> updates = new ArrayList<>();
        for (StatusStorage one : containers) {
            updates.add(subscribe(
                    one.updateSync(status -> status.toBuilder().message(LONG).build())));
        }
        // Each is of another container, so that one segment after the other fills.
        updates.subList(0, SEGMENTS).forEach(one -> one.block(PATIENCE));
        assertThat(updates.get(SEGMENTS + 1).isTerminated())
                .as("while no segment is free")
                .isFalse();
        assertThat(segments()).isEqualTo(SEGMENTS);
        files.hook = Hook.NONE;
        updates.forEach(one -> one.block(PATIENCE));
        assertThat(updates).allMatch(TestSubscriber::isTerminatedComplete);
        assertThat(segments()).isEqualTo(SEGMENTS);
    }

    private long segments() throws IOException {
        try (Stream<Path> all = Files.list(root)) {
            return all.filter(file -> file.toString().contains(JOURNAL)).count();
        }
    }
}
