package io.containerstatus.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.containerstatus.reactive.StatusStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

/** What a person reads when the application does not start. */
class FailureAnalysisTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Console console = new Console();

    @AfterEach
    void stopListening() {
        console.close();
    }

    @TempDir
    Path folder;

    @ImportAutoConfiguration(ContainerStatusAutoConfiguration.class)
    static class Application {}

    private static Throwable start(Path root) {
        return start("--container-status.root=" + root);
    }

    private static Throwable start(String... arguments) {
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        return catchThrowable(() -> application.run(arguments).close());
    }

    @Test
    void aLockedRootIsExplained() {
        StatusStore other = StatusStore.open(folder).block(PATIENCE);

        assertThat(start(folder)).isNotNull();

        assertThat(console.toString())
                .contains("APPLICATION FAILED TO START")
                .contains("The folder '" + folder + "' cannot be opened: another store")
                .contains("container-status.lock-wait")
                .contains("container-status.follow")
                .doesNotContain("\tat ");
        other.close().block(PATIENCE);
    }

    @Test
    void aMissingOrEmptyRootIsExplained() {
        assertThat(start("--container-status.root=")).isNotNull();
        assertThat(start("--container-status.root=", "--container-status.follow=true"))
                .isNotNull();
        assertThat(start("--container-status.follow=true")).isNotNull();

        assertThat(console.toString()
                        .split("Invalid value '(null)?' for configuration property 'container-status.root'"))
                .hasSize(4);
        assertThat(console.toString())
                .contains("APPLICATION FAILED TO START")
                .contains("It must be the path of a folder")
                .doesNotContain("\tat ");
    }

    /** The second name is as an environment variable gives it: Boot accepts it, and the explanation has the other. */
    @ParameterizedTest
    @ValueSource(strings = {"container-status.max-batch", "container-status.maxbatch"})
    void aValueOutOfItsRangeIsExplained(String name) {
        assertThat(start("--container-status.root=" + folder, "--" + name + "=0"))
                .isNotNull();

        assertThat(console.toString())
                .contains("APPLICATION FAILED TO START")
                .contains("Invalid value '0' for configuration property 'container-status.max-batch'")
                .contains("It is out of its range: maxBatch 0 is less than 1.")
                .doesNotContain("\tat ");
    }

    @Test
    void aPathThatCanBeNoRootIsExplained() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "text");

        assertThat(start(file)).isNotNull();

        assertThat(console.toString())
                .contains("APPLICATION FAILED TO START")
                .contains("The path '" + file + "' cannot hold container statuses: ")
                .contains("container-status.root")
                .doesNotContain("\tat ");
    }
}
