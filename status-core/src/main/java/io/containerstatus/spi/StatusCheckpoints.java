package io.containerstatus.spi;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.CorruptStatusException;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.InvalidContainerIdException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.OwnershipLostException;
import io.containerstatus.RootLockedException;
import io.containerstatus.Status;
import io.containerstatus.StatusTooLargeException;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.UnsupportedVersionException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * Where statuses outlive the process. An adapter narrows the return types to those of its library, such as
 * {@code Mono}.
 *
 * <p>The contract, for every adapter:
 *
 * <ol>
 *   <li>Publishers are cold: nothing happens before the subscription, and each subscription does the work anew.
 *       Subscribing never blocks the caller's thread; signals come on a thread of the adapter's choice, or at once.
 *   <li>A write is atomic: a reader, also one after a crash, finds the old status or the new one, whole.
 *   <li>A write or deletion that completed survives a crash of the process and of the machine.
 *   <li>A write or deletion fails with {@link NotWrittenException} when it is certain that the old status stands, and
 *       with {@link IndeterminateWriteException} in every other case. Any other error is taken as indeterminate.
 *       After an indeterminate failure the old status stands for certain only once another write or deletion has
 *       completed, or the adapter has found out that the failed one had no effect and cannot have one any more; until
 *       then all failures are indeterminate. An adapter whose ownership can be taken from it while it is open says so
 *       with {@link OwnershipLostException}, a {@code NotWrittenException} that no retry helps.
 *   <li>Cancelling a subscription does not stop work that has begun: a write that was begun is carried to its end, and
 *       only its result is dropped.
 *   <li>For one id, the caller starts a write or deletion only after the one before has signalled its end. Different
 *       ids are independent, and any number may be under way.
 *   <li>Opening changes no status: what cannot be decoded, or could not be read, stays as it is, and the adapter keeps
 *       it aside before a later write replaces it.
 *   <li>An id that breaks {@link io.containerstatus.ContainerIds}' rule fails with {@link InvalidContainerIdException},
 *       as an error signal.
 * </ol>
 *
 * <p>{@link #write} and {@link #delete} before {@link #open}, or after {@link #close}, fail with
 * {@link NotWrittenException}.
 */
public interface StatusCheckpoints {

    /**
     * Takes exclusive ownership, removes what interrupted writes of this library left behind, and reads every status
     * there is. What is wrong with one container is told in its entry, and stops no other.
     *
     * <p>What was emitted is owned until {@link #close}, and closed by whoever subscribed. After a failure nothing is to be
     * closed, and a later subscription tries again: another one may own the place, through this very adapter. A store that
     * was given an adapter does not cancel this; it waits for the answer, and closes what nobody wants any more.
     *
     * @return emits one element and completes; or fails with {@link RootLockedException} when another owner is there,
     *     or with another {@link io.containerstatus.StatusException} when there is nothing that could be opened, or its
     *     containers cannot be listed. After a failure nothing more is owned than before
     */
    Publisher<Opened> open();

    /**
     * Stores the first status of a new container, durably. An adapter overrides this method if it can find a status that
     * another program has stored since the opening; by default, it is {@link #write}.
     *
     * <p>After an indeterminate failure, the next creation of this id settles what is stored: it replaces what the failed
     * one may have left, and does not fail because of it.
     *
     * @return completes when the status is durable; or fails with {@link AlreadyExistsException} when a status that can
     *     be read is stored already: it is left as it is; or as {@link #write} does
     */
    default Publisher<Void> create(String id, Status status) {
        return write(id, status);
    }

    /**
     * Stores the status durably, whether there was one or not.
     *
     * @return completes when the status is durable; or fails with {@link StatusTooLargeException}, having changed nothing;
     *     or with {@link NotWrittenException} or {@link IndeterminateWriteException}
     */
    Publisher<Void> write(String id, Status status);

    /**
     * Checks that the status is not too large to be stored. The store calls this for each new status, also for one that
     * stays in memory for now, on the thread that updates the container. So it must be fast, and it must not block. By
     * default, every status can be stored.
     *
     * @throws StatusTooLargeException if it is too large
     */
    default void requireStorable(String id, Status status) {}

    /**
     * Returns whether this adapter can write now, as far as is known without trying. A loss of ownership, for example, is
     * found when a change is attempted; from then on this returns the reason. It never blocks. By default, it returns
     * {@link Access#WRITABLE}.
     */
    default Access access() {
        return Access.WRITABLE;
    }

    /**
     * Returns how far the place is behind the changes that completed, for an adapter that keeps them somewhere else first,
     * as in a journal. It never blocks. By default, it returns {@link Backlog#NONE}.
     */
    default Backlog backlog() {
        return Backlog.NONE;
    }

    /**
     * Removes the status and all that this adapter keeps of the container; without effect, and no error, when there is
     * none.
     *
     * @return completes when the deletion is durable; or fails with {@link NotWrittenException} or
     *     {@link IndeterminateWriteException}
     */
    Publisher<Void> delete(String id);

    /**
     * Waits for the work under way, and gives up ownership last. Idempotent.
     *
     * @return completes when ownership was given up, or ends by itself since the place cannot be reached
     */
    Publisher<Void> close();

    /**
     * What {@link #open} obtained and found.
     *
     * @param access whether it can be written
     * @param containers the containers, also those whose status is missing or cannot be read; each id once, in no
     *     particular order
     * @param leftovers what creations and deletions that did not end have left and the opening could not remove, or did
     *     not, because something of another program is in it: each a place, for a reader. They cost space and are no
     *     containers. The next opening tries again. Empty when there is nothing
     * @param damage what was durable once and cannot be read, of something that holds statuses of several containers, as a
     *     journal does: each a sentence, for a reader. Empty when there is nothing
     */
    record Opened(Access access, List<Found> containers, List<String> leftovers, List<String> damage) {
        /** Copies the lists. */
        public Opened {
            Objects.requireNonNull(access, "access");
            containers = List.copyOf(containers);
            leftovers = List.copyOf(leftovers);
            damage = List.copyOf(damage);
        }

        /** Creates it with no damage. */
        public Opened(Access access, List<Found> containers, List<String> leftovers) {
            this(access, containers, leftovers, List.of());
        }

        /** Creates it with nothing left over. */
        public Opened(Access access, List<Found> containers) {
            this(access, containers, List.of());
        }
    }

    /**
     * How far the place is behind the changes that completed. None of these is lost: they are durable elsewhere.
     *
     * @param containers how many containers have a newer status than the place holds
     * @param oldest how long ago the oldest of their changes completed that the place does not hold; zero if there is none
     * @param lastFailure why the place could not be written at the last attempt; null if it could
     */
    record Backlog(
            int containers, Duration oldest, @Nullable Throwable lastFailure) {
        /** The place holds every change that completed. */
        public static final Backlog NONE = new Backlog(0, Duration.ZERO, null);

        /** Checks that nothing is null that may not be. */
        public Backlog {
            Objects.requireNonNull(oldest, "oldest");
        }
    }

    /**
     * Whether what was opened can be written.
     *
     * @param writable whether ownership was taken; false when the place can only be read, so that every write fails
     * @param reason why it is not writable, for a reader, and then never null. Where it is writable: which promise is
     *     weaker than this contract, and why, if the caller of the adapter has accepted that; else null
     */
    record Access(boolean writable, @Nullable String reason) {
        /** Ownership was taken, and the whole contract holds. */
        public static final Access WRITABLE = new Access(true, null);

        /** Checks that there is a reason where it is not writable. */
        public Access {
            if (!writable) {
                Objects.requireNonNull(reason, "reason");
            }
        }

        /** Returns an access that can only read. */
        public static Access readOnly(String reason) {
            return new Access(false, reason);
        }

        /** Returns an access that can write, with a weaker promise; the reason says which promise, and why. */
        public static Access weaker(String reason) {
            return new Access(true, Objects.requireNonNull(reason, "reason"));
        }
    }

    /**
     * One container that was found: its status was loaded, is missing, or could not be read or decoded. These three are
     * all there are.
     *
     * <pre>{@code
     * if (found instanceof Found.Loaded loaded) {
     *     use(loaded.id(), loaded.status());
     * } else if (found instanceof Found.Failed failed) {
     *     report(failed.id(), failed.failure());
     * } // else it is missing
     * }</pre>
     */
    sealed interface Found {
        /** Returns the container's id, see {@link io.containerstatus.ContainerIds}. */
        String id();

        /** Returns a container with this status. */
        static Found of(String id, Status status) {
            return new Loaded(id, status);
        }

        /** Returns a container whose status is missing. */
        static Found missing(String id) {
            return new Missing(id);
        }

        /** Returns a container whose status could not be read or decoded, see {@link Failed}. */
        static Found failed(String id, Throwable failure) {
            return new Failed(id, failure);
        }

        /**
         * A container with a status.
         *
         * @param id the container
         * @param status what is stored
         * @param fromJournal whether it comes from a journal, and the place itself may hold an older one
         */
        record Loaded(String id, Status status, boolean fromJournal) implements Found {
            /** Checks that nothing is null. */
            public Loaded {
                Objects.requireNonNull(id, "id");
                Objects.requireNonNull(status, "status");
            }

            /** Creates it with a status that comes from the place itself. */
            public Loaded(String id, Status status) {
                this(id, status, false);
            }
        }

        /**
         * A container without a status; for files, a folder without the file.
         *
         * @param id the container
         */
        record Missing(String id) implements Found {
            /** Checks that it is not null. */
            public Missing {
                Objects.requireNonNull(id, "id");
            }
        }

        /**
         * A container whose status could not be read or decoded.
         *
         * @param id the container
         * @param failure why: {@link CorruptStatusException}, {@link UnsupportedVersionException} or {@link
         *     UnreadableStatusException}, each naming the place; anything else is taken as unreadable
         */
        record Failed(String id, Throwable failure) implements Found {
            /** Checks that nothing is null. */
            public Failed {
                Objects.requireNonNull(id, "id");
                Objects.requireNonNull(failure, "failure");
            }
        }
    }
}
