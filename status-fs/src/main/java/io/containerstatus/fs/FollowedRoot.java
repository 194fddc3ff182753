package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.StatusException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The state of a root as one subscriber knows it, and the source of the next change. Reads containers one by one
 * until there is a change, and scans all of them if a full scan was requested. This class is not threadsafe.
 */
final class FollowedRoot {
    private final FollowedRootIdentity root;
    private final Layout layout;
    private final StatusReader reader;
    private final Listing listing;
    private final FolderWatch watch;
    private final DirtyIds dirtyIds;
    private final long missingAfter;
    private final FollowerMetricsGuard metrics;
    private final LongSupplier nanoTime;

    private final Map<String, FollowedFolder> folders = new HashMap<>();
    private final FollowQueue queue = new FollowQueue();
    private FollowedChange.Kind first = FollowedChange.Kind.SNAPSHOT;
    /** The number of containers of the snapshot that were neither emitted nor found to be gone. */
    private int pendingOfSnapshot;
    /** When the file event arrived that led to the last change; null if no event led to it. */
    private @Nullable Long eventAt;

    /** Creates the state with nothing emitted yet. {@code nanoTime} measures ages and determines what is due. */
    FollowedRoot(
            FollowSettings settings,
            FollowedRootIdentity root,
            FolderWatch watch,
            DirtyIds dirtyIds,
            LongSupplier nanoTime) {
        this.root = root;
        this.layout = new Layout(root.path());
        this.reader = new StatusReader(layout, settings.maxFileSize());
        this.listing = new Listing(layout);
        this.watch = watch;
        this.dirtyIds = dirtyIds;
        this.missingAfter = settings.missingAfter().toNanos();
        this.metrics = settings.metrics();
        this.nanoTime = nanoTime;
    }

    /**
     * Reads containers until there is a change, and returns it; null if there is none.
     *
     * @throws io.containerstatus.UnreadableStatusException if the root's path no longer leads to the same folder
     * @throws io.containerstatus.WatchLimitExceededException if a limit prevents the watch of a folder
     */
    @Nullable
    FollowedChange next() {
        while (true) {
            boolean everything = queue.isReadyForScan() && dirtyIds.takeEverything();
            if (everything) {
                scan();
            }
            if (queue.size() < DirtyIds.MOST) {
                dirtyIds.take().forEach(this::add);
            }
            if (everything) {
                queue.foundByScan();
            }
            FollowQueue.Entry entry = queue.next(nanoTime.getAsLong());
            if (entry == null) {
                return null;
            }
            FollowedChange change = examine(entry);
            if (change != null) {
                // Without this check, the status of a container in another root could be emitted for this root.
                root.require();
                eventAt = entry.eventAt();
                return change;
            }
        }
    }

    /**
     * Returns whether {@link #next} has returned every container that the first full scan found, except those
     * that were gone by then.
     */
    boolean hasEmittedSnapshot() {
        return first != FollowedChange.Kind.SNAPSHOT && pendingOfSnapshot == 0;
    }

    /** Returns when {@link #next} may find a change without another event; null if only an event can lead to one. */
    @Nullable
    Long due() {
        return queue.due();
    }

    /** Returns how long ago the file event arrived that led to the last change, in nanoseconds; null if none did. */
    @Nullable
    Long delay() {
        return eventAt == null ? null : nanoTime.getAsLong() - eventAt;
    }

    private void add(String id, DirtyIds.Cause cause) {
        FollowedFolder folder = folders.get(id);
        // If there is a status, events of other files in the folder do not matter. If there is none, every
        // event leads to a read.
        if (cause.status() || folder == null || !folder.hasStatus()) {
            queue.add(id, cause.eventAt());
        }
    }

    private void scan() {
        long begin = nanoTime.getAsLong();
        List<String> names = listing.names();
        root.require();
        names.sort(null);
        for (String id : names) {
            FollowedFolder folder = folders.computeIfAbsent(id, name -> new FollowedFolder(name, first));
            FolderFingerprint fingerprint = FolderFingerprint.of(layout, id);
            if (fingerprint != null && !fingerprint.hasStatus()) {
                // The time counts from the scan, and not from the read of each container, so that a snapshot
                // waits for all of them at the same time.
                folder.missingSince(nanoTime.getAsLong());
            }
            if (!folder.isUnchanged(fingerprint)) {
                queue.add(id, null);
            }
        }
        if (first == FollowedChange.Kind.SNAPSHOT) {
            pendingOfSnapshot = names.size();
            first = FollowedChange.Kind.CREATED;
        }
        Set<String> present = new HashSet<>(names);
        folders.keySet().stream().filter(id -> !present.contains(id)).forEach(id -> queue.add(id, null));
        metrics.scan(names.size(), nanoTime.getAsLong() - begin);
    }

    private @Nullable FollowedChange examine(FollowQueue.Entry entry) {
        String id = entry.id();
        Path path = layout.folder(id);
        FollowedFolder folder = folders.computeIfAbsent(id, name -> new FollowedFolder(name, first));
        long now = nanoTime.getAsLong();
        // The watch comes first, so that a change after the read is not missed.
        WatchKey key = watch.watch(path, folder.watch());
        FolderFingerprint fingerprint = FolderFingerprint.of(layout, id);
        Observation observation = fingerprint == null ? null : observation(id);
        WatchKey after = watch.watch(path, key);
        folder.watchedBy(after);
        metrics.check(id, nanoTime.getAsLong() - now);
        if (after != key || (key == null && fingerprint != null)) {
            // A folder was created or removed meanwhile, and it is uncertain which one was read.
            queue.add(id, entry.eventAt());
            return null;
        }
        boolean ofSnapshot = folder.isOfSnapshot();
        FollowedChange change = conclude(entry, folder, fingerprint, observation, now);
        if (ofSnapshot && !folder.isOfSnapshot()) {
            pendingOfSnapshot--;
        }
        return change;
    }

    private @Nullable FollowedChange conclude(
            FollowQueue.Entry entry,
            FollowedFolder folder,
            @Nullable FolderFingerprint fingerprint,
            @Nullable Observation observation,
            long now) {
        boolean another = fingerprint != null && folder.isAnother(fingerprint);
        if (fingerprint == null) {
            folders.remove(entry.id());
        } else {
            folder.observed(fingerprint, now);
        }
        if (folder.isEmitted() && (observation == null || another)) {
            if (observation != null) {
                queue.add(entry.id(), entry.eventAt());
            }
            return folder.emitDeletion();
        }
        if (observation == null) {
            folder.isNoContainer();
            return null;
        }
        if (!observation.isMissing()) {
            folder.isNotMissing();
        } else if (isHeldBack(entry, folder, observation, now)) {
            return null;
        }
        return folder.emit(observation);
    }

    /**
     * Returns whether the report of a missing status is delayed, and then schedules another read. Writers
     * create a folder before its status, and remove the status before its folder; both take a moment.
     */
    private boolean isHeldBack(FollowQueue.Entry entry, FollowedFolder folder, Observation observation, long now) {
        long due = folder.missingSince(now) + missingAfter;
        if (due - now <= 0 || folder.isEmitted(observation)) {
            return false;
        }
        // The snapshot is emitted in order, and before everything else.
        queue.putOff(entry, due, folder.isOfSnapshot());
        return true;
    }

    /** Returns the state of the container; null if {@link Listing} finds no container. */
    private @Nullable Observation observation(String id) {
        Path folder = layout.folder(id);
        // Two attempts, because the status may be created between the read and the check of the folder.
        for (int tries = 1; tries <= 2; tries++) {
            try {
                Status status = reader.read(id);
                if (status != null) {
                    return Observation.of(status);
                }
            } catch (StatusException e) {
                return Listing.isContainer(folder) ? Observation.bad(e) : null;
            }
            if (!Listing.isContainer(folder)) {
                return null;
            }
        }
        return Observation.missing(layout.status(folder));
    }
}
