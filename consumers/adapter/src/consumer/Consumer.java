package consumer;

import static io.containerstatus.StatusTransitions.created;

import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.test.InMemoryCheckpoints;
import io.containerstatus.test.StatusCheckpointsContract;
import java.time.Instant;
import java.util.List;

/** Contains the test of an adapter, and keeps a status in memory from one opening to the next. */
public final class Consumer {
    private Consumer() {}

    /** The test that the author of an adapter writes. */
    static final class AdapterTest extends StatusCheckpointsContract {
        private final InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();

        @Override
        protected StatusCheckpoints create() {
            return checkpoints.another();
        }
    }

    public static void main(String[] args) {
        if (new AdapterTest().create().access().writable()) {
            throw new AssertionError("writable before it was opened");
        }
        Status status = created(Instant.ofEpochSecond(1), null);
        InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();
        checkpoints.open().block();
        checkpoints.write("web-1", status).block();
        checkpoints.close().block();
        List<Found> found = checkpoints.open().block().containers();
        if (!found.equals(List.of(Found.of("web-1", status)))) {
            throw new AssertionError(found);
        }
    }
}
