package io.containerstatus.etcd.faults;

import io.containerstatus.etcd.faults.HistoryEntry.Event;
import io.containerstatus.etcd.faults.HistoryEntry.Outcome;
import io.containerstatus.etcd.faults.HistoryEntry.Read;
import io.containerstatus.etcd.faults.HistoryEntry.Takeover;
import io.containerstatus.etcd.faults.HistoryEntry.Write;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tries every order in which the operations on one container may have taken effect, as Wing and Gong do. It
 * exists to test the other checker, and suits only short histories. Events are ignored.
 */
final class BruteForceChecker {
    private static final WriteNumber FIRST = new WriteNumber(0, 0);

    /** The operations that are done, and the resulting state of the container. */
    private record State(
            Set<HistoryEntry> left,
            WriteNumber last,
            @Nullable WriteNumber stored) {}

    private final Set<State> tried = new HashSet<>();

    private BruteForceChecker() {}

    static boolean isLinearizable(List<HistoryEntry> operations) {
        Set<HistoryEntry> left = new HashSet<>();
        for (HistoryEntry operation : operations) {
            if (!(operation instanceof Event
                    || operation instanceof Write write && write.outcome() == Outcome.NOT_WRITTEN)) {
                left.add(operation);
            }
        }
        return new BruteForceChecker().canGoOn(new State(left, FIRST, null));
    }

    private boolean canGoOn(State state) {
        if (state.left().stream().allMatch(BruteForceChecker::mayNeverHappen)) {
            return true;
        }
        return tried.add(state)
                && state.left().stream()
                        .filter(next -> state.left().stream().allMatch(other -> end(other) >= start(next)))
                        .anyMatch(next -> happens(next, state));
    }

    private boolean happens(HistoryEntry next, State state) {
        Set<HistoryEntry> left = new HashSet<>(state.left());
        left.remove(next);
        if (next instanceof Write write) {
            return write.stamp().compareTo(state.last()) > 0
                    && canGoOn(new State(left, write.stamp(), write.deletes() ? null : write.stamp()));
        } else if (next instanceof Takeover takeover) {
            return takeover.stamp().compareTo(state.last()) > 0
                    && canGoOn(new State(left, takeover.stamp(), state.stored()));
        }
        return Objects.equals(((Read) next).found(), state.stored())
                && canGoOn(new State(left, state.last(), state.stored()));
    }

    private static boolean mayNeverHappen(HistoryEntry operation) {
        return operation instanceof Write write && write.outcome() == Outcome.UNKNOWN;
    }

    private static long start(HistoryEntry operation) {
        return operation instanceof Write write
                ? write.start()
                : operation instanceof Takeover takeover ? takeover.start() : ((Read) operation).start();
    }

    private static long end(HistoryEntry operation) {
        return operation instanceof Write write
                ? write.end()
                : operation instanceof Takeover takeover ? takeover.end() : ((Read) operation).end();
    }
}
