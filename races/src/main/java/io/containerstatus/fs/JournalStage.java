package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.testing.DiskState;
import io.containerstatus.testing.PowerCutFileSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The setup of each race of a journal: its own committer, on a disk in memory. Its work runs on the actors'
 * threads, so that all of it is done when the actors have ended.
 */
final class JournalStage {
    private static final String ROOT = "/root";
    /** About as long as a turn takes. */
    private static final int LONGEST_DELAY = 400;

    final HeldFiles heldFiles = new HeldFiles();
    final LastTask timer = new LastTask();
    final JournalBehind behind;
    final JournalCommitter committer;

    private final Path root;
    private final int delay = ThreadLocalRandom.current().nextInt(LONGEST_DELAY);

    /** A committer with room for many records. Its work runs on the appending thread. */
    JournalStage() {
        this(4096, Schedulers::immediate);
    }

    /**
     * A committer with two segments.
     *
     * @param room how many bytes of records fit into a segment
     */
    JournalStage(int room, Supplier<Scheduler> scheduler) {
        PowerCutFileSystem disk =
                PowerCutFileSystem.mounted(new DiskState(new TreeMap<>(Map.of(ROOT, Optional.empty()))));
        disk.largestWrite = Integer.MAX_VALUE;
        root = disk.getPath(ROOT);
        JournalSettings settings = new JournalSettings(JournalFormat.HEADER_SIZE + room, 2, Duration.ofHours(1));
        JournalCommitter[] made = new JournalCommitter[1];
        behind = new JournalBehind(heldFiles, 4, settings.filesWithin(), timer, () -> made[0].segmentFreed());
        JournalSegments segments = new JournalSegments(new Home(root), settings, behind::isFree);
        made[0] = new JournalCommitter(scheduler, () -> {}, segments, behind, timer, 1, 0);
        committer = made[0];
    }

    /** A folder that is always owned. */
    private static final class Home implements JournalHome {
        private final Layout layout;
        private final JournalReplay replay;

        Home(Path root) {
            layout = new Layout(root);
            replay = replayOf(root, List.of(), new ArrayList<>());
        }

        @Override
        public Layout layout() {
            return layout;
        }

        @Override
        public JournalReplay replay() {
            return replay;
        }

        @Override
        public FolderSync folderSync() {
            return FolderSync.REQUIRED;
        }

        @Override
        public void requireOwned() {}

        @Override
        public void mark(JournalMark.@Nullable Named journal) {}
    }

    /** A timer for one task, without a thread: an actor runs the task. */
    static final class LastTask extends JournalTimer {
        private volatile @Nullable Runnable task;

        @Override
        boolean schedule(Runnable work, long nanos) {
            task = work;
            return true;
        }

        /** Runs the task that was scheduled last. */
        void ring() {
            Objects.requireNonNull(task).run();
        }
    }

    /** Varies in each race at which moment of the other actor's turn this actor comes. */
    void linger() {
        for (int i = 0; i < delay; i++) {
            Thread.onSpinWait();
        }
    }

    /** Appends the deletion of a container; returns the object that will hold its outcome. */
    AppendOutcome delete(String id) {
        return append(id, null);
    }

    /** Appends a status with this pid; returns the object that will hold its outcome. */
    AppendOutcome write(String id, long pid) {
        return append(id, status(pid));
    }

    /** Returns the size of the record of such a status, in bytes. */
    static int sizeOfWrite() {
        return JournalFormat.recordSize("a", StatusCodec.encode(status(1)));
    }

    private static Status status(long pid) {
        return Status.builder().pid(pid).build();
    }

    private AppendOutcome append(String id, @Nullable Status status) {
        AppendOutcome outcome = new AppendOutcome();
        byte[] document = status == null ? null : StatusCodec.encode(status);
        Mono.<Void>create(sink -> committer.append(new JournalAppend(id, status, document, false, sink)))
                .subscribe(nothing -> {}, outcome::failed, outcome::done);
        return outcome;
    }

    /** Returns whether the container has a status, in a record or in its file. */
    boolean holds(String id) {
        return heldFiles.pid(id) != -1 || List.of(recorded().split(" ")).contains(id);
    }

    /** Returns the ids of the records, in their order; "nothing" if there are none. */
    String recorded() {
        List<Path> files = IntStream.range(0, 2)
                .mapToObj(slot -> new Layout(root).journal(slot))
                .filter(Files::exists)
                .toList();
        List<String> ids = new ArrayList<>();
        replayOf(root, files, ids);
        return ids.isEmpty() ? "nothing" : String.join(" ", ids);
    }

    private static JournalReplay replayOf(Path root, List<Path> files, List<String> ids) {
        try {
            return JournalReplay.of(root, files, record -> ids.add(record.id()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
