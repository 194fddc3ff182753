package io.containerstatus.fs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * Replaces a status so that a crash at any moment leaves the complete old status or the complete new one. It
 * takes eight system calls, in this order. SystemCallsTest fails if one is missing, added or moved, and
 * PowerCutTest shows what a crash leaves after each of them. Before the first change and before the commit
 * point, two more calls check the root and its lock file, see {@link RootGuard}. One object performs one write.
 *
 * <p>A failure up to call 5 leaves the old status stored. From call 6 on, the rename, a failure leaves it
 * uncertain which of the two statuses a crash would leave.
 */
final class DurableWrite {
    private final Layout layout;
    private final CommitProgress progress;
    private final byte[] document;
    private final @Nullable CorruptEntry unfit;

    private @Nullable Closeable openFolder;
    private @Nullable Closeable openTemporary;
    private @Nullable Path temporary;

    /** {@code unfit} is the entry named {@code status} that must be kept; null if nothing must be kept. */
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

        // 0. No call. The document is already encoded, so a failed encoding touches no file.
        // 1. The folder is opened before the commit point, so that a lack of descriptors leaves the old status. The
        // report of a failure here and at each call below is covered
        // by DurableWriteTest.eachStepIsReportedByWhatMayBeConcluded.
        progress.next("its folder could not be opened", folderPath);
        UninterruptibleChannel folder = UninterruptibleChannel.openFolder(folderPath, progress.folderSync());
        openFolder = folder;
        // 2. The file is created with its mode, so that other users can open it at no moment. Covered by ModesTest.
        progress.next("the new status could not be created", temporaryPath);
        temporary = temporaryPath;
        UninterruptibleChannel file = create(temporaryPath);
        openTemporary = file;
        // 3. The bytes go to a new file and never over the old status, so an incomplete file never has the
        // name "status".
        progress.next("the new status could not be written", temporaryPath);
        file.write(document);
        // 4. Persists the bytes before they get their name. A full disk may be reported only here. After a
        // failed sync, the kernel forgets the error, and a second sync would report success though bytes are
        // lost. So the file is given up. Covered by NeededSyncsTest,
        // DurableWriteTest.theSyncOfTheFileIsNotFollowedByAnotherSyncOfIt, WrongWritersTest.
        progress.next("the new status could not be synced", temporaryPath);
        file.force();
        // 5. The result is checked, because some file systems report a failed write here. After this call, the
        // descriptor cannot leak.
        progress.next("the new status could not be closed", temporaryPath);
        file.close();
        if (unfit != null) {
            unfit.keep(progress, folder);
        }
        // The root was checked at the beginning, but a sync may take long. Covered by LostRootTest.
        progress.requireRoot();
        // 6. The commit point. The rename is atomic: there is no fallback to a copy, which could be incomplete after
        // a crash.
        progress.next("the new status could not be renamed; it is uncertain whether the rename took effect", status);
        progress.commits();
        Files.move(temporaryPath, status, StandardCopyOption.ATOMIC_MOVE);
        // 7. Persists the rename: without it, a power cut brings the old status back. Covered by NeededSyncsTest.
        progress.next(
                "the folder could not be synced after the rename; the new status is visible but may not survive a crash",
                status);
        folder.force();
        // 8. The close, so that the descriptor does not leak.
        folder.close();
    }

    /**
     * Creates a new file, and never writes to an existing one. If the name is taken, that entry is removed first,
     * because only a leftover of an earlier write can have this name. Of a link, only the link itself is removed. If
     * the entry is a non-empty folder, it stays, and the write fails. Covered by LeftoverTest.
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
        // If the file cannot be removed now, the next write, deletion or opening removes it. Covered by
        // ChangeFaultsTest. If the root is lost, the name may be that of another store's file. Covered by LostRootTest.
        if (temporary != null && progress.rootHolds()) {
            SuppressingCleanup.deleteIfExists(temporary, failure);
        }
        SuppressingCleanup.close(openFolder, failure);
    }
}
