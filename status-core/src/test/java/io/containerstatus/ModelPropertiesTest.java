package io.containerstatus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Properties of every value of the model. */
class ModelPropertiesTest {

    /** Generates strings of the characters that the rule of ids allows, and of similar ones. */
    static final class Candidates implements ArbitrarySupplier<String> {
        @Override
        public Arbitrary<String> get() {
            return Arbitraries.strings().withChars("aZ09._-/\\ \n\0é").ofMaxLength(8);
        }
    }

    /** Generates strings with a common beginning, so that their order depends on a late character. */
    static final class Similar implements ArbitrarySupplier<String> {
        @Override
        public Arbitrary<String> get() {
            return Arbitraries.oneOf(
                    Arbitraries.of(
                                    "a",
                                    "é",
                                    "\uffee",
                                    "\ud83d\ude00",
                                    "\ud83d\ude01",
                                    "\ud800\udc00",
                                    "\ufffd",
                                    "\ud83d")
                            .list()
                            .ofMaxSize(4)
                            .map(parts -> String.join("", parts)),
                    Statuses.texts());
        }
    }

    static final class Maps implements ArbitrarySupplier<Map<String, String>> {
        @Override
        public Arbitrary<Map<String, String>> get() {
            Arbitrary<String> texts = new Similar().get();
            return Arbitraries.maps(texts, texts).ofMaxSize(8);
        }
    }

    @Property
    void orderIsThatOfTheUtf8Bytes(
            @ForAll(supplier = Similar.class) String left, @ForAll(supplier = Similar.class) String right) {
        String a = Text.wellFormed(left);
        String b = Text.wellFormed(right);

        assertThat(Integer.signum(Text.UTF8_ORDER.compare(a, b)))
                .isEqualTo(Integer.signum(Arrays.compareUnsigned(utf8(a), utf8(b))));
    }

    @Property
    void wellFormedTextsSurviveUtf8(@ForAll(supplier = Similar.class) String text) throws CharacterCodingException {
        String wellFormed = Text.wellFormed(text);

        assertThat(UTF_8.newEncoder().encode(CharBuffer.wrap(wellFormed)).remaining())
                .isEqualTo(utf8(wellFormed).length);
        assertThat(new String(utf8(wellFormed), UTF_8)).isEqualTo(wellFormed);
        assertThat(wellFormed).hasSameSizeAs(text);
        assertThat(Text.wellFormed(wellFormed)).isSameAs(wellFormed);
    }

    @Property
    void unifiedIsSortedByItsUtf8Bytes(@ForAll(supplier = Maps.class) Map<String, String> texts) {
        assertThat(unified(texts).keySet().stream()
                        .map(ModelPropertiesTest::utf8)
                        .toList())
                .isSortedAccordingTo(Arrays::compareUnsigned)
                .doesNotHaveDuplicates();
    }

    @Property
    void unifiedHoldsEveryKeyWithOneOfItsValues(@ForAll(supplier = Maps.class) Map<String, String> texts) {
        Map<String, List<String>> expected = texts.entrySet().stream()
                .collect(Collectors.groupingBy(
                        entry -> Text.wellFormed(entry.getKey()),
                        Collectors.mapping(entry -> Text.wellFormed(entry.getValue()), Collectors.toList())));

        assertThat(unified(texts)).containsOnlyKeys(expected.keySet());
        assertThat(unified(texts))
                .allSatisfy((key, value) -> assertThat(expected.get(key)).contains(value));
    }

    @Property
    void buildersHoldAStatusWhole(
            @ForAll(supplier = Statuses.class) Status status,
            @ForAll boolean starting,
            @ForAll boolean removing,
            @ForAll boolean unknown) {
        Status flagged = status.toBuilder()
                .starting(starting)
                .removing(removing)
                .unknown(unknown)
                .build();

        assertThat(flagged.toBuilder().build()).isEqualTo(flagged).hasSameHashCodeAs(flagged);
    }

    @Property
    void buildersHoldResourcesWhole(@ForAll(supplier = Statuses.class) Status status) {
        ContainerResources resources = status.resources();
        if (resources != null && resources.linux() != null) {
            assertThat(resources.linux().toBuilder().build()).isEqualTo(resources.linux());
        }
        if (resources != null && resources.windows() != null) {
            assertThat(resources.windows().toBuilder().build()).isEqualTo(resources.windows());
        }
    }

    @Property
    void validIdsNameAFolderDirectlyBelowTheirRoot(@ForAll(supplier = Candidates.class) String id) {
        assertThat(ContainerIds.isValid(id))
                .isEqualTo(id.length() <= 76 && id.matches("[A-Za-z0-9]+([._-][A-Za-z0-9]+)*"));
        if (ContainerIds.isValid(id)) {
            Path root = Path.of("/root/folder");
            assertThat(root.resolve(id).normalize().getParent()).isEqualTo(root);
        }
    }

    private static Map<String, String> unified(Map<String, String> texts) {
        return LinuxContainerResources.builder().unified(texts).build().unified();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
