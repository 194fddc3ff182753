package io.containerstatus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class Utf8PropertiesTest {

    @Property
    void findsTheFirstByteThatAStrictDecoderRefuses(@ForAll @Size(max = 24) byte[] bytes) {
        int bad = Utf8.firstInvalid(bytes);

        assertThat(bad < 0).isEqualTo(isUtf8(bytes));
        if (bad >= 0) {
            assertThat(isUtf8(Arrays.copyOf(bytes, bad))).isTrue();
        }
    }

    @Property
    void findsOneBadByteAnywhere(@ForAll @IntRange(max = 3000) int before, @ForAll @IntRange(max = 40) int after) {
        for (String unit : new String[] {"x", "é", "\ud83d\ude00"}) {
            byte[] start = unit.repeat(before).getBytes(UTF_8);
            byte[] bytes = Arrays.copyOf(start, start.length + 1 + after);
            Arrays.fill(bytes, start.length + 1, bytes.length, (byte) 'y');
            bytes[start.length] = (byte) 0xFF;

            assertThat(Utf8.firstInvalid(bytes)).isEqualTo(start.length);
            assertThat(Utf8.firstInvalid(start)).isEqualTo(-1);
        }
    }

    @Example
    void nothingIsUtf8() {
        assertThat(Utf8.firstInvalid(new byte[0])).isEqualTo(-1);
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
