package io.containerstatus.examples;

import static io.containerstatus.StatusTransitions.created;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.micrometer.MicrometerStatusMetrics;
import io.containerstatus.micrometer.StatusStoreMetrics;
import io.containerstatus.reactive.StatusStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java snippets of docs/metrics.md, run. {@link ReadmeTest} holds the document to the regions marked here. */
class MetricsSnippetsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final MeterRegistry registry = new SimpleMeterRegistry();

    @TempDir
    Path root;

    @Test
    void aStoreOnARegistry() {
        // region recorder and gauges
        MicrometerStatusMetrics recorder = new MicrometerStatusMetrics(registry);
        StatusStore store = StatusStore.builder(root).metrics(recorder).open().block();
        StatusStoreMetrics gauges = new StatusStoreMetrics(store);
        gauges.bindTo(registry);
        // endregion
        store.create("web-1", created(Instant.now())).block(PATIENCE);
        assertThat(registry.get("container.status.commits").counter().count()).isEqualTo(1);
        assertThat(registry.get("container.status.writable").gauge().value()).isEqualTo(1);
        gauges.close();
        recorder.close();
        store.close().block(PATIENCE);
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void aTagOfItsOwn() {
        // region tags
        Tags shard = Tags.of("shard", "a");
        MicrometerStatusMetrics recorder = new MicrometerStatusMetrics(registry, shard);
        // endregion
        recorder.recordCommit("web-1");
        assertThat(registry.get("container.status.commits")
                        .tag("shard", "a")
                        .counter()
                        .count())
                .isEqualTo(1);
    }
}
