package io.containerstatus.spring;

import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.fs.FollowerMetrics;
import io.containerstatus.fs.JournaledCheckpoints;
import io.containerstatus.fs.StatusFollower;
import io.containerstatus.reactive.StatusMetrics;
import io.containerstatus.reactive.StatusStore;
import java.nio.file.Path;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;

/**
 * Opens the store at {@code container-status.root}, or creates the follower of that root, and ends streams to clients.
 */
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
        String root = properties.root();
        if (root == null || root.isBlank()) {
            // Path.of would take the empty text for the working directory.
            throw Settings.unusable("root", root, "It must be the path of a folder, to own it or to follow it.");
        }
        return Path.of(root);
    }

    /** Opens a store, which owns the root. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty("container-status.root")
    @ConditionalOnBooleanProperty(name = "container-status.follow", havingValue = false, matchIfMissing = true)
    static class OfStore {

        @Bean
        StoreCloser storeCloser() {
            return new StoreCloser();
        }

        /** Opens the store. If the root cannot be opened, the start fails. */
        @Bean(destroyMethod = "")
        @ConditionalOnMissingBean
        StatusStore statusStore(
                ContainerStatusProperties properties,
                StoreCloser closer,
                ObjectProvider<StatusMetrics> metrics,
                ObjectProvider<StatusStoreBuilderCustomizer> customizers) {
            StatusStore.FileBuilder builder = StatusStore.builder(root(properties));
            Settings.set("max-pending-updates", properties.maxPendingUpdates(), builder::maxPendingUpdates);
            Settings.set("max-batch", properties.maxBatch(), builder::maxBatch);
            if (properties.acceptUnsyncedFolders()) {
                builder.acceptUnsyncedFolders();
            }
            if (properties.acceptUnlockedRoot()) {
                builder.acceptUnlockedRoot();
            }
            ContainerStatusProperties.Journal journal = properties.journal();
            if (journal.enabled()) {
                // Sets each alone first, so that a failure names the right one.
                JournaledCheckpoints.Builder alone =
                        FileCheckpoints.builder(root(properties)).journaled();
                Settings.set("journal.files-within", journal.filesWithin(), alone::filesWithin);
                Settings.set("journal.segment-size", journal.segmentSize(), size -> alone.segmentSize(size.toBytes()));
                builder.journaled(journal.filesWithin(), journal.segmentSize().toBytes());
            }
            metrics.ifUnique(builder::metrics);
            customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
            StatusStore store = LockWait.open(builder.open(), properties.lockWait())
                    .blockOptional()
                    .orElseThrow();
            closer.closeAtTheEnd(store);
            return store;
        }
    }

    /** Creates a follower of the root, which another process owns. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBooleanProperty("container-status.follow")
    static class OfFollower {

        /** Creates the follower. If no root is set, the start fails. */
        @Bean
        @ConditionalOnMissingBean
        StatusFollower statusFollower(
                ContainerStatusProperties properties,
                ObjectProvider<FollowerMetrics> metrics,
                ObjectProvider<StatusFollowerBuilderCustomizer> customizers) {
            ContainerStatusProperties.Follower settings = properties.follower();
            // The subscribers share one reader, because each open page is a subscriber.
            StatusFollower.Builder builder =
                    StatusFollower.builder(root(properties)).shared();
            Settings.set("follower.scan-every", settings.scanEvery(), builder::scanEvery);
            Settings.set("follower.missing-after", settings.missingAfter(), builder::missingAfter);
            Settings.set("follower.max-file-size", settings.maxFileSize(), size -> builder.maxFileSize(size.toBytes()));
            if (settings.polling()) {
                builder.polling();
            }
            metrics.ifUnique(builder::metrics);
            customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
            return builder.build();
        }
    }
}
