package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.AmbiguousIdException;
import io.containerstatus.ContainerNotFoundException;
import io.containerstatus.ContainerState;
import io.containerstatus.StatusTransitions;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FindTest extends StoreTest {
    private StatusStorage a;
    private StatusStorage ab;
    private StatusStorage abc;
    private StatusStorage b1;

    @BeforeEach
    void createContainers() {
        b1 = container("b1");
        abc = container("abc");
        a = container("a");
        ab = container("ab");
    }

    @Test
    void whatIsFoundNamesItsStateAndHowOftenItHasChanged() {
        assertThat(a).hasToString("container \"a\" (CREATED, revision 1)");
        a.update(pid(7)).block(PATIENCE);
        assertThat(a).hasToString("container \"a\" (CREATED, revision 2)");
    }

    @Nested
    class Get {
        @Test
        void isTheContainerOfThisId() {
            assertThat(store.get("a")).isSameAs(a);
            assertThat(store.get("abc")).isSameAs(abc);
        }

        @Test
        void isNoContainerOfALongerId() {
            assertThat(store.find("b")).isSameAs(b1);
            assertThat(store.get("b")).isNull();
            assertThat(store.get("")).isNull();
        }

        @Test
        void isNullForTextThatCanBeNoId() {
            for (String text : List.of("../a", "a\uffff", "-", " a", "A", "a".repeat(1000))) {
                assertThat(store.get(text)).isNull();
            }
        }

        @Test
        void isNullAfterADeletionAndTheNewOneAfterACreation() {
            a.delete().block(PATIENCE);
            assertThat(store.get("a")).isNull();
            StatusStorage another = container("a");
            assertThat(store.get("a")).isSameAs(another).isNotSameAs(a);
        }

        @Test
        void isNullWhileTheContainerIsBeingCreated() {
            Held write = checkpoints.holdNext();
            subscribe(store.create("c", CREATED));
            assertThat(store.get("c")).isNull();
            write.complete();
            assertThat(store.get("c")).isNotNull();
        }

        @Test
        void refusesNull() {
            assertThatThrownBy(() -> store.get(null)).isInstanceOf(NullPointerException.class);
        }
    }

    @Test
    void aClosedStoreCanStillBeRead() {
        store.close().block(PATIENCE);
        assertThat(store.get("a")).isSameAs(a);
        assertThat(store.get("b")).isNull();
        assertThat(store.find("b")).isSameAs(b1);
        assertThatThrownBy(() -> store.find("c")).isInstanceOf(ContainerNotFoundException.class);
        assertThat(store.list()).containsExactly(a, ab, abc, b1);
        assertThat(store.list(ContainerState.CREATED)).containsExactly(a, ab, abc, b1);
    }

    @Test
    void listsThoseThatBeginSo() {
        assertThat(store.list("a")).containsExactly(a, ab, abc);
        assertThat(store.list("ab")).containsExactly(ab, abc);
        assertThat(store.list("b1")).containsExactly(b1);
        assertThat(store.list("")).containsExactly(a, ab, abc, b1);
        for (String text : List.of("c", "../a", "a\uffff", "-", "A")) {
            assertThat(store.list(text)).isEmpty();
        }
        ab.delete().block(PATIENCE);
        assertThat(store.list("ab")).containsExactly(abc);
        assertThatThrownBy(() -> store.list((String) null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void countsAllStatesInOneMap() {
        ab.apply(StatusTransitions.started(7, NOON)).block(PATIENCE);
        b1.apply(StatusTransitions.started(8, NOON)).block(PATIENCE);
        abc.delete().block(PATIENCE);
        Map<ContainerState, Integer> counts = store.countByState();
        assertThat(counts)
                .isEqualTo(Map.of(
                        ContainerState.CREATED, 1,
                        ContainerState.RUNNING, 2,
                        ContainerState.EXITED, 0,
                        ContainerState.UNKNOWN, 0));
        a.delete().block(PATIENCE);
        assertThat(counts).containsEntry(ContainerState.CREATED, 1);
        assertThatThrownBy(() -> counts.put(ContainerState.CREATED, 9))
                .isInstanceOf(UnsupportedOperationException.class);
        store.close().block(PATIENCE);
        assertThat(store.countByState()).containsEntry(ContainerState.RUNNING, 2);
    }

    @Nested
    class Find {
        @Test
        void anExactMatchWinsOverLongerIds() {
            assertThat(store.find("a")).isSameAs(a);
            assertThat(store.find("ab")).isSameAs(ab);
        }

        @Test
        void aUniqueBeginningIsEnough() {
            assertThat(store.find("b")).isSameAs(b1);
        }

        @Test
        void aDeletedContainerIsNotFoundAndNotInTheWayOfABeginning() {
            ab.delete().block(PATIENCE);
            assertThat(store.find("ab")).isSameAs(abc);
            abc.delete().block(PATIENCE);
            assertThatThrownBy(() -> store.find("ab")).isInstanceOf(ContainerNotFoundException.class);
        }

        @Test
        void nothingThatBeginsSoIsAnError() {
            assertThatThrownBy(() -> store.find("c"))
                    .isInstanceOfSatisfying(ContainerNotFoundException.class, error -> assertThat(error)
                            .hasMessageContaining("\"c\""));
        }

        @Test
        void textThatCouldBeNoIdIsNotFoundEither() {
            for (String text : List.of("../a", "a\uffff", "\uffff", "-", " a", "A", "a".repeat(1000))) {
                assertThatThrownBy(() -> store.find(text)).isInstanceOf(ContainerNotFoundException.class);
            }
        }

        @Test
        void aBeginningThatIsNoIdByItselfIsEnough() {
            StatusStorage web = container("web-1");
            assertThat(store.find("web-")).isSameAs(web);
        }

        @Test
        void theEmptyTextIsTheBeginningOfEveryId() {
            assertThatThrownBy(() -> store.find(""))
                    .isInstanceOfSatisfying(AmbiguousIdException.class, ambiguous -> assertThat(ambiguous.matches())
                            .containsExactly("a", "ab", "abc", "b1"));
            List.of(a, ab, abc).forEach(one -> one.delete().block(PATIENCE));
            assertThat(store.find("")).isSameAs(b1);
            b1.delete().block(PATIENCE);
            assertThatThrownBy(() -> store.find("")).isInstanceOf(ContainerNotFoundException.class);
        }

        @Test
        void severalThatBeginSoAreAnErrorThatNamesThemInOrder() {
            a.delete().block(PATIENCE);
            assertThatThrownBy(() -> store.find("a")).isInstanceOfSatisfying(AmbiguousIdException.class, ambiguous -> {
                assertThat(ambiguous.prefix()).isEqualTo("a");
                assertThat(ambiguous.matches()).containsExactly("ab", "abc");
            });
        }

        @Test
        void ofVeryManyOnlyAFewAreNamed() {
            for (int i = 0; i < 50; i++) {
                container("many" + (100 + i));
            }
            assertThatThrownBy(() -> store.find("many"))
                    .hasMessageEndingWith("many103, many104, …")
                    .isInstanceOfSatisfying(AmbiguousIdException.class, ambiguous -> assertThat(ambiguous.matches())
                            .containsExactly("many100", "many101", "many102", "many103", "many104"));
        }

        @Test
        void asManyAsAreNamedAreSaidToBeAll() {
            for (int i = 0; i < 5; i++) {
                container("five" + i);
            }
            assertThatThrownBy(() -> store.find("five"))
                    .isInstanceOf(AmbiguousIdException.class)
                    .hasMessageEndingWith("five3, five4");
        }

        @Test
        void aContainerThatIsBeingCreatedIsNotInTheWay() {
            Held write = checkpoints.holdNext();
            subscribe(store.create("b12", CREATED));
            assertThat(store.find("b")).isSameAs(b1);
            write.complete();
            assertThatThrownBy(() -> store.find("b")).isInstanceOf(AmbiguousIdException.class);
        }

        @Test
        void nullIsRefused() {
            assertThatThrownBy(() -> store.find(null)).isInstanceOf(NullPointerException.class);
        }
    }

    @Nested
    class Listing {
        @Test
        void isOrderedById() {
            assertThat(store.list()).extracting(StatusStorage::id).containsExactly("a", "ab", "abc", "b1");
        }

        @Test
        void isACopyThatLaterChangesLeaveAlone() {
            List<StatusStorage> before = store.list();
            a.delete().block(PATIENCE);
            container("z");
            assertThat(before).containsExactly(a, ab, abc, b1);
            assertThatThrownBy(() -> before.remove(0)).isInstanceOf(UnsupportedOperationException.class);
        }

        @Test
        void byStateIsOfThoseThatAreInItNow() {
            ab.update(status -> StatusTransitions.started(status, 7, NOON)).block(PATIENCE);
            b1.update(status -> StatusTransitions.started(status, 8, NOON)).block(PATIENCE);
            abc.update(status -> StatusTransitions.started(status, 9, NOON)).block(PATIENCE);
            abc.updateSync(status -> StatusTransitions.exited(status, 0, NOON)).block(PATIENCE);
            assertThat(store.list(ContainerState.CREATED)).containsExactly(a);
            assertThat(store.list(ContainerState.RUNNING)).containsExactly(ab, b1);
            assertThat(store.list(ContainerState.EXITED)).containsExactly(abc);
            assertThat(store.list(ContainerState.UNKNOWN)).isEmpty();
        }

        @Test
        void byStateIsACopyToo() {
            List<StatusStorage> created = store.list(ContainerState.CREATED);
            a.delete().block(PATIENCE);
            assertThat(created).containsExactly(a, ab, abc, b1);
            assertThat(store.list(ContainerState.CREATED)).containsExactly(ab, abc, b1);
            assertThatThrownBy(() -> created.remove(0)).isInstanceOf(UnsupportedOperationException.class);
        }

        @Test
        void byNoStateIsRefused() {
            assertThatThrownBy(() -> store.list((ContainerState) null)).isInstanceOf(NullPointerException.class);
        }
    }
}
