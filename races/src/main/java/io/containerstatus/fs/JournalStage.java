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
 * What each race of a journal begins with: a committer of its own, on a disk in memory. Its work is done on the actors'
 * threads, so that all has arrived when they are through.
 */
final class JournalStage {
    private static final String ROOT = "/root";
    /** About as long as a turn takes. */
    private static final int LONGEST_DELAY = 400;

    final HeldPlace place = new HeldPlace();
    final LastTask timer = new LastTask();
    final JournalBehind behind;
    final JournalCommitter committer;

    private final Path root;
    private final int delay = ThreadLocalRandom.current().nextInt(LONGEST_DELAY);

    /** A committer with room for many records, whose work is done by who appends. */
    JournalStage() {
        this(4096, Schedulers::immediate);
    }

    /**
     * A committer of two segments.
     *
     * @param room how many bytes of records a segment takes
     */
    JournalStage(int room, Supplier<Scheduler> scheduler) {
        PowerCutFileSystem disk =
                PowerCutFileSystem.mounted(new DiskState(new TreeMap<>(Map.of(ROOT, Optional.empty()))));
        disk.largestWrite = Integer.MAX_VALUE;
        root = disk.getPath(ROOT);
        JournalSettings settings = new JournalSettings(JournalFormat.HEADER_SIZE + room, 2, Duration.ofHours(1));
        JournalCommitter[] made = new JournalCommitter[1];
        behind = new JournalBehind(place, 4, settings.filesWithin(), timer, () -> made[0].segmentFreed());
        JournalSegments segments = new JournalSegments(new Home(root), settings, behind::isFree);
        made[0] = new JournalCommitter(scheduler, () -> {}, segments, behind, 1, 0);
        committer = made[0];
    }

    /** A folder that is always ours. */
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

    /** A timer of one task that has no thread: an actor is its time. */
    static final class LastTask extends JournalTimer {
        private volatile @Nullable Runnable task;

        @Override
        void schedule(Runnable work, long nanos) {
            task = work;
        }

        /** Runs what was scheduled last. */
        void ring() {
            Objects.requireNonNull(task).run();
        }
    }

    /** Lets an actor come at another moment of the other one's turn in each race. */
    void linger() {
        for (int i = 0; i < delay; i++) {
            Thread.onSpinWait();
        }
    }

    /** Appends the deletion of a container; returns where its outcome will be. */
    Told delete(String id) {
        return append(id, null);
    }

    /** Appends a status with this pid; returns where its outcome will be. */
    Told write(String id, long pid) {
        return append(id, Status.builder().pid(pid).build());
    }

    private Told append(String id, @Nullable Status status) {
        Told told = new Told();
        byte[] document = status == null ? null : StatusCodec.encode(status);
        Mono.<Void>create(sink -> committer.append(new JournalAppend(id, status, document, false, sink)))
                .subscribe(nothing -> {}, told::failed, told::done);
        return told;
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
