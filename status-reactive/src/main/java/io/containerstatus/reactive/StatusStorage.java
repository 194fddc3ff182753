package io.containerstatus.reactive;

import io.containerstatus.Status;
import io.containerstatus.StatusTransition;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The status of one container in a {@link StatusStore}. A storage is threadsafe.
 *
 * <p>Updates of one container run one after the other, in the order of their subscriptions; those of different
 * containers are independent. Every Mono is cold, and each subscription is one transaction. What holds for all of them:
 *
 * <ul>
 *   <li><b>Work starts</b> at the subscription. The function runs once, on the subscribing thread when no other
 *       operation of the container is under way, else on a thread of the store or of another caller, without the
 *       thread-locals of its own; it must neither block nor wait for another operation of the same container.
 *   <li><b>Signals</b> come on the subscribing thread when the operation needed neither the disk nor a wait, else on
 *       the store's signal scheduler. A result that is requested only when it is there already comes on the requesting
 *       thread. When operations are nested on one thread, each subscribed to in answer to the one before, those from a
 *       depth of 32 on run on a thread of the store, so that no stack overflows. If the signal scheduler runs its tasks
 *       on the calling thread, as {@code Schedulers.immediate()} does, then they are signalled on that thread of the
 *       store.
 *   <li><b>Cancelling</b> before the operation's turn: the function never runs. After it: the effect stands and only
 *       the result is dropped (a failure then goes to Reactor's {@code onErrorDropped} hook). A timeout therefore means
 *       "outcome unknown"; look at {@link #current()}. A cancelled operation counts as pending until its turn.
 *   <li><b>Errors</b> of the function arrive unwrapped and change nothing. If the function threw at a status whose
 *       write then fails, the caller gets the failure of the write: that status was never committed. Null as the
 *       function's result is a {@link NullPointerException}. {@link io.containerstatus.ContainerDeletedException} after
 *       a deletion, {@link io.containerstatus.StoreClosedException} once the store is closed, {@link
 *       io.containerstatus.PendingUpdatesExceededException} when too many operations wait already, {@link
 *       io.containerstatus.ContainerOutOfUseException} after the virtual machine failed in this container: nothing was
 *       written in these four cases, and in the first three the function did not run. Also {@link
 *       io.containerstatus.StatusTooLargeException} for a status that could not be stored, from an update in memory,
 *       too.
 * </ul>
 *
 * <p>A function that returns an equal status publishes no change and raises no revision.
 */
public interface StatusStorage {

    /** Returns the container's id. */
    String id();

    /**
     * Returns the status committed last: never one that is still being written, never one whose write failed. Reads one
     * volatile field, never waits, and works on a closed store and a deleted container too.
     */
    Status current();

    /**
     * Returns the revision of the status committed last: 1 at creation or recovery, one more with every commit. It is
     * not stored.
     */
    long revision();

    /**
     * Applies a transition so that what must survive a crash does: as {@link #updateSync(UnaryOperator)} if the
     * transition is durable, else as {@link #update(UnaryOperator)}. Use it for the transitions of {@link
     * io.containerstatus.StatusTransitions}.
     *
     * @param transition a step to the next status; its function is called at most once a subscription
     * @return emits the new status, which is durable if the transition is. Fails with {@link
     *     io.containerstatus.IllegalTransitionException} if the status does not allow the transition: then nothing has
     *     changed. Otherwise fails as {@link #updateSync(UnaryOperator)} does
     */
    default Mono<Status> apply(StatusTransition transition) {
        Objects.requireNonNull(transition, "transition");
        return transition.durable() ? updateSync(transition::applyTo) : update(transition::applyTo);
    }

    /**
     * Updates the status in memory only: a crash loses the update, unless a synced update has come after it. The three
     * flags are never stored. For a function of your own; a {@link StatusTransition} belongs to {@link #apply}.
     *
     * <p>An update that has to wait behind a synced one, also one whose write is held back for a moment, joins its
     * write: it becomes durable with it, and fails with it.
     *
     * @param update returns the new status; called at most once a subscription
     * @return emits the new status
     */
    Mono<Status> update(UnaryOperator<Status> update);

    /**
     * Updates the status in memory and on the disk: once this has emitted, the update survives a crash of the process or
     * the system, and a power cut. For a function of your own; a {@link StatusTransition} belongs to {@link #apply}. Synced
     * updates that wait for the container share one write.
     *
     * <p>After a write that served several callers, the next one is held back for a moment, for them to come back and
     * share it as well. The wait ends when as many have come as before, when none has come for 100 microseconds, or
     * after the time that the last write took, at most 5 milliseconds. A lone caller never waits for company.
     *
     * <p>A status whose document the disk is known to hold is not written again. So an update that changes only the flags
     * completes in memory. Before the first synced update of a recovered container, the disk is not known to hold its
     * status, see {@link StatusChange#durable()}.
     *
     * @param update returns the new status; called at most once a subscription
     * @return emits the new status once it is durable, committed and handed to the subscribers of changes; or fails
     *     with {@link io.containerstatus.StatusTooLargeException} or {@link io.containerstatus.NotWrittenException}:
     *     memory and disk hold the old status; or with {@link
     *     io.containerstatus.IndeterminateWriteException}: memory holds the old status, the disk may hold either, and
     *     the next synced update settles it
     */
    Mono<Status> updateSync(UnaryOperator<Status> update);

    /**
     * Updates as {@link #updateSync(UnaryOperator)} does, provided that the container is at the expected revision when
     * the operation's turn comes.
     *
     * @param expectedRevision the revision that the caller saw, at least 1
     * @param update returns the new status; called at most once a subscription, and not at all at another revision
     * @return emits the new status once it is durable; or fails as described there; or with {@link
     *     io.containerstatus.RevisionConflictException}, having changed nothing
     * @throws IllegalArgumentException if the revision is less than 1
     */
    Mono<Status> updateSync(long expectedRevision, UnaryOperator<Status> update);

    /**
     * Deletes the status, in memory and on the disk. Idempotent. Where someone else has files in the container's folder,
     * the folder stays, and the next opening finds a container without a status in it.
     *
     * @return completes once the deletion is durable and handed to the subscribers of changes; or fails with {@link
     *     io.containerstatus.NotWrittenException}: the container is as it was; or with {@link
     *     io.containerstatus.IndeterminateWriteException}: memory holds the container, the disk may not, and the next
     *     synced update or deletion settles it
     */
    Mono<Void> delete();

    /** Returns {@link #changes(Delivery)} with {@link Delivery#latest()}. */
    Flux<StatusChange> changes();

    /**
     * Returns the current state, then every change, without gap or duplicate and in commit order; ends after the
     * deletion, or when the store is closed.
     *
     * <p>The first signal is of kind {@link StatusChange.Kind#SNAPSHOT}; on a container that is deleted already it is
     * {@link StatusChange.Kind#DELETED}. Signals come on the delivery's scheduler. Cancelling ends the subscription and
     * has no other effect. Fails with {@link io.containerstatus.SubscriberLaggedException} as the delivery says, and
     * with {@link io.containerstatus.StoreClosedException} when subscribed to after the store was closed.
     *
     * @throws IllegalArgumentException if the delivery chooses among ids, see {@link Delivery#idsStartingWith}: this
     *     stream is about one container
     */
    Flux<StatusChange> changes(Delivery delivery);

    /**
     * Waits for a status that matches, the current one included; each commit is looked at, none is skipped.
     *
     * @param predicate called with one status after the other, on the subscribing thread for the current one and those
     *     that are committed meanwhile, then on the thread that commits; it must not block
     * @return emits the first match, on the signal scheduler; or fails with what the predicate threw, with {@link
     *     io.containerstatus.ContainerDeletedException} when the container is or gets deleted, or with {@link
     *     io.containerstatus.StoreClosedException} when the store is or gets closed. Cancelling ends the wait
     */
    Mono<Status> await(Predicate<Status> predicate);
}
