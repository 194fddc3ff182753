package io.containerstatus.etcd.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.etcd.faults.HistoryEntry.Event;
import io.containerstatus.etcd.faults.HistoryEntry.Outcome;
import io.containerstatus.etcd.faults.HistoryEntry.Read;
import io.containerstatus.etcd.faults.HistoryEntry.Takeover;
import io.containerstatus.etcd.faults.HistoryEntry.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class HistoryCheckerTest {
    private static final HistoryEntry OWNER1 = takeover(1, 0, 1);

    private static HistoryEntry takeover(int epoch, long start, long end) {
        return new Takeover(new WriteNumber(epoch, 0), start, end);
    }

    private static HistoryEntry acknowledged(String stamp, long start, long end) {
        return new Write(WriteNumber.parse(stamp), false, start, end, Outcome.ACKNOWLEDGED);
    }

    private static HistoryEntry deleted(String stamp, long start, long end) {
        return new Write(WriteNumber.parse(stamp), true, start, end, Outcome.ACKNOWLEDGED);
    }

    private static HistoryEntry unknown(String stamp, long start) {
        return new Write(WriteNumber.parse(stamp), false, start, Long.MAX_VALUE, Outcome.UNKNOWN);
    }

    private static HistoryEntry notWritten(String stamp, long start, long end) {
        return new Write(WriteNumber.parse(stamp), false, start, end, Outcome.NOT_WRITTEN);
    }

    private static HistoryEntry found(String stamp, long start, long end) {
        return new Read(WriteNumber.parse(stamp), start, end);
    }

    private static HistoryEntry nothing(long start, long end) {
        return new Read(null, start, end);
    }

    private static HistoryEntry put(String stamp, long revision, long version) {
        return new Event(WriteNumber.parse(stamp), revision, version);
    }

    private static HistoryEntry deletion(long revision) {
        return new Event(null, revision, 0);
    }

    private static void right(HistoryEntry... operations) {
        HistoryChecker.check("web-1", List.of(operations)).assertNothingWrong();
        assertThat(BruteForceChecker.isLinearizable(List.of(operations))).isTrue();
    }

    /** Expects both checkers to report a violation. */
    private static void wrong(HistoryEntry... operations) {
        assertThat(HistoryChecker.check("web-1", List.of(operations)).violations())
                .isNotEmpty();
        assertThat(BruteForceChecker.isLinearizable(List.of(operations))).isFalse();
    }

    @Nested
    class Right {
        @Test
        void readsThatOverlapAWriteFindEither() {
            right(OWNER1, acknowledged("1.1", 2, 3), acknowledged("1.2", 4, 9), found("1.1", 5, 6), found("1.2", 7, 8));
        }

        @Test
        void aWriteOfUnknownOutcomeIsThereOrNot() {
            right(OWNER1, acknowledged("1.1", 2, 3), unknown("1.2", 4), found("1.1", 5, 6));
            right(OWNER1, acknowledged("1.1", 2, 3), unknown("1.2", 4), found("1.2", 5, 6));
            right(OWNER1, acknowledged("1.1", 2, 3), unknown("1.2", 4), found("1.1", 5, 6), found("1.2", 7, 8));
        }

        @Test
        void aWriteUnderWayIsAcknowledgedBeforeTheNextOwnerHasTakenOver() {
            right(
                    OWNER1,
                    acknowledged("1.1", 2, 6),
                    takeover(2, 4, 5),
                    found("1.1", 4, 5),
                    acknowledged("2.1", 7, 8),
                    found("2.1", 9, 10));
        }

        @Test
        void nothingIsThereAtFirstAndAfterADeletion() {
            right(
                    nothing(0, 1),
                    OWNER1,
                    acknowledged("1.1", 2, 3),
                    deleted("1.2", 4, 5),
                    nothing(6, 7),
                    acknowledged("1.3", 8, 9),
                    found("1.3", 10, 11));
        }

        @Test
        void eventsThatFollowEachOther() {
            right(
                    OWNER1,
                    acknowledged("1.1", 2, 3),
                    unknown("1.2", 4),
                    acknowledged("1.3", 5, 6),
                    deleted("1.4", 7, 8),
                    acknowledged("1.5", 9, 10),
                    put("1.1", 10, 1),
                    put("1.3", 12, 2),
                    deletion(13),
                    put("1.5", 17, 1));
        }
    }

    /** Histories of writers that only seem to work. */
    @Nested
    class OfWrongWriters {
        @Test
        void aLateWriteReplacesAnAcknowledgedOne() {
            wrong(OWNER1, unknown("1.1", 2), acknowledged("1.2", 3, 4), found("1.1", 5, 6));
        }

        @Test
        void aLateCreationBringsADeletedContainerBack() {
            wrong(OWNER1, unknown("1.1", 2), deleted("1.2", 3, 4), found("1.1", 5, 6));
        }

        @Test
        void aLateWriteIsReadAfterALaterOne() {
            wrong(
                    OWNER1,
                    acknowledged("1.1", 2, 3),
                    unknown("1.2", 4),
                    acknowledged("1.3", 5, 6),
                    found("1.3", 7, 8),
                    found("1.2", 9, 10));
        }

        @Test
        void aReadIsTakenForProofThatAWriteWasNotMade() {
            wrong(OWNER1, acknowledged("1.1", 2, 3), notWritten("1.2", 4, 5), found("1.2", 6, 7));
        }

        @Test
        void aTimeoutIsTakenForCertain() {
            wrong(OWNER1, notWritten("1.1", 2, 3), found("1.1", 4, 5));
        }

        @Test
        void aWriteIsSentTwiceAndTheSecondComesLate() {
            // The second transaction is acknowledged, and the first one arrives after the next write.
            wrong(OWNER1, acknowledged("1.1", 2, 3), acknowledged("1.2", 4, 5), found("1.1", 6, 7));
        }

        @Test
        void anOwnerGoesOnAfterTheNextHasTakenOver() {
            wrong(
                    OWNER1,
                    acknowledged("1.1", 2, 3),
                    takeover(2, 4, 5),
                    acknowledged("2.1", 6, 7),
                    acknowledged("1.2", 8, 9));
        }

        @Test
        void anOwnerGoesOnEvenThoughTheNextHasWrittenNothing() {
            wrong(OWNER1, takeover(2, 2, 3), acknowledged("1.1", 4, 5));
        }

        @Test
        void anUnknownWriteOfAnEarlierOwnerComesLate() {
            wrong(
                    OWNER1,
                    acknowledged("1.1", 2, 3),
                    unknown("1.2", 4),
                    takeover(2, 5, 6),
                    found("1.1", 7, 8),
                    found("1.2", 9, 10));
        }

        @Test
        void anOwnerTakesOverWithoutReadingWhatThereIs() {
            wrong(OWNER1, acknowledged("1.1", 2, 3), takeover(2, 4, 5), nothing(4, 5));
        }

        @Test
        void anAcknowledgedWriteIsLost() {
            wrong(OWNER1, acknowledged("1.1", 2, 3), acknowledged("1.2", 4, 5), found("1.1", 6, 7));
            wrong(OWNER1, acknowledged("1.1", 2, 3), nothing(4, 5));
        }

        @Test
        void aWriteHasNoEffectAndIsAcknowledgedOverAnAcknowledgedDeletion() {
            wrong(OWNER1, acknowledged("1.1", 2, 3), deleted("1.2", 4, 5), found("1.1", 6, 7));
        }

        @Test
        void readsGoBack() {
            wrong(
                    OWNER1,
                    acknowledged("1.1", 2, 3),
                    acknowledged("1.2", 4, 20),
                    found("1.2", 5, 6),
                    found("1.1", 7, 8));
        }

        @Test
        void aReadFindsWhatNobodyHasBegunToWrite() {
            wrong(OWNER1, acknowledged("1.1", 4, 5), found("1.1", 2, 3));
            wrong(OWNER1, found("1.9", 2, 3));
        }
    }

    /** Reports of watchers that only seem to work. */
    @Nested
    class OfWrongWatchers {
        private final List<HistoryEntry> three =
                List.of(OWNER1, acknowledged("1.1", 2, 3), acknowledged("1.2", 4, 5), acknowledged("1.3", 6, 7));

        private HistoryCheck verdict(List<HistoryEntry> writes, HistoryEntry... events) {
            List<HistoryEntry> all = new ArrayList<>(writes);
            all.addAll(List.of(events));
            return HistoryChecker.check("web-1", all);
        }

        @Test
        void aWatchThatMovesOnBeforeItReportsLeavesAGap() {
            assertThat(verdict(three, put("1.1", 1, 1), put("1.3", 3, 3)).gaps())
                    .anyMatch(gap -> gap.contains("between"))
                    .anyMatch(gap -> gap.contains("1.2 was acknowledged"));
        }

        @Test
        void aWatchThatMissesTheEndLeavesAGap() {
            assertThat(verdict(three, put("1.1", 1, 1), put("1.2", 2, 2)).gaps())
                    .singleElement()
                    .asString()
                    .contains("1.3 was acknowledged");
        }

        @Test
        void aWatchThatStartsAgainTooEarlyReportsTwice() {
            HistoryCheck verdict =
                    verdict(three, put("1.1", 1, 1), put("1.2", 2, 2), put("1.2", 2, 2), put("1.3", 3, 3));
            assertThat(verdict.duplicates()).hasSize(1);
            assertThat(verdict.gaps()).isEmpty();
            assertThat(verdict.violations()).isEmpty();
        }

        @Test
        void aWatchThatForgetsADeletionLeavesAGap() {
            List<HistoryEntry> deleted =
                    List.of(OWNER1, acknowledged("1.1", 2, 3), deleted("1.2", 4, 5), acknowledged("1.3", 6, 7));

            assertThat(verdict(deleted, put("1.1", 1, 1), put("1.3", 3, 1)).gaps())
                    .isNotEmpty();
            assertThat(verdict(deleted.subList(0, 3), put("1.1", 1, 1)).gaps()).isNotEmpty();
            verdict(deleted, put("1.1", 1, 1), deletion(2), put("1.3", 3, 1)).assertNothingWrong();
        }

        @Test
        void aDeletionThatNobodyHasAskedForIsAViolation() {
            assertThat(verdict(three.subList(0, 2), put("1.1", 1, 1), deletion(2))
                            .violations())
                    .isNotEmpty();
        }

        @Test
        void anEventOfAWriteThatWasNotMadeIsAViolation() {
            assertThat(verdict(List.of(OWNER1, notWritten("1.1", 2, 3)), put("1.1", 1, 1))
                            .violations())
                    .isNotEmpty();
        }

        @Test
        void aLateWriteThatWasOverwrittenAgainIsFoundInTheEvents() {
            assertThat(verdict(
                                    List.of(
                                            OWNER1,
                                            unknown("1.1", 2),
                                            acknowledged("1.2", 3, 4),
                                            acknowledged("1.3", 5, 6)),
                                    put("1.2", 1, 1),
                                    put("1.1", 2, 2),
                                    put("1.3", 3, 3))
                            .violations())
                    .isNotEmpty();
        }

        @Test
        void aReadOfWhatNoEventReportsIsAViolation() {
            assertThat(verdict(
                                    List.of(OWNER1, acknowledged("1.1", 2, 3), unknown("1.2", 4), found("1.2", 5, 6)),
                                    put("1.1", 1, 1))
                            .violations())
                    .isNotEmpty();
        }
    }

    /** Random short histories, correct and incorrect ones. */
    @Nested
    class AsTheBruteForceOne {
        private static final int HISTORIES = 40_000;

        private int linearizable;
        private int found;
        private int missed;

        @Test
        void whereEachReadIdentifiesItsWrite() {
            compare(/* withDeletions= */ false);

            assertThat(missed).isZero();
        }

        @Test
        void whereReadsDoNotIdentifyTheirWriteNeverRaisesAFalseAlarm() {
            compare(/* withDeletions= */ true);

            // It misses only violations that depend on which of several deletions a read observed.
            assertThat(missed).isLessThan(found / 20);
        }

        private void compare(boolean withDeletions) {
            for (int seed = 0; seed < HISTORIES; seed++) {
                List<HistoryEntry> history = randomHistory(new Random(seed), withDeletions);
                List<String> violations = HistoryChecker.check("web-1", history).violations();
                if (BruteForceChecker.isLinearizable(history)) {
                    linearizable++;
                    assertThat(violations).as("%s %s", seed, history).isEmpty();
                } else if (violations.isEmpty()) {
                    missed++;
                } else {
                    found++;
                }
            }
            assertThat(linearizable).isGreaterThan(HISTORIES / 10);
            assertThat(found).isGreaterThan(HISTORIES / 10);
        }

        /**
         * Two owners, successive or slightly overlapping, and readers that mostly find a status that existed
         * at some moment.
         */
        private List<HistoryEntry> randomHistory(Random random, boolean withDeletions) {
            List<HistoryEntry> history = new ArrayList<>();
            TreeMap<Long, WriteNumber> stored = new TreeMap<>();
            long time = 0;
            for (int epoch = 1; epoch <= 2; epoch++) {
                history.add(takeover(epoch, time, time += 1 + random.nextInt(3)));
                long own = time;
                for (int number = 1; number <= 1 + random.nextInt(3); number++) {
                    WriteNumber stamp = new WriteNumber(epoch, number);
                    long start = own + 1 + random.nextInt(3);
                    long end = start + random.nextInt(4);
                    Outcome outcome = Outcome.values()[random.nextInt(10) < 6 ? 0 : 1 + random.nextInt(2)];
                    boolean deletes = withDeletions && random.nextInt(3) == 0;
                    history.add(new Write(
                            stamp, deletes, start, outcome == Outcome.UNKNOWN ? Long.MAX_VALUE : end, outcome));
                    if (outcome == Outcome.ACKNOWLEDGED || random.nextInt(3) == 0) {
                        stored.put(
                                start + random.nextInt((int) (end - start) + 1),
                                deletes ? new WriteNumber(0, 0) : stamp);
                    }
                    own = end;
                }
                time = Math.max(0, own - random.nextInt(3));
            }
            for (int i = 0; i < 4; i++) {
                long start = random.nextInt((int) time + 4);
                long end = start + random.nextInt(4);
                var entry = stored.floorEntry(start + random.nextInt((int) (end - start) + 2));
                boolean isNothing = entry == null || entry.getValue().epoch() == 0;
                history.add(new Read(isNothing ? null : entry.getValue(), start, end));
            }
            return history;
        }
    }
}
