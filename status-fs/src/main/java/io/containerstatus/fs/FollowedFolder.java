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
 * the fingerprint was first observed. If two files replace each other within one tick of the file system's clock, both
 * can have the same time, and the later one can get the inode number of the earlier one. So the status is read a
 * second time before its fingerprint is trusted. The age counts from the first time that the fingerprint was observed,
 * and not from the time in it, because the clock of a network file system may differ from ours.
 */
final class FollowedFolder {
    /** The coarsest clock of the common file systems, that of FAT, ticks every two seconds. */
    static final long SETTLED_AFTER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final String id;
    private FollowedChange.Kind first;
    private @Nullable WatchKey watch;
    private @Nullable FolderFingerprint fingerprint;
    private long fingerprintObservedAt;
    private boolean settled;
    private @Nullable Observation emitted;
    /** The watch of the folder whose state was emitted last. */
    private @Nullable WatchKey emittedWatch;

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
    boolean isEmitted() {
        return emitted != null;
    }

    /** Returns whether the container is still to be emitted as a part of the snapshot. */
    boolean isOfSnapshot() {
        return emitted == null && first == FollowedChange.Kind.SNAPSHOT;
    }

    /** Returns whether the last emitted change already reports this state. */
    boolean isEmitted(Observation observation) {
        return emitted != null && emitted.saysTheSameAs(observation);
    }

    /** Returns whether the last read found an entry named {@code status}, of any kind. */
    boolean hasStatus() {
        return fingerprint != null && fingerprint.hasStatus();
    }

    /** Returns whether the folder is another one than the folder that was emitted last. */
    boolean isAnother(FolderFingerprint now) {
        if (emittedWatch != NoWatchKey.KEY && watch != NoWatchKey.KEY) {
            return emittedWatch != watch;
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
        boolean readable = emitted == null || !(emitted.failure() instanceof UnreadableStatusException);
        return settled && watched && readable && fingerprint != null && fingerprint.equals(now);
    }

    /** Records the fingerprint of a read; {@code nanoTime} is the time before the read. */
    void observed(FolderFingerprint now, long nanoTime) {
        if (now.equals(fingerprint)) {
            settled = nanoTime - fingerprintObservedAt >= SETTLED_AFTER_NANOS;
        } else {
            if (fingerprint != null && !Objects.equals(fingerprint.folder(), now.folder())) {
                isNotMissing();
            }
            fingerprint = now;
            fingerprintObservedAt = nanoTime;
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
    FollowedChange emit(Observation observation) {
        emittedWatch = watch;
        if (isEmitted(observation)) {
            return null;
        }
        FollowedChange.Kind kind = emitted == null ? first : FollowedChange.Kind.UPDATED;
        FollowedChange change =
                observation.change(id, kind, lastStatus, fingerprint == null ? null : fingerprint.time());
        emitted = observation;
        lastStatus = observation.status() == null ? lastStatus : observation.status();
        return change;
    }

    /** Returns the deletion of this container. */
    FollowedChange emitDeletion() {
        FollowedChange change = new FollowedChange.Deleted(id, lastStatus);
        emitted = null;
        emittedWatch = null;
        lastStatus = null;
        isNoContainer();
        return change;
    }
}
