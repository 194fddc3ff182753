package io.containerstatus.fs;

/** What holds after every crash. */
enum CrashGuarantee {
    /** The last acknowledged status exists, or the one that was being written. */
    ACKNOWLEDGED_IS_THERE,
    /** A status is complete. */
    NEVER_TORN,
    /** A container whose deletion was acknowledged does not come back, in any form. */
    DELETED_STAYS_AWAY,
    /** An entry named {@code status} that could not be read still exists or is kept aside. */
    BAD_BYTES_ARE_KEPT,
    /** What an interrupted write has left is removed by the opening of the root. */
    LEFTOVERS_ARE_SWEPT,
    /** Once a write is acknowledged, there is nothing beside the status, whatever failed before. */
    NOTHING_IS_LEFT_BESIDE_IT,
    /** What a crash leaves of a journal is not reported as damage. */
    NO_FALSE_ALARM,
    /** The root can be opened, and the next write and deletion work. */
    LIFE_GOES_ON
}
