package io.containerstatus.reactive;

/** An entry in the queue of a subscriber to the newest state of each container of a store. */
sealed interface Turn permits Cursor, Turn.SnapshotEnd {

    /** The end of the snapshot. Every cursor of the snapshot precedes it. */
    enum SnapshotEnd implements Turn {
        MARK
    }
}
