package io.containerstatus.fs;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The callers in the library's code that sync something. */
final class SyncCaller {
    /** For each caller, a story in which a promise is broken if that caller syncs nothing. */
    static final Map<String, ContainerScenario> NEEDED = Map.ofEntries(
            Map.entry("RootFolder.obtain.create", ContainerScenario.WHOLE_LIFE),
            Map.entry("RootFolder.create.syncParent", ContainerScenario.WHOLE_LIFE),
            Map.entry("RootFolder.sync.syncParent", ContainerScenario.WHOLE_LIFE),
            Map.entry("RootFolder.sync", ContainerScenario.UNSYNCED_FOLDER),
            Map.entry("FolderCreation.run.fill (file)", ContainerScenario.WHOLE_LIFE),
            Map.entry("FolderCreation.run.fill", ContainerScenario.WHOLE_LIFE),
            Map.entry("FolderCreation.run.giveName", ContainerScenario.WHOLE_LIFE),
            Map.entry("FolderPreparation.persistName", ContainerScenario.FOLDER_THAT_ANOTHER_PROGRAM_MAKES_MEANWHILE),
            Map.entry("FolderPreparation.examine.persistKept", ContainerScenario.BAD_STATUS_WITHOUT_LINKS),
            Map.entry("CorruptEntry.keep", ContainerScenario.BAD_STATUS),
            Map.entry("DurableWrite.run.perform (file)", ContainerScenario.WHOLE_LIFE),
            Map.entry("DurableWrite.run.perform", ContainerScenario.WHOLE_LIFE),
            Map.entry("Deletion.removeInPlace.removeStatus", ContainerScenario.FOREIGN_FILE),
            Map.entry("Deletion.rename.removeEarlier", ContainerScenario.DELETION_AFTER_TWO_UNCERTAIN_CHANGES),
            Map.entry("Deletion.run.syncRoot", ContainerScenario.WHOLE_LIFE),
            Map.entry("Deletion.persistEarlierRemoval.syncRoot", ContainerScenario.SECOND_DELETION));

    private static final String LIBRARY = SyncCaller.class.getPackageName() + ".";

    private SyncCaller() {}

    /** Returns the caller that syncs this path now, on this thread: class, methods, and kind. */
    static String of(String path) {
        List<StackWalker.StackFrame> frames = StackWalker.getInstance().walk(all -> all.filter(
                        frame -> frame.getClassName().startsWith(LIBRARY))
                .filter(frame -> !frame.getClassName().equals(LIBRARY + SyncCaller.class.getSimpleName()))
                .filter(frame -> !frame.getMethodName().startsWith("lambda$"))
                .filter(frame -> !frame.getClassName().equals(LIBRARY + UninterruptibleChannel.class.getSimpleName()))
                .limit(2)
                .collect(Collectors.toList()));
        String type = frames.get(0).getClassName();
        StringBuilder caller = new StringBuilder(type.substring(LIBRARY.length()));
        for (int i = 0; i < 2 && frames.get(i).getClassName().equals(type); i++) {
            caller.insert(type.length() - LIBRARY.length(), "." + frames.get(i).getMethodName());
        }
        return caller + (path.contains("/.tmp-") || path.endsWith("/status") ? " (file)" : "");
    }
}
