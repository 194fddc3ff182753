package io.containerstatus.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {
    @Test
    void theMedianOfAnOddNumberIsTheValueInTheMiddleAndNotTheMean() {
        assertThat(new Rounds(List.of(100.0, 1.0, 3.0)).median()).isEqualTo(3);
    }

    @Test
    void theMedianOfAnEvenNumberIsTheMeanOfTheTwoInTheMiddle() {
        assertThat(new Rounds(List.of(4.0, 100.0, 1.0, 3.0)).median()).isEqualTo(3.5);
    }

    @Test
    void theSpreadIsFromTheLeastToTheGreatest() {
        Rounds rounds = new Rounds(List.of(2.0, -1.0, 7.0));
        assertThat(rounds.min()).isEqualTo(-1);
        assertThat(rounds.max()).isEqualTo(7);
    }

    @Test
    void ratiosAreOfTheSameRoundAndNotOfTheMedians() {
        Rounds a = new Rounds(List.of(10.0, 100.0, 1000.0));
        Rounds b = new Rounds(List.of(5.0, 1000.0, 100.0));
        assertThat(a.dividedBy(b).values()).containsExactly(2.0, 0.1, 10.0);
        assertThat(a.dividedBy(b).median()).isEqualTo(2);
    }

    @Test
    void differencesAreOfTheSameRound() {
        assertThat(new Rounds(List.of(3.0, 5.0))
                        .minus(new Rounds(List.of(1.0, 7.0)))
                        .values())
                .containsExactly(2.0, -2.0);
    }

    @Test
    void roundsWithoutACounterpartAreNotCompared() {
        assertThatIllegalArgumentException().isThrownBy(() -> Rounds.of(1).dividedBy(new Rounds(List.of(1.0, 2.0))));
    }

    @Test
    void nothingAndNoNumberAreNoRounds() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Rounds(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> Rounds.of(1).dividedBy(Rounds.of(0)));
    }
}
