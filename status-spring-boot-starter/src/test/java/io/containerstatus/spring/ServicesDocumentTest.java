package io.containerstatus.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.NotWrittenException;
import io.containerstatus.StatusException;
import io.containerstatus.StatusTransitions;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.test.InMemoryCheckpoints;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Holds the tables of docs/services.md to what is there. */
class ServicesDocumentTest {
    private static final Path DOCUMENT =
            Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolveSibling("docs/services.md");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    /** Returns the cells of the rows of the table whose head begins with this. */
    private static List<List<String>> table(String head) throws IOException {
        return Files.readAllLines(DOCUMENT).stream()
                .dropWhile(line -> !line.startsWith("| " + head))
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .map(line ->
                        Stream.of(line.split("\\|")).skip(1).map(String::strip).toList())
                .toList();
    }

    private static List<String> codes(String cell) {
        return CODE.matcher(cell)
                .results()
                .map(MatchResult::group)
                .map(code -> code.replace("`", ""))
                .toList();
    }

    private static JsonNode metadata() throws IOException {
        try (InputStream in = ServicesDocumentTest.class
                .getClassLoader()
                .getResourceAsStream("META-INF/spring-configuration-metadata.json")) {
            // The one of this module: it comes first on the class path of its tests.
            return JsonMapper.shared().readTree(Objects.requireNonNull(in)).get("properties");
        }
    }

    @Test
    void everyPropertyIsInTheTableWithItsDefault() throws IOException {
        Map<String, String> properties = new TreeMap<>();
        for (JsonNode property : metadata()) {
            String name = property.get("name").stringValue();
            if (name.startsWith("container-status.")) {
                JsonNode value = property.get("defaultValue");
                properties.put(name.substring("container-status.".length()), value == null ? "" : value.asString());
            }
        }
        Map<String, String> documented = new TreeMap<>();
        for (List<String> row : table("`container-status.`")) {
            documented.put(row.get(0).replace("`", ""), row.get(1).replace("`", ""));
        }

        assertThat(documented).isEqualTo(properties).hasSizeGreaterThan(10);
    }

    @Test
    void everyPropertyIsDescribed() throws IOException {
        assertThat(metadata())
                .allSatisfy(property -> assertThat(property.path("description").asString())
                        .as(property.toString())
                        .endsWith("."));
    }

    @Test
    void theOtherPropertiesAreNamedInTheText() throws IOException {
        String text = Files.readString(DOCUMENT);
        assertThat(metadata())
                .anySatisfy(property -> assertThat(property.get("name").stringValue())
                        .isEqualTo("management.health.container-status.enabled"));
        assertThat(text).contains("management.health.container-status.enabled=false");
    }

    @Test
    void everyDetailOfTheHealthIsInTheTable() throws IOException {
        InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();
        StatusStore store =
                Objects.requireNonNull(StatusStore.builder(checkpoints).open().block());
        checkpoints.failNext(new NotWrittenException("web-1", "disk full", null));
        store.create("web-1", StatusTransitions.created(Instant.now()))
                .onErrorComplete()
                .block();

        Set<String> details = new LinkedHashSet<>();
        for (Duration retryAfter : List.of(Duration.ofHours(1), Duration.ZERO)) {
            details.addAll(new StatusStoreHealthIndicator(store, retryAfter, Clock.systemUTC())
                    .health()
                    .getDetails()
                    .keySet());
        }
        assertThat(table("detail").stream().flatMap(row -> codes(row.get(0)).stream()))
                .containsExactlyInAnyOrderElementsOf(details);
    }

    @Test
    void everyFailureIsInTheTableWithItsStatus() throws IOException {
        Map<String, String> answered = new TreeMap<>();
        failures(StatusException.class)
                .forEach(type -> answered.put(
                        type.getSimpleName(),
                        String.valueOf(StatusProblems.status(type).value())));
        Map<String, String> documented = new TreeMap<>();
        for (List<String> row : table("HTTP status")) {
            codes(row.get(1)).forEach(name -> documented.put(name, row.get(0)));
        }

        assertThat(documented).isEqualTo(answered);
    }

    /** Returns all that can be thrown: the permitted subclasses of this one, and theirs. */
    private static Stream<Class<? extends StatusException>> failures(Class<? extends StatusException> type) {
        Stream<Class<? extends StatusException>> below = Stream.ofNullable(type.getPermittedSubclasses())
                .flatMap(Stream::of)
                .flatMap(subclass -> failures(subclass.asSubclass(StatusException.class)));
        return type == StatusException.class ? below : Stream.concat(Stream.of(type), below);
    }
}
