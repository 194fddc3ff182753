package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The same steps as in the library, in a few lines, so that tests can break them one at a time. */
class PlainWriter implements Writer {
    private final Layout layout;

    PlainWriter(Path root) {
        layout = new Layout(root);
    }

    @Override
    public void open() throws IOException {
        Path root = layout.root();
        for (Path folder : new Path[] {root.getParent().getParent(), root.getParent(), root}) {
            if (!Files.exists(folder)) {
                Files.createDirectory(folder);
            }
            UninterruptibleChannel.syncFolder(folder.getParent(), FolderSync.REQUIRED);
        }
    }

    @Override
    public void write(String id, Status status) throws IOException {
        Path folder = layout.folder(id);
        if (!Files.exists(folder)) {
            createFolder(id, status);
            return;
        }
        Path temporary = temporary(folder);
        try {
            fillAndRename(temporary, layout.status(folder), StatusCodec.encode(status));
            syncFolder(folder);
        } catch (IOException e) {
            abandon(temporary);
            throw e;
        }
    }

    /** Builds the folder under another name, and renames it. */
    void createFolder(String id, Status status) throws IOException {
        Path built = layout.created(id);
        FolderContents.removeOurs(built);
        Files.createDirectory(built);
        fillAndName(built, layout.folder(id), StatusCodec.encode(status));
        syncRoot();
    }

    void fillAndName(Path built, Path folder, byte[] document) throws IOException {
        try (UninterruptibleChannel file = UninterruptibleChannel.create(layout.status(built))) {
            file.write(document);
            syncFile(file);
        }
        syncBuilt(built);
        renameFolder(built, folder);
    }

    void renameFolder(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    void syncBuilt(Path built) throws IOException {
        UninterruptibleChannel.syncFolder(built, FolderSync.REQUIRED);
    }

    @Override
    public void delete(String id) throws IOException {
        Path deleted = layout.deleted(id);
        renameFolder(layout.folder(id), deleted);
        syncAfterDeletion();
        FolderContents.removeOurs(deleted);
    }

    Path temporary(Path folder) {
        return layout.temporary(folder);
    }

    UninterruptibleChannel create(Path temporary) throws IOException {
        return UninterruptibleChannel.create(temporary);
    }

    void fillAndRename(Path temporary, Path status, byte[] document) throws IOException {
        try (UninterruptibleChannel file = create(temporary)) {
            file.write(document);
            syncFile(file);
        }
        rename(temporary, status);
    }

    void syncFile(UninterruptibleChannel file) throws IOException {
        file.force();
    }

    void rename(Path temporary, Path status) throws IOException {
        Files.move(temporary, status, StandardCopyOption.ATOMIC_MOVE);
    }

    void syncFolder(Path folder) throws IOException {
        UninterruptibleChannel.syncFolder(folder, FolderSync.REQUIRED);
    }

    void syncRoot() throws IOException {
        UninterruptibleChannel.syncFolder(layout.root(), FolderSync.REQUIRED);
    }

    void syncAfterDeletion() throws IOException {
        syncRoot();
    }

    void abandon(Path temporary) throws IOException {
        Files.deleteIfExists(temporary);
    }

    @Override
    public void close() {}
}
