package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.fs.JournalFormat.Entry;
import io.containerstatus.fs.JournalFormat.Header;
import io.containerstatus.fs.JournalFormat.UnreadableHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JournalFormatTest {
    private static final Header HEADER =
            new Header(new UUID(0x0102030405060708L, 0x090a0b0c0d0e0f10L), 7, 6, 5, 43, 8 << 20, 42);
    private static final byte[] DOCUMENT = "{\"Version\":\"v1\"}".getBytes(StandardCharsets.UTF_8);

    /**
     * Returns the bytes in the documentation, in hexadecimal digits: first those of the header, then
     * those of a record.
     */
    private static String documented(int example) throws IOException {
        return Pattern.compile("```text\n([0-9a-f \n]+)\n```")
                .matcher(Files.readString(Path.of("../docs/journal-format.md")))
                .results()
                .skip(example)
                .findFirst()
                .orElseThrow()
                .group(1)
                .replaceAll("[ \n]", "");
    }

    private static ByteBuffer encoded(Entry entry) {
        ByteBuffer buffer = JournalFormat.newBuffer(entry.size());
        JournalFormat.encode(entry, buffer);
        assertThat(buffer.hasRemaining()).isFalse();
        return buffer.flip();
    }

    @Nested
    class TheHeader {
        @Test
        void isReadAsItWasWritten() throws UnreadableHeader {
            assertThat(JournalFormat.decodeHeader(JournalFormat.encode(HEADER))).isEqualTo(HEADER);
        }

        @Test
        void hasTheBytesOfTheDocumentation() throws IOException {
            ByteBuffer block = JournalFormat.encode(HEADER);
            byte[] first = new byte[80];
            block.get(0, first);
            assertThat(HexFormat.of().formatHex(first)).isEqualTo(documented(0));
            assertThat(block.limit()).isEqualTo(4096);
            for (int at = 80; at < 4096; at++) {
                assertThat(block.get(at)).isZero();
            }
        }

        @Test
        void withAnyBitOfItFlippedIsNotRead() {
            for (int bit = 0; bit < 80 * 8; bit++) {
                ByteBuffer block = JournalFormat.encode(HEADER);
                block.put(bit / 8, (byte) (block.get(bit / 8) ^ (1 << bit % 8)));
                assertThatThrownBy(() -> JournalFormat.decodeHeader(block))
                        .as("bit %s", bit)
                        .isInstanceOfSatisfying(UnreadableHeader.class, e -> assertThat(e.isNewer())
                                .isFalse());
            }
        }

        @ParameterizedTest
        @CsvSource({
            "7, 7, 5, 43, 8192, 42",
            "7, -1, 5, 43, 8192, 42",
            "7, 6, 0, 43, 8192, 42",
            "7, 6, 8, 43, 8192, 42",
            "7, 6, 5, 43, 8192, 43",
            "7, 6, 5, 43, 8192, -1",
            "7, 6, 5, 43, 4096, 42",
            "7, 6, 5, 43, 1073741825, 42"
        })
        void thatNoWriterCanHaveWrittenIsNotRead(
                long number, long previous, long oldest, long firstSequence, long size, long synced) {
            Header header = new Header(HEADER.journal(), number, previous, oldest, firstSequence, size, synced);
            assertThatThrownBy(() -> JournalFormat.decodeHeader(JournalFormat.encode(header)))
                    .isInstanceOf(UnreadableHeader.class)
                    .hasMessage("its fields are inconsistent: " + header);
        }

        @Test
        void thatIsCutShortIsNotRead() {
            ByteBuffer block = JournalFormat.encode(HEADER).limit(4095);
            assertThatThrownBy(() -> JournalFormat.decodeHeader(block)).isInstanceOf(UnreadableHeader.class);
        }
    }

    @Nested
    class ARecord {
        private final Entry written = new Entry(42, 7, 41, "web-1", DOCUMENT);

        @Test
        void isReadAsItWasWritten() {
            assertThat(JournalFormat.decode(encoded(written), 0))
                    .usingRecursiveComparison()
                    .isEqualTo(written);
            Entry deleted = new Entry(43, 7, 42, "web-1", null);
            assertThat(JournalFormat.decode(encoded(deleted), 0))
                    .usingRecursiveComparison()
                    .isEqualTo(deleted);
        }

        @Test
        void hasTheBytesOfTheDocumentation() throws IOException {
            ByteBuffer bytes = encoded(new Entry(43, 7, 42, "web-1", null));
            byte[] record = new byte[45];
            bytes.get(0, record);
            assertThat(HexFormat.of().formatHex(record)).isEqualTo(documented(1));
        }

        @Test
        void beginsAtAMultipleOfEight() {
            assertThat(written.size()).isEqualTo(64).isEqualTo(JournalFormat.recordSize("web-1", DOCUMENT));
            assertThat(JournalFormat.recordSize("a", null)).isEqualTo(48);
        }

        @Test
        void withAnyBitOfItFlippedIsNotRead() {
            int length = JournalFormat.RECORD_OVERHEAD + "web-1".length() + DOCUMENT.length;
            for (int bit = 0; bit < length * 8; bit++) {
                ByteBuffer bytes = encoded(written);
                bytes.put(bit / 8, (byte) (bytes.get(bit / 8) ^ (1 << bit % 8)));
                assertThat(JournalFormat.decode(bytes, 0)).as("bit %s", bit).isNull();
            }
        }

        @Test
        void thatIsCutShortIsNotRead() {
            int length = JournalFormat.RECORD_OVERHEAD + "web-1".length() + DOCUMENT.length;
            for (int cut = 0; cut < length; cut++) {
                assertThat(JournalFormat.decode(encoded(written).limit(cut), 0))
                        .as("%s bytes", cut)
                        .isNull();
            }
        }

        @Test
        void isNotFoundInZeros() {
            assertThat(JournalFormat.decode(JournalFormat.newBuffer(4096), 0)).isNull();
        }
    }
}
