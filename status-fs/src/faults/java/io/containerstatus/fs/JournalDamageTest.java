package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.InvalidRootException;
import io.containerstatus.Status;
import io.containerstatus.fs.JournalFormat.Header;
import io.containerstatus.fs.JournalFormat.UnreadableHeader;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.testing.HookedFileSystem;
import io.containerstatus.testing.PrintedCounts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;

/**
 * A journal of several small segments is damaged in every way. A reader finds its contents, reports damage, or
 * rejects the root. It changes no file.
 */
@Tag("exhaustive")
class JournalDamageTest {
    private static final JournalSettings MANY = JournalPowerCutTest.MANY_SEGMENTS;
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("status.journal.fuzz.seconds", 2));
    private static final long SEED = Long.getLong("status.journal.fuzz.seed", 20_261_129L);

    @TempDir
    Path folder;

    private Path root;
    /** The same root, with syncs that do nothing. */
    private Path hooked;
    /** The segments after each change, including the last ones. */
    private final List<Map<Path, byte[]>> uses = new ArrayList<>();
    /** The current segments. */
    private Map<Path, byte[]> segments;

    private byte[] lockFile;
    private final Set<String> present = new HashSet<>();
    /** All states of each container at any time; empty for absent. */
    private final Map<String, Set<Optional<Status>>> states = new HashMap<>();

    private Map<String, Optional<Status>> right;
    private Map<String, Optional<Status>> withoutLast;
    /**
     * Whether only one position in one segment is damaged. Such damage is always detected if it makes a difference.
     */
    private boolean spoiltOnce;

    private int readings;
    private int damaged;
    private int refused;

    @BeforeEach
    void leaveAJournal() throws IOException {
        HookedFileSystem files = HookedFileSystem.over(folder);
        files.syncing = false;
        root = Files.createDirectory(folder.resolve("root"));
        hooked = files.hooked(root);
        runProcess(new JournaledWriter(hooked, JournalPowerCutTest.TWO_SEGMENTS), 0);
        runProcess(new JournaledWriter(hooked, MANY, JournalCrashes.FAILING), 10);
        segments = uses.get(uses.size() - 1);
        lockFile = Files.readAllBytes(new Layout(root).lock());
        assertThat(segments.size()).isGreaterThanOrEqualTo(3);
        List<JournalContents.Entry> records = journal().records();
        right = newest(records);
        withoutLast = newest(records.subList(0, records.size() - 1));
        assertThat(right).isNotEqualTo(withoutLast).hasSize(3);
    }

    private void runProcess(JournaledWriter writer, int first) throws IOException {
        writer.open();
        change(writer, "gone", updated(first));
        writer.delete("gone");
        present.remove("gone");
        note("gone", null);
        // Its newest record keeps all segments from here on.
        change(writer, "db", updated(first));
        change(writer, "db", updated(first + 1));
        for (int i = first; i < first + 10; i++) {
            change(writer, "web", updated(i));
        }
        writer.close();
    }

    private void change(JournaledWriter writer, String id, Status status) throws IOException {
        if (present.add(id)) {
            writer.create(id, status);
        } else {
            writer.write(id, status);
        }
        note(id, status);
    }

    private void note(String id, Status status) throws IOException {
        states.computeIfAbsent(id, none -> new HashSet<>(Set.of(Optional.empty())))
                .add(Optional.ofNullable(status));
        uses.add(onDisk());
    }

    private static Status updated(int number) {
        return Samples.RUNNING.toBuilder().message("update " + number).build();
    }

    private Map<Path, byte[]> onDisk() throws IOException {
        Map<Path, byte[]> found = new TreeMap<>();
        try (Stream<Path> entries = Files.list(root)) {
            for (Path path : (Iterable<Path>) entries.filter(Layout::isJournal)::iterator) {
                found.put(path, Files.readAllBytes(path));
            }
        }
        return found;
    }

    private JournalContents journal() {
        FileCheckpoints reader = FileCheckpoints.builder(root)
                .ioScheduler(Schedulers.immediate())
                .build();
        return reader.journal().block();
    }

    private static Map<String, Optional<Status>> newest(List<JournalContents.Entry> records) {
        Map<String, Optional<Status>> newest = new TreeMap<>();
        records.forEach(record -> newest.put(record.id(), Optional.ofNullable(record.status())));
        return newest;
    }

    /** Replaces a segment with these bytes, reads the journal and perhaps opens the root, and restores the segment. */
    private void damage(Path file, byte[] bytes, boolean opens, String what) throws IOException {
        Files.write(file, bytes);
        spoiltOnce = true;
        try {
            Optional<JournalContents> contents = read(opens);
            contents.filter(found -> found.damage().isEmpty())
                    .ifPresent(found -> assertThat(List.of(right, withoutLast)).contains(newest(found.records())));
        } catch (Throwable e) {
            throw new AssertionError(file.getFileName() + ", " + what + ": " + e, e);
        }
        if (opens) {
            put(Map.of());
        } else {
            Files.write(file, segments.get(file));
        }
    }

    /** Reads the journal, and perhaps opens the root; returns the contents, or nothing if the root is rejected. */
    private Optional<JournalContents> read(boolean opens) throws IOException {
        readings++;
        try {
            JournalContents contents = journal();
            contents.records().forEach(one -> assertThat(Optional.ofNullable(one.status()))
                    .isIn(states.get(one.id())));
            damaged += contents.damage().isEmpty() ? 0 : 1;
            if (opens) {
                open(contents);
            }
            return Optional.of(contents);
        } catch (InvalidRootException e) {
            refused++;
            return Optional.empty();
        }
    }

    private void assertUnchanged(Map<Path, byte[]> before) throws IOException {
        Map<Path, byte[]> after = onDisk();
        assertThat(after.keySet()).isEqualTo(before.keySet());
        before.forEach((file, bytes) -> assertThat(Arrays.equals(after.get(file), bytes))
                .as("unchanged")
                .isTrue());
    }

    private void open(JournalContents contents) throws IOException {
        JournaledCheckpoints checkpoints =
                JournaledWriter.checkpoints(hooked, MANY, Schedulers.immediate(), JournalCrashes.FAILING);
        try {
            Map<Path, byte[]> before = onDisk();
            Opened opened = checkpoints.open().block();
            assertUnchanged(before);
            assertReportsWhatTheReaderFound(opened, contents);
            Map<String, Optional<Status>> newest = newest(contents.records());
            Set<String> found = new HashSet<>();
            for (Found one : opened.containers()) {
                Optional<Status> status = Optional.of(((Found.Loaded) one).status());
                assertThat(status).isIn(states.get(one.id())).isEqualTo(newest.getOrDefault(one.id(), status));
                found.add(one.id());
            }
            newest.forEach((id, status) -> assertThat(found.contains(id)).isEqualTo(status.isPresent()));
        } finally {
            checkpoints.close().block();
        }
    }

    /**
     * The opening knows from the lock file how far the journal goes. So it may find more missing, and it may
     * know that an unreadable header makes no difference.
     */
    private void assertReportsWhatTheReaderFound(Opened opened, JournalContents contents) throws IOException {
        JournalReplay replay = JournalReplay.of(root, List.copyOf(onDisk().keySet()));
        assertThat(replay.damage()).isEqualTo(contents.damage());
        assertThat(contents.damage())
                .filteredOn(sentence -> !opened.damage().contains(sentence))
                .allSatisfy(sentence -> assertThat(replay.unusable())
                        .anyMatch(file -> sentence.startsWith(root.resolve(file.getFileName()) + ": ")));
        if (opened.damage().isEmpty() && spoiltOnce) {
            assertThat(List.of(right, withoutLast)).contains(newest(contents.records()));
        }
    }

    /** Of the zeros behind a header, only some are checked. */
    private static boolean isChecked(int at) {
        return at < 80 || at >= JournalFormat.HEADER_SIZE || at % 61 == 0;
    }

    private static int used(byte[] segment) {
        int end = segment.length;
        while (segment[end - 1] == 0) {
            end--;
        }
        return end;
    }

    private void print(String what) {
        PrintedCounts.print(
                what + ": " + readings + " readings, " + damaged + " of them with damage, " + refused + " refused");
    }

    private Path newestSegment() throws IOException {
        return JournalReplay.of(root, List.copyOf(segments.keySet())).chain().stream()
                .reduce((one, next) -> next)
                .orElseThrow()
                .file();
    }

    @Test
    void eachTruncationIsReportedOrRefusedOrTakesTheLastRecordOnly() throws IOException {
        Path newest = newestSegment();
        for (Path file : segments.keySet()) {
            byte[] whole = segments.get(file);
            // An empty newest segment cannot be distinguished from one that a crash has left before it was used.
            for (int length = file.equals(newest) ? 1 : 0; length < whole.length; length++) {
                if (isChecked(length)) {
                    damage(file, Arrays.copyOf(whole, length), length % 64 == 0, length + " bytes");
                }
            }
        }
        print("truncations");
        assertThat(damaged).isGreaterThan(1000);
        assertThat(refused).isPositive();
    }

    @Test
    void eachFlippedBitIsReportedOrRefusedOrMakesNoDifferenceOrIsInTheLastRecord() throws IOException {
        for (Path file : List.of(segments.keySet().iterator().next(), newestSegment())) {
            byte[] whole = segments.get(file);
            for (int at = 0; at < used(whole); at++) {
                for (int bit = 0; bit < 8 && isChecked(at); bit++) {
                    byte[] flipped = whole.clone();
                    flipped[at] ^= (byte) (1 << bit);
                    damage(file, flipped, bit == at % 64, "bit " + bit + " of byte " + at);
                }
            }
        }
        print("flipped bits");
        assertThat(damaged).isGreaterThan(1000);
    }

    /** Random bytes, complete records and sectors from other times and positions, and headers with other values. */
    @Test
    void whateverIsDamagedOnlyDocumentedResultsComeOut() throws IOException {
        long end = System.nanoTime() + TIME.toNanos();
        int round = 0;
        for (; round < 500 || System.nanoTime() - end < 0; round++) {
            Random random = new Random(SEED + round);
            Map<Path, byte[]> spoilt = new TreeMap<>();
            segments.forEach((file, bytes) -> spoilt.put(file, bytes.clone()));
            for (int i = random.nextInt(4); i >= 0; i--) {
                spoil(spoilt, random);
            }
            try {
                put(spoilt);
                read(/* opens= */ true);
            } catch (Throwable e) {
                throw new AssertionError("-Dstatus.journal.fuzz.seed=" + (SEED + round) + ": " + e, e);
            }
        }
        print("spoilt journals, -Dstatus.journal.fuzz.seed=" + SEED);
        assertThat(List.of(damaged, refused, readings - damaged - refused)).allMatch(count -> count > 10);
    }

    /** Restores the root, which an earlier opening may have closed, with these segments instead of its own. */
    private void put(Map<Path, byte[]> instead) throws IOException {
        for (Path file : onDisk().keySet()) {
            Files.delete(file);
        }
        Map<Path, byte[]> all = new TreeMap<>(segments);
        all.putAll(instead);
        for (Map.Entry<Path, byte[]> one : all.entrySet()) {
            Files.write(one.getKey(), one.getValue());
        }
        Files.write(new Layout(root).lock(), lockFile);
    }

    private void spoil(Map<Path, byte[]> all, Random random) {
        Path file = one(List.copyOf(all.keySet()), random);
        byte[] segment = all.get(file);
        int at = random.nextInt(Math.max(1, segment.length));
        switch (random.nextInt(8)) {
            case 0 -> {
                byte[] noise = new byte[1 + random.nextInt(100)];
                random.nextBytes(noise);
                copy(noise, 0, segment, at, noise.length);
            }
            case 1 -> Arrays.fill(segment, at, Math.min(segment.length, at + random.nextInt(1024)), (byte) 0);
            case 2 -> all.put(file, Arrays.copyOf(segment, at));
            case 3 -> {
                byte[] other = earlier(random);
                int sector = random.nextInt(other.length / 512) * 512;
                copy(other, sector, segment, random.nextInt(4) == 0 ? at & -512 : sector, 512);
            }
            case 4 -> all.put(file, earlier(random).clone());
            case 5, 6 -> copyRecord(earlier(random), segment, random);
            default -> forgeHeader(segment, random);
        }
    }

    private static <T> T one(List<T> all, Random random) {
        return all.get(random.nextInt(all.size()));
    }

    private byte[] earlier(Random random) {
        return one(List.copyOf(one(uses, random).values()), random);
    }

    private static void copy(byte[] from, int start, byte[] to, int at, int length) {
        int fits = Math.min(length, Math.min(from.length - start, to.length - at));
        if (fits > 0) {
            System.arraycopy(from, start, to, at, fits);
        }
    }

    private static void copyRecord(byte[] from, byte[] to, Random random) {
        ByteBuffer bytes = ByteBuffer.wrap(from).order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> starts = new ArrayList<>();
        for (int at = JournalFormat.HEADER_SIZE; at < from.length; at += JournalFormat.ALIGNMENT) {
            if (JournalFormat.decode(bytes, at) != null) {
                starts.add(at);
            }
        }
        if (!starts.isEmpty() && to.length > JournalFormat.HEADER_SIZE) {
            int start = one(starts, random);
            int at = JournalFormat.HEADER_SIZE + (random.nextInt(to.length - JournalFormat.HEADER_SIZE) & -8);
            copy(from, start, to, at, JournalFormat.decode(bytes, start).size());
        }
    }

    /** Changes the values of a header, with the matching checksum. */
    private static void forgeHeader(byte[] segment, Random random) {
        Header header;
        try {
            header = JournalFormat.decodeHeader(ByteBuffer.wrap(segment).order(ByteOrder.LITTLE_ENDIAN));
        } catch (UnreadableHeader e) {
            return;
        }
        long[] numbers = {
            header.number(), header.previous(), header.oldest(), header.firstSequence(), header.size(), header.synced()
        };
        List<Long> others = List.of(0L, -1L, 1L, 2L, 1L << 31, 1L << 40, Long.MIN_VALUE, Long.MAX_VALUE);
        int which = random.nextInt(numbers.length);
        numbers[which] = random.nextBoolean() ? one(others, random) : numbers[which] + random.nextInt(5) - 2;
        JournalFormat.encode(new Header(
                        random.nextInt(16) == 0 ? new UUID(3, 4) : header.journal(),
                        numbers[0],
                        numbers[1],
                        numbers[2],
                        numbers[3],
                        numbers[4],
                        numbers[5]))
                .get(segment, 0, JournalFormat.HEADER_SIZE);
    }
}
