package io.containerstatus.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.containerstatus.CorruptStatusException;
import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Found;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Tests the records with which an adapter reports an opening. */
class StatusCheckpointsTest {
    private static final Status STATUS = Status.builder().pid(1).build();

    @Nested
    class AnAccess {
        @Test
        void hasNoReasonWhereTheWholeContractHolds() {
            assertThat(Access.WRITABLE.writable()).isTrue();
            assertThat(Access.WRITABLE.reason()).isNull();
        }

        @Test
        void saysWhyItIsWeakerOrCanOnlyRead() {
            assertThat(Access.weaker("no lock")).isEqualTo(new Access(true, "no lock"));
            assertThat(Access.readOnly("full")).isEqualTo(new Access(false, "full"));
            assertThatNullPointerException().isThrownBy(() -> Access.weaker(nothing()));
            assertThatNullPointerException().isThrownBy(() -> Access.readOnly(nothing()));
        }
    }

    @SuppressWarnings("NullAway") // that is the test
    private static <T> T nothing() {
        return null;
    }

    @Nested
    class AContainerThatWasFound {
        @Test
        void isLoadedMissingOrFailed() {
            CorruptStatusException corrupt = new CorruptStatusException("torn", 7);
            assertThat(Found.class.getPermittedSubclasses())
                    .containsExactly(Found.Loaded.class, Found.Missing.class, Found.Failed.class);
            assertThat(Found.of("a", STATUS)).isEqualTo(new Found.Loaded("a", STATUS));
            assertThat(Found.missing("a")).isEqualTo(new Found.Missing("a"));
            assertThat(Found.failed("a", corrupt)).isEqualTo(new Found.Failed("a", corrupt));
        }

        @Test
        void hasAllThatItsKindNeeds() {
            assertThatNullPointerException().isThrownBy(() -> Found.of("a", nothing()));
            assertThatNullPointerException().isThrownBy(() -> Found.of(nothing(), STATUS));
            assertThatNullPointerException().isThrownBy(() -> Found.missing(nothing()));
            assertThatNullPointerException().isThrownBy(() -> Found.failed("a", nothing()));
            assertThatNullPointerException().isThrownBy(() -> Found.failed(nothing(), new IllegalStateException()));
        }
    }
}
