package io.containerstatus.spring;

import io.containerstatus.fs.FollowerMetrics;
import io.containerstatus.fs.StatusFollower;
import io.containerstatus.reactive.StatusMetrics;
import io.containerstatus.reactive.StatusStore;
import java.nio.file.Path;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.util.unit.DataSize;

/** Opens the store on {@code container-status.root}, or makes the follower of it, and ends streams to clients. */
@AutoConfiguration
@EnableConfigurationProperties(ContainerStatusProperties.class)
@ImportRuntimeHints(ContainerStatusRuntimeHints.class)
public final class ContainerStatusAutoConfiguration {

    ContainerStatusAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    ClientStreams clientStreams() {
        return new ClientStreams();
    }

    private static Path root(ContainerStatusProperties properties) {
        return Path.of(Objects.requireNonNull(properties.root()));
    }

    /** Owns the root. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty("container-status.root")
    @ConditionalOnBooleanProperty(name = "container-status.follow", havingValue = false, matchIfMissing = true)
    static class OfStore {

        /**
         * Opens the store, so that a root that cannot be opened fails the start. Spring calls {@link StatusStore#close()} when
         * the beans are destroyed, after those that depend on the store, and waits until it has completed.
         */
        @Bean(destroyMethod = "close")
        @ConditionalOnMissingBean
        StatusStore statusStore(
                ContainerStatusProperties properties,
                ObjectProvider<StatusMetrics> metrics,
                ObjectProvider<StatusStoreBuilderCustomizer> customizers) {
            StatusStore.FileBuilder builder = StatusStore.builder(root(properties))
                    .maxPendingUpdates(properties.maxPendingUpdates())
                    .maxBatch(properties.maxBatch());
            if (properties.acceptUnsyncedFolders()) {
                builder.acceptUnsyncedFolders();
            }
            if (properties.acceptUnlockedRoot()) {
                builder.acceptUnlockedRoot();
            }
            ContainerStatusProperties.Journal journal = properties.journal();
            if (journal.enabled()) {
                builder.journaled(journal.filesWithin(), journal.segmentSize().toBytes());
            }
            metrics.ifUnique(builder::metrics);
            customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
            return LockWait.open(builder.open(), properties.lockWait())
                    .blockOptional()
                    .orElseThrow();
        }
    }

    /** Follows the root, which someone else owns. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty("container-status.root")
    @ConditionalOnBooleanProperty("container-status.follow")
    static class OfFollower {

        @Bean
        @ConditionalOnMissingBean
        StatusFollower statusFollower(
                ContainerStatusProperties properties,
                ObjectProvider<FollowerMetrics> metrics,
                ObjectProvider<StatusFollowerBuilderCustomizer> customizers) {
            ContainerStatusProperties.Follower settings = properties.follower();
            DataSize maxFileSize = settings.maxFileSize();
            StatusFollower.Builder builder = StatusFollower.builder(root(properties))
                    .lookEvery(settings.lookEvery())
                    .missingAfter(settings.missingAfter())
                    .maxFileSize(maxFileSize.toBytes());
            if (settings.polling()) {
                builder.polling();
            }
            metrics.ifUnique(builder::metrics);
            customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
            return builder.build();
        }
    }
}
