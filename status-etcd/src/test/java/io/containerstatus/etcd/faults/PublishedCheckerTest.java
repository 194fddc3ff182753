package io.containerstatus.etcd.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.etcd.faults.HistoryEntry.Event;
import io.containerstatus.etcd.faults.HistoryEntry.Outcome;
import io.containerstatus.etcd.faults.HistoryEntry.Read;
import io.containerstatus.etcd.faults.HistoryEntry.Write;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PublishedCheckerTest {
    /** Changes of the store: the third and the sixth are deletions. */
    private static final List<HistoryEntry> STORE =
            IntStream.rangeClosed(1, 7).mapToObj(PublishedCheckerTest::written).toList();

    private static HistoryEntry written(int number) {
        return new Write(new WriteNumber(1, number), number % 3 == 0, number, number, Outcome.ACKNOWLEDGED);
    }

    /** Returns what is found if etcd has these changes: the numbers of statuses, and 0 for a deletion. */
    private static HistoryCheck check(int... published) {
        return check(List.of(), published);
    }

    private static HistoryCheck check(List<HistoryEntry> reads, int... published) {
        Stream<HistoryEntry> events = IntStream.range(0, published.length)
                .mapToObj(i -> new Event(published[i] == 0 ? null : new WriteNumber(1, published[i]), 10 + i, 1));
        return PublishedChecker.check(
                "web-1",
                Stream.of(STORE.stream(), events, reads.stream())
                        .flatMap(all -> all)
                        .toList());
    }

    private static HistoryEntry read(int number) {
        return new Read(new WriteNumber(1, number), number, number);
    }

    @Test
    void everyChangeMayBePublished() {
        check(1, 2, 0, 4, 5, 0, 7).assertNothingWrong();
    }

    @Test
    void laterStatusesReplaceEarlierOnes() {
        check(1, 0, 4, 0, 7).assertNothingWrong();
        check(2, 0, 7).assertNothingWrong();
        check(7).assertNothingWrong();
    }

    @Test
    void aStatusMayBePutAgain() {
        check(1, 1, 0, 7, 7).assertNothingWrong();
    }

    @Test
    void aMissingDeletionIsAGap() {
        assertThat(check(1, 4, 0, 7).gaps()).hasSize(1);
    }

    @Test
    void aDeletionThatNobodyHasAskedForIsAViolation() {
        assertThat(check(7, 0, 7).violations()).isNotEmpty();
        assertThat(check(0, 7).violations()).isNotEmpty();
    }

    @Test
    void anEarlierStatusIsAViolation() {
        assertThat(check(2, 1, 0, 7).violations()).hasSize(1);
    }

    @Test
    void aStatusFromBeforeItsDeletionIsAViolation() {
        assertThat(check(1, 0, 2, 0, 7).violations()).isNotEmpty();
    }

    @Test
    void aForeignStatusIsAViolation() {
        assertThat(check(1, 0, 9, 7).violations()).hasSize(1);
    }

    @Test
    void aMissingEndIsAGap() {
        assertThat(check(1, 0, 4).gaps()).hasSize(1);
        assertThat(check(1, 0).gaps()).hasSize(1);
        assertThat(check().gaps()).hasSize(1);
    }

    @Test
    void readsFindWhatWasPublishedAndNeverGoBack() {
        check(List.of(read(1), read(4), read(7)), 1, 0, 4, 0, 7).assertNothingWrong();
        assertThat(check(List.of(read(2)), 1, 0, 7).violations()).hasSize(1);
        assertThat(check(List.of(read(4), new Read(new WriteNumber(1, 1), 5, 5)), 1, 0, 4, 0, 7)
                        .violations())
                .hasSize(1);
    }
}
