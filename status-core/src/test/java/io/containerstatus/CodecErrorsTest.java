package io.containerstatus;

import static io.containerstatus.BadDocuments.FAULT;
import static io.containerstatus.BadDocuments.LONGEST_MESSAGE;
import static io.containerstatus.BadDocuments.assertCorrupt;
import static io.containerstatus.BadDocuments.decode;
import static io.containerstatus.BadDocuments.unsupported;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests JSON that is not a status: the type of the failure, its reason, and its offset. */
class CodecErrorsTest {

    @Nested
    class Versions {

        @ParameterizedTest
        @ValueSource(strings = {"{}", "{\"Pid\":1}", "{\"Version\":\"\"}", "{\"Version\":null}", " { } "})
        void missingOrEmptyIsUnsupported(String document) {
            assertThat(unsupported(document).version()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"v2", "V1", "v1 ", " v1", "1", "v1\u0000"})
        void otherThanV1IsUnsupported(String version) {
            UnsupportedVersionException e = unsupported("{\"Version\":" + GoString.quote(version) + "}");

            assertThat(e.version()).isEqualTo(version);
            assertThat(e).hasMessageStartingWith("unsupported status version \"");
        }

        @Test
        void lastOneCounts() {
            assertThat(unsupported("{\"Version\":\"v1\",\"version\":\"v2\"}").version())
                    .isEqualTo("v2");
            assertThat(decode("{\"Version\":\"v2\",\"version\":\"v1\"}")).isNotNull();
            assertThat(decode("{\"Version\":\"v1\",\"version\":null}")).isNotNull();
        }

        @Test
        void isJudgedBeforeTheTypesOfOtherFields() {
            assertThat(unsupported("{\"Pid\":\"x\",\"Version\":\"v2\",\"Reason\":5}")
                            .version())
                    .isEqualTo("v2");
            assertThat(unsupported("{\"Pid\":-1,\"Resources\":[]}").version()).isEmpty();
        }

        @Test
        void isJudgedAfterTheSyntax() {
            assertCorrupt("{\"Version\":\"v2\",\"Pid\":^}", "not JSON");
            assertCorrupt("{\"Version\":\"v2\"}^x", "not JSON");
            assertCorrupt("{\"Version\":\"v2\"} ^{}", "content after the end of the document");
        }

        @Test
        void ofAnotherTypeIsCorrupt() {
            assertCorrupt("{\"Pid\":true,\"Version\":^1}", "\"/Version\" is an integer, not a string");
            assertCorrupt("{\"Version\":^[\"v1\"],\"Version\":\"v1\"}", "\"/Version\" is an array, not a string");
            assertCorrupt("{\"Version\":^{},\"Version\":7}", "\"/Version\" is an object, not a string");
        }

        @Test
        void longOneIsCutInTheMessage() {
            String version = "w".repeat(1 << 20);

            UnsupportedVersionException e = unsupported("{\"Version\":\"" + version + "\"}");

            assertThat(e.version()).isEqualTo(version);
            assertThat(e.getMessage()).hasSizeLessThan(LONGEST_MESSAGE).endsWith("www…\"");
        }
    }

    @Nested
    class Types {

        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '`',
                delimiter = '|',
                value = {
                    "\"Pid\":^\"5\"|\"/Pid\" is a string, not an integer",
                    "\"Pid\": ^1.0|\"/Pid\" is a number with a fraction or an exponent, not an integer",
                    "\"ExitCode\":^1e2|\"/ExitCode\" is a number with a fraction or an exponent, not an integer",
                    "\"CreatedAt\":^true|\"/CreatedAt\" is a boolean, not an integer",
                    "\"StartedAt\":\t^[1]|\"/StartedAt\" is an array, not an integer",
                    "\"FinishedAt\":^{\"a\":{}}|\"/FinishedAt\" is an object, not an integer",
                    "\"Reason\":^5|\"/Reason\" is an integer, not a string",
                    "\"Message\":^false|\"/Message\" is a boolean, not a string",
                    "\"Resources\":^[]|\"/Resources\" is an array, not an object",
                    "\"Resources\":{\"linux\":^7}|\"/Resources/linux\" is an integer, not an object",
                    "\"Resources\":{\"linux\":{\"unified\":^[]}}|"
                            + "\"/Resources/linux/unified\" is an array, not an object",
                    "\"Resources\":{\"linux\":{\"unified\":{\"a\":^1}}}|"
                            + "\"/Resources/linux/unified/a\" is an integer, not a string",
                    "\"Resources\":{\"linux\":{\"hugepage_limits\":^{}}}|"
                            + "\"/Resources/linux/hugepage_limits\" is an object, not an array",
                    "\"Resources\":{\"linux\":{\"hugepage_limits\":[null,{},^5]}}|"
                            + "\"/Resources/linux/hugepage_limits/2\" is an integer, not an object",
                    "\"Resources\":{\"linux\":{\"hugepage_limits\":[^[{}]]}}|"
                            + "\"/Resources/linux/hugepage_limits/0\" is an array, not an object",
                    "\"Resources\":{\"windows\":{\"cpu_count\":^\"\"}}|"
                            + "\"/Resources/windows/cpu_count\" is a string, not an integer",
                })
        void wrongOneIsReportedWithItsLocation(String fields, String reason) {
            assertCorrupt("{\"Version\":\"v1\"," + fields + "}", reason);
        }

        @Test
        void firstFaultIsReported() {
            assertCorrupt("{\"Pid\":^\"\",\"Version\":\"v1\",\"Reason\":5}", "\"/Pid\" is a string, not an integer");
        }

        @Test
        void laterSyntaxErrorIsReportedInstead() {
            assertCorrupt("{\"Version\":\"v1\",\"Pid\":{\"a\":[1,2]},\"Reason\":^}", "not JSON");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "null|null",
                    "[]|an array",
                    "1|an integer",
                    "1.5|a number with a fraction or an exponent",
                    "true|a boolean",
                    "\"v1\"|a string",
                    "[{\"Version\":\"v1\"}]|an array"
                })
        void documentMustBeAnObject(String document, String type) {
            assertCorrupt(FAULT + document, "the document is " + type + ", not an object");
        }

        @Test
        void documentThatIsNoObjectMustStillBeJson() {
            assertCorrupt("[1,2^", "not JSON");
            assertCorrupt("true ^true", "content after the end of the document");
        }
    }

    @Nested
    class NumberRanges {

        @ParameterizedTest
        @CsvSource({
            "Pid,-1,0..4294967295",
            "Pid,-0,0..4294967295",
            "Pid,4294967296,0..4294967295",
            "Pid,18446744073709551615,0..4294967295",
            "ExitCode,2147483648,-2147483648..2147483647",
            "ExitCode,-2147483649,-2147483648..2147483647",
            "CreatedAt,9223372036854775808,-9223372036854775808..9223372036854775807",
            "FinishedAt,-9223372036854775809,-9223372036854775808..9223372036854775807",
        })
        void outsideIsCorrupt(String field, String number, String range) {
            assertCorrupt(
                    "{\"Version\":\"v1\",\"" + field + "\":^" + number + "}",
                    "\"/" + field + "\" is not in " + range + ": \"" + number + "\"");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "-1",
                    "-0",
                    "18446744073709551616",
                    "18446744073709551620",
                    "-9223372036854775809",
                    "99999999999999999999"
                })
        void uint64OutsideIsCorrupt(String number) {
            assertCorrupt(
                    "{\"Version\":\"v1\",\"Resources\":{\"linux\":{\"hugepage_limits\":[{\"limit\":^" + number
                            + "}]}}}",
                    "\"/Resources/linux/hugepage_limits/0/limit\" is not in 0..18446744073709551615: \"" + number
                            + "\"");
        }

        @Test
        void signedZeroIsANumberWhereSignsAre() {
            assertThat(decode("{\"Version\":\"v1\",\"ExitCode\":-0}").exitCode())
                    .isZero();
        }

        @Test
        void hugeOneIsCutInTheMessage() {
            CorruptStatusException e =
                    assertCorrupt("{\"Version\":\"v1\",\"Pid\":^" + "9".repeat(1000) + "}", "\"/Pid\" is not in");

            assertThat(e.reason()).endsWith("999…\"");
        }
    }

    @Test
    void nullIsNoDocument() {
        assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> StatusCodec.decode(nothing()));
        assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> StatusCodec.encode(nothing()));
    }

    @SuppressWarnings("NullAway") // that is the test
    private static <T> T nothing() {
        return null;
    }
}
