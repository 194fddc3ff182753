package io.containerstatus.fs;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusException;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Found;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An opened root with its lock. Performs all changes of files. Its methods block. Different containers may be
 * written at the same time, but each container only by one caller at a time.
 */
final class OwnedRoot implements Closeable {
    private final Layout layout;
    private final JournalReplay replay;
    private volatile Access access;
    private final RootLock lock;
    private final StatusReader reader;
    private final FolderPreparation preparation;
    private final FileSettings settings;
    private final FolderKnowledge known;
    private final IdCases cases;
    /** Null if the root can only be read. */
    private final @Nullable RootGuard guard;

    /**
     * Takes over the lock.
     *
     * @param found the containers, in the order of their ids; if the access is writable, the root was synced
     *     after they were found
     * @param guard null if the root can only be read
     * @param replay the contents of a journal in the root
     */
    OwnedRoot(
            Layout layout,
            Access access,
            List<Found> found,
            RootLock lock,
            @Nullable RootGuard guard,
            FileSettings settings,
            JournalReplay replay) {
        this.layout = layout;
        this.replay = replay;
        this.access = access;
        this.lock = lock;
        this.settings = settings;
        this.guard = access.writable() ? guard : null;
        this.reader = new StatusReader(layout, settings.maxFileSize());
        this.preparation = new FolderPreparation(layout, reader, settings.clock());
        this.known = new FolderKnowledge(access.writable() ? found : List.of());
        this.cases = new IdCases(layout, access.writable() ? found : List.of());
    }

    Layout layout() {
        return layout;
    }

    /** Returns whether the root can be written now, as far as is known. */
    Access access() {
        String loss = guard == null ? "" : guard.loss();
        return loss.isEmpty() ? access : Access.readOnly(loss);
    }

    /** Returns the contents of the root's journal at the opening. */
    JournalReplay replay() {
        return replay;
    }

    /** Records durably which journal holds statuses that may be newer than their files; null for none. */
    void markJournal(JournalMark.@Nullable Named journal) throws IOException {
        JournalMark mark = lock.journalMark();
        if (mark == null) {
            throw new IOException(access.reason());
        }
        mark.write(journal);
    }

    /** Fails unless the path of the root certainly still leads to the root that was taken. */
    void requireTaken() throws IOException {
        if (guard == null) {
            throw new IOException(access.reason());
        }
        guard.require();
    }

    /**
     * Writes the contents of the journal to the files, and removes the journal. If that fails, the root can only be
     * read from then on: the files are older than completed changes, and must not become newer than the journal.
     *
     * @return whether the root can be written
     */
    Access bringUp() {
        try {
            replay.newest().forEach((id, newest) -> {
                if (newest.status() == null) {
                    delete(id);
                } else {
                    write(id, newest.status());
                }
            });
            replay.remove(layout.root(), settings.folderSync(), this::markJournal);
        } catch (IOException | StatusException e) {
            access = Access.readOnly("root " + layout.root()
                    + " can only be read: the contents of its journal cannot be written to the files: "
                    + IoReason.of(e));
        }
        return access;
    }

    /** Reads the status; null if there is none. If it cannot be read, the next write keeps it aside. */
    @Nullable
    Status read(String id) {
        try {
            Status status = reader.read(id);
            known.read(id);
            return status;
        } catch (StatusException | Error e) {
            known.failToRead(id);
            throw e;
        }
    }

    /**
     * Stores the first status of a container durably. After an indeterminate failure, replaces what that
     * change may have left.
     *
     * @throws AlreadyExistsException if there is a readable status, or a container whose id differs only in case
     */
    void create(String id, Status status) {
        store(id, status, /* creates= */ true);
    }

    /** Stores the status durably. */
    void write(String id, Status status) {
        store(id, status, /* creates= */ false);
    }

    private void store(String id, Status status, boolean creates) {
        CommitProgress progress = begin(id);
        byte[] document = encoded(progress, status);
        boolean done = false;
        try {
            if (known.contains(id) && !creates) {
                new DurableWrite(layout, progress, document, null).run();
            } else {
                prepareAndWrite(progress, document, creates);
            }
            known.add(id);
            done = true;
        } catch (StatusException refusal) {
            throw refusal;
        } catch (IOException | RuntimeException | Error failure) {
            throw progress.failed(failure);
        } finally {
            if (!done) {
                known.fail(id, progress.isCommitting());
            }
        }
    }

    private void prepareAndWrite(CommitProgress progress, byte[] document, boolean creates) throws IOException {
        boolean onlyNew = creates && !known.isUncertain(progress.id());
        if (!preparation.isFolder(progress)) {
            createFolder(progress, document, creates, onlyNew);
            return;
        }
        progress.next("the names in the root could not be checked", layout.root());
        requireNoOther(progress, cases.otherName(progress.id()), creates);
        CorruptEntry unfit = preparation.examine(progress, known.isUnread(progress.id()), onlyNew);
        preparation.persistName(progress);
        // The sync of the root may have taken long. Covered by LostRootTest.
        progress.requireRoot();
        try {
            new DurableWrite(layout, progress, document, unfit).run();
        } finally {
            if (unfit != null) {
                unfit.log(progress.id());
            }
        }
    }

    private void createFolder(CommitProgress progress, byte[] document, boolean creates, boolean onlyNew)
            throws IOException {
        String id = progress.id();
        progress.next("the names in the root could not be checked", layout.root());
        requireNoOther(progress, cases.begin(id), creates);
        try {
            new FolderCreation(layout, progress, document).run();
            cases.add(id);
        } catch (IOException | RuntimeException | Error failure) {
            if (progress.isCommitting()) {
                cases.add(id);
            } else if (onlyNew && failure instanceof FileAlreadyExistsException) {
                preparation.requireNoStatus(progress);
            }
            throw failure;
        } finally {
            cases.end(id);
        }
    }

    private void requireNoOther(CommitProgress progress, @Nullable String other, boolean creates) {
        if (other != null) {
            String reason = "container \"" + other + "\" exists, and its id differs only in case";
            throw creates ? new AlreadyExistsException(progress.id(), reason) : refused(progress.id(), reason, null);
        }
    }

    /** Removes the container durably. Has no effect if there is none. */
    void delete(String id) {
        CommitProgress progress = begin(id);
        boolean done = false;
        try {
            progress.next("the names in the root could not be checked", layout.root());
            boolean anothers = !known.contains(id) && cases.otherName(id) != null;
            new Deletion(layout, progress).run(anothers);
            known.remove(id);
            cases.remove(id);
            done = true;
        } catch (IOException | RuntimeException | Error failure) {
            throw progress.failed(failure);
        } finally {
            if (!done) {
                known.fail(id, progress.isCommitting());
            }
        }
    }

    /** Gives up the lock. */
    @Override
    public void close() throws IOException {
        lock.close();
    }

    /** Returns the failure of a change that did not begin. */
    StatusException refused(String id, String reason, @Nullable Throwable cause) {
        return CommitProgress.failure(id, known.isUncertain(id), reason, cause);
    }

    /**
     * Begins a change. This is the only method that creates a {@link CommitProgress}, and nothing can be
     * changed without one. So every change first checks that the path leads to the root that was taken.
     */
    private CommitProgress begin(String id) {
        RootGuard owned = guard;
        if (owned == null || !access.writable()) {
            throw new NotWrittenException(id, Objects.requireNonNull(access.reason()), null);
        }
        try {
            owned.require();
            return new CommitProgress(id, layout.folder(id), known.isUncertain(id), owned, settings.folderSync());
        } catch (RootCheckException | RuntimeException | Error failure) {
            throw refused(id, IoReason.of(failure), failure);
        }
    }

    private byte[] encoded(CommitProgress progress, Status status) {
        byte[] document;
        try {
            document = StatusCodec.encode(status);
        } catch (RuntimeException | Error failure) {
            progress.next("the new status could not be encoded", layout.status(progress.folder()));
            throw progress.failed(failure);
        }
        // This failure is never indeterminate: nothing was changed, and a retry cannot help. If an earlier change was
        // indeterminate, the container stays uncertain.
        SizeLimit.check(progress.id(), document.length, settings.maxFileSize());
        return document;
    }
}
