package io.containerstatus.reactive;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusTransitions;
import io.containerstatus.testing.SystemCall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** An operation on the container {@code web-1} while the kernel does not do what it is asked. */
enum ContainerAction {
    CREATE(null, ContainerAction.status(1)) {
        @Override
        Mono<?> on(StatusStore store) {
            return store.create(ID, ContainerAction.status(1));
        }
    },
    UPDATE(ContainerAction.status(1), ContainerAction.status(2)) {
        @Override
        void prepare(Path root, StatusStore store) {
            store.create(ID, ContainerAction.status(1)).block(StoreTest.PATIENCE);
        }

        @Override
        Mono<?> on(StatusStore store) {
            return update(store, 2);
        }
    },
    UPDATE_OF_A_CORRUPT_STATUS(StatusTransitions.unknown(), ContainerAction.status(2)) {
        @Override
        void prepareFiles(Path root) throws IOException {
            Files.createDirectories(root.resolve(ID));
            Files.writeString(root.resolve(ID).resolve("status"), BAD);
        }

        @Override
        Mono<?> on(StatusStore store) {
            return update(store, 2);
        }
    },
    DELETE(ContainerAction.status(1), null) {
        @Override
        void prepare(Path root, StatusStore store) {
            store.create(ID, ContainerAction.status(1)).block(StoreTest.PATIENCE);
        }

        @Override
        Mono<?> on(StatusStore store) {
            return store.delete(ID);
        }
    },
    RECREATE(null, ContainerAction.status(2)) {
        @Override
        void prepare(Path root, StatusStore store) {
            store.create(ID, ContainerAction.status(1)).block(StoreTest.PATIENCE);
            store.delete(ID).block(StoreTest.PATIENCE);
        }

        @Override
        Mono<?> on(StatusStore store) {
            return store.create(ID, ContainerAction.status(2));
        }
    };

    static final String ID = "web-1";
    static final String DONE = "done";
    static final String BAD = "no status at all";

    private final @Nullable Status before;
    private final @Nullable Status after;

    ContainerAction(@Nullable Status before, @Nullable Status after) {
        this.before = before;
        this.after = after;
    }

    static Status status(long pid) {
        return StoreTest.CREATED.toBuilder().startedAt(StoreTest.NOON).pid(pid).build();
    }

    /** Prepares files before the store is opened. */
    void prepareFiles(Path root) throws IOException {}

    /** Prepares the store for the operation. */
    void prepare(Path root, StatusStore store) {}

    /** Returns the operation. */
    abstract Mono<?> on(StatusStore store);

    /** Returns what memory holds before the operation; null if there is no such container. */
    @Nullable
    Status before() {
        return before;
    }

    /** Returns what memory and disk hold after the operation; null if there is no such container. */
    @Nullable
    Status after() {
        return after;
    }

    /** Returns what the disk holds before the operation. */
    String onDiskBefore() {
        return this == UPDATE_OF_A_CORRUPT_STATUS ? BAD : text(before);
    }

    /** Returns what the disk holds after the operation. */
    String onDiskAfter() {
        return text(after);
    }

    /**
     * Returns the possible outcomes if this call fails. Before the commit point, nothing was written; from
     * there on, the outcome is uncertain. A failed rename may have happened. A failed removal has not
     * happened if the status is still there, and a read has to succeed to find that out. The operation may
     * succeed nevertheless if the call only reads, if there is another path, or if the call was interrupted
     * and is repeated.
     */
    List<String> outcomes(SystemCall failing, List<SystemCall> calls, SyscallFailure fault) {
        int commit = commitPoint(calls);
        int position = calls.indexOf(failing);
        String failure = position < commit
                ? NotWrittenException.class.getSimpleName()
                : IndeterminateWriteException.class.getSimpleName();
        if (this == DELETE
                && fault == SyscallFailure.EIO_FROM_THEN_ON
                && failing.name().startsWith("stat")) {
            return position > commit
                    ? List.of(failure, DONE)
                    : List.of(failure, IndeterminateWriteException.class.getSimpleName());
        }
        boolean vital = failing.changes() && !failing.name().startsWith("link") && fault != SyscallFailure.EINTR;
        if (this == DELETE && position >= commit && !failing.name().equals("fsync")) {
            // If the folder cannot be renamed, its status is removed in it. What was renamed may stay.
            vital = false;
        }
        return vital ? List.of(failure) : List.of(failure, DONE);
    }

    /**
     * Returns the same as {@link #outcomes} for a store with a journal. The record is the commit point. For a
     * creation, it is already the rename of the new folder, because the file is written first. If a creation
     * first has to apply an earlier deletion to the files and that fails, the creation does not begin.
     */
    List<String> outcomesWithJournal(SystemCall failing, List<SystemCall> calls, SyscallFailure fault) {
        boolean creates = this == CREATE || this == RECREATE;
        int commit = last(calls, creates ? "rename" : "pwrite64");
        int begin = creates ? last(calls, "mkdir") : 0;
        int position = calls.indexOf(failing);
        String notWritten = NotWrittenException.class.getSimpleName();
        String indeterminate = IndeterminateWriteException.class.getSimpleName();
        if (failing.changes() && fault != SyscallFailure.EINTR && position >= begin) {
            return List.of(position < commit ? notWritten : indeterminate);
        }
        // The operation continues after this failure, and may meet the next one behind the commit point.
        boolean later = position >= commit || fault == SyscallFailure.EIO_FROM_THEN_ON;
        return later && position < commit
                ? List.of(notWritten, indeterminate, DONE)
                : List.of(later ? indeterminate : notWritten, DONE);
    }

    private static int last(List<SystemCall> calls, String name) {
        int last = calls.size() - 1;
        while (!calls.get(last).name().startsWith(name)) {
            last--;
        }
        return last;
    }

    private static int commitPoint(List<SystemCall> calls) {
        int commitPoint = 0;
        while (!calls.get(commitPoint).name().startsWith("rename")) {
            commitPoint++;
        }
        return commitPoint;
    }

    static Mono<Status> update(StatusStore store, long pid) {
        return store.find(ID).updateSync(status -> status(pid));
    }

    /** Returns the document of a status; "absent" for null. */
    static String text(@Nullable Status status) {
        return status == null ? "absent" : new String(StatusCodec.encode(status), StandardCharsets.UTF_8);
    }
}
