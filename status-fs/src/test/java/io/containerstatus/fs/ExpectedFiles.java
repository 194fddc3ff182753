package io.containerstatus.fs;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a crash may leave of each container, given the acknowledged changes and the change in progress.
 * Expressed as the content of the file {@code status}.
 */
final class ExpectedFiles {
    /** There is no such container. */
    static final String ABSENT = "(absent)";

    /** There is a folder without a status, empty or with other files in it. */
    static final String MISSING = "(no status)";

    private final Map<String, Set<String>> allowed = new TreeMap<>();
    private final Map<String, String> evidence = new HashMap<>();
    private final Set<String> withForeignFiles = new HashSet<>();
    private final Set<String> keptAside = new HashSet<>();
    private final Set<String> deleted = new HashSet<>();
    private final Set<String> moved = new HashSet<>();
    private final Set<String> deletedInPlace = new HashSet<>();

    /** Records what existed durably from the beginning. Bad bytes must be kept until a deletion begins. */
    void found(String id, String content, boolean bad) {
        allowed.put(id, Set.of(content));
        if (bad) {
            evidence.put(id, content);
            keptAside.add(id);
        }
    }

    /** Records that files of another program are in the container's folder. */
    void hasForeignFiles(String id) {
        withForeignFiles.add(id);
    }

    /**
     * Records that bad bytes can be kept aside only by moving them, so that a crash after that leaves no status
     * at all.
     */
    void keepsByMoving(String id) {
        moved.add(id);
    }

    /**
     * Records that the folder cannot be renamed, so that a crash during a deletion leaves a folder without a status.
     */
    void isDeletedInPlace(String id) {
        deletedInPlace.add(id);
    }

    String afterDeletion(String id) {
        return withForeignFiles.contains(id) ? MISSING : ABSENT;
    }

    /** Allows this content as well from now on. */
    void begins(String id, String content) {
        Set<String> either = new TreeSet<>(of(id));
        either.add(content);
        either.addAll(duringDeletion(id, content));
        deleted.remove(id);
        if (moved.contains(id) && either.contains(evidence(id))) {
            either.add(MISSING);
        }
        allowed.put(id, Set.copyOf(either));
        if (content.equals(afterDeletion(id))) {
            evidence.remove(id);
        }
    }

    /** Returns what a crash during a deletion may leave, in addition to the status and the result of the deletion. */
    private Set<String> duringDeletion(String id, String content) {
        return content.equals(ABSENT) && deletedInPlace.contains(id) ? Set.of(MISSING) : Set.of();
    }

    /** Allows only this content from now on; {@code before} is what was allowed when the change began. */
    void acknowledged(String id, String content, Set<String> before) {
        allowed.put(id, Set.of(content));
        if (content.equals(afterDeletion(id))) {
            keptAside.remove(id);
            if (mayKeepItsFolder(id, before)) {
                allowed.put(id, Set.of(content, MISSING));
            } else {
                deleted.add(id);
            }
        }
    }

    /** A folder without a status may belong to another program, and stays. A folder with bad bytes in it is ours. */
    private boolean mayKeepItsFolder(String id, Set<String> before) {
        boolean withoutStatus = before.contains(MISSING) && !moved.contains(id);
        return afterDeletion(id).equals(ABSENT) && (withoutStatus || deletedInPlace.contains(id));
    }

    /** Withdraws a change that began: it was reported as not performed. */
    void restore(String id, Set<String> contents) {
        Set<String> old = new TreeSet<>(contents);
        if (moved.contains(id) && old.contains(evidence(id))) {
            old.add(MISSING);
        }
        allowed.put(id, Set.copyOf(old));
    }

    /** Records the content at the beginning or after a crash; nothing else is allowed. */
    void isNow(String id, String content) {
        allowed.put(id, Set.of(content));
    }

    Set<String> of(String id) {
        return allowed.getOrDefault(id, Set.of(ABSENT));
    }

    /** Returns the containers whose last change was an acknowledged deletion. */
    Set<String> deleted() {
        return deleted;
    }

    Set<String> ids() {
        return new TreeSet<>(allowed.keySet());
    }

    /** Returns the bad bytes that must still exist; empty if there are none. */
    String evidence(String id) {
        return evidence.getOrDefault(id, "");
    }

    /** Returns whether the container ever had bad bytes, which may be kept beside the status. */
    boolean wasBad(String id) {
        return keptAside.contains(id);
    }

    boolean mayHoldForeignFiles(String id) {
        return withForeignFiles.contains(id);
    }

    ExpectedFiles copy() {
        ExpectedFiles copy = new ExpectedFiles();
        copy.allowed.putAll(allowed);
        copy.evidence.putAll(evidence);
        copy.withForeignFiles.addAll(withForeignFiles);
        copy.deleted.addAll(deleted);
        copy.keptAside.addAll(keptAside);
        copy.moved.addAll(moved);
        copy.deletedInPlace.addAll(deletedInPlace);
        return copy;
    }

    /** Returns an object that is equal for ledgers that allow the same. */
    Object key() {
        return Map.of(
                "allowed",
                Map.copyOf(allowed),
                "evidence",
                Map.copyOf(evidence),
                "kept",
                Set.copyOf(keptAside),
                "deleted",
                Set.copyOf(deleted));
    }
}
