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

/** What a process finds on a disk through the library, held against what may be there. */
final class Finding {
    private final Map<Promise, String> broken;
    private final DiskState state;
    private final String when;

    /** Adds to {@code broken}, with what was on the disk. */
    Finding(Map<Promise, String> broken, PowerCutFileSystem disk, String when) {
        this.broken = broken;
        this.state = disk.visible();
        this.when = when;
    }

    void report(Promise promise, String what) {
        broken.putIfAbsent(promise, when + ": " + what + state);
    }

    /** Compares everything; returns what was found, container by container. */
    Ledger compare(LibraryWriter library, Ledger ledger) {
        Ledger found = ledger.copy();
        List<String> listed = library.list();
        Set<String> ids = new TreeSet<>(ledger.ids());
        ids.addAll(listed);
        for (String id : ids) {
            String content = content(id);
            judge(id, content, ledger);
            requireReadable(library, id, content, listed.contains(id));
            requireEvidence(id, ledger);
            found.isNow(id, content);
        }
        return found;
    }

    private String content(String id) {
        String folder = CrashStates.ROOT + "/" + id;
        Optional<String> status = state.entries().getOrDefault(folder + "/status", Optional.empty());
        return status.orElse(state.entries().containsKey(folder) ? Ledger.MISSING : Ledger.ABSENT);
    }

    private void judge(String id, String content, Ledger ledger) {
        Set<String> allowed = ledger.of(id);
        if (allowed.contains(content)) {
            return;
        }
        String what = id + " is " + content + " and may be " + allowed;
        if (content.equals(Ledger.ABSENT) || (content.equals(Ledger.MISSING) && !allowed.contains(Ledger.ABSENT))) {
            report(Promise.ACKNOWLEDGED_IS_THERE, what);
        } else if (decoded(content).isEmpty() && !content.equals(Ledger.MISSING)) {
            report(Promise.NEVER_TORN, what);
        } else if (allowed.equals(Set.of(ledger.afterDeletion(id)))) {
            report(Promise.DELETED_STAYS_AWAY, what);
        } else {
            report(Promise.ACKNOWLEDGED_IS_THERE, what);
        }
    }

    /** The library must see what is there: a status, none, or one that cannot be read. */
    private void requireReadable(LibraryWriter library, String id, String content, boolean listed) {
        boolean none = content.equals(Ledger.ABSENT) || content.equals(Ledger.MISSING);
        Optional<Status> expected = none ? Optional.empty() : decoded(content);
        boolean bad = !none && expected.isEmpty();
        try {
            Optional<Status> read = library.read(id);
            if (bad || !read.equals(expected)) {
                report(Promise.LIFE_GOES_ON, id + " is read as " + read);
            }
        } catch (CorruptStatusException e) {
            if (!bad) {
                report(Promise.LIFE_GOES_ON, id + " is not read: " + e);
            }
        } catch (StatusException e) {
            report(Promise.LIFE_GOES_ON, id + " is not read: " + e);
        }
        if (listed == content.equals(Ledger.ABSENT)) {
            report(Promise.LIFE_GOES_ON, id + (listed ? " is listed" : " is not listed"));
        }
    }

    private void requireEvidence(String id, Ledger ledger) {
        String bad = ledger.evidence(id);
        String folder = CrashStates.ROOT + "/" + id + "/";
        boolean kept = state.entries().entrySet().stream()
                .anyMatch(entry ->
                        entry.getKey().startsWith(folder) && entry.getValue().equals(Optional.of(bad)));
        if (!bad.isEmpty() && !kept) {
            report(Promise.BAD_BYTES_ARE_KEPT, "the bad bytes of " + id + " are gone");
        }
    }

    /** Of a container that was deleted not even an empty folder may come back, if nobody else has files in it. */
    void requireRemoved(Ledger ledger) {
        for (String id : ledger.deleted()) {
            if (!ledger.mayHoldForeignFiles(id) && state.entries().containsKey(CrashStates.ROOT + "/" + id)) {
                report(Promise.DELETED_STAYS_AWAY, "the folder of " + id + " is back");
            }
        }
    }

    /** Below the root there must be nothing but what belongs there. */
    void requireSwept(Ledger ledger) {
        requireNothingBeside(CrashStates.ROOT + "/", Promise.LEFTOVERS_ARE_SWEPT, ledger);
    }

    /** In the container's folder there must be nothing but what belongs there. */
    void requireNothingBesideStatus(String id, Ledger ledger) {
        requireNothingBeside(CrashStates.ROOT + "/" + id + "/", Promise.NOTHING_IS_LEFT_BESIDE_IT, ledger);
    }

    private void requireNothingBeside(String folder, Promise promise, Ledger ledger) {
        for (String path : state.entries().keySet()) {
            if (path.startsWith(folder) && !belongs(path.substring(CrashStates.ROOT.length() + 1), ledger)) {
                report(promise, path + " is left over");
            }
        }
    }

    private boolean belongs(String path, Ledger ledger) {
        int slash = path.indexOf('/');
        if (slash < 0) {
            return path.equals(".status.lock") || !ledger.of(path).equals(Set.of(Ledger.ABSENT));
        }
        String id = path.substring(0, slash);
        String name = path.substring(slash + 1);
        return name.equals("status")
                || (name.startsWith("status.corrupt-") && ledger.wasBad(id))
                || ledger.mayHoldForeignFiles(id) && name.equals("foreign");
    }

    private static Optional<Status> decoded(String content) {
        try {
            return Optional.of(StatusCodec.decode(content.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (StatusException e) {
            return Optional.empty();
        }
    }
}
