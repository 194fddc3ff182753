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

/** What is done to the container {@code web-1} while the kernel does not do what it is asked. */
enum Deed {
    CREATE(null, Deed.status(1)) {
        @Override
        Mono<?> on(StatusStore store) {
            return store.create(ID, Deed.status(1));
        }
    },
    UPDATE(Deed.status(1), Deed.status(2)) {
        @Override
        void prepare(Path root, StatusStore store) {
            store.create(ID, Deed.status(1)).block(StoreTest.PATIENCE);
        }

        @Override
        Mono<?> on(StatusStore store) {
            return update(store, 2);
        }
    },
    UPDATE_OF_A_CORRUPT_STATUS(StatusTransitions.unknown(), Deed.status(2)) {
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
    DELETE(Deed.status(1), null) {
        @Override
        void prepare(Path root, StatusStore store) {
            store.create(ID, Deed.status(1)).block(StoreTest.PATIENCE);
        }

        @Override
        Mono<?> on(StatusStore store) {
            return store.delete(ID);
        }
    },
    RECREATE(null, Deed.status(2)) {
        @Override
        void prepare(Path root, StatusStore store) {
            store.create(ID, Deed.status(1)).block(StoreTest.PATIENCE);
            store.delete(ID).block(StoreTest.PATIENCE);
        }

        @Override
        Mono<?> on(StatusStore store) {
            return store.create(ID, Deed.status(2));
        }
    };

    static final String ID = "web-1";
    static final String DONE = "done";
    static final String BAD = "no status at all";

    private final @Nullable Status before;
    private final @Nullable Status after;

    Deed(@Nullable Status before, @Nullable Status after) {
        this.before = before;
        this.after = after;
    }

    static Status status(long pid) {
        return StoreTest.CREATED.toBuilder().startedAt(StoreTest.NOON).pid(pid).build();
    }

    /** Puts files in place before the store is opened. */
    void prepareFiles(Path root) throws IOException {}

    /** Brings the store to where the deed begins. */
    void prepare(Path root, StatusStore store) {}

    /** Returns the deed itself. */
    abstract Mono<?> on(StatusStore store);

    /** Returns what memory holds before it; null when there is no such container. */
    @Nullable
    Status before() {
        return before;
    }

    /** Returns what memory and disk hold after it; null when there is no such container. */
    @Nullable
    Status after() {
        return after;
    }

    /** Returns what the disk holds before it. */
    String onDiskBefore() {
        return this == UPDATE_OF_A_CORRUPT_STATUS ? BAD : text(before);
    }

    /** Returns what the disk holds after it. */
    String onDiskAfter() {
        return text(after);
    }

    /**
     * Returns what may come of it when this call fails: nothing was done, before the commit point; or that is uncertain,
     * from there on. (A rename that fails may have happened. A removal that fails has not where the status is still seen,
     * which takes a look that does not fail as well.) Only where it merely looks,
     * or has another way, or the call was interrupted and is made again, may it be done all the same.
     */
    List<String> outcomes(SystemCall failing, List<SystemCall> calls, Fault fault) {
        int commit = commitPoint(calls);
        int position = calls.indexOf(failing);
        String failure = position < commit
                ? NotWrittenException.class.getSimpleName()
                : IndeterminateWriteException.class.getSimpleName();
        if (this == DELETE && fault == Fault.EIO_FROM_THEN_ON && failing.name().startsWith("stat")) {
            return position > commit
                    ? List.of(failure, DONE)
                    : List.of(failure, IndeterminateWriteException.class.getSimpleName());
        }
        boolean vital = failing.changes() && !failing.name().startsWith("link") && fault != Fault.EINTR;
        if (this == DELETE && position >= commit && !failing.name().equals("fsync")) {
            // A folder that cannot be renamed loses its status where it is; what was renamed may stay.
            vital = false;
        }
        return vital ? List.of(failure) : List.of(failure, DONE);
    }

    /**
     * As {@link #outcomes}, for a store with a journal. There the record is the commit point, and for a creation already the
     * rename of the new folder, because the file comes first. A creation that has to bring an earlier deletion to the files first
     * is not begun if that fails.
     */
    List<String> outcomesWithJournal(SystemCall failing, List<SystemCall> calls, Fault fault) {
        boolean creates = this == CREATE || this == RECREATE;
        int commit = last(calls, creates ? "rename" : "pwrite64");
        int begin = creates ? last(calls, "mkdir") : 0;
        int position = calls.indexOf(failing);
        String notWritten = NotWrittenException.class.getSimpleName();
        String indeterminate = IndeterminateWriteException.class.getSimpleName();
        if (failing.changes() && fault != Fault.EINTR && position >= begin) {
            return List.of(position < commit ? notWritten : indeterminate);
        }
        // What goes on after this failure may meet the next one behind the commit point.
        boolean later = position >= commit || fault == Fault.EIO_FROM_THEN_ON;
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
