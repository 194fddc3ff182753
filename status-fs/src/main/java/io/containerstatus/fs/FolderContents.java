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
 * What a container's folder holds, at one moment.
 *
 * @param temporary the status that was being written when a process of this library ended, or failed; at most one
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
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            // Declared by nobody: the JDK lets an exception of its own escape when the kernel cannot close a folder.
            // FaultedOpeningTest
            throw new IOException("the folder could not be closed", e);
        }
        return entries;
    }

    private void add(Path entry) throws IOException {
        if (Layout.isTemporary(entry) && isRegularFile(entry)) {
            temporary.add(entry);
        } else if (Layout.isKeptAside(entry)) {
            keptAside.add(entry);
        } else {
            others.add(entry);
        }
    }

    /** Fails where it cannot be told, unlike {@code Files.isRegularFile}: ours must not pass for someone else's. */
    private static boolean isRegularFile(Path entry) throws IOException {
        try {
            return Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isRegularFile();
        } catch (NoSuchFileException e) {
            // Its writer is at work and has given it its name: for a reader there is something in the folder.
            return false;
        }
    }

    /** Returns whether this is the folder of a create that was never acknowledged, or of a deletion cut short. */
    boolean isLeftover() {
        return keptAside.isEmpty() && others.isEmpty();
    }
}
