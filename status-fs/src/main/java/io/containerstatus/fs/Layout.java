package io.containerstatus.fs;

import io.containerstatus.ContainerIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The files and folders under a root, and the modes with which they are created.
 *
 * <pre>
 * &lt;root&gt;/.status.lock                            the lock; never removed
 * &lt;root&gt;/.status.journal-&lt;number&gt;              a segment of the journal, if the root has one
 * &lt;root&gt;/.status.new-&lt;id&gt;                        the folder of a container that is being created
 * &lt;root&gt;/.status.deleted-&lt;id&gt;                    the folder of a deleted container, until it is removed
 * &lt;root&gt;/&lt;id&gt;/status                             the status, as containerd writes it
 * &lt;root&gt;/&lt;id&gt;/.tmp-status-next                   the status that is being written
 * &lt;root&gt;/&lt;id&gt;/status.corrupt-&lt;time&gt;              a former status that could not be read
 * </pre>
 *
 * @param root the root, with all links resolved
 */
record Layout(Path root) {
    private static final String STATUS = "status";
    private static final String NEW_PREFIX = ".status.new-";
    private static final String DELETED_PREFIX = ".status.deleted-";
    private static final String JOURNAL_PREFIX = ".status.journal-";
    private static final Pattern JOURNAL = Pattern.compile("\\.status\\.journal-\\d{1,4}");

    /**
     * The name is always the same, because a container has one writer at a time. So an existing file with this name
     * was left by a writer that has ended. containerd's own temporary files are named {@code .tmp-status<digits>},
     * and are not ours to remove.
     */
    private static final String TEMPORARY = ".tmp-status-next";

    private static final String KEPT_ASIDE_PREFIX = "status.corrupt-";

    /**
     * The year may have a sign and up to nine digits, because {@link #TIME} formats years before 0 and after 9999 so.
     */
    private static final Pattern KEPT_ASIDE =
            Pattern.compile("status\\.corrupt-[+-]?\\d{8,13}T\\d{6}\\.\\d{9}Z(-\\d+)?");

    /**
     * The format of the time. Names sort by time in the years 0 to 9999. There is no colon, because some file systems
     * reject colons.
     */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);

    /** An {@code Instant} may be up to a year further from the epoch than a {@code LocalDateTime} can be. */
    private static final Instant EARLIEST = LocalDateTime.MIN.toInstant(ZoneOffset.UTC);

    private static final Instant LATEST = LocalDateTime.MAX.toInstant(ZoneOffset.UTC);

    private static final Set<PosixFilePermission> OWNER_ONLY_FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_ONLY_FOLDER = PosixFilePermissions.fromString("rwx------");

    /** Resolves all links in a root, which must exist. */
    static Layout resolve(Path root) throws IOException {
        Path real = root.toRealPath();
        if (!Files.isDirectory(real)) {
            throw new NotDirectoryException(real.toString());
        }
        return new Layout(real);
    }

    Path lock() {
        return root.resolve(".status.lock");
    }

    /** Returns the file of a segment of the journal. */
    Path journal(int slot) {
        return root.resolve(JOURNAL_PREFIX + slot);
    }

    /** Returns whether {@link #journal} gives this name. */
    static boolean isJournal(Path entry) {
        return JOURNAL.matcher(entry.getFileName().toString()).matches();
    }

    Path folder(String id) {
        return root.resolve(id);
    }

    /**
     * Returns the path where the folder of a new container is built. No id begins with a dot, so this
     * is no container's path.
     */
    Path created(String id) {
        return root.resolve(NEW_PREFIX + id);
    }

    /** Returns the path of a deleted container's folder until it is removed. */
    Path deleted(String id) {
        return root.resolve(DELETED_PREFIX + id);
    }

    /** Returns whether {@link #created} or {@link #deleted} gives this name. */
    static boolean isLeftover(Path entry) {
        String name = entry.getFileName().toString();
        return isPrefixed(name, NEW_PREFIX) || isPrefixed(name, DELETED_PREFIX);
    }

    private static boolean isPrefixed(String name, String prefix) {
        return name.startsWith(prefix) && ContainerIds.isValid(name.substring(prefix.length()));
    }

    Path status(Path folder) {
        return folder.resolve(STATUS);
    }

    /** Returns whether a name in a container's folder is that of its status. */
    static boolean isStatus(Path name) {
        return name.toString().equals(STATUS);
    }

    /** Returns the path of a status while it is being written. */
    Path temporary(Path folder) {
        return folder.resolve(TEMPORARY);
    }

    /**
     * Returns the name under which an unreadable status is kept. {@code attempt} 0, 1, … gives different names.
     * For every time, {@link #isKeptAside} accepts the name.
     */
    Path keptAside(Path folder, Instant time, int attempt) {
        Instant inRange = time.isBefore(EARLIEST) ? EARLIEST : time.isAfter(LATEST) ? LATEST : time;
        return folder.resolve(KEPT_ASIDE_PREFIX + TIME.format(inRange) + (attempt == 0 ? "" : "-" + attempt));
    }

    /** Returns whether {@link #temporary} gives this name. */
    static boolean isTemporary(Path path) {
        return path.getFileName().toString().equals(TEMPORARY);
    }

    /** Returns whether {@link #keptAside} gives this name. */
    static boolean isKeptAside(Path path) {
        return KEPT_ASIDE.matcher(path.getFileName().toString()).matches();
    }

    /** Returns the mode 0600 if the file system has modes. A umask can only remove permissions from it. */
    static FileAttribute<?>[] ofFile(Path path) {
        return mode(path, OWNER_ONLY_FILE);
    }

    /** Returns the mode 0700 if the file system has modes. A umask can only remove permissions from it. */
    static FileAttribute<?>[] ofFolder(Path path) {
        return mode(path, OWNER_ONLY_FOLDER);
    }

    private static FileAttribute<?>[] mode(Path path, Set<PosixFilePermission> permissions) {
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }
}
