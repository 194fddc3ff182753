package io.containerstatus.reactive;

import org.jspecify.annotations.Nullable;

/**
 * A list that is linked through its operations, so that adding one needs no memory. An operation is in at
 * most one list at a time. Not threadsafe.
 */
final class OperationList {
    private @Nullable Operation<?> first;
    private @Nullable Operation<?> last;
    private int size;

    void add(Operation<?> operation) {
        operation.neighbour = null;
        Operation<?> before = last;
        last = operation;
        if (before == null) {
            first = operation;
        } else {
            before.neighbour = operation;
        }
        size++;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return first == null;
    }

    @Nullable
    Operation<?> first() {
        return first;
    }

    /** Removes the first operation. Has no effect on an empty list. */
    void removeFirst() {
        Operation<?> operation = first;
        if (operation != null) {
            first = operation.neighbour;
            operation.neighbour = null;
            if (first == null) {
                last = null;
            }
            size--;
        }
    }
}
