package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.UnreadableStatusException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A root as one subscriber has been told it, and what it is to be told next. It looks at one container for each change
 * that is asked for, and at all of them when it was hinted that this is due. Not threadsafe.
 */
final class FollowedRoot {
    private final Layout layout;
    private final StatusReader reader;
    private final Listing listing;
    private final FolderWatch watch;
    private final Hints hints;
    private final LongSupplier nanoTime;
    private final @Nullable Object identity;

    private final Map<String, FollowedFolder> folders = new HashMap<>();
    /** To be looked at, the longest waiting first. */
    private final Set<String> waiting = new LinkedHashSet<>();
    /** How many were waiting after the last full look: they go before the next one, however long that one took. */
    private int owed;

    private FollowedChange.Kind first = FollowedChange.Kind.SNAPSHOT;

    /** Creates it with nothing told yet; {@code nanoTime} tells the age of what is seen. */
    FollowedRoot(Layout layout, int maxFileSize, FolderWatch watch, Hints hints, LongSupplier nanoTime)
            throws IOException {
        this.layout = layout;
        this.reader = new StatusReader(layout, maxFileSize);
        this.listing = new Listing(layout);
        this.watch = watch;
        this.hints = hints;
        this.nanoTime = nanoTime;
        this.identity = identity(layout.root());
    }

    /**
     * Looks until there is a change, and returns it; or null when there is none.
     *
     * @throws UnreadableStatusException if the root is no longer what it was
     * @throws io.containerstatus.WatchLimitExceededException if a folder could not be watched for a limit
     */
    @Nullable
    FollowedChange next() {
        while (true) {
            boolean everything = owed <= 0 && hints.takeEverything();
            if (everything) {
                lookAtAll();
            }
            if (waiting.size() < Hints.MOST) {
                hints.take().forEach(this::add);
            }
            if (everything) {
                owed = waiting.size();
            }
            Iterator<String> longest = waiting.iterator();
            if (!longest.hasNext()) {
                return null;
            }
            String id = longest.next();
            longest.remove();
            owed--;
            FollowedChange change = look(id);
            if (change != null) {
                return change;
            }
        }
    }

    private void add(String id, boolean status) {
        FollowedFolder folder = folders.get(id);
        // Beside a status, anything may come and go; without one, it is what makes the folder a container.
        if (status || folder == null || !folder.hasStatus()) {
            waiting.add(id);
        }
    }

    private void lookAtAll() {
        List<String> names = listing.names();
        requireRoot();
        names.sort(null);
        for (String id : names) {
            FollowedFolder folder = folders.computeIfAbsent(id, name -> new FollowedFolder(name, first));
            if (!folder.isUnchanged(Stamp.of(layout, id))) {
                waiting.add(id);
            }
        }
        first = FollowedChange.Kind.CREATED;
        Set<String> present = new HashSet<>(names);
        folders.keySet().stream().filter(id -> !present.contains(id)).forEach(waiting::add);
    }

    private @Nullable FollowedChange look(String id) {
        Path path = layout.folder(id);
        FollowedFolder folder = folders.computeIfAbsent(id, name -> new FollowedFolder(name, first));
        long now = nanoTime.getAsLong();
        // Watched first, so that what happens after the look is not missed.
        WatchKey key = watch.watch(path, folder.watch());
        Stamp stamp = Stamp.of(layout, id);
        Sight sight = stamp == null ? null : sight(id);
        WatchKey after = watch.watch(path, key);
        folder.watchedBy(after);
        if (after != key || (key == null && stamp != null)) {
            // A folder came or went meanwhile, and it is uncertain which one was seen.
            waiting.add(id);
            return null;
        }
        return conclude(id, folder, stamp, sight, now);
    }

    private @Nullable FollowedChange conclude(
            String id, FollowedFolder folder, @Nullable Stamp stamp, @Nullable Sight sight, long now) {
        boolean another = stamp != null && folder.isAnother(stamp);
        if (stamp == null) {
            folders.remove(id);
        } else {
            folder.seen(stamp, now);
        }
        if (folder.isTold() && (sight == null || another)) {
            // Were the root gone, all its containers would look like this.
            requireRoot();
            if (sight != null) {
                waiting.add(id);
            }
            return folder.tellDeleted();
        }
        if (sight == null) {
            folder.isNoContainer();
            return null;
        }
        return folder.tell(sight);
    }

    /** Returns what there is to see, or null where there is no container; what one is, is the listing's to say. */
    private @Nullable Sight sight(String id) {
        Path folder = layout.folder(id);
        // Twice, because the status may come between the look for it and the look for the folder.
        for (int tries = 1; tries <= 2; tries++) {
            try {
                Status status = reader.read(id);
                if (status != null) {
                    return Sight.of(status);
                }
            } catch (StatusException e) {
                return listing.isContainer(folder) ? Sight.bad(e) : null;
            }
            if (!listing.isContainer(folder)) {
                return null;
            }
        }
        return Sight.bad(new UnreadableStatusException(
                layout.status(folder).toString(), "no such file or folder", /* cause= */ null));
    }

    private void requireRoot() {
        Path root = layout.root();
        try {
            if (Objects.equals(identity, identity(root))) {
                return;
            }
        } catch (IOException | RuntimeException e) {
            throw new UnreadableStatusException(root.toString(), IoReason.of(e), e);
        }
        throw new UnreadableStatusException(root.toString(), "another folder has taken its place", null);
    }

    private static @Nullable Object identity(Path root) throws IOException {
        return Files.readAttributes(root, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }
}
