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
 * The port to durable storage, in which statuses survive the process. Its implementations are called
 * adapters. An adapter narrows the return types to those of its library, such as {@code Mono}.
 *
 * <p>The <em>storage</em> of an adapter is where it writes statuses, such as a folder. At most one adapter
 * <em>owns</em> a storage at a time, and only the owner changes it.
 *
 * <p>The contract of every adapter:
 *
 * <ol>
 *   <li>Publishers are cold: nothing happens before the subscription, and each subscription does the work
 *       again. Subscribing never blocks the caller's thread. Signals come on the subscribing thread, or on a
 *       thread that the adapter chooses.
 *   <li>A write is atomic. A reader finds either the complete old status or the complete new one, also after
 *       a crash.
 *   <li>A write or deletion that has completed survives a crash of the process and of the machine.
 *   <li>If a write or deletion fails and has certainly left the old status in the storage, the failure is a
 *       {@link NotWrittenException}. In every other case, the failure is an
 *       {@link IndeterminateWriteException}. The caller treats every other error as indeterminate, unless the
 *       method documents it. After an indeterminate failure, it is uncertain which status is stored, until
 *       another write or deletion has completed, or until the adapter has found out that the failed one had
 *       no effect and cannot have one later. Until then, every failure is indeterminate. If an adapter can
 *       lose its ownership while it is open, it reports the loss with {@link OwnershipLostException}, a
 *       {@code NotWrittenException} after which no retry can succeed.
 *   <li>Cancelling a subscription does not stop work that has begun. A write that has begun is carried to its
 *       end, and only its result is dropped.
 *   <li>For one id, the caller starts a write or deletion only after the previous one has signalled its end.
 *       Different ids are independent: any number of their changes may be in progress at the same time.
 *   <li>Opening changes no status. If a status cannot be decoded or could not be read, it stays as it is.
 *       Before a later write replaces it, the adapter preserves it separately.
 *   <li>If an id breaks the rule of {@link io.containerstatus.ContainerIds}, the publisher signals
 *       an {@link InvalidContainerIdException}.
 * </ol>
 *
 * <p>Before {@link #open} and after {@link #close}, {@link #write} and {@link #delete} fail
 * with {@link NotWrittenException}.
 */
public interface StatusCheckpoints {

    /**
     * Takes exclusive ownership of the storage, removes what interrupted writes of this library left behind,
     * and reads every status. If something is wrong with one container, its entry reports the failure, and
     * the other containers are not affected.
     *
     * <p>Ownership: once the element is emitted, the subscriber owns the storage, and must call {@link #close}. After
     * a failure, the subscriber must not call {@code close}, because another subscriber may own the storage through
     * this same adapter. The subscriber may subscribe again to retry. A store never cancels this publisher: it waits
     * for the result, and closes the adapter if it no longer needs the result.
     *
     * @return emits one element and completes. Fails with {@link RootLockedException} if the storage has
     *     another owner; or with another {@link io.containerstatus.StatusException} if there is nothing that
     *     can be opened, or if its containers cannot be listed. A failed opening takes no ownership
     */
    Publisher<Opened> open();

    /**
     * Stores the first status of a new container durably. By default, this is {@link #write}. An adapter
     * overrides this method if it can detect that another program has stored a status since the opening.
     *
     * <p>After an indeterminate failure, the next creation of this id makes the stored status certain again: it
     * replaces a status that the failed change may have left, instead of failing.
     *
     * @return completes once the status is durable. Fails with {@link AlreadyExistsException} if a readable
     *     status is already stored, which stays as it is; or fails as {@link #write} does
     */
    default Publisher<Void> create(String id, Status status) {
        return write(id, status);
    }

    /**
     * Stores the status durably, whether or not a status was stored before.
     *
     * @return completes once the status is durable. Fails with {@link StatusTooLargeException}, and then has changed
     *     nothing; or with {@link NotWrittenException} or {@link IndeterminateWriteException}
     */
    Publisher<Void> write(String id, Status status);

    /**
     * Checks that the status is small enough to be stored. The store calls this on the thread that updates
     * the container, for each new status, even for one that stays in memory for now. So it must be fast and
     * must not block. By default, every status can be stored.
     *
     * @throws StatusTooLargeException if the status is too large
     */
    default void requireStorable(String id, Status status) {}

    /**
     * Returns whether this adapter can write now, as far as it knows without trying. For example, an adapter
     * detects the loss of its ownership when it attempts a change; from then on, this method returns the
     * reason. Never blocks. By default, returns {@link Access#WRITABLE}.
     */
    default Access access() {
        return Access.WRITABLE;
    }

    /**
     * Returns how far the storage is behind the completed changes. An adapter that first stores changes elsewhere,
     * such as in a journal, overrides this method. Never blocks. By default, returns {@link Backlog#NONE}.
     */
    default Backlog backlog() {
        return Backlog.NONE;
    }

    /**
     * Removes the status and everything else that this adapter keeps for the container. If there is nothing
     * to remove, has no effect and does not fail.
     *
     * @return completes once the deletion is durable. Fails with {@link NotWrittenException} or
     *     {@link IndeterminateWriteException}
     */
    Publisher<Void> delete(String id);

    /**
     * Waits for the work in progress, and then gives up ownership. Closing again has no further effect, and completes
     * as well.
     *
     * @return completes once ownership is given up. If the storage cannot be reached, completes as well, and
     *     ownership ends later by itself
     */
    Publisher<Void> close();

    /**
     * The result of {@link #open}.
     *
     * @param access whether the storage can be written
     * @param containers all containers, including those whose status is missing or cannot be read; each id
     *     once, in no particular order
     * @param leftovers the remains of unfinished creations and deletions that the opening did not remove: it
     *     could not, or another program has put something into them. Each entry is a human-readable location.
     *     Leftovers take space but are not containers. The next opening tries again to remove them. Empty if
     *     there are none
     * @param damage durable data of several containers that cannot be read any more, such as a part of a
     *     journal. Each entry is a human-readable sentence. Empty if there is none
     */
    record Opened(Access access, List<Found> containers, List<String> leftovers, List<String> damage) {
        /** Copies the lists. */
        public Opened {
            Objects.requireNonNull(access, "access");
            containers = List.copyOf(containers);
            leftovers = List.copyOf(leftovers);
            damage = List.copyOf(damage);
        }

        /** Creates a result without damage. */
        public Opened(Access access, List<Found> containers, List<String> leftovers) {
            this(access, containers, leftovers, List.of());
        }

        /** Creates a result without leftovers and damage. */
        public Opened(Access access, List<Found> containers) {
            this(access, containers, List.of());
        }
    }

    /**
     * How far the storage is behind the completed changes. None of these changes is lost: they are
     * durable elsewhere.
     *
     * @param containers the number of containers whose newest status is not in the storage yet, 0 or more
     * @param oldestAge the time since the completion of the oldest change that is not in the storage yet; zero
     *     if there is none
     * @param lastFailure why an attempt to write to the storage failed last; null if no attempt has failed, or if
     *     every failed write has succeeded since
     */
    record Backlog(
            int containers, Duration oldestAge, @Nullable Throwable lastFailure) {
        /** The storage holds every completed change. */
        public static final Backlog NONE = new Backlog(0, Duration.ZERO, null);

        /** Checks that {@code oldestAge} is not null. */
        public Backlog {
            Objects.requireNonNull(oldestAge, "oldestAge");
        }
    }

    /**
     * Whether the opened storage can be written.
     *
     * @param writable whether ownership was taken. If false, the storage can only be read, and every
     *     write fails
     * @param reason human-readable. If the storage is not writable, this says why, and is never null. If it
     *     is writable and the whole contract holds, this is null. If the caller of the adapter has accepted a
     *     promise that is weaker than the contract, this says which promise is weaker, and why
     */
    record Access(boolean writable, @Nullable String reason) {
        /** Ownership was taken, and the whole contract holds. */
        public static final Access WRITABLE = new Access(true, null);

        /** Checks that there is a reason if the storage is not writable. */
        public Access {
            if (!writable) {
                Objects.requireNonNull(reason, "reason");
            }
        }

        /** Returns an access to a storage that can only be read. */
        public static Access readOnly(String reason) {
            return new Access(false, reason);
        }

        /**
         * Returns an access to a storage that can be written, with a weaker promise. The reason says which
         * promise is weaker, and why.
         */
        public static Access weaker(String reason) {
            return new Access(true, Objects.requireNonNull(reason, "reason"));
        }
    }

    /**
     * One container that the opening found. Its status was loaded, is missing, or could not be read or
     * decoded. There are no other cases.
     *
     * <pre>{@code
     * if (found instanceof Found.Loaded loaded) {
     *     use(loaded.id(), loaded.status());
     * } else if (found instanceof Found.Failed failed) {
     *     report(failed.id(), failed.failure());
     * } // else it is missing }</pre>
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

        /**
         * Returns a container whose status could not be read or decoded; {@code failure} as in
         * {@link Failed}.
         */
        static Found failed(String id, Throwable failure) {
            return new Failed(id, failure);
        }

        /**
         * A container with a status.
         *
         * @param id the container's id
         * @param status the stored status
         * @param fromJournal whether the status comes from a journal, so that the storage itself may hold an
         *     older one
         */
        record Loaded(String id, Status status, boolean fromJournal) implements Found {
            /** Checks that nothing is null. */
            public Loaded {
                Objects.requireNonNull(id, "id");
                Objects.requireNonNull(status, "status");
            }

            /** Creates a container whose status comes from the storage itself. */
            public Loaded(String id, Status status) {
                this(id, status, false);
            }
        }

        /**
         * A container without a status. For files, this is a folder without the file {@code status}.
         *
         * @param id the container's id
         */
        record Missing(String id) implements Found {
            /** Checks that the id is not null. */
            public Missing {
                Objects.requireNonNull(id, "id");
            }
        }

        /**
         * A container whose status could not be read or decoded.
         *
         * @param id the container's id
         * @param failure {@link CorruptStatusException}, {@link UnsupportedVersionException} or
         *     {@link UnreadableStatusException}, each with its location. Any other exception is treated
         *     as unreadable
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
