package io.containerstatus;

import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * A step from one status to the next that knows whether it must survive a crash. {@link StatusTransitions} makes those
 * that containerd knows. A store applies it with one verb, and stores it if it is durable:
 *
 * <pre>{@code
 * web.apply(StatusTransitions.started(pid, Instant.now()))
 * }</pre>
 *
 * <p>Its arguments, the time included, are fixed when it is made: applied again, it gives the same times.
 *
 * <p>This is no {@link UnaryOperator}, so that a durable one cannot be passed by mistake to an update that stays in
 * memory. Immutable, and threadsafe if its function is. Two transitions are equal only if they are the same object.
 */
public final class StatusTransition {
    private final String name;
    private final boolean durable;
    private final UnaryOperator<Status> function;

    private StatusTransition(String name, boolean durable, UnaryOperator<Status> function) {
        this.name = Objects.requireNonNull(name, "name");
        this.durable = durable;
        this.function = Objects.requireNonNull(function, "function");
    }

    /**
     * Returns a transition that must be on the disk before it is committed.
     *
     * @param name what it is called in messages
     * @param function returns the new status, never null, without blocking. It may be called on any thread, and for one
     *     transition more than once
     */
    public static StatusTransition durable(String name, UnaryOperator<Status> function) {
        return new StatusTransition(name, /* durable= */ true, function);
    }

    /**
     * Returns a transition that stays in memory: a crash loses it, unless a durable update has come after it. The three
     * flags are never stored.
     *
     * @param name what it is called in messages
     * @param function as for {@link #durable(String, UnaryOperator)}
     */
    public static StatusTransition inMemory(String name, UnaryOperator<Status> function) {
        return new StatusTransition(name, /* durable= */ false, function);
    }

    /** Returns what it is called in messages, such as {@code started}. */
    public String name() {
        return name;
    }

    /** Returns whether it must be on the disk before it is committed. */
    public boolean durable() {
        return durable;
    }

    /**
     * Returns the status after this transition. Stores nothing. What the function throws is thrown as it is.
     *
     * @throws IllegalTransitionException if the status does not allow it, see the functions of {@link StatusTransitions}
     * @throws NullPointerException if the status is null, or if the function returns null
     */
    public Status applyTo(Status status) {
        return Objects.requireNonNull(
                function.apply(Objects.requireNonNull(status, "status")),
                () -> "the transition " + name + " returned null");
    }

    /**
     * Returns one transition that applies this one and then {@code next}: both take effect, or none. It is durable if
     * one of the two is.
     *
     * @param next applied to the status that this one returns
     */
    public StatusTransition andThen(StatusTransition next) {
        Objects.requireNonNull(next, "next");
        return new StatusTransition(
                name + " and " + next.name, durable || next.durable, status -> next.applyTo(applyTo(status)));
    }

    /** Returns its name, and whether it is durable or in memory. */
    @Override
    public String toString() {
        return name + (durable ? " (durable)" : " (in memory)");
    }
}
