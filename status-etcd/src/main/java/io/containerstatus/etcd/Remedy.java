package io.containerstatus.etcd;

/** What may make a call succeed that failed. */
enum Remedy {
    /** Another member. */
    NEXT_ENDPOINT,
    /** The same member, a moment later. */
    WAIT,
    /** A new token. */
    AUTHENTICATE,
    /** Nothing that the client can do. */
    NONE
}
