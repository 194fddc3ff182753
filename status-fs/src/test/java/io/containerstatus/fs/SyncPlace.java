package io.containerstatus.fs;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The places in the library from which something is synced. */
final class SyncPlace {
    /** By place, a story in which a promise is broken when nothing is synced from there. */
    static final Map<String, Story> NEEDED = Map.ofEntries(
            Map.entry("RootFolder.obtain.create", Story.WHOLE_LIFE),
            Map.entry("RootFolder.create.syncParent", Story.WHOLE_LIFE),
            Map.entry("RootFolder.sync.syncParent", Story.WHOLE_LIFE),
            Map.entry("RootFolder.sync", Story.UNSYNCED_FOLDER),
            Map.entry("FolderCreation.run.fill (file)", Story.WHOLE_LIFE),
            Map.entry("FolderCreation.run.fill", Story.WHOLE_LIFE),
            Map.entry("FolderCreation.run.giveName", Story.WHOLE_LIFE),
            Map.entry("FolderPreparation.persistName", Story.FOLDER_THAT_ANOTHER_PROGRAM_MAKES_MEANWHILE),
            Map.entry("FolderPreparation.examine.persistKept", Story.BAD_STATUS_WITHOUT_LINKS),
            Map.entry("CorruptEntry.keep", Story.BAD_STATUS),
            Map.entry("DurableWrite.run.perform (file)", Story.WHOLE_LIFE),
            Map.entry("DurableWrite.run.perform", Story.WHOLE_LIFE),
            Map.entry("Deletion.removeInPlace.removeStatus", Story.FOREIGN_FILE),
            Map.entry("Deletion.rename.removeEarlier", Story.DELETION_AFTER_TWO_UNCERTAIN_CHANGES),
            Map.entry("Deletion.run.syncRoot", Story.WHOLE_LIFE),
            Map.entry("Deletion.persistEarlierRemoval.syncRoot", Story.SECOND_DELETION));

    private static final String LIBRARY = SyncPlace.class.getPackageName() + ".";

    private SyncPlace() {}

    /** Returns the place that syncs this path now, on this thread: class, methods, and what it is. */
    static String of(String path) {
        List<StackWalker.StackFrame> frames = StackWalker.getInstance().walk(all -> all.filter(
                        frame -> frame.getClassName().startsWith(LIBRARY))
                .filter(frame -> !frame.getClassName().equals(LIBRARY + SyncPlace.class.getSimpleName()))
                .filter(frame -> !frame.getMethodName().startsWith("lambda$"))
                .filter(frame -> !frame.getClassName().equals(LIBRARY + UninterruptibleChannel.class.getSimpleName()))
                .limit(2)
                .collect(Collectors.toList()));
        String type = frames.get(0).getClassName();
        StringBuilder place = new StringBuilder(type.substring(LIBRARY.length()));
        for (int i = 0; i < 2 && frames.get(i).getClassName().equals(type); i++) {
            place.insert(type.length() - LIBRARY.length(), "." + frames.get(i).getMethodName());
        }
        return place + (path.contains("/.tmp-") || path.endsWith("/status") ? " (file)" : "");
    }
}
