package io.containerstatus.reactive;

import static io.containerstatus.reactive.StoreTest.CREATED;
import static io.containerstatus.reactive.StoreTest.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.testing.DiskState;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.PowerCutFileSystem;
import io.containerstatus.testing.PowerCutFileSystem.Syncs.Outcome;
import io.containerstatus.testing.PrintedCounts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What a store recovers in every state that a power cut may leave. The pid of the only container counts its
 * updates, so it shows which acknowledged update was the last. {@code -Dstatus.counts} prints the number of states.
 */
@Tag("exhaustive")
class StorePowerCutTest {
    private static final String ROOT = "/data/run";
    private static final long ABSENT = -1;
    private static final long DAMAGED = -2;

    private final PowerCutFileSystem disk = PowerCutFileSystem.blank();
    /** The number of the update that was recovered from a state. Each state is examined once. */
    private final Map<List<String>, Long> recovered = new HashMap<>();

    private final List<String> broken = new ArrayList<>();
    private long checked;

    /** The oldest and the newest update that may be recovered. */
    private final AtomicLong acknowledged = new AtomicLong(ABSENT);

    private final AtomicLong begun = new AtomicLong(ABSENT);
    private volatile boolean deleting;
    private StatusStore store;

    @BeforeEach
    void openStore() {
        store = opened(disk, StatusStore.builder(disk.getPath(ROOT)));
        disk.observer = (operation, path) -> check("after " + operation + " " + path);
    }

    @AfterEach
    void closeStore() {
        store.close().block(PATIENCE);
        disk.observer = PowerCutFileSystem.Observer.NONE;
        PrintedCounts.print("store: " + checked + " states, " + recovered.size() + " different ones");
    }

    private static StatusStore opened(PowerCutFileSystem disk, StatusStore.Builder builder) {
        return Objects.requireNonNull(builder.open().block(PATIENCE));
    }

    private static Status counted(long updates) {
        return CREATED.toBuilder().pid(updates).message("update " + updates).build();
    }

    private synchronized void check(String when) {
        long least = acknowledged.get();
        for (DiskState state : disk.powerCuts().all()) {
            checked++;
            long found = recovered.computeIfAbsent(state.key(), key -> recover(state));
            boolean allowed = (found >= least && found <= begun.get()) || (deleting && found == ABSENT);
            if (!allowed) {
                broken.add(when + ": " + found + " is recovered, " + least + " was acknowledged" + state);
            }
        }
    }

    /** Opens a store, and updates what it finds. Returns the number of the update that it found. */
    private static long recover(DiskState state) {
        PowerCutFileSystem next = PowerCutFileSystem.mounted(state);
        StatusStore store = opened(
                next,
                StatusStore.builder(next.getPath(ROOT))
                        .ioScheduler(Schedulers.immediate())
                        .signalScheduler(Schedulers.immediate()));
        try {
            if (store.list().isEmpty()) {
                store.create("web", CREATED).block(PATIENCE);
                return ABSENT;
            }
            StatusStorage web = store.find("web");
            Status found = web.current();
            Status ended = web.updateSync(status -> counted(status.pid() + 1)).block(PATIENCE);
            boolean whole = store.recovery().failures().isEmpty()
                    && found.equals(counted(found.pid()))
                    && counted(found.pid() + 1).equals(ended);
            return whole ? found.pid() : DAMAGED;
        } finally {
            store.close().block(PATIENCE);
        }
    }

    private void expectNow(long updates) {
        begun.set(updates);
        acknowledged.set(updates);
        check("once acknowledged");
    }

    private Mono<Status> countUp(StatusStorage web) {
        return web.updateSync(status -> {
                    begun.accumulateAndGet(status.pid() + 1, Math::max);
                    return counted(status.pid() + 1);
                })
                .doOnNext(status -> acknowledged.accumulateAndGet(status.pid(), Math::max));
    }

    private StatusStorage create() {
        begun.set(0);
        StatusStorage web =
                Objects.requireNonNull(store.create("web", counted(0)).block(PATIENCE));
        acknowledged.set(0);
        return web;
    }

    @Test
    void theLastAcknowledgedStatusIsRecoveredAfterEachOperationOfALife() {
        StatusStorage web = create();
        for (int update = 1; update <= 3; update++) {
            countUp(web).block(PATIENCE);
            expectNow(update);
        }
        deleting = true;
        web.delete().block(PATIENCE);
        deleting = false;
        expectNow(ABSENT);
        create();
        expectNow(0);

        assertThat(broken).isEmpty();
        assertThat(recovered).hasSizeGreaterThan(40);
    }

    /** The next process reads an update whose rename is not synced yet, and a power cut may still undo it. */
    @Test
    void whatANewStoreCallsDurableNoPowerCutTakesBack() {
        StatusStorage web = create();
        List<PowerCutFileSystem> killed = new ArrayList<>();
        disk.observer = (operation, path) -> {
            if (operation == FileOperation.MOVE) {
                killed.add(disk.afterKill());
            }
        };
        countUp(web).block(PATIENCE);
        PowerCutFileSystem next = killed.get(0);
        StatusStore second = opened(next, StatusStore.builder(next.getPath(ROOT)));
        StatusStorage found = second.find("web");
        assertThat(found.current()).isEqualTo(counted(1));
        assertThat(recoveredFrom(next)).containsExactlyInAnyOrder(0L, 1L);
        assertThat(found.changes().map(StatusChange::durable).blockFirst(PATIENCE))
                .isFalse();

        found.updateSync(UnaryOperator.identity()).block(PATIENCE);
        assertThat(found.changes().map(StatusChange::durable).blockFirst(PATIENCE))
                .isTrue();
        assertThat(recoveredFrom(next)).containsExactly(1L);
        second.close().block(PATIENCE);
    }

    private static Set<Long> recoveredFrom(PowerCutFileSystem disk) {
        Set<Long> found = new HashSet<>();
        for (DiskState state : disk.powerCuts().all()) {
            found.add(recover(state));
        }
        return found;
    }

    @Nested
    class WhenManyCallersShareWrites {
        private static final int CALLERS = 64;
        private static final int UPDATES = 5;

        private void updateInParallel() {
            StatusStorage web = create();
            Flux.range(0, CALLERS)
                    .flatMap(
                            caller -> countUp(web).repeat(UPDATES - 1).subscribeOn(Schedulers.boundedElastic()),
                            CALLERS)
                    .blockLast(PATIENCE.multipliedBy(10));
        }

        @Test
        void noAcknowledgedOneIsLost() {
            AtomicInteger writes = new AtomicInteger();
            disk.hook = (operation, path) -> {
                if (operation == FileOperation.MOVE) {
                    writes.incrementAndGet();
                }
            };
            updateInParallel();
            expectNow(CALLERS * UPDATES);

            assertThat(broken).isEmpty();
            assertThat(writes.get()).isBetween(2, CALLERS * UPDATES / 2);
            assertThat(recovered).hasSizeGreaterThan(30);
        }

        /** The control: the test does find a lost update. */
        @Test
        void withoutTheSyncOfTheFolderOneIsLost() {
            disk.syncs = path -> path.endsWith("web") ? Outcome.IS_IGNORED : Outcome.PERSISTS;
            create();
            expectNow(0);
            assertThat(broken).isNotEmpty();
        }
    }
}
