package io.containerstatus.fs;

import io.containerstatus.CorruptStatusException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusException;
import io.containerstatus.testing.DiskState;
import io.containerstatus.testing.PowerCutFileSystem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Compares what a process finds on a disk through the library with what is allowed. */
final class OpenedRoot {
    private final Map<CrashGuarantee, String> broken;
    private final DiskState state;
    private final String when;

    /** Adds broken promises to {@code broken}, with the contents of the disk. */
    OpenedRoot(Map<CrashGuarantee, String> broken, PowerCutFileSystem disk, String when) {
        this.broken = broken;
        this.state = disk.visible();
        this.when = when;
    }

    void report(CrashGuarantee promise, String what) {
        broken.putIfAbsent(promise, when + ": " + what + state);
    }

    /** Compares everything; returns what was found, container by container. */
    ExpectedFiles compare(LibraryWriter library, ExpectedFiles expectedFiles) {
        ExpectedFiles found = expectedFiles.copy();
        List<String> listed = library.list();
        Set<String> ids = new TreeSet<>(expectedFiles.ids());
        ids.addAll(listed);
        for (String id : ids) {
            String content = content(id);
            judge(id, content, expectedFiles);
            requireReadable(library, id, content, listed.contains(id));
            requireEvidence(id, expectedFiles);
            found.isNow(id, content);
        }
        return found;
    }

    private String content(String id) {
        String folder = CrashStates.ROOT + "/" + id;
        Optional<String> status = state.entries().getOrDefault(folder + "/status", Optional.empty());
        return status.orElse(state.entries().containsKey(folder) ? ExpectedFiles.MISSING : ExpectedFiles.ABSENT);
    }

    private void judge(String id, String content, ExpectedFiles expectedFiles) {
        Set<String> allowed = expectedFiles.of(id);
        if (allowed.contains(content)) {
            return;
        }
        String what = id + " is " + content + " and may be " + allowed;
        if (content.equals(ExpectedFiles.ABSENT)
                || (content.equals(ExpectedFiles.MISSING) && !allowed.contains(ExpectedFiles.ABSENT))) {
            report(CrashGuarantee.ACKNOWLEDGED_IS_THERE, what);
        } else if (decoded(content).isEmpty() && !content.equals(ExpectedFiles.MISSING)) {
            report(CrashGuarantee.NEVER_TORN, what);
        } else if (allowed.equals(Set.of(expectedFiles.afterDeletion(id)))) {
            report(CrashGuarantee.DELETED_STAYS_AWAY, what);
        } else {
            report(CrashGuarantee.ACKNOWLEDGED_IS_THERE, what);
        }
    }

    /** The library must find what is on the disk: a status, no status, or an unreadable one. */
    private void requireReadable(LibraryWriter library, String id, String content, boolean listed) {
        boolean none = content.equals(ExpectedFiles.ABSENT) || content.equals(ExpectedFiles.MISSING);
        Optional<Status> expected = none ? Optional.empty() : decoded(content);
        boolean bad = !none && expected.isEmpty();
        try {
            Optional<Status> read = library.read(id);
            if (bad || !read.equals(expected)) {
                report(CrashGuarantee.LIFE_GOES_ON, id + " is read as " + read);
            }
        } catch (CorruptStatusException e) {
            if (!bad) {
                report(CrashGuarantee.LIFE_GOES_ON, id + " is not read: " + e);
            }
        } catch (StatusException e) {
            report(CrashGuarantee.LIFE_GOES_ON, id + " is not read: " + e);
        }
        if (listed == content.equals(ExpectedFiles.ABSENT)) {
            report(CrashGuarantee.LIFE_GOES_ON, id + (listed ? " is listed" : " is not listed"));
        }
    }

    private void requireEvidence(String id, ExpectedFiles expectedFiles) {
        String bad = expectedFiles.evidence(id);
        String folder = CrashStates.ROOT + "/" + id + "/";
        boolean kept = state.entries().entrySet().stream()
                .anyMatch(entry ->
                        entry.getKey().startsWith(folder) && entry.getValue().equals(Optional.of(bad)));
        if (!bad.isEmpty() && !kept) {
            report(CrashGuarantee.BAD_BYTES_ARE_KEPT, "the bad bytes of " + id + " are gone");
        }
    }

    /**
     * After a deletion, nothing of the container may come back, not even an empty folder, unless another
     * program has files in it.
     */
    void requireRemoved(ExpectedFiles expectedFiles) {
        for (String id : expectedFiles.deleted()) {
            if (!expectedFiles.mayHoldForeignFiles(id) && state.entries().containsKey(CrashStates.ROOT + "/" + id)) {
                report(CrashGuarantee.DELETED_STAYS_AWAY, "the folder of " + id + " is back");
            }
        }
    }

    /** Requires that the root contains only what belongs there. */
    void requireSwept(ExpectedFiles expectedFiles) {
        requireNothingBeside(CrashStates.ROOT + "/", CrashGuarantee.LEFTOVERS_ARE_SWEPT, expectedFiles);
    }

    /** Requires that the container's folder contains only what belongs there. */
    void requireNothingBesideStatus(String id, ExpectedFiles expectedFiles) {
        requireNothingBeside(
                CrashStates.ROOT + "/" + id + "/", CrashGuarantee.NOTHING_IS_LEFT_BESIDE_IT, expectedFiles);
    }

    private void requireNothingBeside(String folder, CrashGuarantee promise, ExpectedFiles expectedFiles) {
        for (String path : state.entries().keySet()) {
            if (path.startsWith(folder) && !belongs(path.substring(CrashStates.ROOT.length() + 1), expectedFiles)) {
                report(promise, path + " is left over");
            }
        }
    }

    private boolean belongs(String path, ExpectedFiles expectedFiles) {
        int slash = path.indexOf('/');
        if (slash < 0) {
            return path.equals(".status.lock") || !expectedFiles.of(path).equals(Set.of(ExpectedFiles.ABSENT));
        }
        String id = path.substring(0, slash);
        String name = path.substring(slash + 1);
        return name.equals("status")
                || (name.startsWith("status.corrupt-") && expectedFiles.wasBad(id))
                || expectedFiles.mayHoldForeignFiles(id) && name.equals("foreign");
    }

    private static Optional<Status> decoded(String content) {
        try {
            return Optional.of(StatusCodec.decode(content.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (StatusException e) {
            return Optional.empty();
        }
    }
}
