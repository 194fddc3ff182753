package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SettledIdsTest {
    private final SettledIds settled = new SettledIds();

    @Test
    void whatWasWrittenIsKnownUntilSomethingFails() {
        assertThat(settled.contains("a")).isFalse();
        settled.add("a");
        assertThat(settled.contains("a")).isTrue();
        settled.remove("a");
        assertThat(settled.contains("a")).isFalse();
    }

    @Test
    void whatWasReadIsKnown() {
        settled.addUnlessRemovedSince(settled.now(), "a");
        assertThat(settled.contains("a")).isTrue();
    }

    @Test
    void whatWasWrittenIsToldApartFromWhatWasRead() {
        settled.addUnlessRemovedSince(settled.now(), "a");
        assertThat(settled.isWritten("a")).isFalse();
        settled.add("a");
        settled.addUnlessRemovedSince(settled.now(), "a");
        assertThat(settled.isWritten("a")).isTrue();
        settled.remove("a");
        assertThat(settled.isWritten("a")).isFalse();
    }

    @Test
    void whatWasReadBeforeADeletionEndedIsNotKnown() {
        long begun = settled.now();
        settled.remove("a");
        settled.addUnlessRemovedSince(begun, "a");
        assertThat(settled.contains("a")).isFalse();
    }

    @Test
    void aLateReadTakesNothingAway() {
        long begun = settled.now();
        settled.remove("a");
        settled.add("a");
        settled.addUnlessRemovedSince(begun, "a");
        assertThat(settled.contains("a")).isTrue();
    }

    @Test
    void whatFailedBeforeItsCommitPointIsNotUncertain() {
        settled.add("a");
        settled.fail("a", /* committing= */ false);
        assertThat(settled.contains("a")).isFalse();
        assertThat(settled.isUncertain("a")).isFalse();
    }

    @Test
    void whatIsUncertainStaysSoUntilAChangeCompletes() {
        settled.fail("a", /* committing= */ true);
        settled.fail("a", /* committing= */ false);
        settled.addUnlessRemovedSince(settled.now(), "a");
        assertThat(settled.isUncertain("a")).isTrue();
        settled.add("a");
        assertThat(settled.isUncertain("a")).isFalse();
        settled.fail("a", /* committing= */ true);
        settled.remove("a");
        assertThat(settled.isUncertain("a")).isFalse();
    }

    @Test
    void whatMayHaveATemporaryFileIsNotSettledByARead() {
        settled.litter("a");
        settled.addUnlessRemovedSince(settled.now(), "a");
        assertThat(settled.contains("a")).isFalse();
        settled.add("a");
        assertThat(settled.contains("a")).isTrue();
    }

    @Test
    void whatCouldNotBeReadIsInDoubtUnlessItIsKnownWhatItIs() {
        settled.failToRead("a");
        assertThat(settled.isUnread("a")).isTrue();
        settled.addUnlessRemovedSince(settled.now(), "a");
        assertThat(settled.isUnread("a")).isFalse();
        settled.failToRead("a");
        assertThat(settled.isUnread("a")).isFalse();
    }
}
