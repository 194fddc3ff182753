package io.containerstatus.fs;

import io.containerstatus.ContainerIds;
import io.containerstatus.UnreadableStatusException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the containers under a root: the folders whose name is an id. An empty folder is a container as well: containerd
 * makes the folder first and writes the status later, so its process may be running. The same goes for what cannot be
 * looked at.
 */
final class Listing {
    private final Layout layout;

    Listing(Layout layout) {
        this.layout = layout;
    }

    List<String> ids() {
        List<String> ids = names();
        ids.removeIf(id -> !isContainer(layout.folder(id)));
        return ids;
    }

    /** Returns the names in the root that are ids, whatever bears them. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        for (Path entry : entries()) {
            String name = entry.getFileName().toString();
            if (ContainerIds.isValid(name)) {
                names.add(name);
            }
        }
        return names;
    }

    /** Returns everything in the root. */
    List<Path> entries() {
        try {
            return FolderContents.entries(layout.root());
        } catch (IOException | RuntimeException e) {
            throw new UnreadableStatusException(layout.root().toString(), IoReason.of(e), e);
        }
    }

    /** Returns whether this entry of the root, whose name is an id, is a container. */
    static boolean isContainer(Path entry) {
        try {
            return isFolder(entry);
        } catch (NoSuchFileException e) {
            // Removed since its name was read.
            return false;
        } catch (IOException | RuntimeException e) {
            return true;
        }
    }

    /** Returns whether it is a folder; a link to one is none. */
    static boolean isFolder(Path entry) throws IOException {
        return Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isDirectory();
    }
}
