package io.containerstatus.reactive;

/** What a durable step does to a container. */
public enum OperationKind {
    /** It stores the first status of a new container. */
    CREATE,
    /** It replaces the status. */
    UPDATE,
    /** It removes the container. */
    DELETE
}
