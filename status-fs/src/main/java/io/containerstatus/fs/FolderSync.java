package io.containerstatus.fs;

/** What to do if a file system cannot sync a folder. */
enum FolderSync {
    /** The sync fails. */
    REQUIRED,
    /** The sync is omitted: a power cut may undo completed changes. Any other failure of a sync is still an error. */
    WHERE_SUPPORTED
}
