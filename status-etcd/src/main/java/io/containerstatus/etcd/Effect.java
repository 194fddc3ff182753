package io.containerstatus.etcd;

/** What is known of the effect of a call that failed. */
enum Effect {
    /** It has none, and will have none. */
    NONE,
    /** It has one or none, and that changes no more: reading tells. */
    DECIDED,
    /** It has one or none, and may still come to one: reading does not tell. */
    OPEN
}
