package io.containerstatus.spring;

import static io.containerstatus.StatusTransitions.created;
import static io.containerstatus.StatusTransitions.started;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.ContainerChange;
import io.containerstatus.ContainerState;
import io.containerstatus.InvalidRootException;
import io.containerstatus.RootLockedException;
import io.containerstatus.Status;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.fs.FollowerMetrics;
import io.containerstatus.fs.StatusFollower;
import io.containerstatus.reactive.StatusMetrics;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.test.InMemoryCheckpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The store or the follower as a bean, from properties. */
class ContainerStatusAutoConfigurationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ContainerStatusAutoConfiguration.class));

    private ApplicationContextRunner onRoot() {
        return runner.withPropertyValues("container-status.root=" + root());
    }

    private Path root() {
        return folder.resolve("root");
    }

    /** Opens the root, reads the status, and closes it again. */
    private Status stored(String id) {
        return Objects.requireNonNull(
                StatusStore.using(root(), store -> Mono.just(store.find(id).current()))
                        .blockFirst(PATIENCE));
    }

    /** As from an environment variable that is not set: {@code ${CONTAINERS:}}. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEmptyRootFailsTheStart(boolean follow) {
        saysThatTheValueCannotBeUsed(
                runner.withPropertyValues("container-status.follow=" + follow), "root", "", "the path of a folder");
    }

    @Test
    void theDefaultsAreThoseOfTheBuilders() {
        runner.run(context -> {
            ContainerStatusProperties properties = context.getBean(ContainerStatusProperties.class);
            assertThat(StatusStore.builder(folder))
                    .extracting("maxPendingUpdates", "maxBatch")
                    .containsExactly(properties.maxPendingUpdates(), properties.maxBatch());
            assertThat(FileCheckpoints.builder(folder).journaled())
                    .extracting("filesWithin", "segmentSize")
                    .containsExactly(
                            properties.journal().filesWithin(),
                            properties.journal().segmentSize().toBytes());
            ContainerStatusProperties.Follower follower = properties.follower();
            assertThat(StatusFollower.builder(folder))
                    .extracting("scanEvery", "missingAfter", "maxFileSize")
                    .containsExactly(follower.scanEvery(), follower.missingAfter(), (int)
                            follower.maxFileSize().toBytes());
        });
    }

    private static void saysThatTheValueCannotBeUsed(
            ApplicationContextRunner runner, String property, String value, String reason) {
        String name = "container-status." + property;
        runner.withPropertyValues(name + "=" + value).run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(reason));
    }

    @Nested
    class OfTheStore {
        private List<String> filesAfterAWrite(ApplicationContext context) throws IOException {
            context.getBean(StatusStore.class)
                    .create("web-1", created(Instant.now()))
                    .block(PATIENCE);
            try (Stream<Path> files = Files.list(root())) {
                return files.map(file -> file.getFileName().toString()).toList();
            }
        }

        private static boolean isJournal(String file) {
            return file.startsWith(".status.journal-");
        }

        @Test
        void thereIsNoneWithoutARoot() {
            runner.run(context -> assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(StatusStore.class)
                    .doesNotHaveBean(StatusFollower.class));
        }

        @Test
        void isOpenOnTheRoot() {
            onRoot().run(context -> {
                assertThat(context).hasSingleBean(StatusStore.class).doesNotHaveBean(StatusFollower.class);
                context.getBean(StatusStore.class)
                        .create("web-1", created(Instant.now()))
                        .block(PATIENCE);
                assertThat(root().resolve("web-1/status")).isRegularFile();
            });
        }

        @Test
        void isClosedWithTheContext() {
            AtomicReference<StatusStore> store = new AtomicReference<>();
            onRoot().run(context -> store.set(context.getBean(StatusStore.class)));

            assertThat(store.get().isClosed()).isTrue();
            StatusStore next = StatusStore.open(root()).block(PATIENCE);
            assertThat(next.recovery().writable()).isTrue();
            next.close().block(PATIENCE);
        }

        @Test
        void theEndOfTheContextWaitsForWhatTheStoreHasAccepted() {
            Scheduler disk = Schedulers.newSingle("disk");
            CountDownLatch busy = new CountDownLatch(1);
            AtomicReference<CompletableFuture<StatusStorage>> accepted = new AtomicReference<>();
            onRoot().withBean(StatusStoreBuilderCustomizer.class, () -> builder -> builder.ioScheduler(disk))
                    .run(context -> {
                        disk.schedule(() -> untilFree(busy));
                        accepted.set(context.getBean(StatusStore.class)
                                .create("web-1", created(Instant.now()))
                                .toFuture());
                        // Behind the begin of the end of the context.
                        Mono.delay(Duration.ofMillis(300)).subscribe(tick -> busy.countDown());
                    });

            assertThat(accepted.get()).isCompleted();
            disk.dispose();
        }

        private static void untilFree(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Test
        void isClosedAfterTheBeansThatUseIt() {
            onRoot().withBean(Supervisor.class)
                    .run(context -> assertThat(context).hasNotFailed());

            assertThat(stored("web-1").state()).isEqualTo(ContainerState.RUNNING);
        }

        @Test
        void stepsBackForThatOfTheApplication() {
            onRoot().withBean("own", StatusStore.class, () -> StatusStore.builder(new InMemoryCheckpoints())
                            .open()
                            .block(PATIENCE))
                    .run(context -> {
                        assertThat(context).hasSingleBean(StatusStore.class).hasBean("own");
                        assertThat(root()).doesNotExist();
                    });
        }

        @Test
        void thatOfTheApplicationIsClosedAsWell() {
            AtomicReference<StatusStore> own = new AtomicReference<>();
            onRoot().withUserConfiguration(OwnStore.class).run(context -> {
                assertThat(context).hasSingleBean(StatusStore.class).hasBean("own");
                own.set(context.getBean(StatusStore.class));
            });
            assertThat(own.get().isClosed()).isTrue();
        }

        @Test
        void thatOfTheApplicationStaysOpenIfItsBeanSaysSo() {
            AtomicReference<StatusStore> own = new AtomicReference<>();
            onRoot().withUserConfiguration(SharedStore.class)
                    .run(context -> own.set(context.getBean(StatusStore.class)));
            assertThat(own.get().isClosed()).isFalse();
            own.get().close().block(PATIENCE);
        }

        @Test
        void hasAJournalIfItIsEnabled() {
            onRoot().withPropertyValues("container-status.journal.enabled=true")
                    .run(context -> assertThat(filesAfterAWrite(context)).anyMatch(OfTheStore::isJournal));
        }

        @Test
        void hasNoJournalByDefault() {
            onRoot().run(context -> assertThat(filesAfterAWrite(context)).noneMatch(OfTheStore::isJournal));
        }

        @Test
        void isBuiltByTheCustomizersInTheirOrderAfterTheProperties() {
            List<String> calls = new ArrayList<>();
            onRoot().withPropertyValues("container-status.max-batch=1")
                    .withBean("first", StatusStoreBuilderCustomizer.class, () -> builder -> calls.add("first"))
                    .withBean("second", StatusStoreBuilderCustomizer.class, () -> builder -> {
                        calls.add("second");
                        builder.journaled();
                    })
                    .run(context -> {
                        assertThat(calls).containsExactly("first", "second");
                        assertThat(filesAfterAWrite(context)).anyMatch(OfTheStore::isJournal);
                    });
        }

        @Test
        void recordsToTheMetricsOfTheApplication() {
            AtomicInteger commits = new AtomicInteger();
            onRoot().withBean(StatusMetrics.class, () -> new StatusMetrics() {
                        @Override
                        public void recordCommit(String id) {
                            commits.incrementAndGet();
                        }
                    })
                    .run(context -> {
                        context.getBean(StatusStore.class)
                                .create("web-1", created(Instant.now()))
                                .block(PATIENCE);
                        assertThat(commits).hasValue(1);
                    });
        }

        @ParameterizedTest
        @CsvSource({
            "max-pending-updates, 0, maxPendingUpdates 0",
            "max-batch, 0, maxBatch 0",
            "journal.files-within, 2h, filesWithin PT2H",
            "journal.segment-size, 5000B, segmentSize 5000"
        })
        void saysWhichPropertyIsOutOfItsRange(String property, String value, String reason) {
            saysThatTheValueCannotBeUsed(
                    onRoot().withPropertyValues("container-status.journal.enabled=true"), property, value, reason);
        }

        @Test
        void failsTheStartWhenTheRootIsLocked() {
            StatusStore other = StatusStore.open(root()).block(PATIENCE);
            onRoot().run(context -> assertThat(context).getFailure().hasRootCauseInstanceOf(RootLockedException.class));
            other.close().block(PATIENCE);
        }

        @Test
        void waitsForTheLockIfAWaitIsSet() {
            StatusStore other = StatusStore.open(root()).block(PATIENCE);
            onRoot().withPropertyValues("container-status.lock-wait=30s")
                    // Behind the first attempt.
                    .withBean(
                            StatusStoreBuilderCustomizer.class,
                            () -> builder -> Mono.delay(Duration.ofMillis(300))
                                    .then(other.close())
                                    .subscribe())
                    .run(context -> {
                        assertThat(context).hasNotFailed();
                        assertThat(context.getBean(StatusStore.class).recovery().writable())
                                .isTrue();
                    });
        }

        @Test
        void failsTheStartWhenThePathCanBeNoRoot() throws IOException {
            Files.writeString(root(), "a file");
            onRoot().run(context ->
                    assertThat(context).getFailure().cause().rootCause().isInstanceOf(InvalidRootException.class));
        }
    }

    @Nested
    class OfTheFollower {
        private ApplicationContextRunner following() {
            return onRoot().withPropertyValues("container-status.follow=true");
        }

        @Test
        void emitsTheContainersOfTheRootAndTakesNoLock() {
            StatusStore owner = StatusStore.open(root()).block(PATIENCE);
            owner.create("web-1", created(Instant.now())).block(PATIENCE);
            following().run(context -> {
                assertThat(context).hasSingleBean(StatusFollower.class).doesNotHaveBean(StatusStore.class);
                ContainerChange first =
                        context.getBean(StatusFollower.class).changes().blockFirst(PATIENCE);
                assertThat(first.id()).isEqualTo("web-1");
                assertThat(first.state()).isEqualTo(ContainerState.CREATED);
            });
            owner.close().block(PATIENCE);
        }

        @Test
        void createsNoRoot() {
            following().run(context -> {
                assertThat(context).hasNotFailed();
                assertThat(root()).doesNotExist();
            });
        }

        @Test
        void stepsBackForThatOfTheApplication() {
            following()
                    .withBean("own", StatusFollower.class, () -> StatusFollower.at(folder))
                    .run(context -> assertThat(context)
                            .hasSingleBean(StatusFollower.class)
                            .hasBean("own"));
        }

        @Test
        void isBuiltByTheCustomizersAfterTheProperties() {
            AtomicInteger calls = new AtomicInteger();
            following()
                    .withBean(StatusFollowerBuilderCustomizer.class, () -> builder -> calls.incrementAndGet())
                    .run(context -> assertThat(calls).hasValue(1));
        }

        @Test
        void recordsToTheMetricsOfTheApplication() throws IOException {
            Files.createDirectories(root());
            AtomicInteger scans = new AtomicInteger();
            following()
                    .withBean(FollowerMetrics.class, () -> new FollowerMetrics() {
                        @Override
                        public void recordScan(int found, Duration elapsed) {
                            scans.incrementAndGet();
                        }
                    })
                    .run(context -> {
                        Files.createDirectories(root().resolve("web-1"));
                        context.getBean(StatusFollower.class).changes().blockFirst(PATIENCE);
                        assertThat(scans.get()).isPositive();
                    });
        }

        @ParameterizedTest
        @CsvSource({
            "follower.scan-every, 0s, scanEvery PT0S",
            "follower.missing-after, 2m, missingAfter PT2M",
            "follower.max-file-size, 0B, maxFileSize 0"
        })
        void saysWhichPropertyIsOutOfItsRange(String property, String value, String reason) {
            saysThatTheValueCannotBeUsed(following(), property, value, reason);
        }

        @Test
        void failsTheStartWithoutARoot() {
            runner.withPropertyValues("container-status.follow=true").run(context -> assertThat(context)
                    .getFailure()
                    .rootCause()
                    .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                    .hasMessageContaining("container-status.root"));
        }

        @Test
        void thatOfTheApplicationNeedsNoRoot() {
            runner.withPropertyValues("container-status.follow=true")
                    .withBean("own", StatusFollower.class, () -> StatusFollower.at(folder))
                    .run(context -> assertThat(context).hasNotFailed().hasSingleBean(StatusFollower.class));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnStore {
        @Bean
        StatusStore own() {
            return StatusStore.builder(new InMemoryCheckpoints()).open().block(PATIENCE);
        }
    }

    /** A store that outlives the application context. */
    @Configuration(proxyBeanMethods = false)
    static class SharedStore {
        @Bean(destroyMethod = "")
        StatusStore shared() {
            return StatusStore.builder(new InMemoryCheckpoints()).open().block(PATIENCE);
        }
    }

    /** Records its last word when it is destroyed, which takes a store that is still open. */
    static final class Supervisor implements DisposableBean {
        private final StatusStorage container;

        Supervisor(StatusStore store) {
            container = Objects.requireNonNull(
                    store.create("web-1", created(Instant.now())).block(PATIENCE));
        }

        @Override
        public void destroy() {
            container.apply(started(4711, Instant.now())).block(PATIENCE);
        }
    }
}
