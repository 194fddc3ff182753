package io.containerstatus.fs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What lies where under a root, and with which mode it is created.
 *
 * <pre>
 * &lt;root&gt;/.status.lock                            the lock; never removed
 * &lt;root&gt;/&lt;id&gt;/status                             the status, as containerd writes it
 * &lt;root&gt;/&lt;id&gt;/.tmp-status-next                   the status that is being written
 * &lt;root&gt;/&lt;id&gt;/status.corrupt-&lt;time&gt;              a former status that could not be read
 * </pre>
 *
 * @param root the root, with all links resolved
 */
record Layout(Path root) {
    private static final String STATUS = "status";

    /**
     * Always the same: a container has one writer at a time, so that whatever has the name was left by one that ended.
     * containerd's own temporary files are {@code .tmp-status<digits>}: these are not ours to remove.
     */
    private static final String TEMPORARY = ".tmp-status-next";

    private static final String KEPT_ASIDE_PREFIX = "status.corrupt-";
    private static final Pattern KEPT_ASIDE = Pattern.compile("status\\.corrupt-\\d{8}T\\d{6}\\.\\d{9}Z(-\\d+)?");

    /** Sorts by time, and holds no colon, which some file systems refuse. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);

    private static final Set<PosixFilePermission> OWNER_ONLY_FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_ONLY_FOLDER = PosixFilePermissions.fromString("rwx------");

    /** Resolves all links in a root that must be there. */
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

    Path folder(String id) {
        return root.resolve(id);
    }

    Path status(Path folder) {
        return folder.resolve(STATUS);
    }

    /** Returns whether a name in a container's folder is that of its status. */
    static boolean isStatus(Path name) {
        return name.toString().equals(STATUS);
    }

    /** Returns where a status is while it is being written. */
    Path temporary(Path folder) {
        return folder.resolve(TEMPORARY);
    }

    /** Returns the name under which an unreadable status is kept; {@code attempt} 0, 1, … gives different ones. */
    Path keptAside(Path folder, Instant time, int attempt) {
        return folder.resolve(KEPT_ASIDE_PREFIX + TIME.format(time) + (attempt == 0 ? "" : "-" + attempt));
    }

    /** Returns whether the name is the one that {@link #temporary} gives. */
    static boolean isTemporary(Path path) {
        return path.getFileName().toString().equals(TEMPORARY);
    }

    /** Returns whether the name is one that {@link #keptAside} gives. */
    static boolean isKeptAside(Path path) {
        return KEPT_ASIDE.matcher(path.getFileName().toString()).matches();
    }

    /** Returns the mode 0600 where the file system has modes; a umask can only take from it. */
    static FileAttribute<?>[] ofFile(Path path) {
        return mode(path, OWNER_ONLY_FILE);
    }

    /** Returns the mode 0700 where the file system has modes; a umask can only take from it. */
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
