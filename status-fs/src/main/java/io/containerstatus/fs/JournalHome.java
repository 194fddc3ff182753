package io.containerstatus.fs;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where a journal lies: a folder that its place has taken. What it answers holds once the place is open. */
interface JournalHome extends JournalReplay.Marking {
    /** Returns the folder. */
    Layout layout();

    /** Returns what the journal in the folder held when the place was opened. */
    JournalReplay replay();

    /** Returns whether the file system has to sync folders. */
    FolderSync folderSync();

    /** Fails if the folder is not, or not for certain, the one that was taken. */
    void requireOwned() throws IOException;

    @Override
    void mark(JournalMark.@Nullable Named journal) throws IOException;
}
