package io.containerstatus.reactive;

import org.jspecify.annotations.Nullable;

/**
 * A list of operations that is linked through them, so that adding one takes no memory. An operation is in one list at a
 * time. Not threadsafe.
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

    /** Removes the first operation, if there is one. */
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
