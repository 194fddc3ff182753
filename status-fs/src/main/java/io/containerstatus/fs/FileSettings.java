package io.containerstatus.fs;

import java.nio.file.Path;
import java.time.Clock;

/**
 * How a root is opened and written.
 *
 * @param root as it was given
 * @param maxFileSize in bytes
 * @param clock gives the time in the names of what is kept aside
 * @param acceptsUnlocked whether a root that its file system cannot lock is written all the same
 * @param behindJournal whether the files are written from a journal in the root; otherwise what a journal holds is brought
 *     to the files by the opening
 */
record FileSettings(
        Path root,
        int maxFileSize,
        Clock clock,
        FolderSync folderSync,
        boolean acceptsUnlocked,
        boolean behindJournal) {}
