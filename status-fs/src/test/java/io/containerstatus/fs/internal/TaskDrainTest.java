package io.containerstatus.fs.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

class TaskDrainTest {
    @Test
    void tasksRunAlsoIfThereIsNoMemoryToQueueThem() {
        List<Integer> ran = new ArrayList<>();
        List<Runnable> tasks = new AbstractList<>() {
            @Override
            public Runnable get(int index) {
                return () -> ran.add(index);
            }

            @Override
            public int size() {
                return 3;
            }

            @Override
            public Iterator<Runnable> iterator() {
                throw new OutOfMemoryError("test");
            }
        };
        TaskDrain drain = new TaskDrain(Schedulers::immediate);
        assertThatCode(() -> drain.add(tasks)).doesNotThrowAnyException();
        assertThat(ran).containsExactly(0, 1, 2);
    }

    /** If the calls were nested, the order would be reversed, and the stack would overflow. */
    @Test
    void tasksRunInOrderAlsoIfTheSchedulerRunsThemWithinTheCall() {
        List<Integer> ran = new ArrayList<>();
        List<Integer> expected = IntStream.range(0, 50_000).boxed().toList();
        TaskDrain drain = new TaskDrain(Schedulers::immediate);
        drain.add(expected.stream().<Runnable>map(i -> () -> ran.add(i)).toList());
        drain.run();
        assertThat(ran).isEqualTo(expected);
    }
}
