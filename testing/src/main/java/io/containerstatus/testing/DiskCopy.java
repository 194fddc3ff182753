package io.containerstatus.testing;

import io.containerstatus.testing.DiskNode.Change;
import io.containerstatus.testing.DiskNode.File;
import io.containerstatus.testing.DiskNode.Folder;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Copies a disk, with everything that is durable and everything that is not. Two names of one file stay two
 * names of one file.
 */
final class DiskCopy {
    private final Map<DiskNode, DiskNode> copies = new IdentityHashMap<>();

    Disk of(Disk disk) {
        return new Disk((Folder) of(disk.root), disk.clock);
    }

    private DiskNode of(DiskNode node) {
        DiskNode copy = copies.get(node);
        if (copy != null) {
            return copy;
        }
        return node instanceof File file ? ofFile(file) : ofFolder((Folder) node);
    }

    private File ofFile(File file) {
        File copy = new File();
        copies.put(file, copy);
        copy.modified = file.modified;
        copy.bytes = file.bytes;
        copy.durable = file.durable;
        copy.dirty = file.dirty;
        copy.forgotten = file.forgotten;
        copy.written.or(file.written);
        return copy;
    }

    private Folder ofFolder(Folder folder) {
        Folder copy = new Folder();
        copies.put(folder, copy);
        copy.modified = folder.modified;
        folder.names.forEach((name, node) -> copy.names.put(name, of(node)));
        folder.durable.forEach((name, node) -> copy.durable.put(name, of(node)));
        for (Change change : folder.pending) {
            Map<String, @Nullable DiskNode> edits = new LinkedHashMap<>();
            change.edits().forEach((name, node) -> edits.put(name, node == null ? null : of(node)));
            copy.pending.add(new Change(edits));
        }
        return copy;
    }
}
