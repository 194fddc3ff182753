package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The same steps as the library's, in a few lines, to be spoilt one at a time. */
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
            SteadyChannel.syncFolder(folder.getParent());
        }
    }

    @Override
    public void write(String id, Status status) throws IOException {
        Path folder = layout.folder(id);
        if (!Files.exists(folder)) {
            Files.createDirectory(folder);
            syncRoot();
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

    @Override
    public void delete(String id) throws IOException {
        Path folder = layout.folder(id);
        Files.delete(layout.status(folder));
        syncFolder(folder);
        for (Path left : FolderContents.entries(folder)) {
            Files.delete(left);
        }
        Files.delete(folder);
        syncAfterDeletion();
    }

    Path temporary(Path folder) {
        return layout.temporary(folder);
    }

    SteadyChannel create(Path temporary) throws IOException {
        return SteadyChannel.create(temporary);
    }

    void fillAndRename(Path temporary, Path status, byte[] document) throws IOException {
        try (SteadyChannel file = create(temporary)) {
            file.write(document);
            syncFile(file);
        }
        rename(temporary, status);
    }

    void syncFile(SteadyChannel file) throws IOException {
        file.force();
    }

    void rename(Path temporary, Path status) throws IOException {
        Files.move(temporary, status, StandardCopyOption.ATOMIC_MOVE);
    }

    void syncFolder(Path folder) throws IOException {
        SteadyChannel.syncFolder(folder);
    }

    void syncRoot() throws IOException {
        SteadyChannel.syncFolder(layout.root());
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
