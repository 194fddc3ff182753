package io.containerstatus.fs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * Creates a container's folder together with its first status. The folder is built under a name that is not an
 * id, and then renamed to the container's id. So no crash leaves a folder of this library without a status
 * under an id, where it could not be distinguished from a folder of another program. SystemCallsTest checks the
 * calls, and PowerCutTest shows what a crash leaves after each of them. One object performs one creation.
 *
 * <p>A failure before the rename leaves no container. A failure of the rename or of the sync of the root leaves
 * it uncertain whether the container exists after a crash.
 */
final class FolderCreation {
    private final Layout layout;
    private final CommitProgress progress;
    private final byte[] document;
    private final Path built;

    private @Nullable Closeable openFolder;
    private @Nullable Closeable openFile;
    private @Nullable Closeable openRoot;

    FolderCreation(Layout layout, CommitProgress progress, byte[] document) {
        this.layout = layout;
        this.progress = progress;
        this.document = document;
        this.built = layout.created(progress.id());
    }

    /**
     * Creates the container.
     *
     * @throws FileAlreadyExistsException if something has the container's name by now, which stays unchanged
     */
    void run() throws IOException {
        try {
            createFolder();
            fill();
            giveName();
        } catch (IOException | RuntimeException | Error failure) {
            abandon(failure);
            throw failure;
        }
    }

    /** Creates a new folder. Only the leftover of an earlier creation is removed for it. Covered by CreationTest. */
    private void createFolder() throws IOException {
        progress.next("its folder could not be created", built);
        try {
            Files.createDirectory(built, Layout.ofFolder(built));
        } catch (FileAlreadyExistsException e) {
            FolderContents.removeOurs(built);
            Files.createDirectory(built, Layout.ofFolder(built));
        }
    }

    private void fill() throws IOException {
        progress.next("its folder could not be opened", built);
        UninterruptibleChannel folder = UninterruptibleChannel.openFolder(built, progress.folderSync());
        openFolder = folder;
        Path status = layout.status(built);
        // The file is created with its mode, so that other users can open it at no moment. Covered by ModesTest.
        progress.next("the new status could not be created", status);
        UninterruptibleChannel file = UninterruptibleChannel.create(status, Layout.ofFile(status));
        openFile = file;
        progress.next("the new status could not be written", status);
        file.write(document);
        // Persists the bytes before the container's name leads to them. A failed sync is not repeated, see
        // DurableWrite. Covered by NeededSyncsTest, WrongWritersTest.
        progress.next("the new status could not be synced", status);
        file.force();
        progress.next("the new status could not be closed", status);
        file.close();
        // Persists the name "status" before the container's name leads to the folder. Covered by NeededSyncsTest.
        progress.next("its folder could not be synced", built);
        folder.force();
        progress.next("its folder could not be closed", built);
        folder.close();
    }

    private void giveName() throws IOException {
        Path folder = progress.folder();
        // The root is opened before the commit point, so that a lack of descriptors leaves no container.
        progress.next("the root could not be opened", layout.root());
        UninterruptibleChannel root = UninterruptibleChannel.openFolder(layout.root(), progress.folderSync());
        openRoot = root;
        // The root was checked at the beginning, but the syncs may have taken long. Covered by LostRootTest.
        progress.requireRoot();
        // The name is checked, because a rename replaces an empty folder, which may belong to another program.
        progress.next("another program has taken the name of its folder", folder);
        if (Presence.isThere(folder)) {
            throw new FileAlreadyExistsException(folder.toString());
        }
        // The commit point: the rename is atomic.
        progress.next("its folder could not be renamed; it is uncertain whether the rename took effect", folder);
        rename(folder);
        progress.commits();
        // Persists the name: without it, a power cut removes the container. Covered by NeededSyncsTest.
        progress.next("the root could not be synced; the container is visible but may not survive a crash", folder);
        root.force();
        root.close();
    }

    private void rename(Path folder) throws IOException {
        try {
            Files.move(built, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (Error failure) {
            progress.commits();
            throw failure;
        } catch (IOException | RuntimeException failure) {
            if (!Presence.isCertainlyThere(built) || !Presence.isCertainlyThere(folder)) {
                progress.commits();
                throw failure;
            }
            // Both exist: the rename failed because another program has taken the name.
            FileAlreadyExistsException refusal = new FileAlreadyExistsException(folder.toString());
            refusal.addSuppressed(failure);
            throw refusal;
        }
    }

    private void abandon(Throwable failure) {
        SuppressingCleanup.close(openFile, failure);
        SuppressingCleanup.close(openFolder, failure);
        // If the folder cannot be removed now, the next creation or opening removes it. Covered by ChangeFaultsTest.
        // If the root is lost, the name may be that of another store's folder. Covered by LostRootTest.
        if (progress.rootHolds()) {
            SuppressingCleanup.removeOurs(built, failure);
        }
        SuppressingCleanup.close(openRoot, failure);
    }
}
