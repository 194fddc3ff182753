package io.containerstatus.reactive;

import io.containerstatus.Status;
import io.containerstatus.StatusEvent;
import io.containerstatus.StatusTransition;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The status of one container in a {@link StatusStore}. A storage is threadsafe.
 *
 * <p>Updates of one container run one at a time, in the order of their subscriptions. Updates of different
 * containers are independent. Every Mono is cold, and each subscription is one transaction. These rules hold
 * for all of them:
 *
 * <ul>
 *   <li><b>Work starts</b> at the subscription. The function runs at most once. If no other operation of the
 *       container is in progress, it runs on the subscribing thread. Otherwise, it runs on a thread of the
 *       store, of its adapter (for files, an I/O thread), or of another caller, without the thread-locals of
 *       its caller. It must neither block nor wait for another operation of the same container.
 *   <li><b>Signals</b> come on the subscribing thread if the operation needed neither the disk nor a wait.
 *       Otherwise, they come on the store's signal scheduler. If the result is available before it is
 *       requested, it comes on the requesting thread. If each operation is subscribed to in the signal of the
 *       previous one, the operations nest on one thread. From a depth of 32 on, they run on a thread of the
 *       store, so that the stack does not overflow. If the signal scheduler runs its tasks on the calling
 *       thread, as {@code Schedulers.immediate()} does, the signals of these operations come on that thread
 *       of the store.
 *   <li><b>Cancelling</b> before the operation's turn prevents the operation, and its function never runs.
 *       Cancelling later only drops the result: the effect stays, and a failure goes to Reactor's
 *       {@code onErrorDropped} hook. So a timeout means "outcome unknown"; read {@link #current()} to find
 *       out. A cancelled operation still counts as pending until its turn.
 *   <li><b>Errors</b> that the function throws arrive unwrapped, and change nothing. The function may see a
 *       status that is not written yet. If it throws then, and the write of that status fails, the caller
 *       gets the failure of the write instead: the status that the function received was never committed. If
 *       the function returns null, the operation fails with a {@link NullPointerException}.
 *   <li><b>Other failures</b> are {@link io.containerstatus.ContainerDeletedException} after a deletion;
 *       {@link io.containerstatus.StoreClosedException} once the store is closed;
 *       {@link io.containerstatus.PendingUpdatesExceededException} if too many operations wait already; and
 *       {@link io.containerstatus.ContainerOutOfUseException} after an operation of this container broke off
 *       because of an error of the virtual machine, such as an {@link OutOfMemoryError}. In these four cases
 *       nothing was written, and in the first three the function did not run. If the new status is too large
 *       to be stored, an update fails with {@link io.containerstatus.StatusTooLargeException}, even an update
 *       in memory only.
 * </ul>
 *
 * <p>If the function returns an equal status, no change is published, and the revision stays the same.
 */
public interface StatusStorage {

    /** Returns the container's id. */
    String id();

    /**
     * Returns the status committed last. Never returns a status that is still being written, or whose write
     * failed. Reads one volatile field, never waits, and also works on a closed store and a deleted container.
     */
    Status current();

    /**
     * Returns the revision of the status committed last: 1 at creation or recovery, and one more with every
     * commit. Revisions are not stored.
     */
    long revision();

    /**
     * Applies a transition. A durable transition survives a crash: it is applied as
     * {@link #updateSync(UnaryOperator)}, and any other as {@link #update(UnaryOperator)}. Use this for the
     * transitions of {@link io.containerstatus.StatusTransitions}.
     *
     * @param transition a step to the next status; its function is called at most once for each subscription
     * @return emits the new status, which is durable if the transition is. If the status does not allow the
     *     transition, fails with {@link io.containerstatus.IllegalTransitionException}, having changed
     *     nothing. Otherwise fails as {@link #updateSync(UnaryOperator)} does
     */
    default Mono<Status> apply(StatusTransition transition) {
        Objects.requireNonNull(transition, "transition");
        return transition.durable() ? updateSync(transition::applyTo) : update(transition::applyTo);
    }

    /**
     * Updates the status in memory only. A crash loses the update, unless a synced update has followed it.
     * The flags {@code starting}, {@code removing} and {@code unknown} are never stored. Use this for a
     * function of your own, and {@link #apply} for a {@link StatusTransition}.
     *
     * <p>If the update waits behind a synced update whose write has not started, it joins that write: it
     * becomes durable with the write, or fails with it. This includes a write that is delayed for a moment.
     * If the update waits only for a write in progress, it is committed in memory after that write.
     *
     * @param update returns the new status; called at most once for each subscription
     * @return emits the new status
     */
    Mono<Status> update(UnaryOperator<Status> update);

    /**
     * Updates the status in memory and on the disk. Once the result is emitted, the update survives a crash
     * of the process or the system, and a power cut. Use this for a function of your own, and {@link #apply}
     * for a {@link StatusTransition}. Synced updates that wait for the container share one write.
     *
     * <p>After a write that served several callers, the next write is delayed for a moment, so that they can
     * come back and share it as well. The delay ends when as many callers have come as before, when none has
     * come for 100 microseconds, or after the time that the last write took, at most 5 milliseconds. A single
     * caller is never delayed.
     *
     * <p>A status is not written if the disk is known to hold its document already. So an update that changes
     * only the flags completes in memory. Before the first synced update of a recovered container, the disk
     * is not known to hold its status, see {@link StatusChange#durable()}.
     *
     * @param update returns the new status; called at most once for each subscription
     * @return emits the new status once it is durable, committed and handed to the subscribers of changes. If
     *     it fails with {@link io.containerstatus.StatusTooLargeException} or
     *     {@link io.containerstatus.NotWrittenException}, memory and disk hold the old status. If it fails
     *     with {@link io.containerstatus.IndeterminateWriteException}, memory holds the old status, the disk
     *     may hold either, and the next synced update makes it certain
     */
    Mono<Status> updateSync(UnaryOperator<Status> update);

    /**
     * Updates as {@link #updateSync(UnaryOperator)} does, provided that the container is at the expected
     * revision when the operation's turn comes.
     *
     * @param expectedRevision the revision that the caller read, at least 1
     * @param update returns the new status; called at most once for each subscription, and not at all at
     *     another revision
     * @return emits the new status once it is durable. If the container is at another revision, fails with
     *     {@link io.containerstatus.RevisionConflictException}, having changed nothing. Otherwise fails as
     *     {@link #updateSync(UnaryOperator)} does
     * @throws IllegalArgumentException if the revision is less than 1
     */
    Mono<Status> updateSync(long expectedRevision, UnaryOperator<Status> update);

    /**
     * Deletes the status, in memory and on the disk. Idempotent. If another program has files in the
     * container's folder, the folder stays, and the next opening finds a container without a status in it.
     *
     * @return completes once the deletion is durable and handed to the subscribers of changes. If it fails
     *     with {@link io.containerstatus.NotWrittenException}, the container is unchanged. If it fails with
     *     {@link io.containerstatus.IndeterminateWriteException}, memory holds the container, the disk may
     *     not, and the next synced update or deletion makes it certain
     */
    Mono<Void> delete();

    /** Returns {@link #changes(Delivery)} with {@link Delivery#latest()}. */
    Flux<StatusChange> changes();

    /**
     * Returns the current state and then every change, in commit order, without gap or duplicate. Completes
     * after the deletion, or when the store is closed.
     *
     * <p>The first signal is of kind {@link StatusChange.Kind#SNAPSHOT}, or, if the container is deleted
     * already, {@link StatusChange.Kind#DELETED}. Signals come on the delivery's scheduler. Cancelling ends
     * the subscription and has no other effect. The stream fails with
     * {@link io.containerstatus.SubscriberLaggedException} as described by the delivery. A subscription after
     * the close of the store fails with {@link io.containerstatus.StoreClosedException}.
     *
     * @throws IllegalArgumentException if the delivery selects containers by id, see
     *     {@link Delivery#idsStartingWith}: this stream is about one container
     */
    Flux<StatusChange> changes(Delivery delivery);

    /**
     * Returns the changes of {@link #changes(Delivery)}, as {@link StatusChange}, and one
     * {@link io.containerstatus.CaughtUp} at the end of the snapshot. The {@code CaughtUp} comes after the
     * first signal of {@code changes}. If the delivery leaves out the snapshot, the {@code CaughtUp} is the
     * first signal. Like a change, it is emitted only on demand.
     *
     * @throws IllegalArgumentException as {@link #changes(Delivery)} does
     */
    Flux<StatusEvent> events(Delivery delivery);

    /**
     * Waits for a status that matches. The current status and every later commit are tested, and none is skipped.
     *
     * @param predicate called with one status after the other: on the subscribing thread for the current
     *     status and for statuses that are committed at that moment, and later on the committing thread. It
     *     must not block
     * @return emits the first match, on the signal scheduler. Fails with the exception that the predicate
     *     throws; with {@link io.containerstatus.ContainerDeletedException},
     *     {@link io.containerstatus.ContainerOutOfUseException} or
     *     {@link io.containerstatus.StoreClosedException} if the container is deleted or out of use, or the
     *     store is closed, before or during the wait. Cancelling ends the wait
     */
    Mono<Status> await(Predicate<Status> predicate);
}
