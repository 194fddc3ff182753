package io.containerstatus.etcd;

/** The next step that may help after a failed call. */
enum Remedy {
    /** A call to another member. */
    NEXT_ENDPOINT,
    /** A call to the same member, a moment later. */
    WAIT,
    /** A new token. */
    AUTHENTICATE,
    /** Nothing that the client can do. */
    NONE
}
