package io.containerstatus.spring;

import static io.containerstatus.StatusTransitions.created;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.fs.StatusFollower;
import io.containerstatus.micrometer.MicrometerFollowerMetrics;
import io.containerstatus.micrometer.MicrometerStatusMetrics;
import io.containerstatus.micrometer.StatusStoreMetrics;
import io.containerstatus.reactive.StatusMetrics;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.test.InMemoryCheckpoints;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The meters on the registry of the application. */
class MetricsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path root;

    private final ApplicationContextRunner bare = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    ContainerStatusAutoConfiguration.class, ContainerStatusMetricsAutoConfiguration.class));

    private ApplicationContextRunner withRegistry() {
        return bare.withConfiguration(AutoConfigurations.of(
                MetricsAutoConfiguration.class,
                CompositeMeterRegistryAutoConfiguration.class,
                SimpleMetricsExportAutoConfiguration.class));
    }

    private ApplicationContextRunner onRoot() {
        return withRegistry().withPropertyValues("container-status.root=" + root);
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnStore {
        @Bean
        StatusStore own() {
            return StatusStore.builder(new InMemoryCheckpoints()).open().block(PATIENCE);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnRecordingStore {
        @Bean
        StatusStore own(StatusMetrics metrics) {
            return StatusStore.builder(new InMemoryCheckpoints())
                    .metrics(metrics)
                    .open()
                    .block(PATIENCE);
        }
    }

    private static void create(StatusStore store) {
        store.create("web-1", created(Instant.now())).block(PATIENCE);
    }

    @Test
    void aStoreRecordsAndIsGauged() {
        onRoot().run(context -> {
            create(context.getBean(StatusStore.class));
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(registry.get("container.status.commits").counter().count())
                    .isEqualTo(1);
            assertThat(registry.get("container.status.writable").gauge().value())
                    .isEqualTo(1);
        });
    }

    @Test
    void aStoreOfTheApplicationIsGauged() {
        onRoot().withUserConfiguration(OwnStore.class).run(context -> assertThat(context.getBean(MeterRegistry.class)
                        .get("container.status.writable")
                        .gauge()
                        .value())
                .isEqualTo(1));
    }

    @Test
    void aStoreOfTheApplicationIsGaugedBesideAFollower() {
        onRoot().withUserConfiguration(OwnStore.class)
                .withPropertyValues("container-status.follow=true")
                .run(context -> assertThat(context)
                        .hasSingleBean(StatusStoreMetrics.class)
                        .hasSingleBean(MicrometerStatusMetrics.class)
                        .hasSingleBean(MicrometerFollowerMetrics.class));
    }

    @Test
    void aStoreOfTheApplicationRecordsIfItIsGivenTheRecorder() {
        onRoot().withUserConfiguration(OwnRecordingStore.class).run(context -> {
            create(context.getBean(StatusStore.class));
            assertThat(context.getBean(MeterRegistry.class)
                            .get("container.status.commits")
                            .counter()
                            .count())
                    .isEqualTo(1);
        });
    }

    @Test
    void thereAreNoneWithoutAStoreAndAFollower() {
        withRegistry().run(context -> assertThat(context)
                .hasSingleBean(MeterRegistry.class)
                .doesNotHaveBean(MicrometerStatusMetrics.class)
                .doesNotHaveBean(MicrometerFollowerMetrics.class));
    }

    @Test
    void theRecorderStepsBackForThatOfTheApplication() {
        onRoot().withBean("own", StatusMetrics.class, () -> new StatusMetrics() {})
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(MicrometerStatusMetrics.class)
                        .hasSingleBean(StatusStoreMetrics.class));
    }

    @Test
    void aFollowerRecords() {
        onRoot().withPropertyValues("container-status.follow=true").run(context -> {
            assertThat(context)
                    .hasSingleBean(MicrometerFollowerMetrics.class)
                    .doesNotHaveBean(MicrometerStatusMetrics.class)
                    .doesNotHaveBean(StatusStoreMetrics.class);
            Files.createDirectory(root.resolve("web-1"));
            context.getBean(StatusFollower.class).changes().blockFirst(PATIENCE);
            assertThat(context.getBean(MeterRegistry.class)
                            .get("container.status.follower.scans")
                            .timer()
                            .count())
                    .isPositive();
        });
    }

    @Test
    void thereAreNoneWithoutARegistry() {
        bare.withPropertyValues("container-status.root=" + root).run(context -> assertThat(context)
                .hasSingleBean(StatusStore.class)
                .doesNotHaveBean(MicrometerStatusMetrics.class)
                .doesNotHaveBean(StatusStoreMetrics.class));
    }

    @Test
    void thereAreNoneWithoutTheModule() {
        bare.withPropertyValues("container-status.root=" + root)
                .withBean(SimpleMeterRegistry.class)
                .withClassLoader(new FilteredClassLoader("io.containerstatus.micrometer"))
                .run(context -> assertThat(context)
                        .hasSingleBean(StatusStore.class)
                        .doesNotHaveBean("micrometerStatusMetrics")
                        .doesNotHaveBean("statusStoreMetrics"));
    }

    @Test
    void thereAreNoneWithoutMicrometer() {
        bare.withPropertyValues("container-status.root=" + root)
                .withClassLoader(new FilteredClassLoader("io.micrometer.core"))
                .run(context -> assertThat(context).hasSingleBean(StatusStore.class));
    }
}
