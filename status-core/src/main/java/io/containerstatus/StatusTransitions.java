package io.containerstatus;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The transitions of a status, as containerd's callers make them: who may follow whom, which fields change, and which
 * words refuse the rest.
 *
 * <table>
 * <caption>Every transition; the durable ones are to be stored before they count</caption>
 * <tr><th>trigger</th><th>from</th><th>to</th><th>durable</th><th>function</th></tr>
 * <tr><td>create</td><td>nothing</td><td>CREATED</td><td>yes</td>
 *     <td>{@link #created(Instant, ContainerResources) created}</td></tr>
 * <tr><td>start begins</td><td>CREATED</td><td>CREATED, starting</td><td>no</td>
 *     <td>{@link #beginStart() beginStart}</td></tr>
 * <tr><td>started</td><td>CREATED, starting</td><td>RUNNING</td><td>yes</td>
 *     <td>{@link #started(long, Instant) started}</td></tr>
 * <tr><td>start failed</td><td>CREATED, starting</td><td>EXITED</td><td>yes</td>
 *     <td>{@link #startFailed(Instant, String) startFailed}</td></tr>
 * <tr><td>start ends, either way</td><td>any</td><td>same, not starting</td><td>no</td>
 *     <td>{@link #endStart() endStart}</td></tr>
 * <tr><td>exit seen</td><td>any</td><td>EXITED</td><td>yes</td><td>{@link #exited(int, Instant) exited}</td></tr>
 * <tr><td>out of memory seen</td><td>any</td><td>same</td><td>yes</td><td>{@link #oomKilled() oomKilled}</td></tr>
 * <tr><td>stop finds no task</td><td>UNKNOWN</td><td>EXITED</td><td>yes</td>
 *     <td>{@link #stoppedUnknown(Instant) stoppedUnknown}</td></tr>
 * <tr><td>recovery finds no task</td><td>RUNNING</td><td>EXITED</td><td>yes</td>
 *     <td>{@link #taskLost(Instant) taskLost}</td></tr>
 * <tr><td>recovery finds no readable status</td><td>nothing</td><td>UNKNOWN</td><td>no</td>
 *     <td>{@link #unknown}</td></tr>
 * <tr><td>remove begins</td><td>CREATED, EXITED</td><td>same, removing</td><td>no</td>
 *     <td>{@link #beginRemove() beginRemove}</td></tr>
 * <tr><td>remove failed</td><td>any</td><td>same, not removing</td><td>no</td>
 *     <td>{@link #endRemove() endRemove}</td></tr>
 * <tr><td>resources updated</td><td>any</td><td>same</td><td>yes</td>
 *     <td>{@link #resourcesUpdated(ContainerResources) resourcesUpdated}</td></tr>
 * </table>
 *
 * <p>Each function is there twice. Without the status it returns a {@link StatusTransition}, which carries the durability
 * of the table: a store applies it so that what must survive a crash does. It checks its arguments at once. With the
 * status it returns the next status, and whoever stores that decides how.
 *
 * <p>Each function is pure: it takes a status and returns another, or the same when nothing changes, and keeps every
 * field that it does not name, also {@link Status#restore()} and {@link Status#additionalProperties()}. A guard that fails throws {@link IllegalTransitionException}, and where a function has
 * several they are tried in the order given. A time must be one that the file can hold: neither the epoch, which
 * means "not set" there, nor one outside int64 nanoseconds; both are an {@link IllegalArgumentException}. Null where it
 * is not allowed is a {@link NullPointerException}.
 *
 * <p>To display why an exited container without a reason ended, containerd says {@code Completed} when the exit code is
 * 0, else {@code Error}; neither is ever stored. This class is threadsafe.
 */
public final class StatusTransitions {
    /** The exit code of a container whose start failed: {@value}. */
    public static final int EXIT_CODE_START_ERROR = 128;

    /** The exit code of a container that was killed by SIGKILL, also by the kernel when out of memory: {@value}. */
    public static final int EXIT_CODE_KILLED = 137;

    /** The exit code of a container whose real one nobody saw: {@value}. */
    public static final int EXIT_CODE_UNKNOWN = 255;

    /** The reason of a container in which the kernel killed a process because it was out of memory: {@value}. */
    public static final String REASON_OOM_KILLED = "OOMKilled";

    /** The reason of a container whose start failed: {@value}. */
    public static final String REASON_START_ERROR = "StartError";

    /** The reason of a container of which nobody saw the end, or whose status could not be loaded: {@value}. */
    public static final String REASON_UNKNOWN = "Unknown";

    private static final String START = "start";
    private static final String REMOVE = "remove";
    private static final String UPDATE_RESOURCES = "update resources";

    private StatusTransitions() {}

    /** Returns the status of a container that was just created, without limits: CREATED. Durable. */
    public static Status created(Instant now) {
        return created(now, null);
    }

    /**
     * Returns the status of a container that was just created: CREATED. Durable.
     *
     * @param now when it was created
     * @param resources its limits, or null to record none
     */
    public static Status created(Instant now, @Nullable ContainerResources resources) {
        return Status.builder()
                .createdAt(requireSet(now, "createdAt"))
                .resources(resources)
                .build();
    }

    /**
     * Returns the status of a container whose stored one could not be loaded: UNKNOWN with
     * {@value #EXIT_CODE_UNKNOWN} and {@value #REASON_UNKNOWN}. Not durable: recovery must not replace the evidence.
     */
    public static Status unknown() {
        return Status.builder()
                .exitCode(EXIT_CODE_UNKNOWN)
                .reason(REASON_UNKNOWN)
                .unknown(true)
                .build();
    }

    /**
     * Marks a container as starting, which keeps others from starting or removing it. Still CREATED; not durable.
     *
     * @throws IllegalTransitionException if it is not CREATED, if it is being removed, or if it is starting already
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

    /** Returns {@link #beginStart(Status)} as a transition in memory. */
    public static StatusTransition beginStart() {
        return StatusTransition.inMemory("beginStart", StatusTransitions::beginStart);
    }

    /**
     * Records that the process runs: RUNNING, with the pid and the time of the start. Durable. Without a guard; the flag
     * of {@link #beginStart} stays for {@link #endStart}.
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
     * Records that the start failed: EXITED with {@value #EXIT_CODE_START_ERROR}, {@value #REASON_START_ERROR}, the
     * message, and no pid. Durable. Without a guard; the flag of {@link #beginStart} stays for {@link #endStart}.
     *
     * @param message what went wrong, for a reader
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
     * @param message what went wrong, for a reader
     */
    public static StatusTransition startFailed(Instant now, String message) {
        requireSet(now, "finishedAt");
        Objects.requireNonNull(message, "message");
        return StatusTransition.durable("startFailed", status -> startFailed(status, now, message));
    }

    /** Takes back the mark of {@link #beginStart}, whichever way the start went. The state stays; not durable. */
    public static Status endStart(Status status) {
        return status.starting() ? status.toBuilder().starting(false).build() : status;
    }

    /** Returns {@link #endStart(Status)} as a transition in memory. */
    public static StatusTransition endStart() {
        return StatusTransition.inMemory("endStart", StatusTransitions::endStart);
    }

    /**
     * Records the exit: EXITED with the code and the time, no pid, and no longer unknown. Durable. The reason stays, so
     * that an {@linkplain #oomKilled out-of-memory event} seen before is kept. Without a guard, and idempotent: once a
     * finish is recorded it stands, and another exit only ends the doubt of {@link Status#unknown()}.
     *
     * @param exitCode the exit code, {@value #EXIT_CODE_KILLED} for a process killed by SIGKILL
     * @param exitedAt when it ended; may lie before the recorded start
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
     * @param exitedAt when it ended; may lie before the recorded start
     */
    public static StatusTransition exited(int exitCode, Instant exitedAt) {
        requireSet(exitedAt, "finishedAt");
        return StatusTransition.durable("exited", status -> exited(status, exitCode, exitedAt));
    }

    /**
     * Records that the kernel killed a process of the container because it was out of memory: the reason becomes
     * {@value #REASON_OOM_KILLED}. The state stays: the killed process need not be the container's first, and the event
     * may also come after the exit. Durable, without a guard, idempotent.
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
     * Records that a container of unknown state was to be stopped, and nothing of it runs: an {@linkplain #exited exit}
     * with {@value #EXIT_CODE_UNKNOWN}, thus EXITED. Durable. The reason stays, as for every exit: that of a status which
     * could not be loaded is {@value #REASON_UNKNOWN} already.
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
     * Records that a running container was lost: after a restart of its supervisor nothing of it runs, and nobody saw
     * the end. EXITED with {@value #EXIT_CODE_UNKNOWN} and {@value #REASON_UNKNOWN}; the pid stays, as containerd leaves
     * it, and tells whose end was missed. Durable. A container in any other state is returned as it is.
     *
     * @param now when the loss was found, which is some time after the end
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
     * @param now when the loss was found, which is some time after the end
     */
    public static StatusTransition taskLost(Instant now) {
        requireSet(now, "finishedAt");
        return StatusTransition.durable("taskLost", status -> taskLost(status, now));
    }

    /**
     * Marks a container as being removed, which keeps others from starting or removing it. The state stays; not durable.
     *
     * @throws IllegalTransitionException if it is RUNNING, if it is UNKNOWN, if it is starting, or if it is being removed
     *     already
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

    /** Returns {@link #beginRemove(Status)} as a transition in memory. */
    public static StatusTransition beginRemove() {
        return StatusTransition.inMemory("beginRemove", StatusTransitions::beginRemove);
    }

    /** Takes back the mark of {@link #beginRemove} after the removal failed. The state stays; not durable. */
    public static Status endRemove(Status status) {
        return status.removing() ? status.toBuilder().removing(false).build() : status;
    }

    /** Returns {@link #endRemove(Status)} as a transition in memory. */
    public static StatusTransition endRemove() {
        return StatusTransition.inMemory("endRemove", StatusTransitions::endRemove);
    }

    /**
     * Records new limits in place of the old ones. The state stays; durable. The additional properties of the old limits
     * go with them, unless the new ones were built from the old.
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
