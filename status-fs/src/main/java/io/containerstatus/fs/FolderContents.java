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
 * What a container's folder holds, at one moment. A file is ours if it is a regular file and has one of the names that
 * this library gives. What has such a name and is something else was put there by another program.
 *
 * @param status the entries named {@code status}, of whatever kind; at most one
 * @param temporary the status that was being written when a process of this library ended, or failed; at most one
 * @param keptAside the former statuses that could not be read, of whatever kind
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

    /** Returns the entries of a folder. */
    static List<Path> entries(Path folder) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            // Declared by nobody: the JDK lets an exception of its own escape when the kernel cannot close a folder.
            // Covered by FaultedOpeningTest.
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
     * Returns whether this is a container of which everything is ours: then its folder is ours as well. There must be a
     * status or a former one. In an empty folder nothing tells who made it, and a temporary file alone is what a write
     * into such a folder leaves.
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

    /** Returns whether there is a status or a former one, of whatever kind, and nothing that has another name. */
    boolean isContainerOnly() {
        return foreign.isEmpty() && !(status.isEmpty() && keptAside.isEmpty());
    }

    /**
     * Removes what is ours from a folder that was given up, and then the folder, if nothing else is in it. Syncs
     * nothing: what comes back after a crash is removed by the next opening.
     *
     * @return whether nothing is left
     */
    static boolean removeOurs(Path folder) throws IOException {
        try {
            // A link to a folder leads to the files of others.
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

    /** Fails where it cannot be told, unlike {@code Files.isRegularFile}: ours must not pass for someone else's. */
    static boolean isRegularFile(Path entry) throws IOException {
        try {
            return Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isRegularFile();
        } catch (NoSuchFileException e) {
            // Its writer is at work and has given it its name.
            return false;
        }
    }
}
