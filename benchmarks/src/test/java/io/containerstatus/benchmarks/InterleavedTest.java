package io.containerstatus.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterleavedTest {
    private final List<String> turns = new ArrayList<>();

    private Contender contender(String name) {
        return new Contender(name, () -> {
            turns.add(name);
            return turns.size();
        });
    }

    @Test
    void contendersTakeTurnsThereAndBackAfterOneThatDoesNotCount() throws Exception {
        Interleaved found = Interleaved.run(3, List.of(contender("A"), contender("B")));
        assertThat(turns).containsExactly("A", "B", "A", "B", "B", "A", "A", "B");
        assertThat(found.of("A").values()).containsExactly(3.0, 6.0, 7.0);
        assertThat(found.of("B").values()).containsExactly(4.0, 5.0, 8.0);
    }

    @Test
    void whoTookNoPartIsNotFound() throws Exception {
        Interleaved found = Interleaved.run(1, List.of(contender("A")));
        assertThatIllegalArgumentException().isThrownBy(() -> found.of("B")).withMessageContaining("[A]");
    }
}
