package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.UnreadableStatusException;
import io.containerstatus.spi.StatusCheckpoints.Found;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FolderKnowledgeTest {
    private final FolderKnowledge known = new FolderKnowledge(List.of(
            Found.of("b", Samples.CREATED),
            Found.of("c", Samples.CREATED),
            Found.missing("missing"),
            Found.failed("unreadable", new UnreadableStatusException("unreadable/status", "EIO", null))));

    @Test
    void whatWasWrittenIsSettledUntilItIsRemoved() {
        assertThat(known.contains("a")).isFalse();
        known.add("a");
        assertThat(known.contains("a")).isTrue();
        known.remove("a");
        assertThat(known.contains("a")).isFalse();
    }

    @Nested
    class WhatTheOpeningFound {
        @Test
        void isSettledWhenItWasReadWell() {
            assertThat(known.contains("b")).isTrue();
            assertThat(known.contains("c")).isTrue();
            assertThat(known.contains("missing")).isFalse();
            assertThat(known.contains("unreadable")).isFalse();
        }

        @Test
        void isSettledUntilItIsRemovedOrFails() {
            known.remove("b");
            assertThat(known.contains("b")).isFalse();
            assertThat(known.contains("c")).isTrue();
            known.fail("c", /* committing= */ false);
            assertThat(known.contains("c")).isFalse();
        }

        @Test
        void isSettledAgainByAWriteAndTakenOutAgainByAFailure() {
            known.remove("b");
            known.add("b");
            assertThat(known.contains("b")).isTrue();
            known.fail("b", /* committing= */ true);
            assertThat(known.contains("b")).isFalse();
        }

        @Test
        void isUnreadWhenItCouldNotBeRead() {
            assertThat(known.isUnread("unreadable")).isTrue();
            assertThat(known.isUnread("missing")).isFalse();
            assertThat(known.isUnread("b")).isFalse();
            known.read("unreadable");
            assertThat(known.isUnread("unreadable")).isFalse();
        }
    }

    @Test
    void aFailureUnsettlesAndMakesUncertainOnlyFromTheCommitPointOn() {
        known.add("a");
        known.fail("a", /* committing= */ false);
        assertThat(known.contains("a")).isFalse();
        assertThat(known.isUncertain("a")).isFalse();
    }

    @Test
    void onlyAWriteOrADeletionEndsTheUncertainty() {
        known.fail("a", /* committing= */ true);
        known.fail("a", /* committing= */ false);
        known.read("a");
        assertThat(known.isUncertain("a")).isTrue();
        known.add("a");
        assertThat(known.isUncertain("a")).isFalse();
        known.fail("a", /* committing= */ true);
        known.remove("a");
        assertThat(known.isUncertain("a")).isFalse();
    }

    @Test
    void whatCouldNotBeReadIsUnreadUntilItIsReadOrWritten() {
        known.failToRead("a");
        assertThat(known.isUnread("a")).isTrue();
        known.read("a");
        assertThat(known.isUnread("a")).isFalse();
        known.failToRead("a");
        known.add("a");
        assertThat(known.isUnread("a")).isFalse();
    }

    @Test
    void ofWhatIsSettledItIsKnownWhatItIsAlsoIfItCannotBeRead() {
        known.failToRead("b");
        assertThat(known.isUnread("b")).isFalse();
        known.add("a");
        known.failToRead("a");
        assertThat(known.isUnread("a")).isFalse();
    }
}
