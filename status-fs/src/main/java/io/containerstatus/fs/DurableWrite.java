package io.containerstatus.fs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * Replaces a status so that a crash at any moment leaves the old one or the new one, whole. Eight system calls, in this
 * order; SystemCallsTest fails when one is missing, added or moved, and PowerCutTest shows what a crash leaves after each.
 * Before the first change and before the commit point two more look at the root and its lock file, see {@link RootGuard}.
 * One object makes one write.
 *
 * <p>Up to call 5 a failure leaves the old status in place; from call 6, the rename, on it leaves it open which of the
 * two a crash would leave.
 */
final class DurableWrite {
    private final Layout layout;
    private final CommitProgress progress;
    private final byte[] document;
    private final @Nullable CorruptEntry unfit;

    private @Nullable Closeable openFolder;
    private @Nullable Closeable openTemporary;
    private @Nullable Path temporary;

    /** Prepares the write; {@code unfit} is what stands in the place of the status and must be kept, if anything. */
    DurableWrite(Layout layout, CommitProgress progress, byte[] document, @Nullable CorruptEntry unfit) {
        this.layout = layout;
        this.progress = progress;
        this.document = document;
        this.unfit = unfit;
    }

    void run() throws IOException {
        try {
            perform();
        } catch (IOException | RuntimeException | Error failure) {
            abandon(failure);
            throw failure;
        }
    }

    private void perform() throws IOException {
        Path folderPath = progress.folder();
        Path status = layout.status(folderPath);
        Path temporaryPath = layout.temporary(folderPath);

        // 0. No call. The document is encoded already: what cannot be encoded touches no file.
        // 1. Before the commit point, so that running out of descriptors leaves the old status.
        //    DurableWriteTest.eachStepIsReportedByWhatMayBeConcluded, here and for each call below
        progress.next("its folder could not be opened", folderPath);
        UninterruptibleChannel folder = UninterruptibleChannel.openFolder(folderPath, progress.folderSync());
        openFolder = folder;
        // 2. The mode comes with the creation: no moment in which others could open it. ModesTest
        progress.next("the new status could not be created", temporaryPath);
        temporary = temporaryPath;
        UninterruptibleChannel file = create(temporaryPath);
        openTemporary = file;
        // 3. Beside the old status, never over it: a torn file never has the name "status".
        progress.next("the new status could not be written", temporaryPath);
        file.write(document);
        // 4. Persists the bytes before they get their name. A full disk can show here first. After a failure the kernel
        //    forgets the error and would answer a second sync with success over lost bytes: the file is given up.
        //    NeededSyncsTest, DurableWriteTest.theSyncOfTheFileIsNotFollowedByAnotherSyncOfIt, WrongWritersTest
        progress.next("the new status could not be synced", temporaryPath);
        file.force();
        // 5. Checked: some file systems report a failed write here. After it no descriptor can be lost.
        progress.next("the new status could not be closed", temporaryPath);
        file.close();
        if (unfit != null) {
            unfit.keep(progress, folder);
        }
        // The root was checked at the beginning, but a sync may take long. Covered by LostRootTest.
        progress.requireRoot();
        // 6. The commit point: atomic, and with no fallback to a copy, which could tear.
        progress.next("the new status could not be renamed; it may be in place or not", status);
        progress.commits();
        Files.move(temporaryPath, status, StandardCopyOption.ATOMIC_MOVE);
        // 7. Persists the rename: without it a power cut brings the old status back. NeededSyncsTest
        progress.next(
                "the folder could not be synced after the rename; the new status is visible but may not survive a crash",
                status);
        folder.force();
        // 8. No descriptor may leak.
        folder.close();
    }

    /**
     * Creates the file anew, and never writes to what is there already. The name can only be taken by what an earlier
     * write has left, and that goes first: of a link the link itself. A folder that is not empty stays, and the write
     * fails. LeftoverTest
     */
    private static UninterruptibleChannel create(Path temporary) throws IOException {
        try {
            return UninterruptibleChannel.create(temporary, Layout.ofFile(temporary));
        } catch (FileAlreadyExistsException e) {
            Files.deleteIfExists(temporary);
            return UninterruptibleChannel.create(temporary, Layout.ofFile(temporary));
        }
    }

    private void abandon(Throwable failure) {
        SuppressingCleanup.close(openTemporary, failure);
        // What cannot be removed now is removed by the next write, deletion or opening. Covered by ChangeFaultsTest.
        // In a root that is lost, the name may be that of another store's file. Covered by LostRootTest.
        if (temporary != null && progress.rootHolds()) {
            SuppressingCleanup.deleteIfExists(temporary, failure);
        }
        SuppressingCleanup.close(openFolder, failure);
    }
}
