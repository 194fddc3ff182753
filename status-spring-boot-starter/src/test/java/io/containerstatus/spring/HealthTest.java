package io.containerstatus.spring;

import static io.containerstatus.StatusTransitions.created;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.fs.StatusFollower;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.test.InMemoryCheckpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the health says of a store and of a follower. */
class HealthTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);
    private static final String OF_STORE = "containerStatusHealthContributor";
    private static final String OF_FOLLOWER = "containerStatusFollowerHealthContributor";

    @TempDir
    Path root;

    private final InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();
    private volatile Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private final InstantSource times = () -> now;
    private final Clock clock = times.withZone(ZoneOffset.UTC);

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    ContainerStatusAutoConfiguration.class, ContainerStatusHealthAutoConfiguration.class));

    @Configuration(proxyBeanMethods = false)
    static class FailingStore {
        @Bean
        InMemoryCheckpoints checkpoints() {
            return new InMemoryCheckpoints();
        }

        @Bean
        StatusStore store(InMemoryCheckpoints checkpoints) {
            return StatusStore.builder(checkpoints).open().block(PATIENCE);
        }
    }

    private StatusStore store() {
        return Objects.requireNonNull(
                StatusStore.builder(checkpoints).clock(clock).open().block(PATIENCE));
    }

    private static StatusStorage container(StatusStore store, String id) {
        return Objects.requireNonNull(store.create(id, created(Instant.now())).block(PATIENCE));
    }

    private static void write(StatusStorage container) {
        container
                .updateSync(status -> status.toBuilder().pid(1).build())
                .onErrorComplete()
                .block(PATIENCE);
    }

    private Health of(StatusStore store) {
        return new StatusStoreHealthIndicator(store, RETRY_AFTER, clock).health();
    }

    @Nested
    class OfAStore {
        @Test
        void isUpWithItsDetails() {
            StatusStore store = store();
            container(store, "web-1");

            Health health = of(store);

            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails())
                    .containsOnlyKeys("corrupt", "uncertain", "outOfUse", "filesBehind", "pendingOperations")
                    .containsEntry("corrupt", Map.of("count", 0, "first", List.of()))
                    .containsEntry("filesBehind", Map.of("count", 0, "oldestAge", "PT0S"))
                    .containsEntry("pendingOperations", 0L);
        }

        private void failAWrite(StatusStorage container) {
            checkpoints.failNext(new NotWrittenException(container.id(), "No space left on device", null));
            write(container);
        }

        @Test
        void isOutOfServiceAfterAFailedWriteUntilOneSucceeds() {
            StatusStore store = store();
            StatusStorage web = container(store, "web-1");
            failAWrite(web);

            Health health = of(store);

            assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
            assertThat(health.getDetails().get("notWritable")).asString().contains("No space left on device");
            assertThat(health.getDetails().get("lastFailure")).asString().contains("No space left on device");

            write(web);
            assertThat(of(store).getStatus()).isEqualTo(Status.UP);
            assertThat(of(store).getDetails()).doesNotContainKeys("notWritable", "retry");
        }

        /** A service that gets no requests while it is not ready writes nothing. */
        @Test
        void isUpWithoutAnyWriteOnceAFailureIsNotRecent() {
            StatusStore store = store();
            StatusStorage web = container(store, "web-1");
            failAWrite(web);

            now = now.plus(RETRY_AFTER).minusNanos(1);
            assertThat(of(store).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
            now = now.plusNanos(1);
            Health health = of(store);
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails().get("retry"))
                    .asString()
                    .contains("No space left on device", "the next write tries again");
            assertThat(health.getDetails()).containsKey("lastFailure").doesNotContainKey("notWritable");

            failAWrite(web);
            assertThat(of(store).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        }

        @Test
        void isUpIfTheClockWasSetBackSinceTheFailure() {
            StatusStore store = store();
            failAWrite(container(store, "web-1"));
            now = now.minusSeconds(3600);
            assertThat(of(store).getStatus()).isEqualTo(Status.UP);
        }

        @Test
        void isDownHoweverOldTheFailureIsIfNoWriteCanSucceed() {
            StatusStore store = store();
            failAWrite(container(store, "web-1"));
            checkpoints.becomeReadOnly("the root was moved away");
            now = now.plus(Duration.ofDays(1));

            Health health = of(store);

            assertThat(health.getStatus()).isEqualTo(Status.DOWN);
            assertThat(health.getDetails()).containsEntry("notWritable", "the root was moved away");
        }

        @Test
        void neverGoesOutOfServiceWithoutARetryDelay() {
            runner.withUserConfiguration(FailingStore.class)
                    .withPropertyValues("container-status.health.retry-after=0s")
                    .run(context -> {
                        container(context.getBean(StatusStore.class), "web-1");
                        context.getBean(InMemoryCheckpoints.class)
                                .failNext(new NotWrittenException("web-1", "No space left on device", null));
                        write(context.getBean(StatusStore.class).find("web-1"));
                        assertThat(context.getBean(OF_STORE, HealthIndicator.class)
                                        .health()
                                        .getStatus())
                                .isEqualTo(Status.UP);
                    });
        }

        @Test
        void refusesATimeThatIsNegative() {
            runner.withPropertyValues("container-status.root=" + root, "container-status.health.retry-after=-1s")
                    .run(context -> assertThat(context)
                            .getFailure()
                            .rootCause()
                            .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                            .hasMessageContaining("container-status.health.retry-after"));
        }

        @Test
        void namesTheUncertain() {
            StatusStore store = store();
            StatusStorage web = container(store, "web-1");
            checkpoints.failNext(new IndeterminateWriteException("web-1", "fsync failed", null));
            write(web);

            assertThat(of(store).getDetails())
                    .containsEntry("uncertain", Map.of("count", 1, "first", List.of("web-1")));
        }

        @Test
        void namesTenOfTheCorruptUntilTheyAreWrittenAnew() throws IOException {
            for (int i = 10; i < 22; i++) {
                Files.writeString(
                        Files.createDirectories(root.resolve("web-" + i)).resolve("status"), "{");
            }
            StatusStore store = Objects.requireNonNull(StatusStore.open(root).block(PATIENCE));

            assertThat(of(store).getDetails().get("corrupt"))
                    .asString()
                    .contains("count=12", "web-10", "web-19")
                    .doesNotContain("web-20");

            Objects.requireNonNull(store.get("web-10"))
                    .updateSync(status -> created(Instant.now()))
                    .block(PATIENCE);
            store.delete("web-11")
                    .then(store.create("web-11", created(Instant.now())))
                    .block(PATIENCE);
            assertThat(of(store).getDetails().get("corrupt"))
                    .asString()
                    .contains("count=10")
                    .doesNotContain("web-10", "web-11");
            store.close().block(PATIENCE);
        }

        @Test
        void reportsHowFarTheFilesAreBehindTheJournal() {
            runner.withPropertyValues(
                            "container-status.root=" + root,
                            "container-status.journal.enabled=true",
                            "container-status.journal.files-within=1h")
                    .run(context -> {
                        container(context.getBean(StatusStore.class), "web-1")
                                .updateSync(status -> status.toBuilder().pid(1).build())
                                .block(PATIENCE);
                        assertThat(context.getBean(OF_STORE, HealthIndicator.class)
                                        .health()
                                        .getDetails()
                                        .get("filesBehind"))
                                .asString()
                                .contains("count=1");
                    });
        }

        @Test
        void isAComponentOfItsOwn() {
            runner.withPropertyValues("container-status.root=" + root)
                    .run(context ->
                            assertThat(context).getBean(OF_STORE).isInstanceOf(StatusStoreHealthIndicator.class));
        }

        @Test
        void isOneComponentAStore() {
            runner.withBean("a", StatusStore.class, () -> store())
                    .withBean("b", StatusStore.class, () -> StatusStore.builder(new InMemoryCheckpoints())
                            .open()
                            .block(PATIENCE))
                    .run(context -> assertThat(context.getBean(OF_STORE, CompositeHealthContributor.class)
                                    .getContributor("b"))
                            .isInstanceOf(StatusStoreHealthIndicator.class));
        }

        @Test
        void isAbsentIfItIsDisabled() {
            runner.withPropertyValues(
                            "container-status.root=" + root, "management.health.container-status.enabled=false")
                    .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(HealthContributor.class));
        }

        @Test
        void isAbsentWithoutAStore() {
            runner.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(OF_STORE));
        }

        @Test
        void needsNoActuator() {
            runner.withPropertyValues("container-status.root=" + root)
                    .withClassLoader(new FilteredClassLoader("org.springframework.boot.health"))
                    .run(context -> assertThat(context).hasSingleBean(StatusStore.class));
        }

        @Test
        void stepsBackForThatOfTheApplication() {
            HealthIndicator own = () -> Health.unknown().build();
            runner.withPropertyValues("container-status.root=" + root)
                    .withBean("containerStatusHealthIndicator", HealthIndicator.class, () -> own)
                    .run(context -> assertThat(context).doesNotHaveBean(OF_STORE));
        }
    }

    @Nested
    class OfAFollower {
        private Health of(Path followed) {
            return Objects.requireNonNull(new StatusFollowerHealthIndicator(StatusFollower.at(followed))
                    .health()
                    .block(PATIENCE));
        }

        @Test
        void isUpWithTheNumberOfItsContainers() throws IOException {
            Files.createDirectory(root.resolve("web-1"));
            assertThat(of(root))
                    .isEqualTo(Health.up().withDetail("containers", 1L).build());
        }

        @Test
        void followsALinkThatIsChanged() throws IOException {
            Path link = Files.createSymbolicLink(root.resolve("link"), Files.createDirectory(root.resolve("old")));
            StatusFollowerHealthIndicator health = new StatusFollowerHealthIndicator(StatusFollower.at(link));
            assertThat(health.health().block(PATIENCE))
                    .isEqualTo(Health.up().withDetail("containers", 0L).build());

            Files.delete(link);
            Files.createSymbolicLink(link, Files.createDirectory(root.resolve("new")));
            Files.createDirectory(link.resolve("web-1"));

            assertThat(health.health().block(PATIENCE))
                    .isEqualTo(Health.up().withDetail("containers", 1L).build());
        }

        @Test
        void isDownWithoutItsRoot() {
            Health health = of(root.resolve("gone"));
            assertThat(health.getStatus()).isEqualTo(Status.DOWN);
            assertThat(health.getDetails().get("error")).asString().contains("gone");
        }

        @Test
        void isAComponentOfItsOwn() {
            runner.withPropertyValues("container-status.root=" + root, "container-status.follow=true")
                    .run(context -> assertThat(context)
                            .doesNotHaveBean(OF_STORE)
                            .getBean(OF_FOLLOWER)
                            .isInstanceOf(ReactiveHealthIndicator.class));
        }
    }
}
