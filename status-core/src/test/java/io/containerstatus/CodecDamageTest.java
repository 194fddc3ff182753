package io.containerstatus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Decodes real files after every damage of one step. The result is a status or a documented failure, and
 * nothing else. The format has no checksum, so a damage that results in another status cannot be detected;
 * the test counts such damages.
 */
@Tag("long")
class CodecDamageTest {
    /** The simplest file, one with resources, and one with a string that needs escapes. */
    private static final List<String> FILES =
            List.of("created-plain.json", "exited-7.json", "running-resources.json", "start-failed-escapes.json");

    private int damages;
    private int unnoticed;
    private int harmless;

    private static List<byte[]> documents() {
        List<byte[]> documents = TestData.realFiles().stream()
                .filter(file -> FILES.contains(file.name()))
                .map(TestData.RealFile::document)
                .toList();
        assertThat(documents).hasSameSizeAs(FILES);
        return documents;
    }

    @Test
    void everyOtherValueOfEveryByte(TestReporter reporter) {
        for (byte[] document : documents()) {
            Status whole = StatusCodec.decode(document);
            for (int at = 0; at < document.length; at++) {
                byte[] damaged = document.clone();
                for (int change = 1; change < 256; change++) {
                    damaged[at] = (byte) (document[at] ^ change);
                    decode(damaged, whole);
                }
            }
        }
        report(reporter);
        assertThat(damages).isGreaterThan(200_000);
        // Undetected damages are those that turn a digit or a letter into another one. If nearly all damages
        // were undetected, or none, the count would be wrong.
        assertThat(unnoticed).isBetween(damages / 100, damages / 2);
    }

    @Test
    void everyLengthZeroedAtTheEnd(TestReporter reporter) {
        for (byte[] document : documents()) {
            Status whole = StatusCodec.decode(document);
            for (int from = 0; from < document.length; from++) {
                byte[] damaged = document.clone();
                Arrays.fill(damaged, from, damaged.length, (byte) 0);
                decode(damaged, whole);
            }
        }
        report(reporter);
        assertThat(damages).isGreaterThan(1_000);
        assertThat(unnoticed + harmless).isZero();
    }

    /**
     * Joins the beginning of one file and the end of another. Truncation is covered by CodecHostileBytesTest.
     */
    @Test
    void everyJointOfTwoFiles(TestReporter reporter) {
        for (byte[] first : documents()) {
            for (byte[] second : documents()) {
                for (int at = 0; at < Math.min(first.length, second.length); at++) {
                    decode(joined(first, at, second, at), StatusCodec.decode(first));
                }
            }
        }
        report(reporter);
        assertThat(damages).isGreaterThan(3_500);
    }

    @Test
    void everyByteAppended() {
        for (byte[] document : documents()) {
            Status whole = StatusCodec.decode(document);
            for (int appended = 0; appended < 256; appended++) {
                int before = harmless;
                decode(joined(document, document.length, new byte[] {(byte) appended}, 0), whole);
                boolean space = " \t\r\n".indexOf((char) appended) >= 0;
                assertThat(harmless - before).as("byte %d appended", appended).isEqualTo(space ? 1 : 0);
            }
        }
        assertThat(damages).isEqualTo(FILES.size() * 256);
        assertThat(unnoticed).isZero();
    }

    private static byte[] joined(byte[] first, int end, byte[] second, int begin) {
        ByteArrayOutputStream document = new ByteArrayOutputStream();
        document.write(first, 0, end);
        document.write(second, begin, second.length - begin);
        return document.toByteArray();
    }

    private void decode(byte[] damaged, Status whole) {
        damages++;
        try {
            Status status = StatusCodec.decode(damaged);
            if (status.equals(whole)) {
                harmless++;
            } else {
                unnoticed++;
            }
        } catch (CorruptStatusException e) {
            if (e.offset() < 0 || e.offset() > damaged.length) {
                throw new AssertionError("offset " + e.offset() + " of " + damaged.length, e);
            }
        } catch (UnsupportedVersionException e) {
            // The damage is in the version.
        }
    }

    private void report(TestReporter reporter) {
        reporter.publishEntry(Map.of(
                "damages", Integer.toString(damages),
                "another status", Integer.toString(unnoticed),
                "the same status", Integer.toString(harmless)));
    }
}
