package io.containerstatus.reactive;

/** The kinds of durable steps. */
public enum OperationKind {
    /** Stores the first status of a new container. */
    CREATE,
    /** Replaces the status of a container. */
    UPDATE,
    /** Removes a container. */
    DELETE
}
