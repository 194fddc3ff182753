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
 * Finds the containers under a root: the folders whose name is a valid id. An empty folder is a container as
 * well: containerd creates the folder first and writes the status later, so the container's process may be
 * running. An entry whose attributes cannot be read counts as a container, too.
 */
final class Listing {
    private final Layout layout;

    Listing(Layout layout) {
        this.layout = layout;
    }

    /** Returns the ids that begin with the prefix. Reads the attributes of no other entry. */
    List<String> ids(String prefix) {
        List<String> ids = names();
        ids.removeIf(id -> !id.startsWith(prefix) || !isContainer(layout.folder(id)));
        return ids;
    }

    /** Returns the names in the root that are valid ids, of entries of any kind. */
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

    /** Returns whether this entry of the root, whose name is a valid id, is a container. */
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

    /** Returns whether the entry is a folder; a link to a folder is not. */
    static boolean isFolder(Path entry) throws IOException {
        return Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isDirectory();
    }
}
