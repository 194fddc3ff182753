package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.UnreadableStatusException;
import java.nio.file.WatchKey;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A folder in the root, whether it is a container yet or not: what was seen of it last, and what the subscriber was told
 * of it. Not threadsafe.
 *
 * <p>An unchanged {@link FolderFingerprint} means an unchanged status only if the fingerprint had been there for a while
 * when the status was read. Two files that replace each other within one tick of the file system's clock can bear the same
 * time, and the later one can get the number that the earlier one had. So each fingerprint is read a second time before it
 * is trusted. The age is measured from when the fingerprint was seen first, not by what it says: the clock of a network
 * file system may differ from ours.
 */
final class FollowedFolder {
    /** The coarsest clock among common file systems, FAT's, ticks in two seconds. */
    static final long SETTLED_AFTER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final String id;
    private FollowedChange.Kind first;
    private @Nullable WatchKey watch;
    private @Nullable FolderFingerprint fingerprint;
    private long fingerprintSeenAt;
    private boolean settled;
    private @Nullable Observation told;
    /** The watch of the folder that was told. */
    private @Nullable WatchKey toldWatch;

    private @Nullable Status lastStatus;
    private boolean missing;
    /** When a look showed first that the status is missing. */
    private long missingSince;

    /** {@code first} is how the container is told first. */
    FollowedFolder(String id, FollowedChange.Kind first) {
        this.id = id;
        this.first = first;
    }

    @Nullable
    WatchKey watch() {
        return watch;
    }

    void watchedBy(@Nullable WatchKey key) {
        if (watch != null && watch != key) {
            isNotMissing();
        }
        watch = key;
    }

    /** Returns whether the subscriber believes in this container. */
    boolean isTold() {
        return told != null;
    }

    /** Returns whether the subscriber is still to get this container as a part of the snapshot. */
    boolean isOfSnapshot() {
        return told == null && first == FollowedChange.Kind.SNAPSHOT;
    }

    /** Returns whether the subscriber was told the same last. */
    boolean isTold(Observation observation) {
        return told != null && told.saysTheSameAs(observation);
    }

    /** Returns whether there was a status, of whatever kind, when it was looked at last. */
    boolean hasStatus() {
        return fingerprint != null && fingerprint.hasStatus();
    }

    /** Returns whether the folder that is there now is another one than the subscriber was told of. */
    boolean isAnother(FolderFingerprint now) {
        if (toldWatch != NoWatchKey.KEY && watch != NoWatchKey.KEY) {
            return toldWatch != watch;
        }
        return fingerprint != null
                && fingerprint.folder() != null
                && now.folder() != null
                && !fingerprint.folder().equals(now.folder());
    }

    /** Returns whether another look would show the same. */
    boolean isUnchanged(@Nullable FolderFingerprint now) {
        boolean watched = watch == null || watch.isValid();
        // What could not be read may be readable by now: permissions and descriptors leave no mark on the file.
        boolean readable = told == null || !(told.failure() instanceof UnreadableStatusException);
        return settled && watched && readable && fingerprint != null && fingerprint.equals(now);
    }

    /** Notes what was seen; {@code nanoTime} is from before the look. */
    void seen(FolderFingerprint now, long nanoTime) {
        if (now.equals(fingerprint)) {
            settled = nanoTime - fingerprintSeenAt >= SETTLED_AFTER_NANOS;
        } else {
            if (fingerprint != null && !Objects.equals(fingerprint.folder(), now.folder())) {
                isNotMissing();
            }
            fingerprint = now;
            fingerprintSeenAt = nanoTime;
            settled = false;
        }
    }

    /** Notes that it is no container for now: whatever becomes of it is new to the subscriber. */
    void isNoContainer() {
        first = FollowedChange.Kind.CREATED;
        isNotMissing();
    }

    /**
     * Notes that the status is missing.
     *
     * @return since when it has been missing, in the caller's {@code nanoTime}
     */
    long missingSince(long now) {
        if (!missing) {
            missing = true;
            missingSince = now;
        }
        return missingSince;
    }

    /** Notes that the status is not missing, or that this is another folder. */
    void isNotMissing() {
        missing = false;
    }

    /** Returns the change to what was seen, or null if the subscriber was told that already. */
    @Nullable
    FollowedChange tell(Observation observation) {
        toldWatch = watch;
        if (isTold(observation)) {
            return null;
        }
        FollowedChange.Kind kind = told == null ? first : FollowedChange.Kind.UPDATED;
        FollowedChange change = observation.change(id, kind, lastStatus);
        told = observation;
        lastStatus = observation.status() == null ? lastStatus : observation.status();
        return change;
    }

    /** Returns the end of this container. */
    FollowedChange tellDeleted() {
        FollowedChange change = new FollowedChange.Deleted(id, lastStatus);
        told = null;
        toldWatch = null;
        lastStatus = null;
        isNoContainer();
        return change;
    }
}
