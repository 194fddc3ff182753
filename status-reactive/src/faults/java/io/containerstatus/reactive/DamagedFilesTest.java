package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.CorruptStatusException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusException;
import io.containerstatus.StatusTransitions;
import io.containerstatus.UnsupportedVersionException;
import io.containerstatus.reactive.RecoveredContainer.Outcome;
import io.containerstatus.testing.Hook;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that rotted or were torn, one for each container. The recovery reports each and changes none, and the
 * first write keeps aside every document that is no status. CodecDamageTest covers that the decoder has a
 * typed answer to every kind of damage.
 */
@Tag("exhaustive")
@Timeout(value = 10, unit = TimeUnit.MINUTES) // Many rounds, on a machine that may be busy.
class DamagedFilesTest {
    private static final long SEED = 20_260_707L;
    private static final Status RUNNING =
            StatusTransitions.started(StoreTest.CREATED, 42, StoreTest.NOON.plusSeconds(1)).toBuilder()
                    .message("é, \"quoted\"")
                    .build();

    @TempDir
    Path folder;

    private final Random random = new Random(SEED);
    private final byte[] whole = StatusCodec.encode(RUNNING);

    /**
     * Damaged documents by container. For each position in the whole document: one with a bit flipped there,
     * one cut off there, one zeroed from there on, and one with a random byte there. Also a few with
     * something added, and a few that are no status.
     */
    private Map<String, byte[]> damaged() {
        Map<String, byte[]> documents = new LinkedHashMap<>();
        for (int at = 0; at < whole.length; at++) {
            int position = at;
            int bit = 1 << random.nextInt(8);
            documents.put("flipped-" + at, changed(bytes -> {
                bytes[position] ^= (byte) bit;
                return bytes;
            }));
            documents.put("cut-" + at, Arrays.copyOf(whole, at));
            documents.put("zeroed-" + at, changed(bytes -> {
                Arrays.fill(bytes, position, bytes.length, (byte) 0);
                return bytes;
            }));
            documents.put("random-" + at, changed(bytes -> {
                bytes[position] = (byte) random.nextInt(256);
                return bytes;
            }));
        }
        documents.put("with-zeroes", Arrays.copyOf(whole, 4096));
        documents.put("twice", joined(whole, whole));
        documents.put("with-a-tail", joined(whole, Arrays.copyOfRange(whole, 20, whole.length)));
        documents.put("of-another-program", "[Unit]\nDescription=web\n".getBytes(StandardCharsets.UTF_8));
        documents.put("of-another-version", "{\"Version\":\"v2\"}".getBytes(StandardCharsets.UTF_8));
        return documents;
    }

    private byte[] changed(UnaryOperator<byte[]> change) {
        return change.apply(whole.clone());
    }

    private static byte[] joined(byte[] first, byte[] second) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(first);
        both.writeBytes(second);
        return both.toByteArray();
    }

    @Test
    void areDistinguishedUntouchedAndKeptAsideByTheFirstWrite(TestReporter reporter) throws IOException {
        Map<String, byte[]> documents = damaged();
        for (Map.Entry<String, byte[]> document : documents.entrySet()) {
            Path container = Files.createDirectory(folder.resolve(document.getKey()));
            Files.write(container.resolve("status"), document.getValue());
        }
        FailingFilesStore disk = new FailingFilesStore(folder);
        Map<String, Map<String, String>> before = contents(disk, documents);
        assertThat(disk.open(Hook.NONE)).isNull();

        int unnoticed = 0;
        for (RecoveredContainer one : disk.store().recovery().containers()) {
            assertReported(
                    one, documents.get(one.id()), disk.store().find(one.id()).current());
            unnoticed += one.outcome() == Outcome.RECOVERED ? 1 : 0;
        }
        assertThat(contents(disk, documents)).as("inodes and bytes").isEqualTo(before);
        reporter.publishEntry(Map.of("damaged", "" + documents.size(), "unnoticed", "" + unnoticed));
        assertThat(documents).hasSizeGreaterThan(600);
        assertThat(unnoticed).isBetween(1, documents.size() / 4);

        for (RecoveredContainer one : disk.store().recovery().containers()) {
            assertKeptAside(disk, one, before.get(one.id()).get("status"));
        }
        disk.reopen();
        assertThat(disk.store().recovery().failures()).isEmpty();
        assertThat(disk.store().list())
                .hasSameSizeAs(documents.keySet())
                .allMatch(one -> one.current().reason().equals("Repaired"));
        disk.close();
    }

    private static Map<String, Map<String, String>> contents(FailingFilesStore disk, Map<String, byte[]> documents) {
        Map<String, Map<String, String>> contents = new LinkedHashMap<>();
        documents.keySet().forEach(id -> contents.put(id, disk.files(id)));
        return contents;
    }

    /** Asserts that the store reports the same as the decoder. */
    private static void assertReported(RecoveredContainer one, byte[] document, Status current) {
        try {
            Status decoded = StatusCodec.decode(document);
            assertThat(one.outcome()).as(one.id()).isEqualTo(Outcome.RECOVERED);
            assertThat(current).isEqualTo(decoded);
        } catch (StatusException e) {
            boolean corrupt = e instanceof CorruptStatusException;
            assertThat(one.outcome()).as(one.id()).isEqualTo(corrupt ? Outcome.CORRUPT : Outcome.UNSUPPORTED_VERSION);
            assertThat(one.failure())
                    .isInstanceOf(corrupt ? CorruptStatusException.class : UnsupportedVersionException.class)
                    .hasMessageContaining(one.id() + "/status");
            assertThat(current).isEqualTo(StatusTransitions.unknown());
        }
    }

    private static void assertKeptAside(FailingFilesStore disk, RecoveredContainer one, String bad) {
        Object written = disk.make(disk.store()
                .find(one.id())
                .updateSync(status ->
                        status.toBuilder().reason("Repaired").unknown(false).build()));
        assertThat(disk.onDisk(one.id())).isEqualTo(written);
        Map<String, String> files = disk.files(one.id());
        assertThat(files.remove("status")).isNotEqualTo(bad);
        if (one.outcome() == Outcome.RECOVERED) {
            assertThat(files).isEmpty();
        } else {
            assertThat(files).hasSize(1).allSatisfy((name, kept) -> {
                assertThat(name).startsWith("status.corrupt-");
                assertThat(kept).as("inode and bytes").isEqualTo(bad);
            });
        }
    }
}
