package io.containerstatus.fs;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The storage of a journal: a folder that its checkpoints own. Valid once these are open. */
interface JournalHome extends JournalReplay.Marking {
    /** Returns the folder. */
    Layout layout();

    /** Returns the contents of the folder's journal at the opening. */
    JournalReplay replay();

    /** Returns whether the file system must support the sync of folders. */
    FolderSync folderSync();

    /** Fails unless the path certainly still leads to the folder that was taken. */
    void requireOwned() throws IOException;

    @Override
    void mark(JournalMark.@Nullable Named journal) throws IOException;
}
