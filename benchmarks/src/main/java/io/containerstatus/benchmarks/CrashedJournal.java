package io.containerstatus.benchmarks;

import io.containerstatus.reactive.StatusStore;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A root as a crash leaves it: for some containers, the journal holds a newer status than the file. */
final class CrashedJournal {
    private final Path root;
    private final Path saved;
    private final int ahead;

    private CrashedJournal(Path root, Path saved, int ahead) {
        this.root = root;
        this.saved = saved;
        this.ahead = ahead;
    }

    /**
     * Fills the root, and lets a store write to the journal while the files stay behind.
     *
     * @param root an empty folder
     * @param saved another empty folder, for a copy of the journal
     * @param ahead how many of the containers have a newer status in the journal
     */
    static CrashedJournal make(Path root, Path saved, int containers, int ahead) throws Exception {
        StatusTree.fill(root, containers);
        CrashedJournal crashed = new CrashedJournal(root, saved, ahead);
        try (StoreKeys store =
                new StoreKeys(StatusStore.builder(root).journaled(Duration.ofHours(1), 8 << 20), containers)) {
            Callers.times(ahead, 1, store::update);
            if (store.behind() != ahead) {
                throw new IllegalStateException(store.behind() + " instead of " + ahead + " are ahead of their files");
            }
            for (Path segment : journal(root)) {
                Files.copy(segment, saved.resolve(segment.getFileName()));
            }
        }
        crashed.removeJournal();
        return crashed;
    }

    /** Restores the journal, and the old statuses of the files that it is ahead of. */
    void crash() throws IOException, InterruptedException {
        removeJournal();
        StatusTree.putBack(root, ahead);
        for (Path segment : journal(saved)) {
            Files.copy(segment, root.resolve(segment.getFileName()));
        }
        PageCache.writeBack();
    }

    /** Removes the journal. The files hold everything, if a store has been closed since {@link #crash}. */
    void removeJournal() throws IOException, InterruptedException {
        for (Path segment : journal(root)) {
            Files.delete(segment);
        }
        PageCache.writeBack();
    }

    /** Returns the segments, and the lock file, which contains the name of the journal. */
    private static List<Path> journal(Path folder) throws IOException {
        List<Path> segments = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, ".status.{journal-*,lock}")) {
            stream.forEach(segments::add);
        }
        return segments;
    }
}
