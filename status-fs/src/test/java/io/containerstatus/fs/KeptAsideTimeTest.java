package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.NotWrittenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

/** The time in the name of what is kept aside, for any clock. */
class KeptAsideTimeTest {
    @TempDir
    Path root;

    static Stream<Instant> times() {
        return Stream.of(
                Instant.MIN,
                Instant.parse("-1000000000-12-31T23:59:59.999999999Z"),
                Instant.parse("-999999999-01-01T00:00:00Z"),
                Instant.parse("-0001-12-31T23:59:59Z"),
                Instant.parse("0000-01-01T00:00:00Z"),
                Instant.EPOCH,
                Instant.parse("9999-12-31T23:59:59.999999999Z"),
                Instant.parse("+10000-01-01T00:00:00Z"),
                Instant.parse("+999999999-12-31T23:59:59.999999999Z"),
                Instant.parse("+1000000000-01-01T00:00:00Z"),
                Instant.MAX);
    }

    @ParameterizedTest
    @MethodSource("times")
    void anyTimeGivesANameThatIsKnownAndGoesWithTheContainer(Instant time) throws IOException {
        FileCheckpoints checkpoints = opened(() -> time);
        put(root, "web-1", "corrupt");
        complete(checkpoints.write("web-1", CREATED));
        put(root, "web-1", "corrupt again");
        StepVerifier.create(checkpoints.read("web-1")).expectError().verify(PATIENCE);
        complete(checkpoints.close());
        checkpoints = opened(() -> time);
        complete(checkpoints.write("web-1", CREATED));

        List<String> kept = names();
        assertThat(kept).hasSize(3).contains("status");
        complete(checkpoints.delete("web-1"));
        assertThat(root.resolve("web-1")).doesNotExist();
        complete(checkpoints.close());
    }

    @Test
    void namesOfUsualYearsSortByTime() {
        Layout layout = new Layout(root);
        assertThat(Stream.of(
                                "0000-01-01T00:00:00Z",
                                "0999-12-31T23:59:59Z",
                                "1970-01-01T00:00:00Z",
                                "2026-07-08T09:10:11Z",
                                "2026-07-08T09:10:11.000000001Z",
                                "9999-12-31T23:59:59.999999999Z")
                        .map(time -> layout.keptAside(root, Instant.parse(time), 0)))
                .isSorted();
    }

    /** Names that earlier versions have written, with any clock. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "status.corrupt-20260708T091011.012345678Z",
                "status.corrupt-20260708T091011.012345678Z-12",
                "status.corrupt-+100000708T091011.012345678Z",
                "status.corrupt--00010708T091011.012345678Z-1"
            })
    void namesOfEarlierVersionsAreKnown(String name) {
        assertThat(Layout.isKeptAside(Path.of(name))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status.corrupt-",
                "status.corrupt-2026T091011.012345678Z",
                "status.corrupt-20260708T091011Z",
                "status.corrupt-20260708T091011.012345678Z-",
                "status.corrupt-20260708T091011.012345678Z.bak",
                "status.corrupt-*20260708T091011.012345678Z"
            })
    void otherNamesAreNot(String name) {
        assertThat(Layout.isKeptAside(Path.of(name))).isFalse();
    }

    @Test
    void aClockThatThrowsIsNamedAsTheReason() throws IOException {
        fails(
                () -> {
                    throw new DateTimeException("of the test");
                },
                "of the test");
    }

    @Test
    void aClockWithoutATimeIsNamedAsTheReason() throws IOException {
        @SuppressWarnings("NullAway") // A clock that breaks its contract.
        InstantSource without = () -> null;
        fails(without, "the clock returned null");
    }

    private void fails(InstantSource clock, String reason) throws IOException {
        FileCheckpoints checkpoints = opened(clock);
        put(root, "web-1", "corrupt");

        StepVerifier.create(checkpoints.write("web-1", CREATED))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isExactlyInstanceOf(NotWrittenException.class)
                        .hasMessageContaining("the clock failed")
                        .hasMessageEndingWith(reason))
                .verify(PATIENCE);
        assertThat(names()).containsExactly("status");
        assertThat(root.resolve("web-1/status")).hasContent("corrupt");
        complete(checkpoints.close());
    }

    private FileCheckpoints opened(InstantSource times) {
        FileCheckpoints checkpoints = FileCheckpoints.builder(root)
                .clock(times.withZone(ZoneOffset.UTC))
                .build();
        StepVerifier.create(checkpoints.open())
                .expectNextCount(1)
                .expectComplete()
                .verify(PATIENCE);
        return checkpoints;
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(root.resolve("web-1"))) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }
}
