package io.containerstatus.fs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * Creates a container's folder together with its first status. The folder is built under a name that is no id, and then
 * gets the container's name by a rename. So no crash leaves a folder of ours without a status under an id, where it could
 * not be told from a folder of another program. SystemCallsTest holds the calls, and PowerCutTest shows what a crash leaves
 * after each. One object makes one creation.
 *
 * <p>A failure before the rename leaves no container. A failure of the rename or of the sync of the root leaves it open
 * whether a crash would leave the container.
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
     * @throws FileAlreadyExistsException if something has the container's name by now; it is left as it is
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

    /** Creates the folder anew. Only what an earlier creation has left is removed for that. CreationTest */
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
        // The mode comes with the creation: at no moment can others open the file. ModesTest
        progress.next("the new status could not be created", status);
        UninterruptibleChannel file = UninterruptibleChannel.create(status, Layout.ofFile(status));
        openFile = file;
        progress.next("the new status could not be written", status);
        file.write(document);
        // Persists the bytes before they can be found under the container's name. A sync that failed is not repeated,
        // see DurableWrite. NeededSyncsTest, WrongWritersTest
        progress.next("the new status could not be synced", status);
        file.force();
        progress.next("the new status could not be closed", status);
        file.close();
        // Persists the name "status" before the folder can be found under the container's name. NeededSyncsTest
        progress.next("its folder could not be synced", built);
        folder.force();
        progress.next("its folder could not be closed", built);
        folder.close();
    }

    private void giveName() throws IOException {
        Path folder = progress.folder();
        // Opened before the commit point, so that running out of descriptors leaves no container.
        progress.next("the root could not be opened", layout.root());
        UninterruptibleChannel root = UninterruptibleChannel.openFolder(layout.root(), progress.folderSync());
        openRoot = root;
        // The root was checked at the beginning, but the syncs may have taken long. Covered by LostRootTest.
        progress.requireRoot();
        // A rename replaces an empty folder, and that may be of another program.
        progress.next("another program has taken the name of its folder", folder);
        if (Presence.isThere(folder)) {
            throw new FileAlreadyExistsException(folder.toString());
        }
        // The commit point: atomic.
        progress.next("its folder could not be renamed; it may be in place or not", folder);
        rename(folder);
        progress.commits();
        // Persists the name: without it a power cut takes the container away. NeededSyncsTest
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
            // Both are there: the rename was refused because another program has taken the name.
            FileAlreadyExistsException refusal = new FileAlreadyExistsException(folder.toString());
            refusal.addSuppressed(failure);
            throw refusal;
        }
    }

    private void abandon(Throwable failure) {
        SuppressingCleanup.close(openFile, failure);
        SuppressingCleanup.close(openFolder, failure);
        // What cannot be removed now is removed by the next creation or opening. Covered by ChangeFaultsTest.
        // In a root that is lost, the name may be that of another store's folder. Covered by LostRootTest.
        if (progress.rootHolds()) {
            SuppressingCleanup.removeOurs(built, failure);
        }
        SuppressingCleanup.close(openRoot, failure);
    }
}
