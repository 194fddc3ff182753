package io.containerstatus.fs;

import static io.containerstatus.fs.CrashGuarantee.ACKNOWLEDGED_IS_THERE;
import static io.containerstatus.fs.CrashGuarantee.LIFE_GOES_ON;
import static io.containerstatus.fs.CrashGuarantee.NO_FALSE_ALARM;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.fs.JournalFormat.Entry;
import io.containerstatus.fs.JournalFormat.Header;
import io.containerstatus.fs.JournalFormat.UnreadableHeader;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.test.DelegatingCheckpoints;
import io.containerstatus.testing.DiskState;
import io.containerstatus.testing.PowerCutFileSystem;
import io.containerstatus.testing.PowerCutFileSystem.Syncs;
import io.containerstatus.testing.PowerCutFileSystem.Syncs.Outcome;
import io.containerstatus.testing.PrintedCounts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The checks of journals detect broken promises: the controls of {@link JournalPowerCutTest}. */
@Tag("exhaustive")
class JournalWrongWritersTest {
    /** Room for two or three records in a segment. */
    private static final int SMALL = JournalFormat.HEADER_SIZE + 1024;

    private static final int SIZE = JournalFormat.HEADER_SIZE + 4096;
    private static final JournalSettings SETTINGS = JournalPowerCutTest.TWO_SEGMENTS;

    private static Syncs ignoring(String caller) {
        return path -> SyncCaller.of(path).startsWith(caller) ? Outcome.IS_IGNORED : Outcome.PERSISTS;
    }

    /** Every second sync of a record does nothing, so that it happens with the next one. */
    private static Syncs everySecond(String caller) {
        AtomicInteger count = new AtomicInteger();
        return path -> SyncCaller.of(path).startsWith(caller) && count.incrementAndGet() % 2 == 0
                ? Outcome.IS_IGNORED
                : Outcome.PERSISTS;
    }

    private static Function<Path, Writer> over(UnaryOperator<StatusCheckpoints> backEnd) {
        return root -> new JournaledWriter(root, SETTINGS, backEnd);
    }

    /** The library with one step that does nothing. */
    private enum Wrong {
        NO_SYNC_OF_RECORDS(ignoring("JournalSegment.append"), Set.of(ACKNOWLEDGED_IS_THERE)),
        ACKNOWLEDGES_BEFORE_THE_SYNC(everySecond("JournalSegment.append"), Set.of(ACKNOWLEDGED_IS_THERE)),
        WRITES_RECORDS_BEFORE_THE_HEADER_IS_SYNCED(ignoring("JournalSegment.begin"), Set.of(NO_FALSE_ALARM)),
        BEGINS_A_SEGMENT_BEFORE_ITS_NAME_IS_SYNCED(ignoring("JournalSegments."), Set.of(LIFE_GOES_ON)),
        REMOVES_THE_JOURNAL_IN_ONE_GO(ignoring("JournalReplay.remove"), Set.of(LIFE_GOES_ON)),
        EMPTIES_THE_JOURNAL_BEFORE_THE_FILES_ARE_SYNCED(
                ignoring("DurableWrite.run.perform"), Set.of(ACKNOWLEDGED_IS_THERE)),
        EMPTIES_THE_JOURNAL_BEFORE_THE_FILES_ARE_WRITTEN(Syncs.WORK, Set.of(ACKNOWLEDGED_IS_THERE)) {
            @Override
            Function<Path, Writer> writer() {
                // So many segments that none is used again before the close.
                return root -> new JournaledWriter(root, JournalPowerCutTest.MANY_SEGMENTS, WritesAtTheEnd::new);
            }
        },
        WRITES_A_FILE_BEFORE_ITS_RECORD(Syncs.WORK, Set.of(ACKNOWLEDGED_IS_THERE)) {
            @Override
            Function<Path, Writer> writer() {
                return FilesFirst::new;
            }
        },
        USES_A_SEGMENT_AGAIN_BEFORE_THE_FILES_ARE_WRITTEN(Syncs.WORK, Set.of(ACKNOWLEDGED_IS_THERE)) {
            @Override
            Function<Path, Writer> writer() {
                return over(files -> new DelegatingCheckpoints(files) {
                    @Override
                    public Publisher<Void> write(String id, Status status) {
                        return Mono.empty();
                    }
                });
            }
        };

        private final Syncs syncs;
        private final Set<CrashGuarantee> broken;

        Wrong(Syncs syncs, Set<CrashGuarantee> broken) {
            this.syncs = syncs;
            this.broken = broken;
        }

        Function<Path, Writer> writer() {
            return over(UnaryOperator.identity());
        }
    }

    @ParameterizedTest
    @EnumSource(Wrong.class)
    void aWrongWriterBreaksThesePromises(Wrong wrong) {
        // Without a sync, there are too many states to check each of them.
        JournalCrashes crashes = JournalCrashes.sampled(SETTINGS, new Random(1), 5);
        JournalPowerCutTest.run(crashes, wrong.writer(), wrong.syncs);
        PrintedCounts.print(wrong + ": " + crashes.broken().keySet());
        assertThat(crashes.broken().keySet()).containsAll(wrong.broken);
    }

    /** Files that are reported as written, but are written only when the root is closed. */
    private static final class WritesAtTheEnd extends DelegatingCheckpoints {
        private final Map<String, Status> later = new TreeMap<>();

        WritesAtTheEnd(StatusCheckpoints files) {
            super(files);
        }

        @Override
        public Publisher<Void> write(String id, Status status) {
            return Mono.fromRunnable(() -> later.put(id, status));
        }

        @Override
        public Publisher<Void> close() {
            return Flux.fromIterable(later.entrySet())
                    .concatMap(one -> super.write(one.getKey(), one.getValue()))
                    .thenMany(super.close());
        }
    }

    /**
     * Acknowledges each second update of a container once its file is written; its record comes with the next update.
     */
    private static final class FilesFirst implements Writer {
        private final JournaledWriter journaled;
        private final AtomicInteger updates = new AtomicInteger();
        private @Nullable StatusCheckpoints files;

        FilesFirst(Path root) {
            journaled = new JournaledWriter(root, SETTINGS, backEnd -> files = backEnd);
        }

        @Override
        public void open() {
            journaled.open();
        }

        @Override
        public void create(String id, Status status) {
            journaled.create(id, status);
        }

        @Override
        public void write(String id, Status status) {
            if (updates.incrementAndGet() % 2 == 0) {
                Mono.from(Objects.requireNonNull(files).write(id, status)).block();
            } else {
                journaled.write(id, status);
            }
        }

        @Override
        public void delete(String id) {
            journaled.delete(id);
        }

        @Override
        public void close() {
            journaled.close();
        }
    }

    /** The last write of a killed process is only in memory, but allows the reuse of segments nevertheless. */
    @Test
    void anUnsyncedLastWriteOfAKilledProcessBreaksAPromise() {
        JournalCrashes crashes =
                JournalPowerCutTest.afterKills().withSyncsAfterwards(ignoring("JournalReplay.makeDurable"));
        JournalPowerCutTest.runWithKills(crashes, Syncs.WORK);
        assertThat(crashes.broken()).containsKey(ACKNOWLEDGED_IS_THERE);
    }

    /** A journal without files, with one wrong step. The third sync of a record fails. */
    private enum Plain {
        RIGHT(Set.of()),
        APPENDS_BEHIND_A_FAILED_RECORD(Set.of(NO_FALSE_ALARM)) {
            @Override
            PlainJournal writer(Path root) {
                return new PlainJournal(root, SMALL) {
                    @Override
                    void giveUp(int length) {
                        pass(length);
                    }
                };
            }
        },
        REPEATS_A_SYNC_THAT_FAILED(Set.of(ACKNOWLEDGED_IS_THERE, NO_FALSE_ALARM)) {
            @Override
            PlainJournal writer(Path root) {
                return new PlainJournal(root, SMALL) {
                    @Override
                    void sync(UninterruptibleChannel segment) throws IOException {
                        try {
                            super.sync(segment);
                        } catch (IOException e) {
                            super.sync(segment);
                        }
                    }
                };
            }
        },
        USES_A_SEGMENT_AGAIN_THAT_HOLDS_A_NEWEST_RECORD(Set.of(ACKNOWLEDGED_IS_THERE)) {
            @Override
            PlainJournal writer(Path root) {
                return new PlainJournal(root, SMALL) {
                    @Override
                    int files() {
                        return 1;
                    }
                };
            }
        },
        NAMES_THE_JOURNAL_BEFORE_THERE_IS_ONE(Set.of(LIFE_GOES_ON)) {
            @Override
            PlainJournal writer(Path root) {
                return new PlainJournal(root, SMALL) {
                    @Override
                    void begin(Path file, Header header) throws IOException {
                        nameJournal();
                        beginSegment(file, header);
                    }
                };
            }
        },
        NEVER_NAMES_THE_JOURNAL(Set.of(LIFE_GOES_ON)) {
            @Override
            PlainJournal writer(Path root) {
                return new PlainJournal(root, SMALL) {
                    @Override
                    void begin(Path file, Header header) throws IOException {
                        beginSegment(file, header);
                    }
                };
            }
        };

        private final Set<CrashGuarantee> broken;

        Plain(Set<CrashGuarantee> broken) {
            this.broken = broken;
        }

        PlainJournal writer(Path root) {
            return new PlainJournal(root, SMALL);
        }
    }

    @ParameterizedTest
    @EnumSource(Plain.class)
    void aPlainJournalBreaksThesePromises(Plain plain) {
        AtomicInteger syncs = new AtomicInteger();
        Syncs thirdFails = path -> SyncCaller.of(path).endsWith(".sync") && syncs.incrementAndGet() == 3
                ? Outcome.FAILS_AND_FORGETS
                : Outcome.PERSISTS;
        JournalCrashes crashes = JournalCrashes.every(new JournalSettings(SMALL, 16, Duration.ofHours(1)));
        runPlain(crashes, thirdFails, plain::writer);
        PrintedCounts.print(plain + ": " + crashes.broken().keySet());
        assertThat(syncs.get()).isGreaterThan(3);
        assertThat(crashes.broken().keySet()).as("%s", crashes.broken()).isEqualTo(plain.broken);
    }

    private static Status updated(int number) {
        return Samples.RUNNING.toBuilder().message("update " + number).build();
    }

    private static DiskState runPlain(JournalCrashes crashes, Syncs syncs, Function<Path, Writer> writer) {
        PowerCutFileSystem disk = JournalPowerCutTest.disk(new TreeMap<>());
        disk.syncs = syncs;
        ExpectedFiles expectedFiles = new ExpectedFiles();
        expectedFiles.isNow("web", ExpectedFiles.ABSENT);
        expectedFiles.isNow("db", ExpectedFiles.ABSENT);
        CrashScenario life = crashes.life(disk, expectedFiles, writer.apply(disk.getPath(CrashStates.ROOT)));
        for (int i = 0; i < 8; i++) {
            life.write(i % 4 == 3 ? "db" : "web", updated(i));
        }
        life.delete("db");
        life.write("web", updated(8));
        life.close();
        return disk.visible();
    }

    /** The reader without one of its checks. */
    private enum Reader {
        RIGHT,
        NO_CHECKSUM {
            @Override
            PlainReplay replay() {
                return new PlainReplay() {
                    @Override
                    @Nullable
                    Entry decode(ByteBuffer bytes, int at) {
                        return JournalFormat.decode(withChecksum(bytes, at), at);
                    }
                };
            }
        },
        CHECKSUM_OF_THE_DOCUMENT_ONLY {
            @Override
            PlainReplay replay() {
                return new PlainReplay() {
                    @Override
                    @Nullable
                    Entry decode(ByteBuffer bytes, int at) {
                        Entry entry = JournalFormat.decode(withChecksum(bytes, at), at);
                        byte[] document = entry == null ? null : entry.document();
                        boolean whole = document == null || WRITTEN.contains(text(document));
                        return whole ? entry : null;
                    }
                };
            }
        },
        NO_SEQUENCE {
            @Override
            PlainReplay replay() {
                return new PlainReplay() {
                    @Override
                    boolean follows(Entry entry, long expected) {
                        return true;
                    }
                };
            }
        },
        NO_SEGMENT_NUMBER {
            @Override
            PlainReplay replay() {
                return new PlainReplay() {
                    @Override
                    boolean isOf(Header header, Entry entry) {
                        return true;
                    }
                };
            }
        },
        COUNTS_WHAT_WAS_REPORTED_AS_UNCERTAIN {
            @Override
            PlainReplay replay() {
                return new PlainReplay() {
                    @Override
                    boolean isBeyond(Header next, Entry entry) {
                        return false;
                    }
                };
            }
        },
        STOPS_AT_DAMAGE_IN_SILENCE {
            @Override
            PlainReplay replay() {
                return new PlainReplay() {
                    @Override
                    boolean stops() {
                        return true;
                    }
                };
            }
        };

        /** Replaces a checksum of a document: it must be one of those that were written. */
        private static final Set<String> WRITTEN = Set.copyOf(
                IntStream.range(0, 9).mapToObj(i -> Samples.text(updated(i))).toList());

        PlainReplay replay() {
            return new PlainReplay();
        }

        private static ByteBuffer withChecksum(ByteBuffer bytes, int at) {
            byte[] copy = bytes.array().clone();
            ByteBuffer whole = ByteBuffer.wrap(copy).order(bytes.order());
            int length = at + 8 <= copy.length ? whole.getInt(at + 4) : 0;
            if (length >= JournalFormat.RECORD_OVERHEAD && length <= copy.length - at) {
                CRC32C checksum = new CRC32C();
                checksum.update(copy, at + 4, length - 4);
                whole.putInt(at, (int) checksum.getValue());
            }
            return whole;
        }
    }

    private static String text(byte[] document) {
        return new String(document, StandardCharsets.UTF_8);
    }

    /**
     * A bit flips in a record, or an old record follows the last one. The newest record may not be
     * distinguished from a cut one.
     */
    @ParameterizedTest
    @EnumSource(Reader.class)
    void aReaderWithOneCheckLeftOutTakesADamagedRecordForAGoodOne(Reader reader) throws UnreadableHeader {
        DiskState state = runPlain(
                JournalCrashes.sampled(SETTINGS, new Random(1), 0).untilOneIsBroken(),
                Syncs.WORK,
                root -> new PlainJournal(root, SIZE));
        byte[] segment = state.entries()
                .get(CrashStates.ROOT + "/.status.journal-0")
                .orElseThrow()
                .getBytes(StandardCharsets.ISO_8859_1);
        Map<String, String> expected = Map.of("web", Samples.text(updated(8)), "db", "");
        int wrong = 0;
        int end = segment.length;
        while (segment[end - 1] == 0) {
            end--;
        }
        int last = lastRecord(segment);
        for (int at = JournalFormat.HEADER_SIZE; at < end; at++) {
            for (int bit = 0; bit < 8; bit += 3) {
                byte[] damaged = segment.clone();
                damaged[at] ^= (byte) (1 << bit);
                PlainReplay replay = reader.replay();
                replay.read(List.of(damaged));
                boolean same = replay.newest.equals(expected);
                boolean isLast = at >= last
                        && replay.newest.get("db").isEmpty()
                        && Samples.text(updated(6)).equals(replay.newest.get("web"));
                wrong += same || isLast || replay.reportsDamage && isOld(replay.newest) ? 0 : 1;
            }
        }
        wrong += misplaced(reader, segment, last, end);
        PrintedCounts.print(reader + ": " + wrong + " wrong readings");
        assertThat(wrong == 0).isEqualTo(reader == Reader.RIGHT);
    }

    /** Returns how many of these are read wrongly: complete records that do not count. */
    private static int misplaced(Reader reader, byte[] segment, int last, int end) throws UnreadableHeader {
        // The segment is used again. The disk does not have the last write before, which was reported as
        // indeterminate. So numbers of former records can be higher than those of the new ones.
        byte[] again = segment.clone();
        put(new Header(new UUID(1, 2), 9, 0, 9, 5, SIZE, 4), again);
        int wrong = newest(reader, again).isEmpty() ? 0 : 1;

        // The disk has written an old record to a wrong position.
        byte[] copied = segment.clone();
        System.arraycopy(segment, JournalFormat.HEADER_SIZE, copied, end + 7 & -8, last - JournalFormat.HEADER_SIZE);
        wrong += newest(reader, copied).equals(newest(Reader.RIGHT, segment)) ? 0 : 1;

        // The sync of the last record has failed, and a new segment was begun.
        byte[] next = new byte[SIZE];
        put(new Header(new UUID(1, 2), 2, 1, 1, 10, SIZE, 9), next);
        wrong += newest(reader, segment, next).get("web").equals(Samples.text(updated(6))) ? 0 : 1;
        return wrong;
    }

    private static void put(Header header, byte[] segment) {
        JournalFormat.encode(header).get(segment, 0, JournalFormat.HEADER_SIZE);
    }

    private static Map<String, String> newest(Reader reader, byte[]... segments) throws UnreadableHeader {
        PlainReplay replay = reader.replay();
        replay.read(List.of(segments));
        return replay.newest;
    }

    /** Returns whether each status was written at some time. */
    private static boolean isOld(Map<String, String> newest) {
        return newest.values().stream().allMatch(text -> text.isEmpty() || Reader.WRITTEN.contains(text));
    }

    private static int lastRecord(byte[] segment) {
        ByteBuffer bytes = ByteBuffer.wrap(segment).order(ByteOrder.LITTLE_ENDIAN);
        int last = JournalFormat.HEADER_SIZE;
        for (int at = last; at < segment.length; at += JournalFormat.ALIGNMENT) {
            last = JournalFormat.decode(bytes, at) == null ? last : at;
        }
        return last;
    }

    /** The library itself. */
    @Test
    void eachFlippedBitIsReportedOrInTheLastRecord() throws Exception {
        DiskState state = runPlain(
                JournalCrashes.sampled(SETTINGS, new Random(1), 0).untilOneIsBroken(),
                Syncs.WORK,
                root -> new PlainJournal(root, SIZE));
        String file = CrashStates.ROOT + "/.status.journal-0";
        String segment = state.entries().get(file).orElseThrow();
        int last = lastRecord(segment.getBytes(StandardCharsets.ISO_8859_1));
        int reported = 0;
        for (int at = JournalFormat.HEADER_SIZE; at < segment.length(); at++) {
            TreeMap<String, Optional<String>> entries = new TreeMap<>(state.entries());
            char flipped = (char) (segment.charAt(at) ^ (1 << at % 8));
            entries.put(file, Optional.of(segment.substring(0, at) + flipped + segment.substring(at + 1)));
            PowerCutFileSystem disk = PowerCutFileSystem.mounted(new DiskState(entries));
            JournalReplay replay = JournalReplay.of(disk.getPath(CrashStates.ROOT), List.of(disk.getPath(file)));
            reported += replay.damage().isEmpty() ? 0 : 1;
            boolean isWhole =
                    Optional.ofNullable(replay.newest().get("web").status()).equals(Optional.of(updated(8)));
            assertThat(isWhole || at >= last)
                    .as("the flipped bit of byte %s", at)
                    .isTrue();
            assertThat(!replay.damage().isEmpty() || at >= last || isPadding(replay))
                    .as("byte %s", at)
                    .isTrue();
        }
        assertThat(reported).isGreaterThan(1000);
    }

    /** Returns whether nothing is missing: the zeros behind a record are not checked. */
    private static boolean isPadding(JournalReplay replay) {
        return replay.nextSequence() == 11 && replay.newest().size() == 2;
    }
}
