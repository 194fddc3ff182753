package io.containerstatus.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.benchmarks.report.Chart.Line;
import io.containerstatus.benchmarks.report.Chart.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTest {
    private static final Chart CHART = new Chart(
            "floor",
            "growth",
            "How it grows",
            "containers",
            "seconds",
            List.of(new Line("store", List.of(new Point(1, 0.01), new Point(1000, 2)))));

    private static Results results(Target... targets) {
        return new Results(
                new Machine(2, "a processor", 4, "a kernel", "ext4", "a JDK", 0.1),
                "full",
                "abc",
                "2026-01-01T00:00:00Z",
                60,
                List.of(targets),
                List.of(new Measurement("floor", "bare", "updates/s", new Rounds(List.of(1234.4, 1000.0, 2000.0)))),
                List.of(CHART),
                List.of(new Profile(
                        "floor",
                        "floor-1",
                        List.of(new Profile.Table("where", List.of(new Profile.Share("Some.method", "12.0 %")))))),
                List.of(new Remark("floor", "Not measured on foot."), new Remark("heap", "Of another group.")));
    }

    private static Target floor(double... ratios) {
        return Target.atLeast(
                "floor",
                "floor-1",
                "update",
                "bare",
                0.95,
                new Rounds(Arrays.stream(ratios).boxed().toList()));
    }

    @Test
    void aTargetIsARowWithItsMedianItsSpreadAndWhetherItHolds() throws IOException {
        assertThat(Page.of(results(floor(0.9, 0.97, 1.1))))
                .contains("| update | bare | ≥ 0.95 | **0.97** | 0.90 – 1.10 | yes |");
    }

    @Test
    void aMissedTargetIsShownWithItsProfileAndAHeldOneWithout() throws IOException {
        assertThat(Page.of(results(floor(0.94, 0.1, 1.1))))
                .contains("| update | bare | ≥ 0.95 | **0.94** | 0.10 – 1.10 | **no** |")
                .containsSubsequence("Profile of *update*:", "| `Some.method` | 12.0 % |");
        assertThat(Page.of(results(floor(1)))).doesNotContain("Some.method");
    }

    @Test
    void aLimitFromAboveHoldsBelowIt() throws IOException {
        Target below = Target.atMost("heap", "heap", "heap", "", 300, "bytes", Rounds.of(300));
        Target above = Target.atMost("heap", "heap", "heap", "", 300, "bytes", Rounds.of(300.4));
        assertThat(below.holds()).isTrue();
        assertThat(above.holds()).isFalse();
        assertThat(Page.of(results(above))).contains("| heap | – | ≤ 300 bytes | **300 bytes** | 300 – 300 | **no** |");
    }

    @Test
    void aGroupBeginsWithItsHeadingAndItsIntroduction() throws IOException {
        assertThat(Page.of(results()))
                .contains("\n## Synced updates, and the floor under them\n\nAn update is on the disk when ");
    }

    @Test
    void whatCouldNotBeMeasuredIsSaidInItsGroup() throws IOException {
        assertThat(Page.of(results()))
                .containsSubsequence(
                        "An update is on the disk when ",
                        "\nNot measured on foot.\n",
                        "![How it grows]",
                        "\n## ",
                        "Of another group.");
    }

    @Test
    void resultsWithoutRemarksCanBeReadAsBefore(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("results.json");
        results(floor(1)).write(file);
        String withRemarks = Files.readString(file);
        int from = withRemarks.indexOf("\"remarks\"");
        Files.writeString(file, withRemarks.substring(0, from).stripTrailing().replaceAll(",$", "") + "}");
        assertThat(Results.read(file).remarks()).isEmpty();
    }

    @Test
    void aMeasurementIsARowWithItsUnit() throws IOException {
        assertThat(Page.of(results())).contains("| bare | updates/s | 1,234 | 1,000 – 2,000 | 3 |");
    }

    @Test
    void whatIsReadAgainGivesTheSamePage(@TempDir Path folder) throws IOException {
        Results results = results(floor(0.94, 0.1, 1.1));
        results.write(folder.resolve("results.json"));
        Results read = Results.read(folder.resolve("results.json"));
        assertThat(read).isEqualTo(results);
        assertThat(Files.readString(folder.resolve("results.json")))
                .contains("\"median\" : 0.94")
                .contains("\"holds\" : false");
    }

    @Test
    void aPictureIsAnSvgOnAGroundOfItsOwn(@TempDir Path folder) throws IOException {
        Picture.write(CHART, folder);
        assertThat(Files.readString(folder.resolve("growth.svg")))
                .contains("<svg")
                .contains("rgb(255,255,255)")
                .doesNotContainPattern("\\.\\d{3}");
        assertThat(Page.of(results())).contains("![How it grows](growth.svg)");
    }
}
