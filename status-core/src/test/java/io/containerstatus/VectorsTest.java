package io.containerstatus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the codec with documents of containerd's own encoder, of Go's JSON, and of a real daemon. */
class VectorsTest {

    @Nested
    class WhatContainerdEncoded {
        private final List<TestData.Encoded> rows = TestData.encoded();

        @Test
        void isThere() {
            assertThat(rows).hasSize(300);
        }

        @Test
        void decodesToTheSameState() {
            for (TestData.Encoded row : rows) {
                assertThat(StatusCodec.decode(row.document()).state())
                        .as(() -> text(row.document()))
                        .isEqualTo(row.state());
            }
        }

        @Test
        void encodesToTheSameBytesAlsoWithoutAdditionalProperties() {
            for (TestData.Encoded row : rows) {
                assertThat(recoded(row.document())).isEqualTo(text(row.document()));
                assertThat(recodedWithoutAdditionalProperties(row.document())).isEqualTo(text(row.document()));
            }
        }
    }

    @Nested
    class WhatContainerd21To23Encoded {
        private final List<TestData.Encoded> rows = TestData.withRestore();

        @Test
        void comesBackByteForByteInTheSameState() {
            assertThat(rows).hasSize(300);
            requireSame(rows);
        }

        @Test
        void hasRestoreAsAKnownKeyThatIsNotCleared() {
            for (TestData.Encoded row : rows) {
                Boolean restore = text(row.document()).endsWith(",\"Restore\":true}");
                Status status = StatusCodec.decode(row.document());
                assertThat(status.restore()).as(() -> text(row.document())).isEqualTo(restore);
                assertThat(status.additionalProperties()).isEmpty();
                assertThat(recodedWithoutAdditionalProperties(row.document())).isEqualTo(text(row.document()));
            }
        }
    }

    @Nested
    class WhatAContainerdToComeMayEncode {
        private final List<TestData.Encoded> rows = TestData.withAdditionalProperties();

        @Test
        void comesBackByteForByteInTheSameState() {
            assertThat(rows).hasSize(200);
            requireSame(rows);
        }

        @Test
        void hasTheUnknownMembersAsAdditionalProperties() {
            for (TestData.Encoded row : rows) {
                Status status = StatusCodec.decode(row.document());
                assertThat(status.additionalProperties()).isNotEmpty();
                assertThat(text(row.document()))
                        .endsWith(status.additionalProperties().entrySet().stream()
                                .map(entry -> "," + GoString.quote(entry.getKey()) + ":" + entry.getValue())
                                .collect(Collectors.joining("", "", "}")));
            }
        }
    }

    @Nested
    class WhatWasFoundInTheField {

        @ParameterizedTest
        @CsvSource({
            "ctr-finished-before-started, EXITED",
            "ctr-finished-zero-time, EXITED",
            "ctr-starterror, EXITED",
            "ctr21-created, CREATED",
            "ctr21-exited, EXITED",
            "ctr21-restore-created, CREATED",
            "ctr21-restore-running, RUNNING",
            "ctr21-running, RUNNING",
        })
        void comesBackByteForByte(String name, ContainerState state) {
            byte[] document = TestData.fieldDocument(name + ".json");

            assertThat(recoded(document)).isEqualTo(text(document));
            assertThat(StatusCodec.decode(document).state()).isEqualTo(state);
        }

        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '`',
                value = {
                    "ctr-hugepage-null, `null,null,`, ``",
                    "ctr24-windows-affinity, `,null`, ``",
                    "ctr-message-invalid-utf8, `\\ufffd`, `\ufffd`",
                    "ctr-message-control, `\\u0008b\\u000c`, `\\bb\\f`",
                })
        void comesBackAsTodaysContainerdWritesIt(String name, String old, String now) {
            byte[] document = TestData.fieldDocument(name + ".json");

            assertThat(text(document)).contains(old);
            assertThat(recoded(document)).isEqualTo(text(document).replace(old, now));
        }
    }

    @Nested
    class WhatGoJudged {
        private final List<TestData.Judged> rows = TestData.judged();

        @Test
        void isThere() {
            assertThat(rows).hasSize(700);
            assertThat(rows).filteredOn(TestData.Judged::accepted).hasSize(411);
        }

        @Test
        void isAcceptedIntoTheSameFormWithoutAdditionalProperties() {
            for (TestData.Judged row : rows) {
                if (row.accepted()) {
                    assertThat(recodedWithoutAdditionalProperties(row.document()))
                            .as(() -> text(row.document()))
                            .isEqualTo(text(row.canonical()));
                }
            }
        }

        @Test
        void isRejectedWithAnOffsetInTheDocument() {
            for (TestData.Judged row : rows) {
                if (!row.accepted()) {
                    requireRejected(row.document());
                }
            }
        }

        private static void requireRejected(byte[] document) {
            try {
                fail("accepted as " + StatusCodec.decode(document) + ": " + text(document));
            } catch (CorruptStatusException e) {
                assertThat(e.offset()).as(() -> text(document)).isBetween(0L, (long) document.length);
                assertThat(e.reason()).as(() -> text(document)).isNotBlank();
            } catch (UnsupportedVersionException e) {
                assertThat(e.version()).as(() -> text(document)).isNotEqualTo("v1");
            }
        }
    }

    @Nested
    class WhatARealContainerdWrote {
        private final List<TestData.RealFile> files = TestData.realFiles();

        @Test
        void isThereAndWhole() {
            assertThat(files).hasSize(39);
            assertThat(files).allSatisfy(file -> assertThat(file.document()).hasSize(file.size()));
        }

        @Test
        void encodesToTheSameBytes() {
            for (TestData.RealFile file : files) {
                assertThat(recoded(file.document())).as(file.name()).isEqualTo(text(file.document()));
            }
        }

        @Test
        void saysWhatTheDaemonSaid() {
            for (TestData.RealFile file : files) {
                Status status = StatusCodec.decode(file.document());
                assertThat(status.state().criName())
                        .as(file.name())
                        .isEqualTo(file.cri().get("state").asString());
                assertThat(status.exitCode())
                        .as(file.name())
                        .isEqualTo(file.cri().get("exit_code").asInt());
                assertThat(displayedReason(status))
                        .as(file.name())
                        .isEqualTo(file.cri().get("reason").asString());
                assertThat(status.message())
                        .as(file.name())
                        .isEqualTo(file.cri().get("message").asString());
                assertThat(nanos(status.startedAt()))
                        .as(file.name())
                        .isEqualTo(file.cri().get("started_at").asString());
                assertThat(nanos(status.finishedAt()))
                        .as(file.name())
                        .isEqualTo(file.cri().get("finished_at").asString());
            }
        }

        private static String displayedReason(Status status) {
            if (!status.reason().isEmpty() || status.state() != ContainerState.EXITED) {
                return status.reason();
            }
            return status.exitCode() == 0 ? "Completed" : "Error";
        }

        private static String nanos(@Nullable Instant time) {
            return time == null ? "0" : "%d%09d".formatted(time.getEpochSecond(), time.getNano());
        }
    }

    private static void requireSame(List<TestData.Encoded> rows) {
        for (TestData.Encoded row : rows) {
            assertThat(recoded(row.document())).isEqualTo(text(row.document()));
            assertThat(StatusCodec.decode(row.document()).state())
                    .as(() -> text(row.document()))
                    .isEqualTo(row.state());
        }
    }

    private static String recodedWithoutAdditionalProperties(byte[] document) {
        Status status = StatusCodec.decode(document);
        return text(StatusCodec.encode(
                status.toBuilder().clearAdditionalProperties().build()));
    }

    private static String recoded(byte[] document) {
        return text(StatusCodec.encode(StatusCodec.decode(document)));
    }

    private static String text(byte[] document) {
        return new String(document, UTF_8);
    }
}
