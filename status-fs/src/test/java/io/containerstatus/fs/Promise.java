package io.containerstatus.fs;

/** What holds after every crash. */
enum Promise {
    /** The last acknowledged status, or the one that was being written. */
    ACKNOWLEDGED_IS_THERE,
    /** A status is whole. */
    NEVER_TORN,
    /** A container whose deletion was acknowledged does not come back, in whatever shape. */
    DELETED_STAYS_AWAY,
    /** What stood in the place of a status and could not be read is there or kept aside. */
    BAD_BYTES_ARE_KEPT,
    /** What an interrupted write has left is gone once the root has been opened. */
    LEFTOVERS_ARE_SWEPT,
    /** Once a write is acknowledged there is nothing beside the status, whatever failed before. */
    NOTHING_IS_LEFT_BESIDE_IT,
    /** What a crash leaves of a journal is not told as damage. */
    NO_FALSE_ALARM,
    /** The root can be opened, and the next write and deletion work. */
    LIFE_GOES_ON
}
