package io.containerstatus.etcd;

import io.grpc.Status;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The failure of a call to etcd: its status, the knowledge about its effect, and the remedy. */
final class EtcdCallException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** One line of the table: a failure from etcd or from gRPC, with its effect and its remedy. */
    private record Line(Status.Code code, String text, Effect effect, Remedy remedy) {
        boolean matches(Status status) {
            String description = status.getDescription();
            return status.getCode() == code && description != null && description.contains(text);
        }
    }

    /** The line for a call that was not sent, whatever its status is. */
    private static final Line NOT_SENT = new Line(Status.Code.UNKNOWN, "", Effect.NONE, Remedy.NEXT_ENDPOINT);

    private static final Line NOT_LISTED = new Line(Status.Code.UNKNOWN, "", Effect.OPEN, Remedy.NEXT_ENDPOINT);

    /**
     * The known failures of calls that were sent. The first line that matches applies. If no line matches, the
     * effect is {@link Effect#OPEN}, and a call to the next member may succeed. This is the case for a stopped
     * server, a reset connection, a lost leader, and for a deadline, whether it expired here or at etcd.
     */
    private static final List<Line> TABLE = List.of(
            // The call requires a leader, so etcd refuses it before it processes it.
            new Line(Status.Code.UNAVAILABLE, "etcdserver: no leader", Effect.NONE, Remedy.NEXT_ENDPOINT),
            new Line(Status.Code.RESOURCE_EXHAUSTED, "etcdserver: too many requests", Effect.NONE, Remedy.WAIT),
            // If this very call exceeds the quota, etcd performs it and still answers with this failure.
            new Line(Status.Code.RESOURCE_EXHAUSTED, "database space exceeded", Effect.DECIDED, Remedy.NONE),
            // The server's limit for a request. The client's limit for an answer has another text, and then
            // the call may have had an effect.
            new Line(Status.Code.RESOURCE_EXHAUSTED, "received message larger than max", Effect.NONE, Remedy.NONE),
            new Line(Status.Code.INVALID_ARGUMENT, "etcdserver: request is too large", Effect.NONE, Remedy.NONE),
            new Line(Status.Code.INVALID_ARGUMENT, "etcdserver: too many operations", Effect.NONE, Remedy.NONE),
            new Line(Status.Code.INVALID_ARGUMENT, "etcdserver: duplicate key", Effect.NONE, Remedy.NONE),
            // etcd checks the token before it processes the call, and the rights again before it performs the call.
            new Line(Status.Code.UNAUTHENTICATED, "invalid auth token", Effect.NONE, Remedy.AUTHENTICATE),
            new Line(Status.Code.INVALID_ARGUMENT, "user name is empty", Effect.NONE, Remedy.AUTHENTICATE),
            new Line(Status.Code.INVALID_ARGUMENT, "revision of auth store is old", Effect.NONE, Remedy.AUTHENTICATE),
            new Line(Status.Code.INVALID_ARGUMENT, "authentication failed", Effect.NONE, Remedy.NONE),
            new Line(Status.Code.FAILED_PRECONDITION, "authentication is not enabled", Effect.NONE, Remedy.NONE),
            // The lease with this id exists, because an earlier call of the same client has granted it.
            new Line(Status.Code.FAILED_PRECONDITION, "lease already exists", Effect.NONE, Remedy.NONE),
            new Line(Status.Code.PERMISSION_DENIED, "etcdserver: permission denied", Effect.NONE, Remedy.NONE),
            new Line(Status.Code.NOT_FOUND, "requested lease not found", Effect.NONE, Remedy.NONE),
            // Only reads fail in this way.
            new Line(Status.Code.OUT_OF_RANGE, "revision has been compacted", Effect.NONE, Remedy.NONE));

    private final Status.Code code;
    private final Effect effect;
    /** The greatest effect of the earlier attempts. */
    private final Effect earlier;

    private final Remedy remedy;
    private final boolean made;

    private EtcdCallException(
            String message,
            @Nullable Throwable cause,
            Status.Code code,
            Effect effect,
            Effect earlier,
            Remedy remedy,
            boolean made) {
        super(message, cause);
        this.code = code;
        this.effect = effect;
        this.earlier = earlier;
        this.remedy = remedy;
        this.made = made;
    }

    /**
     * Returns the failure of a call.
     *
     * @param call the name of the call
     * @param endpoint the member that was called
     * @param status a status that is not OK
     * @param sent whether anything of the call may have left this process
     */
    static EtcdCallException of(String call, String endpoint, Status status, boolean sent) {
        Line line = sent ? lineOf(status) : NOT_SENT;
        String message = call + " at " + endpoint + " failed: " + text(status);
        return new EtcdCallException(
                message,
                status.getCause(),
                status.getCode(),
                line.effect(),
                Effect.NONE,
                line.remedy(),
                /* made= */ true);
    }

    private static Line lineOf(Status status) {
        return TABLE.stream().filter(line -> line.matches(status)).findFirst().orElse(NOT_LISTED);
    }

    /** Returns the failure of a call that was not sent, because something that it needs was not available. */
    static EtcdCallException notMade(String reason, @Nullable Throwable cause, Remedy remedy) {
        return new EtcdCallException(
                reason, cause, Status.Code.UNAVAILABLE, Effect.NONE, Effect.NONE, remedy, /* made= */ false);
    }

    /** Returns this failure as the failure of a call that was not sent because of it. */
    EtcdCallException withoutEffect() {
        return new EtcdCallException(String.valueOf(getMessage()), this, code, Effect.NONE, Effect.NONE, remedy, made);
    }

    /**
     * Returns this failure as that of a call which was attempted before. If an earlier attempt may have an
     * effect, the call may have one, whatever this last attempt has shown.
     */
    EtcdCallException withEffectOf(@Nullable EtcdCallException before) {
        return before == null || before.effect().compareTo(effect()) <= 0
                ? this
                : new EtcdCallException(
                        String.valueOf(getMessage()), this, code, effect, before.effect(), remedy, made);
    }

    /**
     * Returns the failure to report once the time is over. If this last attempt failed only because no time
     * was left, returns the failure of the attempt before, with this failure as its cause.
     */
    EtcdCallException after(@Nullable EtcdCallException before) {
        return before == null || code != Status.Code.DEADLINE_EXCEEDED
                ? this
                : new EtcdCallException(
                        before.getMessage() + "; then the time expired", this, code, effect, earlier, remedy, made);
    }

    /** Returns the effect of the call: the greatest of all its attempts. */
    Effect effect() {
        return effect.compareTo(earlier) < 0 ? earlier : effect;
    }

    Remedy remedy() {
        return remedy;
    }

    /** Returns whether etcd has answered. */
    boolean isAnswer() {
        return made && remedy != Remedy.NEXT_ENDPOINT;
    }

    /** Returns whether another attempt may succeed. */
    boolean mayPass() {
        return remedy == Remedy.NEXT_ENDPOINT || remedy == Remedy.WAIT;
    }

    /** Returns whether the answer was larger than the client's own limit. */
    boolean isAnswerTooLarge() {
        return code == Status.Code.RESOURCE_EXHAUSTED && effect == Effect.OPEN;
    }

    /**
     * Returns whether etcd refused the request because of its size in bytes. A smaller one may be accepted.
     */
    boolean isRequestTooLarge() {
        return effect == Effect.NONE && (says("request is too large") || says("received message larger than max"));
    }

    /** Returns whether etcd refused the transaction because of its number of operations. */
    boolean hasTooManyOperations() {
        return effect == Effect.NONE && says("too many operations");
    }

    private boolean says(String text) {
        return String.valueOf(getMessage()).contains(text);
    }

    /**
     * Returns whether etcd can still be read, because it only has no space left, or the client only has no
     * right to write.
     */
    boolean leavesReading() {
        return code == Status.Code.PERMISSION_DENIED || effect == Effect.DECIDED;
    }

    Status.Code code() {
        return code;
    }

    private static String text(Status status) {
        String code = status.getCode().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        String description = status.getDescription();
        return description == null ? code : code + ": " + description;
    }
}
