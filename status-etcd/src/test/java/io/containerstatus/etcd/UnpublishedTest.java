package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.etcd.Unpublished.Lag;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class UnpublishedTest {
    private final Unpublished unpublished = new Unpublished();

    @Test
    void aContainerIsThereOnceHoweverOftenItChanges() {
        unpublished.changed("a", 10);
        unpublished.changed("b", 20);
        unpublished.changed("a", 30);

        assertThat(unpublished.updates(10)).containsExactly("a", "b");
        assertThat(unpublished.lag()).isEqualTo(new Lag(2, 10));
    }

    @Test
    void noMoreAreReturnedThanAreAskedFor() {
        unpublished.changed("a", 10);
        unpublished.changed("b", 20);

        assertThat(unpublished.updates(1)).containsExactly("a");
    }

    @Test
    void whatIsPutIsNoLongerThere() {
        unpublished.changed("a", 10);
        unpublished.changed("b", 20);
        unpublished.begin("a");
        unpublished.isPut("a");

        assertThat(unpublished.lag()).isEqualTo(new Lag(1, 20));
        unpublished.begin("b");
        unpublished.isPut("b");
        assertThat(unpublished.lag()).isEqualTo(Lag.NONE);
    }

    @Test
    void whatChangesWhileItIsUnderWayIsTheNewestThen() {
        unpublished.changed("a", 10);
        unpublished.changed("b", 20);
        unpublished.begin("a");
        unpublished.changed("a", 30);
        unpublished.changed("a", 40);
        assertThat(unpublished.lag()).isEqualTo(new Lag(2, 10));
        unpublished.isPut("a");

        assertThat(unpublished.updates(10)).containsExactly("b", "a");
        unpublished.begin("b");
        unpublished.isPut("b");
        assertThat(unpublished.lag()).isEqualTo(new Lag(1, 30));
    }

    @Test
    void whatFailsIsAsOldAsBefore() {
        unpublished.changed("a", 10);
        unpublished.begin("a");
        unpublished.changed("a", 30);
        unpublished.hasFailed("a", /* deletion= */ false);
        assertThat(unpublished.lag()).isEqualTo(new Lag(1, 10));

        unpublished.begin("a");
        unpublished.isPut("a");
        assertThat(unpublished.lag()).isEqualTo(Lag.NONE);
    }

    @Nested
    class ADeletion {
        @Test
        void comesBeforeTheStatusOfTheNextContainer() {
            unpublished.deleted("a", 10);
            unpublished.changed("a", 20);
            assertThat(unpublished.updates(10)).isEmpty();
            assertThat(unpublished.hasDeletions()).isTrue();

            assertThat(unpublished.nextDeletion()).isEqualTo("a");
            unpublished.isDeleted("a", /* exists= */ true);
            assertThat(unpublished.updates(10)).containsExactly("a");
            assertThat(unpublished.lag()).isEqualTo(new Lag(1, 10));
        }

        @Test
        void ofAContainerThatIsNotThereAgainIsAll() {
            unpublished.deleted("a", 10);
            unpublished.deleted("a", 20);
            assertThat(unpublished.nextDeletion()).isEqualTo("a");
            assertThat(unpublished.nextDeletion()).isNull();
            unpublished.isDeleted("a", /* exists= */ false);

            assertThat(unpublished.lag()).isEqualTo(Lag.NONE);
        }

        @Test
        void thatFailedIsDoneAgain() {
            unpublished.deleted("a", 10);
            unpublished.nextDeletion();
            unpublished.hasFailed("a", /* deletion= */ true);

            assertThat(unpublished.nextDeletion()).isEqualTo("a");
            assertThat(unpublished.lag()).isEqualTo(new Lag(1, 10));
        }

        @Test
        void whileTheStatusIsUnderWayFollowsIt() {
            unpublished.changed("a", 10);
            unpublished.begin("a");
            unpublished.deleted("a", 20);
            unpublished.isPut("a");

            assertThat(unpublished.updates(10)).isEmpty();
            assertThat(unpublished.nextDeletion()).isEqualTo("a");
        }

        @Test
        void whileADeletionIsUnderWayFollowsIt() {
            unpublished.deleted("a", 10);
            unpublished.nextDeletion();
            unpublished.changed("a", 20);
            unpublished.deleted("a", 30);
            unpublished.isDeleted("a", /* exists= */ false);

            assertThat(unpublished.nextDeletion()).isEqualTo("a");
        }

        @Test
        void isNotForgottenSinceTheStatusIsTheSame() {
            unpublished.deleted("a", 10);
            unpublished.isPublished("a");
            assertThat(unpublished.nextDeletion()).isEqualTo("a");
        }
    }

    @Nested
    class AContainerThatIsGone {
        @Test
        void leavesNothing() {
            unpublished.changed("a", 10);
            unpublished.deleted("b", 20);
            unpublished.isGone("a", 30);
            unpublished.isGone("b", 40);
            unpublished.isGone("c", 50);

            assertThat(unpublished.lag()).isEqualTo(Lag.NONE);
            assertThat(unpublished.hasDeletions()).isFalse();
        }

        @Test
        void isDeletedIfItsStatusIsUnderWay() {
            unpublished.changed("a", 10);
            unpublished.begin("a");
            unpublished.isGone("a", 20);
            unpublished.isPut("a");

            assertThat(unpublished.lag()).isEqualTo(new Lag(1, 20));
            assertThat(unpublished.nextDeletion()).isEqualTo("a");
        }
    }

    @Test
    void whatIsPublishedAlreadyIsForgotten() {
        unpublished.changed("a", 10);
        unpublished.isPublished("a");
        unpublished.isPublished("b");

        assertThat(unpublished.lag()).isEqualTo(Lag.NONE);
    }

    @Nested
    class ARefusedStatus {
        @Test
        void isTriedAgainAfterItsTimeAndCountsMeanwhile() {
            refuse("a", 100);
            refuse("b", 200);

            assertThat(unpublished.updates(10)).isEmpty();
            assertThat(unpublished.lag().containers()).isEqualTo(2);
            assertThat(unpublished.nextHeld(99)).isNull();
            assertThat(unpublished.nextHeld(100)).isEqualTo("a");
            refuse("a", 300);
            assertThat(unpublished.nextHeld(250)).isEqualTo("b");
        }

        @Test
        void isTriedAtOnceWhenItChanges() {
            refuse("a", 100);
            unpublished.changed("a", 20);

            assertThat(unpublished.updates(10)).containsExactly("a");
            assertThat(unpublished.nextHeld(100)).isNull();
        }

        @Test
        void isForgottenWhenItsContainerIsGone() {
            refuse("a", 100);
            unpublished.isGone("a", 20);
            unpublished.hold("a", 200);

            assertThat(unpublished.lag()).isEqualTo(Lag.NONE);
            assertThat(unpublished.nextHeld(200)).isNull();
        }

        private void refuse(String id, long until) {
            unpublished.changed(id, 10);
            unpublished.begin(id);
            unpublished.hasFailed(id, /* deletion= */ false);
            unpublished.hold(id, until);
        }
    }
}
