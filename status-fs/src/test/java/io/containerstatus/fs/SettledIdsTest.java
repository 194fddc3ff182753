package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.UnreadableStatusException;
import io.containerstatus.spi.StatusCheckpoints.Found;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SettledIdsTest {
    private final SettledIds settled = new SettledIds(List.of(
            Found.of("b", Samples.CREATED),
            Found.of("c", Samples.CREATED),
            Found.missing("missing"),
            Found.failed("unreadable", new UnreadableStatusException("unreadable/status", "EIO", null))));

    @Test
    void whatWasWrittenIsSettledUntilItIsRemoved() {
        assertThat(settled.contains("a")).isFalse();
        settled.add("a");
        assertThat(settled.contains("a")).isTrue();
        settled.remove("a");
        assertThat(settled.contains("a")).isFalse();
    }

    @Nested
    class WhatTheOpeningFound {
        @Test
        void isSettledWhenItWasReadWell() {
            assertThat(settled.contains("b")).isTrue();
            assertThat(settled.contains("c")).isTrue();
            assertThat(settled.contains("missing")).isFalse();
            assertThat(settled.contains("unreadable")).isFalse();
        }

        @Test
        void isSettledUntilItIsRemovedOrFails() {
            settled.remove("b");
            assertThat(settled.contains("b")).isFalse();
            assertThat(settled.contains("c")).isTrue();
            settled.fail("c", /* committing= */ false);
            assertThat(settled.contains("c")).isFalse();
        }

        @Test
        void isSettledAgainByAWriteAndTakenOutAgainByAFailure() {
            settled.remove("b");
            settled.add("b");
            assertThat(settled.contains("b")).isTrue();
            settled.fail("b", /* committing= */ true);
            assertThat(settled.contains("b")).isFalse();
        }

        @Test
        void isUnreadWhenItCouldNotBeRead() {
            assertThat(settled.isUnread("unreadable")).isTrue();
            assertThat(settled.isUnread("missing")).isFalse();
            assertThat(settled.isUnread("b")).isFalse();
            settled.read("unreadable");
            assertThat(settled.isUnread("unreadable")).isFalse();
        }
    }

    @Test
    void aFailureUnsettlesAndMakesUncertainOnlyFromTheCommitPointOn() {
        settled.add("a");
        settled.fail("a", /* committing= */ false);
        assertThat(settled.contains("a")).isFalse();
        assertThat(settled.isUncertain("a")).isFalse();
    }

    @Test
    void onlyAWriteOrADeletionEndsTheUncertainty() {
        settled.fail("a", /* committing= */ true);
        settled.fail("a", /* committing= */ false);
        settled.read("a");
        assertThat(settled.isUncertain("a")).isTrue();
        settled.add("a");
        assertThat(settled.isUncertain("a")).isFalse();
        settled.fail("a", /* committing= */ true);
        settled.remove("a");
        assertThat(settled.isUncertain("a")).isFalse();
    }

    @Test
    void whatCouldNotBeReadIsUnreadUntilItIsReadOrWritten() {
        settled.failToRead("a");
        assertThat(settled.isUnread("a")).isTrue();
        settled.read("a");
        assertThat(settled.isUnread("a")).isFalse();
        settled.failToRead("a");
        settled.add("a");
        assertThat(settled.isUnread("a")).isFalse();
    }

    @Test
    void ofWhatIsSettledItIsKnownWhatItIsAlsoIfItCannotBeRead() {
        settled.failToRead("b");
        assertThat(settled.isUnread("b")).isFalse();
        settled.add("a");
        settled.failToRead("a");
        assertThat(settled.isUnread("a")).isFalse();
    }
}
