package io.containerstatus.examples;

import static io.containerstatus.StatusTransitions.created;
import static io.containerstatus.StatusTransitions.exited;
import static io.containerstatus.StatusTransitions.started;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.ContainerResources;
import io.containerstatus.HugepageLimit;
import io.containerstatus.LinuxContainerResources;
import io.containerstatus.Status;
import io.containerstatus.WindowsContainerResources;
import io.containerstatus.WindowsCpuGroupAffinity;
import io.containerstatus.reactive.Delivery;
import io.containerstatus.reactive.StatusChange;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** The examples of docs/json.md, run. {@link ReadmeTest} holds the document's Java to the region marked here. */
class JsonSnippetsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    Path root;

    @Test
    void theDocumentsShowWhatIsWritten() throws IOException {
        StatusChange change = changeOfALife();
        // region mapper
        JsonMapper mapper = JsonMapper.builder().findAndAddModules().build();
        String json = mapper.writeValueAsString(change);
        StatusChange read = mapper.readValue(json, StatusChange.class);
        // endregion
        assertThat(read).isEqualTo(change);
        Status full = statusWithEverythingSet();
        String recovery = mapper.writeValueAsString(recoveryOfABadRoot()).replace(root.toString(), "/run/web");

        assertThat(jsonOfThePage(mapper)).containsExactly(json, mapper.writeValueAsString(full), recovery);
        assertThat(mapper.readValue(mapper.writeValueAsString(full), Status.class))
                .isEqualTo(full);
    }

    /** Returns every block of JSON of the page on it in a line each, with the order of its members. */
    private static List<String> jsonOfThePage(JsonMapper mapper) {
        return Readme.documents().stream()
                .filter(document -> document.endsWith("json.md"))
                .flatMap(document -> Readme.blocks(document).stream())
                .filter(block -> block.language().equals("json"))
                .map(block -> mapper.readTree(block.text()).toString())
                .toList();
    }

    private StatusChange changeOfALife() {
        StatusStore store = StatusStore.open(root).block(PATIENCE);
        StatusStorage web = store.create("web-1", created(NOON)).block(PATIENCE);
        web.apply(started(4711, NOON.plusNanos(1_500_000))).block(PATIENCE);
        Mono<StatusChange> second =
                web.changes(Delivery.everyWithMaxLag(10)).elementAt(1).cache();
        second.subscribe();
        web.apply(exited(0, NOON.plusSeconds(60))).block(PATIENCE);
        StatusChange change = second.block(PATIENCE);
        store.close().block(PATIENCE);
        return change;
    }

    private Object recoveryOfABadRoot() throws IOException {
        Files.createDirectory(root.resolve("db-1"));
        Files.writeString(Files.createDirectory(root.resolve("job-1")).resolve("status"), "{\"Version\":\"v1\",");
        StatusStore store = StatusStore.open(root).block(PATIENCE);
        store.close().block(PATIENCE);
        return store.recovery();
    }

    private static Status statusWithEverythingSet() {
        return Status.builder()
                .pid(4711)
                .createdAt(NOON)
                .startedAt(NOON.plusSeconds(1))
                .finishedAt(NOON.plusNanos(2_000_000_001))
                .exitCode(137)
                .reason("OOMKilled")
                .message("out of memory")
                .starting(true)
                .removing(true)
                .unknown(true)
                .resources(new ContainerResources(linux(), windows()))
                .restore(false)
                .build();
    }

    private static LinuxContainerResources linux() {
        return LinuxContainerResources.builder()
                .cpuPeriod(100_000)
                .cpuQuota(-1)
                .cpuShares(1024)
                .memoryLimitInBytes(268_435_456)
                .oomScoreAdj(-500)
                .cpusetCpus("0-2,7")
                .cpusetMems("0")
                .hugepageLimits(List.of(new HugepageLimit("2MB", -1)))
                .unified(Map.of("memory.high", "268435456"))
                .memorySwapLimitInBytes(536_870_912)
                .build();
    }

    private static WindowsContainerResources windows() {
        return WindowsContainerResources.builder()
                .cpuShares(5000)
                .cpuCount(2)
                .cpuMaximum(10_000)
                .memoryLimitInBytes(268_435_456)
                .rootfsSizeInBytes(21_474_836_480L)
                .affinityCpus(List.of(new WindowsCpuGroupAffinity(3, 1)))
                .build();
    }
}
