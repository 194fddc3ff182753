package io.containerstatus.fs;

/** What happens where a file system cannot sync a folder. */
enum FolderSync {
    /** The sync fails. */
    REQUIRED,
    /** The sync is left out: a power cut may undo what was acknowledged. Any other failure of a sync is still one. */
    WHERE_SUPPORTED
}
