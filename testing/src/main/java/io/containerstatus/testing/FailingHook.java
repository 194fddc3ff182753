package io.containerstatus.testing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A hook that fails one operation, or that operation and all later ones. It also counts the operations, so a run
 * without a failure shows which operations can fail.
 */
public final class FailingHook implements Hook {
    private final @Nullable Failure failure;
    private final int index;
    private final Span span;
    private final Moment moment;
    private final List<String> operations = new ArrayList<>();
    private int count;
    private int raised;

    /** Whether one operation fails, or also all later ones. */
    public enum Span {
        ONCE,
        FROM_THEN_ON
    }

    /** Whether the operation takes effect before it fails. */
    public enum Moment {
        INSTEAD_OF_THE_EFFECT,
        AFTER_THE_EFFECT
    }

    private FailingHook(@Nullable Failure failure, int index, Span span, Moment moment) {
        this.failure = failure;
        this.index = index;
        this.span = span;
        this.moment = moment;
    }

    /** Returns a hook that fails nothing and counts the operations that can fail at this moment. */
    public static FailingHook none(Moment moment) {
        return new FailingHook(null, 0, Span.ONCE, moment);
    }

    /**
     * Returns a hook that fails the operation with this index. The index counts the operations that can fail
     * at this moment, from 0.
     */
    public static FailingHook at(int index, Failure failure, Span span, Moment moment) {
        return new FailingHook(failure, index, span, moment);
    }

    @Override
    public void before(FileOperation operation, String path) throws IOException {
        note(operation + " " + path);
        if (moment == Moment.INSTEAD_OF_THE_EFFECT) {
            raise(operation, path);
        }
    }

    @Override
    public void after(FileOperation operation, String path) throws IOException {
        if (moment == Moment.AFTER_THE_EFFECT && operation.changesSomething()) {
            raise(operation, path);
        }
    }

    private synchronized void note(String operation) {
        operations.add(operation);
    }

    private synchronized void raise(FileOperation operation, String path) throws IOException {
        int now = count++;
        if (failure != null && (now == index || (span == Span.FROM_THEN_ON && now > index))) {
            raised++;
            failure.raise(operation, path);
        }
    }

    /**
     * Returns a number from 0 to {@code alternatives - 1}. A test that has no time to combine every fault with
     * every alternative uses this number. Over all faults, each operation still meets each alternative, with some
     * of the failures.
     */
    public int pick(int alternatives) {
        return Math.floorMod(index + span.ordinal() + (failure == null ? 0 : failure.ordinal()), alternatives);
    }

    /** Returns the number of operations so far that can fail at this moment. */
    public synchronized int count() {
        return count;
    }

    /** Returns the number of failed operations. */
    public synchronized int raised() {
        return raised;
    }

    /** Returns all operations so far, including failed ones, each as its name and its path. */
    public synchronized List<String> operations() {
        return List.copyOf(operations);
    }

    @Override
    public String toString() {
        return failure + " " + span + " " + moment + " at " + index + " of " + operations();
    }
}
