package io.containerstatus.etcd.faults;

import io.containerstatus.etcd.faults.Operation.Event;
import io.containerstatus.etcd.faults.Operation.Outcome;
import io.containerstatus.etcd.faults.Operation.Read;
import io.containerstatus.etcd.faults.Operation.Takeover;
import io.containerstatus.etcd.faults.Operation.Write;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tries every order in which the operations on one container may have taken effect, as Wing and Gong do. It is there to check
 * the checker, and for short histories only. Events are not looked at.
 */
final class BruteForceChecker {
    private static final Stamp FIRST = new Stamp(0, 0);

    /** What is done, and what the container is then. */
    private record State(
            Set<Operation> left, Stamp last, @Nullable Stamp stored) {}

    private final Set<State> tried = new HashSet<>();

    private BruteForceChecker() {}

    static boolean isLinearizable(List<Operation> operations) {
        Set<Operation> left = new HashSet<>();
        for (Operation operation : operations) {
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

    private boolean happens(Operation next, State state) {
        Set<Operation> left = new HashSet<>(state.left());
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

    private static boolean mayNeverHappen(Operation operation) {
        return operation instanceof Write write && write.outcome() == Outcome.UNKNOWN;
    }

    private static long start(Operation operation) {
        return operation instanceof Write write
                ? write.start()
                : operation instanceof Takeover takeover ? takeover.start() : ((Read) operation).start();
    }

    private static long end(Operation operation) {
        return operation instanceof Write write
                ? write.end()
                : operation instanceof Takeover takeover ? takeover.end() : ((Read) operation).end();
    }
}
