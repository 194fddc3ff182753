package io.containerstatus.fs;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a crash may leave of each container, by what was acknowledged and what is being done. Told as the content of the
 * file {@code status}.
 */
final class Ledger {
    /** There is no such container. */
    static final String ABSENT = "(absent)";

    /** There is a folder without a status, with other files in it or empty. */
    static final String MISSING = "(no status)";

    private final Map<String, Set<String>> allowed = new TreeMap<>();
    private final Map<String, String> evidence = new HashMap<>();
    private final Set<String> withForeignFiles = new HashSet<>();
    private final Set<String> keptAside = new HashSet<>();
    private final Set<String> deleted = new HashSet<>();
    private final Set<String> moved = new HashSet<>();
    private final Set<String> deletedInPlace = new HashSet<>();

    /** Notes what was there from the beginning, durably; bad bytes must be kept until a deletion begins. */
    void found(String id, String content, boolean bad) {
        allowed.put(id, Set.of(content));
        if (bad) {
            evidence.put(id, content);
            keptAside.add(id);
        }
    }

    /** Notes that someone else's files lie in the container's folder. */
    void hasForeignFiles(String id) {
        withForeignFiles.add(id);
    }

    /** Notes that bad bytes can only be kept aside by moving them: a crash after that leaves no status at all. */
    void keepsByMoving(String id) {
        moved.add(id);
    }

    /** Notes that the folder cannot be renamed: a crash in the middle of a deletion leaves a folder without a status. */
    void isDeletedInPlace(String id) {
        deletedInPlace.add(id);
    }

    String afterDeletion(String id) {
        return withForeignFiles.contains(id) ? MISSING : ABSENT;
    }

    /** Notes that from now on this may be found as well. */
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

    /** Returns what a crash in the middle of a deletion may leave, beside the status and what the deletion leaves. */
    private Set<String> duringDeletion(String id, String content) {
        return content.equals(ABSENT) && deletedInPlace.contains(id) ? Set.of(MISSING) : Set.of();
    }

    /** Notes that from now on nothing else may be found; {@code before} is what was allowed when it began. */
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

    /** A folder without a status may be another program's, and stays. One with evidence in it is ours. */
    private boolean mayKeepItsFolder(String id, Set<String> before) {
        boolean withoutStatus = before.contains(MISSING) && !moved.contains(id);
        return afterDeletion(id).equals(ABSENT) && (withoutStatus || deletedInPlace.contains(id));
    }

    /** Takes back that something begins: it was told not to have happened. */
    void restore(String id, Set<String> contents) {
        Set<String> old = new TreeSet<>(contents);
        if (moved.contains(id) && old.contains(evidence(id))) {
            old.add(MISSING);
        }
        allowed.put(id, Set.copyOf(old));
    }

    /** Notes what there is at the beginning, or after a crash: nothing else may be found. */
    void isNow(String id, String content) {
        allowed.put(id, Set.of(content));
    }

    Set<String> of(String id) {
        return allowed.getOrDefault(id, Set.of(ABSENT));
    }

    /** Returns the containers whose deletion was the last thing to happen to them, and was acknowledged. */
    Set<String> deleted() {
        return deleted;
    }

    Set<String> ids() {
        return new TreeSet<>(allowed.keySet());
    }

    /** Returns the bad bytes that must be somewhere; empty when there are none. */
    String evidence(String id) {
        return evidence.getOrDefault(id, "");
    }

    /** Returns whether something of the container was bad, whose kept bytes may lie beside the status. */
    boolean wasBad(String id) {
        return keptAside.contains(id);
    }

    boolean mayHoldForeignFiles(String id) {
        return withForeignFiles.contains(id);
    }

    Ledger copy() {
        Ledger copy = new Ledger();
        copy.allowed.putAll(allowed);
        copy.evidence.putAll(evidence);
        copy.withForeignFiles.addAll(withForeignFiles);
        copy.deleted.addAll(deleted);
        copy.keptAside.addAll(keptAside);
        copy.moved.addAll(moved);
        copy.deletedInPlace.addAll(deletedInPlace);
        return copy;
    }

    /** Returns something that is equal for ledgers that allow the same. */
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
