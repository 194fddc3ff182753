package io.containerstatus.testing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fails one operation among all that come, or that one and all after it. The operations are counted, so that a run
 * without a failure tells which can be failed.
 */
public final class Fault implements Hook {
    private final @Nullable Failure failure;
    private final int index;
    private final Span span;
    private final Moment moment;
    private final List<String> operations = new ArrayList<>();
    private int count;
    private int raised;

    /** How long it goes on. */
    public enum Span {
        ONCE,
        FROM_THEN_ON
    }

    /** Whether the operation takes effect before it fails. */
    public enum Moment {
        INSTEAD_OF_THE_EFFECT,
        AFTER_THE_EFFECT
    }

    private Fault(@Nullable Failure failure, int index, Span span, Moment moment) {
        this.failure = failure;
        this.index = index;
        this.span = span;
        this.moment = moment;
    }

    /** Returns a hook that only counts the operations which may fail at this moment. */
    public static Fault none(Moment moment) {
        return new Fault(null, 0, Span.ONCE, moment);
    }

    /** Returns a hook that fails the operation of this index, counted from 0 among those that may fail at the moment. */
    public static Fault at(int index, Failure failure, Span span, Moment moment) {
        return new Fault(failure, index, span, moment);
    }

    @Override
    public void before(Operation operation, String path) throws IOException {
        note(operation + " " + path);
        if (moment == Moment.INSTEAD_OF_THE_EFFECT) {
            raise(operation, path);
        }
    }

    @Override
    public void after(Operation operation, String path) throws IOException {
        if (moment == Moment.AFTER_THE_EFFECT && operation.changesSomething()) {
            raise(operation, path);
        }
    }

    private synchronized void note(String operation) {
        operations.add(operation);
    }

    private synchronized void raise(Operation operation, String path) throws IOException {
        int now = count++;
        if (failure != null && (now == index || (span == Span.FROM_THEN_ON && now > index))) {
            raised++;
            failure.raise(operation, path);
        }
    }

    /**
     * Returns a number from 0 to {@code alternatives - 1}, for a test that cannot do everything with every fault: each
     * operation meets all of them, with one failure or another.
     */
    public int pick(int alternatives) {
        return Math.floorMod(index + span.ordinal() + (failure == null ? 0 : failure.ordinal()), alternatives);
    }

    /** Returns how many operations came that may fail at the moment. */
    public synchronized int count() {
        return count;
    }

    /** Returns how many operations were failed. */
    public synchronized int raised() {
        return raised;
    }

    /** Returns the operations that came, failed ones included, each as its name and the path. */
    public synchronized List<String> operations() {
        return List.copyOf(operations);
    }

    @Override
    public String toString() {
        return failure + " " + span + " " + moment + " at " + index + " of " + operations();
    }
}
