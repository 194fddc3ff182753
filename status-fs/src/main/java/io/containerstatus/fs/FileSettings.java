package io.containerstatus.fs;

import java.nio.file.Path;
import java.time.Clock;

/**
 * How a root is opened and written.
 *
 * @param root as it was passed to the builder
 * @param maxFileSize in bytes
 * @param clock gives the time in the names of what is kept aside
 * @param acceptsUnlocked whether the root is written even if its file system cannot lock it
 * @param behindJournal whether the files are written from a journal in the root; if not, the opening writes the
 *     contents of a journal to the files
 */
record FileSettings(
        Path root,
        int maxFileSize,
        Clock clock,
        FolderSync folderSync,
        boolean acceptsUnlocked,
        boolean behindJournal) {}
