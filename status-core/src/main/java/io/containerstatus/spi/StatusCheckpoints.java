package io.containerstatus.spi;

import io.containerstatus.CorruptStatusException;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.InvalidContainerIdException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.RootLockedException;
import io.containerstatus.Status;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.UnsupportedVersionException;
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
 *       completed; until then all failures are indeterminate.
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
     * Stores the status, whether there was one or not.
     *
     * @return completes when the status is durable; or fails with {@link NotWrittenException} or
     *     {@link IndeterminateWriteException}
     */
    Publisher<Void> write(String id, Status status);

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
     * @return completes when ownership was given up
     */
    Publisher<Void> close();

    /**
     * What {@link #open} obtained and found.
     *
     * @param access whether it can be written
     * @param containers the containers, also those whose status is missing or cannot be read; each id once, in no
     *     particular order
     */
    record Opened(Access access, List<Found> containers) {
        /** Copies the list. */
        public Opened {
            Objects.requireNonNull(access, "access");
            containers = List.copyOf(containers);
        }
    }

    /**
     * Whether what was opened can be written.
     *
     * @param writable whether ownership was taken; false when the place can only be read, so that every write fails
     * @param reason why it is not writable, for a reader; empty when it is
     */
    record Access(boolean writable, String reason) {
        /** Ownership was taken. */
        public static final Access WRITABLE = new Access(true, "");

        /** Returns an access that can only read. */
        public static Access readOnly(String reason) {
            return new Access(false, reason);
        }
    }

    /**
     * One container that was found; without a status and a failure, its status is missing.
     *
     * @param id the container, see {@link io.containerstatus.ContainerIds}
     * @param status what is stored; null when there is none, or it cannot be had
     * @param failure why it cannot be had: {@link CorruptStatusException}, {@link UnsupportedVersionException} or
     *     {@link UnreadableStatusException}, each naming the place; anything else is taken as unreadable. Null when there
     *     is a status, or none
     */
    record Found(
            String id, @Nullable Status status, @Nullable Throwable failure) {
        /**
         * Checks that not both are given.
         *
         * @throws IllegalArgumentException if there is a status and a failure
         */
        public Found {
            Objects.requireNonNull(id, "id");
            if (status != null && failure != null) {
                throw new IllegalArgumentException("status \"" + id + "\" was read, and failed to be read");
            }
        }

        /** Returns a container with this status. */
        public static Found of(String id, Status status) {
            return new Found(id, Objects.requireNonNull(status, "status"), null);
        }

        /** Returns a container whose status is missing. */
        public static Found missing(String id) {
            return new Found(id, null, null);
        }

        /** Returns a container whose status cannot be had. */
        public static Found failed(String id, Throwable failure) {
            return new Found(id, null, Objects.requireNonNull(failure, "failure"));
        }
    }
}
