package io.containerstatus.fs;

import static io.containerstatus.fs.Promise.ACKNOWLEDGED_IS_THERE;
import static io.containerstatus.fs.Promise.LIFE_GOES_ON;
import static io.containerstatus.fs.Promise.NO_FALSE_ALARM;
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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** What looks for broken promises of a journal finds them: the controls of {@link JournalPowerCutTest}. */
class JournalWrongWritersTest {
    private static final int SIZE = JournalFormat.HEADER_SIZE + 4096;
    private static final JournalSettings SETTINGS = JournalPowerCutTest.TWO_SEGMENTS;

    private static Syncs ignoring(String place) {
        return path -> SyncPlace.of(path).startsWith(place) ? Outcome.IS_IGNORED : Outcome.PERSISTS;
    }

    /** The sync of a record comes with that of the next one. */
    private static Syncs everySecond(String place) {
        AtomicInteger count = new AtomicInteger();
        return path -> SyncPlace.of(path).startsWith(place) && count.incrementAndGet() % 2 == 0
                ? Outcome.IS_IGNORED
                : Outcome.PERSISTS;
    }

    private static Function<Path, Writer> over(UnaryOperator<StatusCheckpoints> place) {
        return root -> new JournaledWriter(root, SETTINGS, place);
    }

    /** The library with one step that does nothing. */
    private enum Wrong {
        NO_SYNC_OF_RECORDS(ignoring("JournalSegment.append"), Set.of(ACKNOWLEDGED_IS_THERE)),
        ACKNOWLEDGES_BEFORE_THE_SYNC(everySecond("JournalSegment.append"), Set.of(ACKNOWLEDGED_IS_THERE)),
        WRITES_RECORDS_BEFORE_THE_HEADER_IS_SYNCED(ignoring("JournalSegment.begin"), Set.of(NO_FALSE_ALARM)),
        BEGINS_A_SEGMENT_BEFORE_ITS_NAME_IS_SYNCED(ignoring("JournalSegments."), Set.of(ACKNOWLEDGED_IS_THERE)),
        REMOVES_THE_JOURNAL_IN_ONE_GO(ignoring("JournalReplay.remove"), Set.of(LIFE_GOES_ON)),
        EMPTIES_THE_JOURNAL_BEFORE_THE_FILES_ARE_SYNCED(
                ignoring("DurableWrite.run.perform"), Set.of(ACKNOWLEDGED_IS_THERE)),
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
        private final Set<Promise> broken;

        Wrong(Syncs syncs, Set<Promise> broken) {
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
        // Without a sync there are too many states to look at each.
        JournalCrashes crashes = JournalCrashes.sampled(SETTINGS, new Random(1), 5);
        JournalPowerCutTest.tell(crashes, wrong.writer(), wrong.syncs);
        PrintedCounts.print(wrong + ": " + crashes.broken().keySet());
        assertThat(crashes.broken().keySet()).containsAll(wrong.broken);
    }

    /** A writer that goes on in the segment in which a sync has failed. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoAppendsBehindAFailedRecordBreaksAPromise(boolean wrong) {
        AtomicInteger syncs = new AtomicInteger();
        Syncs thirdFails = path -> SyncPlace.of(path).endsWith(".append") && syncs.incrementAndGet() == 3
                ? Outcome.FAILS_AND_FORGETS
                : Outcome.PERSISTS;
        JournalCrashes crashes = JournalCrashes.every(new JournalSettings(SIZE, 16, Duration.ofHours(1)));
        tellPlain(crashes, thirdFails, root -> new PlainJournal(root, SIZE) {
            @Override
            void giveUp(int length) {
                if (wrong) {
                    pass(length);
                } else {
                    super.giveUp(length);
                }
            }
        });
        assertThat(crashes.broken().isEmpty()).as("%s", crashes.broken()).isEqualTo(!wrong);
    }

    private static Status updated(int number) {
        return Samples.RUNNING.toBuilder().message("update " + number).build();
    }

    private static DiskState tellPlain(JournalCrashes crashes, Syncs syncs, Function<Path, Writer> writer) {
        PowerCutFileSystem disk = JournalPowerCutTest.disk(new TreeMap<>());
        disk.syncs = syncs;
        Ledger ledger = new Ledger();
        ledger.isNow("web", Ledger.ABSENT);
        ledger.isNow("db", Ledger.ABSENT);
        Life life = crashes.life(disk, ledger, writer.apply(disk.getPath(CrashStates.ROOT)));
        for (int i = 0; i < 8; i++) {
            life.write(i % 4 == 3 ? "db" : "web", updated(i));
        }
        life.delete("db");
        life.write("web", updated(8));
        life.close();
        return disk.visible();
    }

    /** The reader with one check left out. */
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
                    boolean isOf(Header header, Entry entry, long expected) {
                        return true;
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

        /** What a checksum of a document stands for: it is one of those that were written. */
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

    /** A bit flips in a record, or an old record stands behind the last one; the newest record may not be told from a cut one. */
    @ParameterizedTest
    @EnumSource(Reader.class)
    void aReaderWithOneCheckLeftOutTakesADamagedRecordForAGoodOne(Reader reader) throws UnreadableHeader {
        DiskState state = tellPlain(
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
                wrong += same || isLast || replay.tellsDamage && isOld(replay.newest) ? 0 : 1;
            }
        }
        // A segment that is used again: its former records stand behind the new one.
        byte[] again = segment.clone();
        ByteBuffer head = JournalFormat.encode(new Header(new UUID(1, 2), 9, 0, 9, 50, SIZE, 49));
        head.get(again, 0, JournalFormat.HEADER_SIZE);
        PlainReplay replay = reader.replay();
        replay.read(List.of(again));
        wrong += replay.newest.isEmpty() ? 0 : 1;
        PrintedCounts.print(reader + ": " + wrong + " wrong readings");
        assertThat(wrong == 0).isEqualTo(reader == Reader.RIGHT);
    }

    /** Returns whether each is something that was written once. */
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
        DiskState state = tellPlain(
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

    /** Returns whether nothing is missing: the zeros behind a record are not looked at. */
    private static boolean isPadding(JournalReplay replay) {
        return replay.nextSequence() == 11 && replay.newest().size() == 2;
    }
}
