package io.containerstatus;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Feeds the decoder with damaged documents. It may fail only in a documented way, and what it accepts must
 * survive encoding and decoding. Runs for a moment in every build, and for a given time in the profile
 * {@code fuzz}. The seed and the number of a round determine its document. A failure names both.
 */
class CodecFuzzTest {
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("fuzz.seconds", 2));
    private static final long SEED = seed(Long.getLong("fuzz.seed", 20_261_124L));
    private static final int LONGEST_MESSAGE = BadDocuments.LONGEST_MESSAGE;

    private final List<byte[]> corpus = TestData.allDocuments();
    private int accepted;
    private int corrupt;
    private int unsupported;
    private int keptMembers;

    @Test
    void onlyDocumentedFailuresComeOut(TestReporter reporter) {
        reporter.publishEntry("fuzz.seed", Long.toString(SEED));
        long end = System.nanoTime() + TIME.toNanos();
        int round = 0;
        for (; round < 5_000 || System.nanoTime() - end < 0; round++) {
            byte[] document = new DocumentMutator(corpus, new Random(SEED + round)).next();
            try {
                decode(document);
            } catch (Throwable e) {
                throw new AssertionError(
                        "seed %d, round %d: %s"
                                .formatted(SEED, round, Base64.getEncoder().encodeToString(document)),
                        e);
            }
        }
        reporter.publishEntry(Map.of(
                "rounds", Integer.toString(round),
                "accepted", Integer.toString(accepted),
                "corrupt", Integer.toString(corrupt),
                "unsupported", Integer.toString(unsupported)));
        // Otherwise the damage is too small or too great for a useful test.
        assertThat(List.of(accepted, corrupt, unsupported, keptMembers)).allMatch(count -> count > 10);
    }

    private void decode(byte[] document) {
        Status status;
        try {
            status = StatusCodec.decode(document);
        } catch (CorruptStatusException e) {
            corrupt++;
            assertThat(e.offset()).isBetween(0L, (long) document.length);
            assertThat(e.getMessage()).hasSizeLessThan(LONGEST_MESSAGE).matches("[ -~…]+");
            return;
        } catch (UnsupportedVersionException e) {
            unsupported++;
            assertThat(e.getMessage()).hasSizeLessThan(LONGEST_MESSAGE).matches("[ -~…]+");
            return;
        }
        accepted++;
        byte[] encoded = StatusCodec.encode(status);
        keptMembers += status.additionalProperties().size();
        assertThat((long) encoded.length).isLessThanOrEqualTo(StatusCodec.maxEncodedLength(status));
        Status again = StatusCodec.decode(encoded);
        assertThat(again).isEqualTo(status);
        assertThat(StatusCodec.encode(again))
                .as(new String(encoded, ISO_8859_1))
                .isEqualTo(encoded);
    }

    private static long seed(long given) {
        return given == 0 ? System.nanoTime() : given;
    }
}
