package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.AmbiguousIdException;
import io.containerstatus.ContainerNotFoundException;
import java.util.Comparator;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The cost of a search, counted in comparisons of ids. Each step to a neighbour is one comparison, too. */
@Tag("long")
class LanesTest extends StoreTest {
    private static final int IDS = 1_000_000;
    /** A skip list compares with about two ids at each of its levels, of which there are about log2(IDS). */
    private static final long A_HANDFUL = 200;

    private long comparisons;

    /** A million ids that share one lane, which makes no difference to a search. */
    private Lanes million() {
        ContainerLane lane = (ContainerLane) container("one");
        Comparator<String> counting = Comparator.naturalOrder();
        ConcurrentNavigableMap<String, ContainerLane> byId = new ConcurrentSkipListMap<>((a, b) -> {
            comparisons++;
            return counting.compare(a, b);
        });
        for (int i = 0; i < IDS; i++) {
            byId.put(id(i), lane);
        }
        comparisons = 0;
        return new Lanes(byId);
    }

    private static String id(int i) {
        return Long.toHexString(0x1_0000_0000L | Integer.toUnsignedLong(i * 0x9E3779B1));
    }

    private void assertCheap() {
        assertThat(comparisons).isBetween(1L, A_HANDFUL);
        comparisons = 0;
    }

    @Nested
    class AmongAMillionIds {
        @Test
        void aSearchComparesFewIdsWhateverItFinds() {
            Lanes lanes = million();
            for (int i = 0; i < IDS; i += 99_991) {
                assertThat(lanes.find(id(i))).isNotNull();
                assertCheap();
                assertThatThrownBy(() -> lanes.find(id(0) + "0")).isInstanceOf(ContainerNotFoundException.class);
                assertCheap();
                assertThatThrownBy(() -> lanes.find("1")).isInstanceOf(AmbiguousIdException.class);
                assertCheap();
                assertThatThrownBy(() -> lanes.find("")).isInstanceOf(AmbiguousIdException.class);
                assertCheap();
                assertThatThrownBy(() -> lanes.find("zz")).isInstanceOf(ContainerNotFoundException.class);
                assertCheap();
                assertThatThrownBy(() -> lanes.find("../")).isInstanceOf(ContainerNotFoundException.class);
                assertCheap();
            }
        }

        @Test
        void thoseThatBeginAlikeAreReadAndNoOthers() {
            Lanes lanes = million();
            long found = lanes.live("15a0").count();
            assertThat(found).isBetween(100L, 1000L);
            assertThat(comparisons).isLessThan(A_HANDFUL + 3 * found);
        }
    }
}
