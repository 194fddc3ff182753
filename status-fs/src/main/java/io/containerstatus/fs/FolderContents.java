package io.containerstatus.fs;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * The contents of a container's folder at one moment. A file is ours if it is a regular file with a name that
 * this library gives. If anything else has such a name, another program has put it there.
 *
 * @param status the entries named {@code status}, of any kind; at most one
 * @param temporary the file that a process of this library was writing when it ended or the write
 *     failed; at most one
 * @param keptAside the former statuses that could not be read, of any kind
 * @param foreign all other entries
 */
record FolderContents(List<Path> status, List<Path> temporary, List<Path> keptAside, List<Path> foreign) {

    static FolderContents of(Path folder) throws IOException {
        FolderContents contents =
                new FolderContents(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (Path entry : entries(folder)) {
            contents.add(entry);
        }
        return contents;
    }

    static List<Path> entries(Path folder) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            // This exception is not declared: the JDK lets one of its own exceptions escape if the kernel fails to
            // close a folder. Covered by FaultedOpeningTest.
            throw new IOException("the folder could not be closed", e);
        }
        return entries;
    }

    private void add(Path entry) throws IOException {
        if (Layout.isTemporary(entry) && isRegularFile(entry)) {
            temporary.add(entry);
        } else if (Layout.isKeptAside(entry)) {
            keptAside.add(entry);
        } else if (Layout.isStatus(entry.getFileName())) {
            status.add(entry);
        } else {
            foreign.add(entry);
        }
    }

    /**
     * Returns whether this is a container of which every entry is ours. Then its folder is ours as well. There
     * must be a status or a former status. For an empty folder, it is not known which program has created it. A
     * temporary file alone may be the leftover of a write into such a folder.
     */
    boolean isOurs() throws IOException {
        if (!isContainerOnly()) {
            return false;
        }
        for (Path entry : all()) {
            if (!isRegularFile(entry)) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether there is a status or a former status, of any kind, and no entry with a foreign name. */
    boolean isContainerOnly() {
        return foreign.isEmpty() && !(status.isEmpty() && keptAside.isEmpty());
    }

    /**
     * Removes our files from a folder that was given up, and then the folder, if nothing else is in it. Syncs
     * nothing: if a crash brings entries back, the next opening removes them.
     *
     * @return whether nothing is left
     */
    static boolean removeOurs(Path folder) throws IOException {
        try {
            // If it is a link to a folder, that folder belongs to others.
            if (!Listing.isFolder(folder)) {
                return false;
            }
            FolderContents contents = of(folder);
            boolean nothingElse = contents.foreign.isEmpty();
            for (Path entry : contents.all()) {
                if (isRegularFile(entry)) {
                    Files.deleteIfExists(entry);
                } else {
                    nothingElse = false;
                }
            }
            if (nothingElse) {
                Files.deleteIfExists(folder);
            }
            return nothingElse;
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    private List<Path> all() {
        List<Path> all = new ArrayList<>(status);
        all.addAll(temporary);
        all.addAll(keptAside);
        return all;
    }

    /**
     * Throws if the kind cannot be determined, unlike {@code Files.isRegularFile}: otherwise our file could be
     * taken for another program's.
     */
    static boolean isRegularFile(Path entry) throws IOException {
        try {
            return Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isRegularFile();
        } catch (NoSuchFileException e) {
            // Its writer has renamed it in the meantime.
            return false;
        }
    }
}
