package io.containerstatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerIdsTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "Z", "0", "web-1", "a.b_c-d", "0123456789abcdef", "a1.2-3_4"})
    void lettersAndDigitsWithSingleSeparatorsAreValid(String id) {
        assertThat(ContainerIds.isValid(id)).isTrue();
        assertThat(ContainerIds.requireValid(id)).isSameAs(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", ".", "..", "a..b", "a.-b", "a__b", "-a", "a-", ".a", "a.", "_", "a/b", "../a", "/a", "a\\b", "a b",
                "a\nb", "a\n", "\na", "a\0", "é", "\u0661", "a\u200b", "\uff41"
            })
    void anythingElseIsRefused(String id) {
        assertThat(ContainerIds.isValid(id)).isFalse();
        assertThatExceptionOfType(InvalidContainerIdException.class)
                .isThrownBy(() -> ContainerIds.requireValid(id))
                .returns(id, InvalidContainerIdException::id)
                .withMessageStartingWith("not a container id: \"")
                .extracting(Throwable::getMessage)
                .asString()
                .matches("[ -~…]+");
    }

    @Test
    void upTo76CharactersAreValid() {
        assertThat(ContainerIds.isValid("a".repeat(ContainerIds.MAX_LENGTH))).isTrue();
        assertThat(ContainerIds.isValid("a".repeat(ContainerIds.MAX_LENGTH + 1)))
                .isFalse();
        assertThat(ContainerIds.MAX_LENGTH).isEqualTo(76);
    }

    @Test
    void theScanAcceptsWhatTheRuleSays() {
        Pattern rule = Pattern.compile("[A-Za-z0-9]+([._-][A-Za-z0-9]+)*");
        String characters = "azAZ09mM5._-/@[`{:\0\u007f\u0080é";
        Random random = new Random(42);
        int valid = 0;
        for (int i = 0; i < 200_000; i++) {
            // Mostly of characters that are allowed, so that many are valid.
            int range = i % 2 == 0 ? 12 : characters.length();
            String id = random.ints(random.nextInt(9), 0, range)
                    .mapToObj(at -> characters.substring(at, at + 1))
                    .collect(Collectors.joining());
            assertThat(ContainerIds.isValid(id))
                    .as(id)
                    .isEqualTo(rule.matcher(id).matches());
            valid += ContainerIds.isValid(id) ? 1 : 0;
        }
        assertThat(valid).isBetween(20_000, 180_000);
    }

    @Test
    void hugeTextsAreRefusedWithoutEffort() {
        assertThatExceptionOfType(InvalidContainerIdException.class)
                .isThrownBy(() -> ContainerIds.requireValid("a.".repeat(1 << 20)))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(250));
    }

    @Test
    void nullIsRefused() {
        assertThatNullPointerException().isThrownBy(() -> ContainerIds.isValid(nothing()));
    }

    @SuppressWarnings("NullAway") // that is the test
    private static <T> T nothing() {
        return null;
    }
}
