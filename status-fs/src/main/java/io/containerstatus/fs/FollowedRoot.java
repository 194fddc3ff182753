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
 * The state of a root as one subscriber knows it, and the source of the next change. It looks at one container for each
 * change that is asked for, and at all of them when a full look is asked for. Not threadsafe.
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
    /** The time of the file event that led to the last change; null if none did. */
    private @Nullable Long eventAt;

    /** Creates it with nothing told yet; {@code nanoTime} tells the age of what is seen, and when a look is due. */
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
     * Looks until there is a change, and returns it; or null when there is none.
     *
     * @throws io.containerstatus.UnreadableStatusException if the root is no longer what it was
     * @throws io.containerstatus.WatchLimitExceededException if a folder could not be watched for a limit
     */
    @Nullable
    FollowedChange next() {
        while (true) {
            boolean everything = queue.isReadyForFullLook() && dirtyIds.takeEverything();
            if (everything) {
                scan();
            }
            if (queue.size() < DirtyIds.MOST) {
                dirtyIds.take().forEach(this::add);
            }
            if (everything) {
                queue.foundByFullLook();
            }
            FollowQueue.Entry entry = queue.next(nanoTime.getAsLong());
            if (entry == null) {
                return null;
            }
            FollowedChange change = examine(entry);
            if (change != null) {
                // Without this, the status of a container in another root could pass for one of this root.
                root.require();
                eventAt = entry.eventAt();
                return change;
            }
        }
    }

    /** Returns when {@link #next} may find a change without another event; null if it will not. */
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
        // Beside a status, anything may come and go; without one, it is what makes the folder a container.
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
                // From here on, and not from the look at each: so a snapshot waits for all of them at the same time.
                folder.missingSince(nanoTime.getAsLong());
            }
            if (!folder.isUnchanged(fingerprint)) {
                queue.add(id, null);
            }
        }
        first = FollowedChange.Kind.CREATED;
        Set<String> present = new HashSet<>(names);
        folders.keySet().stream().filter(id -> !present.contains(id)).forEach(id -> queue.add(id, null));
        metrics.fullLook(names.size(), nanoTime.getAsLong() - begin);
    }

    private @Nullable FollowedChange examine(FollowQueue.Entry entry) {
        String id = entry.id();
        Path path = layout.folder(id);
        FollowedFolder folder = folders.computeIfAbsent(id, name -> new FollowedFolder(name, first));
        long now = nanoTime.getAsLong();
        // Watched first, so that what happens after the look is not missed.
        WatchKey key = watch.watch(path, folder.watch());
        FolderFingerprint fingerprint = FolderFingerprint.of(layout, id);
        Observation observation = fingerprint == null ? null : observation(id);
        WatchKey after = watch.watch(path, key);
        folder.watchedBy(after);
        metrics.look(id, nanoTime.getAsLong() - now);
        if (after != key || (key == null && fingerprint != null)) {
            // A folder came or went meanwhile, and it is uncertain which one was seen.
            queue.add(id, entry.eventAt());
            return null;
        }
        return conclude(entry, folder, fingerprint, observation, now);
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
            folder.seen(fingerprint, now);
        }
        if (folder.isTold() && (observation == null || another)) {
            if (observation != null) {
                queue.add(entry.id(), entry.eventAt());
            }
            return folder.tellDeleted();
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
        return folder.tell(observation);
    }

    /** Writers make a folder before its status, and remove the status before its folder: both take a moment. */
    private boolean isHeldBack(FollowQueue.Entry entry, FollowedFolder folder, Observation observation, long now) {
        long due = folder.missingSince(now) + missingAfter;
        if (due - now <= 0 || folder.isTold(observation)) {
            return false;
        }
        // The snapshot is told in order, and before all else.
        queue.putOff(entry, due, folder.isOfSnapshot());
        return true;
    }

    /** Returns what there is to see, or null where there is no container; what one is, is the listing's to say. */
    private @Nullable Observation observation(String id) {
        Path folder = layout.folder(id);
        // Twice, because the status may come between the look for it and the look for the folder.
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
