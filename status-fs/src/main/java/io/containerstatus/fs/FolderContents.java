package io.containerstatus.fs;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a container's folder holds, at one moment.
 *
 * @param temporary the statuses that were being written when a process of this library ended, or failed
 * @param keptAside the former statuses that could not be read
 * @param others all other entries, {@code status} among them
 */
record FolderContents(List<Path> temporary, List<Path> keptAside, List<Path> others) {

    static FolderContents of(Path folder) throws IOException {
        FolderContents contents = new FolderContents(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
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
        }
        return entries;
    }

    private void add(Path entry) {
        if (Layout.isTemporary(entry) && Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
            temporary.add(entry);
        } else if (Layout.isKeptAside(entry)) {
            keptAside.add(entry);
        } else {
            others.add(entry);
        }
    }

    /** Returns whether this is the folder of a create that was never acknowledged, or of a deletion cut short. */
    boolean isLeftover() {
        return keptAside.isEmpty() && others.isEmpty();
    }
}
