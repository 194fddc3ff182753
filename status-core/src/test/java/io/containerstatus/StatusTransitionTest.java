package io.containerstatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Function;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class StatusTransitionTest {
    private static final Status STATUS = Status.builder().pid(1).build();

    private static final StatusTransition STORED = StatusTransition.durable(
            "stored", status -> status.toBuilder().pid(2).build());
    private static final StatusTransition NOTED = StatusTransition.inMemory(
            "noted",
            status -> status.toBuilder().message(status.pid() + " noted").build());

    @Test
    void reportsItsNameAndWhetherItIsDurable() {
        assertThat(STORED.name()).isEqualTo("stored");
        assertThat(STORED.durable()).isTrue();
        assertThat(STORED).hasToString("stored (durable)");
        assertThat(NOTED.durable()).isFalse();
        assertThat(NOTED).hasToString("noted (in memory)");
    }

    /**
     * If it were a function, a durable transition could be passed to an update in memory, and a crash would
     * lose it.
     */
    @Test
    void isNoFunction() {
        assertThat(Function.class.isAssignableFrom(StatusTransition.class)).isFalse();
    }

    @Test
    void givesWhatTheFunctionThrowsAsItIsAndRefusesNull() {
        IllegalStateException thrown = new IllegalStateException("no");
        StatusTransition throwing = StatusTransition.durable("throwing", status -> {
            throw thrown;
        });
        assertThatThrownBy(() -> throwing.applyTo(STATUS)).isSameAs(thrown);
        assertThatNullPointerException()
                .isThrownBy(() ->
                        StatusTransition.inMemory("void", status -> nothing()).applyTo(STATUS))
                .withMessage("the transition void returned null");
        assertThatNullPointerException()
                .isThrownBy(() -> STORED.applyTo(nothing()))
                .withMessage("status");
    }

    @Nested
    class AndThen {
        @Test
        void appliesBothInTheirOrder() {
            assertThat(STORED.andThen(NOTED).applyTo(STATUS).message()).isEqualTo("2 noted");
            assertThat(NOTED.andThen(STORED).applyTo(STATUS).message()).isEqualTo("1 noted");
            assertThat(NOTED.andThen(STORED)).hasToString("noted and stored (durable)");
        }

        @Test
        void isDurableIfOneOfThemIs() {
            assertThat(STORED.andThen(NOTED).durable()).isTrue();
            assertThat(NOTED.andThen(STORED).durable()).isTrue();
            assertThat(STORED.andThen(STORED).durable()).isTrue();
            assertThat(NOTED.andThen(NOTED).durable()).isFalse();
        }
    }

    @SuppressWarnings("NullAway") // that is the test
    private static <T> T nothing() {
        return null;
    }
}
