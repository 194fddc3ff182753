package io.containerstatus.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.spi.StatusCheckpoints.Found;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/** Each measured body does what its name says. */
@Tag("long")
class BodiesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"typical", "minimal"})
    void bothCodecsGiveTheSameBytesAndReadThemBack(String record) {
        CodecBenchmark bodies = new CodecBenchmark();
        bodies.record = record;
        bodies.prepare();
        Status status = record.equals("typical") ? Samples.TYPICAL : Samples.MINIMAL;
        assertThat(bodies.encodePlain()).asString().isEqualTo(new String(bodies.encode()));
        assertThat(bodies.decode()).isEqualTo(status);
        assertThat(bodies.decodePlain()).isEqualTo(PlainStatus.of(status));
    }

    @Test
    void whatGoesToTheDiskTakes400Bytes() {
        assertThat(StatusCodec.encode(Samples.STORED)).hasSize(400);
        assertThat(Samples.next(Samples.STORED)).isNotEqualTo(Samples.STORED);
        assertThat(StatusCodec.encode(Samples.next(Samples.STORED))).hasSameSizeAs(StatusCodec.encode(Samples.STORED));
    }

    @Test
    void noTwoDocumentsInARowAreTheSame() {
        ChangingDocument document = new ChangingDocument();
        Status first = StatusCodec.decode(document.next());
        Status second = StatusCodec.decode(document.next());
        assertThat(second)
                .isEqualTo(Samples.STORED.toBuilder().pid(first.pid() + 1).build());
        assertThat(document.next()).hasSize(400);
    }

    @Test
    void theCurrentStatusIsTheOneThatWasRecovered() {
        CurrentBenchmark bodies = new CurrentBenchmark();
        assertThat(bodies.current()).isEqualTo(bodies.volatileRead()).isEqualTo(Samples.TYPICAL);
        bodies.close();
    }

    @ParameterizedTest
    @CsvSource({
        "container, active, 10, 20",
        "store, active, 10, 20",
        "container, stalled, 10, 10",
        "store, stalled, 1, 1"
    })
    void anUpdateReachesThoseWhoDemandItAndNoOthers(String scope, String kind, int subscribers, long received) {
        UpdateBenchmark body = new UpdateBenchmark();
        body.scope = scope;
        body.kind = kind;
        body.subscribers = subscribers;
        body.subscribe();
        assertThat(body.update()).isEqualTo(Samples.next(Samples.TYPICAL));
        assertThat(body.received.count()).isEqualTo(received);
        assertThat(body.updateToReadyStatus()).isEqualTo(Samples.TYPICAL);
        assertThat(body.updateToReadyStatus()).isEqualTo(Samples.next(Samples.TYPICAL));
        body.close();
    }

    @ParameterizedTest
    @CsvSource({
        "directBestEffort, active, 20",
        "directBestEffort, stalled, 10",
        "replayLatest, active, 20",
        "replayLatest, stalled, 10"
    })
    void aStockSinkReachesThoseWhoDemandItAndNoOthers(String sink, String kind, long received) {
        StockSinkBenchmark body = new StockSinkBenchmark();
        body.sink = sink;
        body.kind = kind;
        body.subscribers = 10;
        body.subscribe();
        body.update();
        assertThat(body.update()).isEqualTo(Samples.next(Samples.next(Samples.TYPICAL)));
        assertThat(body.received.count()).isEqualTo(received);
    }

    @Test
    void theStockUpdateUpdates() {
        assertThat(new StockBenchmark().update()).isEqualTo(Samples.next(Samples.TYPICAL));
    }

    @ParameterizedTest
    @EnumSource
    void theBareWriteReplacesTheStatusAndLeavesNothingElse(BareWrite.Calls calls) throws Exception {
        BareWrite write = new BareWrite(folder, calls);
        write.write(new byte[] {1});
        write.write(new byte[] {2});
        assertThat(folder.resolve("status")).hasBinaryContent(new byte[] {2});
        try (var entries = Files.list(folder)) {
            assertThat(entries).hasSize(1);
        }
    }

    @Test
    void theStoreUnderTestWritesFiles() throws Exception {
        try (StoreKeys store = new StoreKeys(folder, 2)) {
            Status first = store.update(1).block();
            assertThat(FileCheckpoints.at(folder).read(HeldStatuses.id(1)).block())
                    .isEqualTo(first)
                    .isNotEqualTo(Samples.STORED);
            store.takeUpdatesPerWrite();
            store.blocking(0).perform();
            assertThat(store.takeUpdatesPerWrite()).isEqualTo(1);
            assertThat(store.container(0).current()).isEqualTo(Samples.next(Samples.STORED));
        }
    }

    @Test
    void theStoreWithAJournalIsAheadOfItsFilesUntilItHasSettled() throws Exception {
        StatusTree.fill(folder, 1);
        try (StoreKeys store = new StoreKeys(
                StatusStore.builder(folder).journaled(Duration.ofHours(1), 16 << 10), /* containers= */ 2)) {
            assertThat(store.behind()).isZero();
            store.settle();
            store.update(0).block();
            store.update(1).block();
            assertThat(store.behind()).isEqualTo(2);
            assertThat(fileOf(0)).isEqualTo(Samples.STORED);
        }
        assertThat(fileOf(0)).isEqualTo(Samples.next(Samples.STORED)).isEqualTo(fileOf(1));
        try (StoreKeys store =
                new StoreKeys(StatusStore.builder(folder).journaled(Duration.ofMillis(1), 16 << 10), 2)) {
            Status second = store.update(0).block();
            store.settle();
            assertThat(store.behind()).isZero();
            assertThat(fileOf(0)).isEqualTo(second).isNotEqualTo(fileOf(1));
            store.settle();
            assertThat(store.takeSecondsBehind()).containsExactly(0.0);
        }
    }

    private Status fileOf(int container) throws IOException {
        return statusIn(folder, container);
    }

    private static Status statusIn(Path root, int container) throws IOException {
        return StatusCodec.decode(
                Files.readAllBytes(root.resolve(HeldStatuses.id(container)).resolve("status")));
    }

    @Test
    void theFloorAppendsAsManyBytesAsTheJournalAndOthersEachTime() throws Exception {
        StatusTree.fill(folder, 1);
        int recordOfJournal;
        try (StoreKeys store = new StoreKeys(StatusStore.builder(folder).journaled(), 1)) {
            store.update(0).block();
            recordOfJournal = ByteBuffer.wrap(Files.readAllBytes(folder.resolve(".status.journal-0")))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getInt(4096 + 4);
        }
        try (BareAppend append = new BareAppend(folder)) {
            long size = Files.size(folder.resolve("appended"));
            append.append();
            ByteBuffer first = append.last();
            assertThat(first.remaining()).isEqualTo(recordOfJournal);
            long records = size / recordOfJournal;
            for (int i = 0; i < 3; i++) {
                append.append();
            }
            assertThat(append.last()).isNotEqualTo(first);
            assertThat(records).isGreaterThan(3);
            assertThat(Files.size(folder.resolve("appended"))).isEqualTo(size);
        }
    }

    @Test
    void aCrashedJournalIsAheadAsOftenAsItIsPutBack() throws Exception {
        Path root = Files.createDirectory(folder.resolve("root"));
        CrashedJournal crashed =
                CrashedJournal.make(root, Files.createDirectory(folder.resolve("saved")), 4, /* ahead= */ 2);
        for (int i = 0; i < 2; i++) {
            crashed.crash();
            assertThat(statusIn(root, 0)).isEqualTo(Samples.STORED);
            RecoveryGroup.open(StatusStore.builder(root).journaled().open(), 4, 2);
            assertThat(statusIn(root, 0)).isEqualTo(Samples.next(Samples.STORED));
            assertThat(statusIn(root, 2)).isEqualTo(Samples.STORED);
            crashed.removeJournal();
            RecoveryGroup.open(StatusStore.open(root), 4, 0);
            assertThat(statusIn(root, 0)).isEqualTo(Samples.next(Samples.STORED));
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> RecoveryGroup.open(StatusStore.open(root), 4, 2))
                .withMessageContaining("from the journal 0 of 2");
    }

    @Test
    void anUnknownFileSystemIsNotPossibleAndLeavesNothing() throws Exception {
        assertThatExceptionOfType(LoopDisk.NotPossible.class)
                .isThrownBy(() -> LoopDisk.make(folder, "nothing", 320))
                .withMessage("mkfs.nothing cannot be run");
        try (var entries = Files.list(folder)) {
            assertThat(entries).isEmpty();
        }
    }

    @Test
    void aDiskOfAnotherTypeIsMountedUntilItIsClosed() throws Exception {
        try (LoopDisk disk = LoopDisk.make(folder, "ext4", 16)) {
            Files.createFile(disk.path().resolve("on-it"));
            assertThat(Files.getFileStore(disk.path())).isNotEqualTo(Files.getFileStore(folder));
        } catch (LoopDisk.NotPossible e) {
            assumeTrue(false, e.getMessage());
        }
        try (var entries = Files.list(folder.resolve("mounted"))) {
            assertThat(entries).isEmpty();
        }
        assertThat(folder.resolve("image")).doesNotExist();
    }

    @Test
    void waitsAreTimedOneByOneAndBesideOthers() throws Exception {
        try (StoreKeys store = new StoreKeys(folder, Waits.OTHERS + 1)) {
            Histogram waits = new Histogram(3);
            Waits.time(2, () -> {}, waits);
            Waits.timeBesideOthers(3, store, waits);
            assertThat(waits.getTotalCount()).isEqualTo(5);
            assertThat(store.container(Waits.OTHERS).current()).isNotEqualTo(Samples.STORED);
        }
    }

    @Test
    void everyPeerHoldsWhatItAcknowledged() throws Exception {
        byte[] old = {1};
        byte[] document = {2, 3};
        try (RocksKeys rocks = new RocksKeys(Files.createDirectory(folder.resolve("rocksdb")));
                SqliteKeys sqlite = new SqliteKeys(folder);
                MvStoreKeys mvStore = new MvStoreKeys(folder)) {
            for (DurableKeys peer : List.of(rocks, sqlite, mvStore)) {
                peer.put("web-1", old);
                peer.put("web-1", document);
                assertThat(peer.get("web-1")).isEqualTo(document);
            }
        }
    }

    @Test
    void callersAreCountedByTheirAcknowledgedOperations() throws Exception {
        AtomicInteger performed = new AtomicInteger();
        Duration time = Duration.ofMillis(1);
        long began = System.nanoTime();
        double threads = Callers.threads(3, time, caller -> performed::incrementAndGet);
        double least = performed.get() * 1e9 / (System.nanoTime() - began);
        assertThat(performed.get()).isGreaterThanOrEqualTo(3);
        assertThat(threads).isGreaterThanOrEqualTo(least);

        performed.set(0);
        began = System.nanoTime();
        double reactive = Callers.reactive(3, time, caller -> Mono.fromCallable(performed::incrementAndGet));
        least = performed.get() * 1e9 / (System.nanoTime() - began);
        assertThat(performed.get()).isGreaterThanOrEqualTo(3);
        assertThat(reactive).isGreaterThanOrEqualTo(least);

        performed.set(0);
        assertThat(Callers.times(3, 2, caller -> Mono.fromCallable(performed::incrementAndGet)))
                .isPositive();
        assertThat(performed).hasValue(6);
    }

    @Test
    void idsHaveContainerdsFormatAndTheirNumber() {
        HeldStatuses checkpoints = new HeldStatuses(
                3,
                number -> Samples.next(Samples.MINIMAL.toBuilder().pid(number).build()));
        List<Found> found = checkpoints.open().block().containers();
        assertThat(found)
                .extracting(Found::id)
                .doesNotHaveDuplicates()
                .hasSize(3)
                .allMatch(id -> id.length() == 64);
        assertThat(found.get(2)).isInstanceOfSatisfying(Found.Loaded.class, one -> {
            assertThat(one.id()).isEqualTo(HeldStatuses.id(2));
            assertThat(one.status().pid()).isEqualTo(10_002);
        });
    }
}
