package io.containerstatus.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.benchmarks.report.Chart;
import io.containerstatus.benchmarks.report.Page;
import io.containerstatus.benchmarks.report.Results;
import io.containerstatus.benchmarks.report.Rounds;
import io.containerstatus.benchmarks.report.Target;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole run, as short as possible, so that it does not break unnoticed between two measurements. */
@Tag("long")
class SmokeTest {
    @TempDir
    Path folder;

    @Test
    void aRunMeasuresEveryTargetDrawsEveryChartAndWritesThePage() throws Exception {
        Results results = Main.measure(Plan.SMOKE, List.of(), folder, /* profiles= */ false, "test");

        assertThat(results.targets())
                .extracting(Target::key)
                .contains(
                        "floor-1",
                        "floor-64",
                        "sharing-64",
                        "rocksdb",
                        "sharing-512",
                        "encode",
                        "encode-bytes",
                        "decode",
                        "decode-bytes",
                        "current",
                        "current-bytes",
                        "update",
                        "emit-stalled",
                        "emit-active",
                        "recovery-100",
                        "restart-warm",
                        "heap",
                        "journal-64",
                        "journal-64-threads",
                        "journal-sharing",
                        "journal-sharing-threads",
                        "journal-floor",
                        "journal-1",
                        "journal-1-thread",
                        "journal-1-sqlite",
                        "journal-many",
                        "journal-burst",
                        "journal-heap",
                        "journal-wait",
                        "journal-recovery");
        boolean hasEtcd = EtcdServers.Program.find() != null;
        assertThat(hasEtcd || System.getProperty("status.etcd.required") == null)
                .isTrue();
        assertThat(results.remarks().stream()
                        .filter(remark -> remark.group().equals(FleetGroup.NAME))
                        .toList())
                .hasSize(hasEtcd ? 0 : FleetGroup.PARTS.size());
        if (hasEtcd) {
            assertThat(results.targets())
                    .extracting(Target::key)
                    .contains(
                            "fleet-1",
                            "fleet-16",
                            "fleet-64",
                            "fleet-store",
                            "fleet-jetcd",
                            "fleet-open",
                            "fleet-snapshot",
                            "fleet-heap");
        }
        // Either there is a measurement for this type, or the page says why not.
        for (String type : List.of("xfs", "btrfs")) {
            assertThat(results.targets().stream()
                            .anyMatch(target -> target.key().equals("journal-" + type)))
                    .isNotEqualTo(results.remarks().stream()
                            .anyMatch(remark -> remark.text().startsWith("Not measured on " + type + ": ")));
        }
        assertThat(results.charts())
                .extracting(Chart::file)
                .startsWith(
                        "group-commit",
                        "peers",
                        "fan-out",
                        "recovery",
                        "heap",
                        "latency",
                        "journal-growth",
                        "journal-recovery",
                        "journal-segments");
        Path out = folder.resolve("out");
        Main.write(results, out);
        assertThat(Results.read(out.resolve("performance/results.json"))).isEqualTo(results);
        assertThat(out.resolve("performance/results.md")).content().isEqualTo(Page.of(results));
        // The text about each is handwritten, without anything that a run could make untrue.
        assertThat(out.resolve("performance/results.md"))
                .content()
                .contains("The keys were encoded once and for all")
                .contains("in a fresh virtual machine, warm; cold was not measured |")
                .contains("| store, set to 32 processors, warm | of the bare loop's speed |")
                .doesNotContain("null");
        results.charts().forEach(chart -> assertThat(out.resolve("performance/" + chart.file() + ".svg"))
                .isNotEmptyFile());
    }

    @Test
    void aProfileNamesALambdaWithoutItsHash() {
        assertThat(FlightProfile.withoutHash("a.B$$Lambda$197+0x00007f2e48116a90.1641131774"))
                .isEqualTo("a.B$$Lambda");
        assertThat(FlightProfile.withoutHash("a.B$C")).isEqualTo("a.B$C");
    }

    @Test
    void aProfileReportsWhereTheTimeWent() throws Exception {
        Target missed = Target.atLeast("codec", "encode", "encode", "", 1, Rounds.of(0));
        CodecBenchmark body = new CodecBenchmark();
        assertThat(FlightProfile.of(missed, () -> {
                            for (int i = 0; i < 100_000; i++) {
                                body.encode();
                            }
                            return 0;
                        })
                        .tables())
                .anySatisfy(table -> assertThat(table.shares())
                        .anySatisfy(share -> assertThat(share.what()).contains("io.containerstatus.Wire")))
                .anySatisfy(table -> assertThat(table.shares())
                        .anySatisfy(share -> assertThat(share.what()).isEqualTo("[B")));
    }
}
