package io.containerstatus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Properties of every status, and of every spelling of its document. */
@Tag("long")
class CodecPropertiesTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @Property
    void everyStatusComesBack(@ForAll(supplier = Statuses.class) Status status) {
        assertThat(StatusCodec.decode(StatusCodec.encode(status))).isEqualTo(status);
    }

    @Property
    void flagsAreNotInTheDocument(
            @ForAll(supplier = Statuses.class) Status status, @ForAll boolean a, @ForAll boolean b, @ForAll boolean c) {
        Status flagged = status.toBuilder().starting(a).removing(b).unknown(c).build();

        assertThat(StatusCodec.encode(flagged)).isEqualTo(StatusCodec.encode(status));
    }

    @Property
    void documentIsOneLineWithGoEscapes(@ForAll(supplier = Statuses.class) Status status) {
        byte[] document = StatusCodec.encode(status);

        assertThat(Utf8.firstInvalid(document)).isEqualTo(-1);
        assertThat(new String(document, UTF_8).replace("\\\\", ""))
                .startsWith("{\"Version\":\"v1\",\"Pid\":")
                .endsWith("}")
                .doesNotContainPattern("[\0-\u001f<>&\u2028\u2029]")
                .doesNotContainPattern("\\\\(?![\"bfnrtu])")
                .doesNotContainPattern("\\\\u(?!00[01][0-9a-f]|003c|003e|0026|2028|2029)");
    }

    @Property
    void documentIsOfTheSameMeaningToAnotherReader(@ForAll(supplier = Statuses.class) Status status) {
        JsonNode document = JSON.readTree(StatusCodec.encode(status));

        assertThat(document.propertyNames())
                .filteredOn(name -> !name.equals("Restore"))
                .containsExactly(
                        "Version",
                        "Pid",
                        "CreatedAt",
                        "StartedAt",
                        "FinishedAt",
                        "ExitCode",
                        "Reason",
                        "Message",
                        "Resources");
        assertThat(document.get("Pid").asLong()).isEqualTo(status.pid());
        assertThat(document.get("CreatedAt").asLong()).isEqualTo(Ranges.toNanos(status.createdAt()));
        assertThat(document.get("ExitCode").asInt()).isEqualTo(status.exitCode());
        assertThat(document.get("Reason").asString()).isEqualTo(status.reason());
        assertThat(document.get("Message").asString()).isEqualTo(status.message());
        assertThat(document.get("Resources").isNull()).isEqualTo(status.resources() == null);
        assertThat(document.has("Restore")).isEqualTo(status.restore() != null);
        assertThat(document.path("Restore").asBoolean(false)).isEqualTo(Boolean.TRUE.equals(status.restore()));
    }

    @Property
    void orderOfKeysDoesNotMatter(@ForAll(supplier = Statuses.class) Status status, @ForAll Random random) {
        assertThat(decodeRespelled(status, UnaryOperator.identity(), random)).isEqualTo(status);
    }

    @Property
    void caseOfKeysDoesNotMatter(@ForAll(supplier = Statuses.class) Status status, @ForAll Random random) {
        assertThat(decodeRespelled(status, key -> recased(key, random), random)).isEqualTo(status);
    }

    @Property
    void laterKeysWin(
            @ForAll(supplier = Statuses.class) Status earlier, @ForAll(supplier = Statuses.class) Status later) {
        String first = new String(StatusCodec.encode(earlier), UTF_8);
        String second = new String(StatusCodec.encode(later), UTF_8);
        String both = first.substring(0, first.length() - 1) + "," + second.substring(1);

        Boolean restore = later.restore() == null ? earlier.restore() : later.restore();
        assertThat(StatusCodec.decode(both.getBytes(UTF_8)))
                .isEqualTo(later.toBuilder().restore(restore).build());
    }

    @Property
    void laterNullsUnsetOnlyTheResources(@ForAll(supplier = Statuses.class) Status status) {
        String document = new String(StatusCodec.encode(status), UTF_8);
        String nulls = document.substring(0, document.length() - 1)
                + ",\"Version\":null,\"Pid\":null,\"CreatedAt\":null,\"StartedAt\":null,\"FinishedAt\":null"
                + ",\"ExitCode\":null,\"Reason\":null,\"Message\":null,\"Resources\":null,\"Restore\":null}";

        assertThat(StatusCodec.decode(nulls.getBytes(UTF_8)))
                .isEqualTo(status.toBuilder().resources(null).build());
    }

    /**
     * Decodes the status from a document with respelled keys, in any order, with white space and
     * unknown keys.
     */
    private static Status decodeRespelled(Status status, UnaryOperator<String> spelling, Random random) {
        JsonNode document = JSON.readTree(StatusCodec.encode(status));
        Status decoded = StatusCodec.decode(JSON.writerWithDefaultPrettyPrinter()
                .writeValueAsBytes(respelled(document, /* freeKeys= */ false, spelling, random)));
        return decoded.toBuilder().clearAdditionalProperties().build();
    }

    private static JsonNode respelled(JsonNode node, boolean freeKeys, UnaryOperator<String> spelling, Random random) {
        if (node instanceof ArrayNode array) {
            ArrayNode copy = JSON.createArrayNode();
            array.forEach(element -> copy.addNull().add(respelled(element, freeKeys, spelling, random)));
            return copy;
        }
        if (!node.isObject()) {
            return node;
        }
        List<Map.Entry<String, JsonNode>> entries = new ArrayList<>(node.properties());
        Collections.shuffle(entries, random);
        ObjectNode copy = JSON.createObjectNode();
        for (Map.Entry<String, JsonNode> entry : entries) {
            String key = entry.getKey();
            boolean below = freeKeys || key.equals("unified");
            copy.set(freeKeys ? key : spelling.apply(key), respelled(entry.getValue(), below, spelling, random));
        }
        if (!freeKeys) {
            copy.putObject("x-unknown").putArray("Pid").add(1.5).addNull().addObject();
        }
        return copy;
    }

    private static String recased(String key, Random random) {
        StringBuilder recased = new StringBuilder();
        for (char c : key.toCharArray()) {
            String spellings =
                    switch (Character.toLowerCase(c)) {
                        case 's' -> "sS\u017f";
                        case 'k' -> "kK\u212a";
                        default -> "" + Character.toLowerCase(c) + Character.toUpperCase(c);
                    };
            recased.append(spellings.charAt(random.nextInt(spellings.length())));
        }
        return recased.toString();
    }
}
