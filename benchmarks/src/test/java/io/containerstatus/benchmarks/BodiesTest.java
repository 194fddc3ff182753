package io.containerstatus.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Found;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/** What is measured is what it says it is. */
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
    void anUpdateReachesThoseWhoDemandItAndNoOthers(String scope, String kind, int subscribers, long heard) {
        UpdateBenchmark body = new UpdateBenchmark();
        body.scope = scope;
        body.kind = kind;
        body.subscribers = subscribers;
        body.subscribe();
        assertThat(body.update()).isEqualTo(Samples.next(Samples.TYPICAL));
        assertThat(body.heard.count()).isEqualTo(heard);
        body.close();
    }

    @ParameterizedTest
    @CsvSource({
        "directBestEffort, active, 20",
        "directBestEffort, stalled, 10",
        "replayLatest, active, 20",
        "replayLatest, stalled, 10"
    })
    void aStockSinkReachesThoseWhoDemandItAndNoOthers(String sink, String kind, long heard) {
        StockSinkBenchmark body = new StockSinkBenchmark();
        body.sink = sink;
        body.kind = kind;
        body.subscribers = 10;
        body.subscribe();
        body.update();
        assertThat(body.update()).isEqualTo(Samples.next(Samples.next(Samples.TYPICAL)));
        assertThat(body.heard.count()).isEqualTo(heard);
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
    }

    @Test
    void idsAreContainerdsAndTellTheirNumber() {
        HeldStatuses place = new HeldStatuses(
                3,
                number -> Samples.next(Samples.MINIMAL.toBuilder().pid(number).build()));
        List<Found> found = place.open().block().containers();
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
