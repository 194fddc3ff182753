package io.containerstatus;

import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * A change from one status to the next. It also says whether the new status must survive a crash.
 * {@link StatusTransitions} creates the transitions that containerd knows. A store applies all of them with
 * the same method, and writes the status to the disk if the transition is durable:
 *
 * <pre>{@code
 * web.apply(StatusTransitions.started(pid, Instant.now())) }</pre>
 *
 * <p>A transition fixes its arguments, including the time, when it is created. If it is applied again, it
 * sets the same times.
 *
 * <p>This class does not implement {@link UnaryOperator}, so a durable transition cannot be passed by mistake
 * to an update that stays in memory. A transition is immutable. It is threadsafe if its function is. Two
 * transitions are equal only if they are the same object.
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
     * Returns a durable transition: the new status must be on the disk before it is committed.
     *
     * @param name the name of the transition in messages
     * @param function returns the new status, never null, and must not block. It may be called on any thread,
     *     and more than once for one transition
     */
    public static StatusTransition durable(String name, UnaryOperator<Status> function) {
        return new StatusTransition(name, /* durable= */ true, function);
    }

    /**
     * Returns an in-memory transition. A crash loses the new status, unless a durable update of the container has
     * followed. The three flags are never stored.
     *
     * @param name the name of the transition in messages
     * @param function as for {@link #durable(String, UnaryOperator)}
     */
    public static StatusTransition inMemory(String name, UnaryOperator<Status> function) {
        return new StatusTransition(name, /* durable= */ false, function);
    }

    /** Returns the name of the transition in messages, such as {@code started}. */
    public String name() {
        return name;
    }

    /** Returns whether the new status must be on the disk before it is committed. */
    public boolean durable() {
        return durable;
    }

    /**
     * Returns the status after this transition, and stores nothing. If the function throws, this method
     * throws the same exception.
     *
     * @throws IllegalTransitionException if the status does not allow the transition, see the methods of
     *     {@link StatusTransitions}
     * @throws NullPointerException if the status is null, or if the function returns null
     */
    public Status applyTo(Status status) {
        return Objects.requireNonNull(
                function.apply(Objects.requireNonNull(status, "status")),
                () -> "the transition " + name + " returned null");
    }

    /**
     * Returns one transition that applies this one and then {@code next}. Either both take effect, or neither
     * does. The result is durable if at least one of the two is.
     *
     * @param next the transition that is applied to the result of this one
     */
    public StatusTransition andThen(StatusTransition next) {
        Objects.requireNonNull(next, "next");
        return new StatusTransition(
                name + " and " + next.name, durable || next.durable, status -> next.applyTo(applyTo(status)));
    }

    /** Returns the name, and whether the transition is durable or in memory. */
    @Override
    public String toString() {
        return name + (durable ? " (durable)" : " (in memory)");
    }
}
