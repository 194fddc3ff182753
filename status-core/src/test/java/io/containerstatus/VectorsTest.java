package io.containerstatus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The codec against documents of containerd's own encoder, of Go's JSON, and of a real daemon. */
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
        void encodesToTheSameBytes() {
            for (TestData.Encoded row : rows) {
                assertThat(recoded(row.document())).isEqualTo(text(row.document()));
            }
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
        void isAcceptedIntoTheSameForm() {
            for (TestData.Judged row : rows) {
                if (row.accepted()) {
                    assertThat(recoded(row.document()))
                            .as(() -> text(row.document()))
                            .isEqualTo(text(row.canonical()));
                }
            }
        }

        @Test
        void isRejectedWithAPlaceInTheDocument() {
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

    private static String recoded(byte[] document) {
        return text(StatusCodec.encode(StatusCodec.decode(document)));
    }

    private static String text(byte[] document) {
        return new String(document, UTF_8);
    }
}
