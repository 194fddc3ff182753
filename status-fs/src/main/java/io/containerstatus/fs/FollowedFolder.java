package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.UnreadableStatusException;
import java.nio.file.WatchKey;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A folder in the root, whether or not it is a container yet: its state at the last read, and the last change that
 * was emitted for it. This class is not threadsafe.
 *
 * <p>An unchanged {@link FolderFingerprint} proves an unchanged status only if the status was read a while after
 * the fingerprint was first seen. If two files replace each other within one tick of the file system's clock, both
 * can have the same time, and the later one can get the inode number of the earlier one. So the status is read a
 * second time before its fingerprint is trusted. The age counts from the first time that the fingerprint was seen,
 * and not from the time in it, because the clock of a network file system may differ from ours.
 */
final class FollowedFolder {
    /** The coarsest clock of the common file systems, that of FAT, ticks every two seconds. */
    static final long SETTLED_AFTER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final String id;
    private FollowedChange.Kind first;
    private @Nullable WatchKey watch;
    private @Nullable FolderFingerprint fingerprint;
    private long fingerprintSeenAt;
    private boolean settled;
    private @Nullable Observation told;
    /** The watch of the folder whose state was emitted last. */
    private @Nullable WatchKey toldWatch;

    private @Nullable Status lastStatus;
    private boolean missing;
    /** When a scan or read first found the status missing. */
    private long missingSince;

    /** {@code first} is the kind of the container's first change. */
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

    /** Returns whether the container was emitted, and its deletion was not emitted since then. */
    boolean isTold() {
        return told != null;
    }

    /** Returns whether the container is still to be emitted as a part of the snapshot. */
    boolean isOfSnapshot() {
        return told == null && first == FollowedChange.Kind.SNAPSHOT;
    }

    /** Returns whether the last emitted change already reports this state. */
    boolean isTold(Observation observation) {
        return told != null && told.saysTheSameAs(observation);
    }

    /** Returns whether the last read found an entry named {@code status}, of any kind. */
    boolean hasStatus() {
        return fingerprint != null && fingerprint.hasStatus();
    }

    /** Returns whether the folder is another one than the folder that was emitted last. */
    boolean isAnother(FolderFingerprint now) {
        if (toldWatch != NoWatchKey.KEY && watch != NoWatchKey.KEY) {
            return toldWatch != watch;
        }
        return fingerprint != null
                && fingerprint.folder() != null
                && now.folder() != null
                && !fingerprint.folder().equals(now.folder());
    }

    /** Returns whether another read would find the same state. */
    boolean isUnchanged(@Nullable FolderFingerprint now) {
        boolean watched = watch == null || watch.isValid();
        // An unreadable status may have become readable: permissions and free descriptors leave no mark on the file.
        boolean readable = told == null || !(told.failure() instanceof UnreadableStatusException);
        return settled && watched && readable && fingerprint != null && fingerprint.equals(now);
    }

    /** Records the fingerprint of a read; {@code nanoTime} is the time before the read. */
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

    /** Notes that there is no container now. If one appears later, it is new to the subscriber. */
    void isNoContainer() {
        first = FollowedChange.Kind.CREATED;
        isNotMissing();
    }

    /**
     * Notes that the status is missing.
     *
     * @return since when it has been missing, as a value of the caller's {@code nanoTime}
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

    /** Returns the change to the observed state; null if that state was emitted last. */
    @Nullable
    FollowedChange tell(Observation observation) {
        toldWatch = watch;
        if (isTold(observation)) {
            return null;
        }
        FollowedChange.Kind kind = told == null ? first : FollowedChange.Kind.UPDATED;
        FollowedChange change =
                observation.change(id, kind, lastStatus, fingerprint == null ? null : fingerprint.time());
        told = observation;
        lastStatus = observation.status() == null ? lastStatus : observation.status();
        return change;
    }

    /** Returns the deletion of this container. */
    FollowedChange tellDeleted() {
        FollowedChange change = new FollowedChange.Deleted(id, lastStatus);
        told = null;
        toldWatch = null;
        lastStatus = null;
        isNoContainer();
        return change;
    }
}
