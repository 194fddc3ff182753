package io.containerstatus;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The transitions of a status, as in containerd: which state may follow which, which fields change, and with
 * which message every other transition is refused.
 *
 * <table>
 * <caption>All transitions. If a transition is durable, the new status must be stored before it is committed</caption>
 * <tr><th>trigger</th><th>from</th><th>to</th><th>durable</th><th>method</th></tr>
 * <tr><td>create</td><td>nothing</td><td>CREATED</td><td>yes</td>
 *     <td>{@link #created(Instant, ContainerResources) created}</td></tr>
 * <tr><td>start begins</td><td>CREATED</td><td>CREATED, starting</td><td>no</td>
 *     <td>{@link #beginStart() beginStart}</td></tr>
 * <tr><td>start succeeded</td><td>CREATED, starting</td><td>RUNNING</td><td>yes</td>
 *     <td>{@link #started(long, Instant) started}</td></tr>
 * <tr><td>start failed</td><td>CREATED, starting</td><td>EXITED</td><td>yes</td>
 *     <td>{@link #startFailed(Instant, String) startFailed}</td></tr>
 * <tr><td>start ended</td><td>any</td><td>same, not starting</td><td>no</td>
 *     <td>{@link #endStart() endStart}</td></tr>
 * <tr><td>exit observed</td><td>any</td><td>EXITED</td><td>yes</td>
 *     <td>{@link #exited(int, Instant) exited}</td></tr>
 * <tr><td>out of memory observed</td><td>any</td><td>same</td><td>yes</td>
 *     <td>{@link #oomKilled() oomKilled}</td></tr>
 * <tr><td>stop finds no task</td><td>UNKNOWN</td><td>EXITED</td><td>yes</td>
 *     <td>{@link #stoppedUnknown(Instant) stoppedUnknown}</td></tr>
 * <tr><td>recovery finds no task</td><td>RUNNING</td><td>EXITED</td><td>yes</td>
 *     <td>{@link #taskLost(Instant) taskLost}</td></tr>
 * <tr><td>recovery finds no readable status</td><td>nothing</td><td>UNKNOWN</td><td>no</td>
 *     <td>{@link #unknown}</td></tr>
 * <tr><td>removal begins</td><td>CREATED, EXITED</td><td>same, removing</td><td>no</td>
 *     <td>{@link #beginRemove() beginRemove}</td></tr>
 * <tr><td>removal failed</td><td>any</td><td>same, not removing</td><td>no</td>
 *     <td>{@link #endRemove() endRemove}</td></tr>
 * <tr><td>resources updated</td><td>any</td><td>same</td><td>yes</td>
 *     <td>{@link #resourcesUpdated(ContainerResources) resourcesUpdated}</td></tr>
 * </table>
 *
 * <p>A transition from an existing status has two methods. The method without a status parameter checks its
 * arguments at once and returns a {@link StatusTransition}, which is durable or not, as in the table. A store
 * applies it so that a durable transition survives a crash. The method with a status parameter returns the
 * next status, and its caller decides whether to store that durably.
 *
 * <p>Each method is pure. It takes a status and returns a new one, or the same one if nothing changes. Every
 * field that the description of the method does not name stays as it is, including {@link Status#restore()}
 * and {@link Status#additionalProperties()}. If the status does not allow the transition, the method throws
 * an {@link IllegalTransitionException}. If there are several conditions, they are checked in the order of
 * the description.
 *
 * <p>Each time must be in the range that the file can hold. An {@link IllegalArgumentException} is thrown for the
 * epoch, which means "not set" in the file, and for a time outside the range of int64 nanoseconds. A
 * {@link NullPointerException} is thrown for null, unless the parameter is marked {@code @Nullable}.
 *
 * <p>If an exited container has no reason, containerd displays {@code Completed} for exit code 0, and {@code Error}
 * for any other. It never stores these two words. This class is threadsafe.
 */
public final class StatusTransitions {
    /** The exit code of a container whose start failed: {@value}. */
    public static final int EXIT_CODE_START_ERROR = 128;

    /**
     * The exit code of a container that was killed by SIGKILL, which the kernel also sends when memory runs
     * out: {@value}.
     */
    public static final int EXIT_CODE_KILLED = 137;

    /** The exit code of a container whose real exit code nobody has observed: {@value}. */
    public static final int EXIT_CODE_UNKNOWN = 255;

    /** The reason of a container in which the kernel killed a process because memory ran out: {@value}. */
    public static final String REASON_OOM_KILLED = "OOMKilled";

    /** The reason of a container whose start failed: {@value}. */
    public static final String REASON_START_ERROR = "StartError";

    /**
     * The reason of a container whose end nobody has observed, or whose status could not be loaded: {@value}.
     */
    public static final String REASON_UNKNOWN = "Unknown";

    private static final String START = "start";
    private static final String REMOVE = "remove";
    private static final String UPDATE_RESOURCES = "update resources";

    private StatusTransitions() {}

    /**
     * Returns the first status of a container, without resource limits. The state is CREATED. This transition
     * is durable.
     */
    public static Status created(Instant now) {
        return created(now, null);
    }

    /**
     * Returns the first status of a container. The state is CREATED. This transition is durable.
     *
     * @param now when the container was created
     * @param resources the resource limits of the container, or null to record none
     */
    public static Status created(Instant now, @Nullable ContainerResources resources) {
        return Status.builder()
                .createdAt(requireSet(now, "createdAt"))
                .resources(resources)
                .build();
    }

    /**
     * Returns the status for a container whose stored status could not be loaded. The state is UNKNOWN, with exit
     * code {@value #EXIT_CODE_UNKNOWN} and reason {@value #REASON_UNKNOWN}. This transition is not durable: recovery
     * must not replace the stored bytes, because they show what went wrong.
     */
    public static Status unknown() {
        return Status.builder()
                .exitCode(EXIT_CODE_UNKNOWN)
                .reason(REASON_UNKNOWN)
                .unknown(true)
                .build();
    }

    /**
     * Sets the flag {@link Status#starting()}, so that nobody else starts or removes the container. The state stays
     * CREATED. This transition is not durable.
     *
     * @throws IllegalTransitionException if the container is not CREATED, if it is being removed, or if it is
     *     already starting
     */
    public static Status beginStart(Status status) {
        if (status.state() != ContainerState.CREATED) {
            throw refused(status, START, "container is in " + status.state().criName() + " state");
        }
        if (status.removing()) {
            throw refused(status, START, "container is in removing state, can't be started");
        }
        if (status.starting()) {
            throw refused(status, START, "container is already in starting state");
        }
        return status.toBuilder().starting(true).build();
    }

    /** Returns {@link #beginStart(Status)} as an in-memory transition. */
    public static StatusTransition beginStart() {
        return StatusTransition.inMemory("beginStart", StatusTransitions::beginStart);
    }

    /**
     * Records that the process runs: sets the pid and the time of the start. The state of a CREATED container becomes
     * RUNNING. The previous state is not checked: a container that has ended stays EXITED, and one whose status could
     * not be loaded stays UNKNOWN. The flag {@link Status#starting()} stays set until {@link #endStart}. This
     * transition is durable.
     *
     * @param pid the id of the init process, 0 to 4294967295
     * @throws IllegalArgumentException if the pid is out of range
     */
    public static Status started(Status status, long pid, Instant now) {
        return status.toBuilder()
                .pid(pid)
                .startedAt(requireSet(now, "startedAt"))
                .build();
    }

    /**
     * Returns {@link #started(Status, long, Instant)} as a durable transition.
     *
     * @param pid the id of the init process, 0 to 4294967295
     * @throws IllegalArgumentException if the pid is out of range
     */
    public static StatusTransition started(long pid, Instant now) {
        Ranges.requireUint32(pid, "pid");
        requireSet(now, "startedAt");
        return StatusTransition.durable("started", status -> started(status, pid, now));
    }

    /**
     * Records that the start failed. The state becomes EXITED, with exit code {@value #EXIT_CODE_START_ERROR}, reason
     * {@value #REASON_START_ERROR}, this message, and pid 0. The previous state is not checked: a container whose
     * status could not be loaded stays UNKNOWN. The flag {@link Status#starting()} stays set until {@link #endStart}.
     * This transition is durable.
     *
     * @param message human-readable text about what went wrong
     */
    public static Status startFailed(Status status, Instant now, String message) {
        return status.toBuilder()
                .pid(0)
                .finishedAt(requireSet(now, "finishedAt"))
                .exitCode(EXIT_CODE_START_ERROR)
                .reason(REASON_START_ERROR)
                .message(message)
                .build();
    }

    /**
     * Returns {@link #startFailed(Status, Instant, String)} as a durable transition.
     *
     * @param message human-readable text about what went wrong
     */
    public static StatusTransition startFailed(Instant now, String message) {
        requireSet(now, "finishedAt");
        Objects.requireNonNull(message, "message");
        return StatusTransition.durable("startFailed", status -> startFailed(status, now, message));
    }

    /**
     * Clears the flag {@link Status#starting()}, after the start has succeeded or failed. The state stays. This
     * transition is not durable.
     */
    public static Status endStart(Status status) {
        return status.starting() ? status.toBuilder().starting(false).build() : status;
    }

    /** Returns {@link #endStart(Status)} as an in-memory transition. */
    public static StatusTransition endStart() {
        return StatusTransition.inMemory("endStart", StatusTransitions::endStart);
    }

    /**
     * Records the exit. The state becomes EXITED, with this exit code, this time, and pid 0. {@link Status#unknown()}
     * becomes false. The reason stays, so the reason of an earlier {@linkplain #oomKilled out-of-memory event} is not
     * lost. The previous state is not checked. This transition is durable.
     *
     * <p>If an exit is already recorded, its values stay, and this method only makes {@link Status#unknown()} false.
     *
     * @param exitCode the exit code, {@value #EXIT_CODE_KILLED} for a process killed by SIGKILL
     * @param exitedAt when the container ended; may be before the recorded start
     */
    public static Status exited(Status status, int exitCode, Instant exitedAt) {
        requireSet(exitedAt, "finishedAt");
        if (status.finishedAt() != null) {
            return status.unknown() ? status.toBuilder().unknown(false).build() : status;
        }
        return status.toBuilder()
                .pid(0)
                .finishedAt(exitedAt)
                .exitCode(exitCode)
                .unknown(false)
                .build();
    }

    /**
     * Returns {@link #exited(Status, int, Instant)} as a durable transition.
     *
     * @param exitCode the exit code, {@value #EXIT_CODE_KILLED} for a process killed by SIGKILL
     * @param exitedAt when the container ended; may be before the recorded start
     */
    public static StatusTransition exited(int exitCode, Instant exitedAt) {
        requireSet(exitedAt, "finishedAt");
        return StatusTransition.durable("exited", status -> exited(status, exitCode, exitedAt));
    }

    /**
     * Records that the kernel killed a process of the container because memory ran out. The reason becomes
     * {@value #REASON_OOM_KILLED}. The state stays, because the killed process need not be the init process, and
     * because the event may arrive after the exit. The previous state is not checked. Another call changes nothing.
     * This transition is durable.
     */
    public static Status oomKilled(Status status) {
        return status.reason().equals(REASON_OOM_KILLED)
                ? status
                : status.toBuilder().reason(REASON_OOM_KILLED).build();
    }

    /** Returns {@link #oomKilled(Status)} as a durable transition. */
    public static StatusTransition oomKilled() {
        return StatusTransition.durable("oomKilled", StatusTransitions::oomKilled);
    }

    /**
     * Records that a stop of an UNKNOWN container has found no running process. This is an {@linkplain #exited exit}
     * with code {@value #EXIT_CODE_UNKNOWN}, so the state becomes EXITED. This transition is durable. The reason
     * stays, as for every exit. If the status could not be loaded, its reason is already {@value #REASON_UNKNOWN}.
     */
    public static Status stoppedUnknown(Status status, Instant now) {
        return exited(status, EXIT_CODE_UNKNOWN, now);
    }

    /** Returns {@link #stoppedUnknown(Status, Instant)} as a durable transition. */
    public static StatusTransition stoppedUnknown(Instant now) {
        requireSet(now, "finishedAt");
        return StatusTransition.durable("stoppedUnknown", status -> stoppedUnknown(status, now));
    }

    /**
     * Records that the task of a running container was lost: after a restart of the supervisor, none of the
     * container's processes runs, and nobody has observed the end. The state becomes EXITED, with exit code
     * {@value #EXIT_CODE_UNKNOWN} and reason {@value #REASON_UNKNOWN}. The pid stays, as in containerd, and shows
     * which process was lost. This transition is durable. If the container is not RUNNING, returns the same status.
     *
     * @param now when the loss was detected, which is some time after the end
     */
    public static Status taskLost(Status status, Instant now) {
        requireSet(now, "finishedAt");
        if (status.state() != ContainerState.RUNNING) {
            return status;
        }
        return status.toBuilder()
                .finishedAt(now)
                .exitCode(EXIT_CODE_UNKNOWN)
                .reason(REASON_UNKNOWN)
                .build();
    }

    /**
     * Returns {@link #taskLost(Status, Instant)} as a durable transition.
     *
     * @param now when the loss was detected, which is some time after the end
     */
    public static StatusTransition taskLost(Instant now) {
        requireSet(now, "finishedAt");
        return StatusTransition.durable("taskLost", status -> taskLost(status, now));
    }

    /**
     * Sets the flag {@link Status#removing()}, so that nobody else starts or removes the container. The state stays.
     * This transition is not durable.
     *
     * @throws IllegalTransitionException if the container is RUNNING, if it is UNKNOWN, if it is starting, or
     *     if it is already being removed
     */
    public static Status beginRemove(Status status) {
        if (status.state() == ContainerState.RUNNING) {
            throw refused(status, REMOVE, "container is still running, to stop first");
        }
        if (status.state() == ContainerState.UNKNOWN) {
            throw refused(status, REMOVE, "container state is unknown, to stop first");
        }
        if (status.starting()) {
            throw refused(status, REMOVE, "container is in starting state, can't be removed");
        }
        if (status.removing()) {
            throw refused(status, REMOVE, "container is already in removing state");
        }
        return status.toBuilder().removing(true).build();
    }

    /** Returns {@link #beginRemove(Status)} as an in-memory transition. */
    public static StatusTransition beginRemove() {
        return StatusTransition.inMemory("beginRemove", StatusTransitions::beginRemove);
    }

    /**
     * Clears the flag {@link Status#removing()} after the removal has failed. The state stays. This transition is
     * not durable.
     */
    public static Status endRemove(Status status) {
        return status.removing() ? status.toBuilder().removing(false).build() : status;
    }

    /** Returns {@link #endRemove(Status)} as an in-memory transition. */
    public static StatusTransition endRemove() {
        return StatusTransition.inMemory("endRemove", StatusTransitions::endRemove);
    }

    /**
     * Replaces the resource limits. The state stays. This transition is durable. The additional properties of the old
     * limits are lost, unless the new limits were built from the old ones.
     *
     * @throws IllegalTransitionException if the container is being removed
     */
    public static Status resourcesUpdated(Status status, ContainerResources resources) {
        Objects.requireNonNull(resources, "resources");
        if (status.removing()) {
            throw refused(status, UPDATE_RESOURCES, "container is in removing state");
        }
        return status.toBuilder().resources(resources).build();
    }

    /** Returns {@link #resourcesUpdated(Status, ContainerResources)} as a durable transition. */
    public static StatusTransition resourcesUpdated(ContainerResources resources) {
        Objects.requireNonNull(resources, "resources");
        return StatusTransition.durable("resourcesUpdated", status -> resourcesUpdated(status, resources));
    }

    private static IllegalTransitionException refused(Status status, String trigger, String reason) {
        return new IllegalTransitionException(status.state(), trigger, reason);
    }

    private static Instant requireSet(Instant time, String name) {
        if (Ranges.requireNanos(Objects.requireNonNull(time, name), name) == null) {
            throw new IllegalArgumentException(name + " is the epoch, which means \"not set\"");
        }
        return time;
    }
}
