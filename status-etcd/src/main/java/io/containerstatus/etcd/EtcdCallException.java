package io.containerstatus.etcd;

import io.grpc.Status;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A call of etcd failed: with which status, what is known of its effect, and what may help. */
final class EtcdCallException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** One line of the table: what etcd, or gRPC for it, says and what follows. */
    private record Line(Status.Code code, String text, Effect effect, Remedy remedy) {
        boolean matches(Status status) {
            String description = status.getDescription();
            return status.getCode() == code && description != null && description.contains(text);
        }
    }

    /** Whatever its status is. */
    private static final Line NOT_SENT = new Line(Status.Code.UNKNOWN, "", Effect.NONE, Remedy.NEXT_ENDPOINT);

    private static final Line NOT_LISTED = new Line(Status.Code.UNKNOWN, "", Effect.OPEN, Remedy.NEXT_ENDPOINT);

    /**
     * What is known of the failures of calls that were sent; the first line that matches counts. What is not here is
     * {@link Effect#OPEN}, and the next member may do better: a stopped server, a reset connection, a lost leader, a
     * deadline, whoever saw it first.
     */
    private static final List<Line> TABLE = List.of(
            // Refused before the call is looked at, since it asks for a leader.
            new Line(Status.Code.UNAVAILABLE, "etcdserver: no leader", Effect.NONE, Remedy.NEXT_ENDPOINT),
            new Line(Status.Code.RESOURCE_EXHAUSTED, "etcdserver: too many requests", Effect.NONE, Remedy.WAIT),
            // Where the quota is passed by this very call, etcd carries it out and answers so all the same.
            new Line(Status.Code.RESOURCE_EXHAUSTED, "database space exceeded", Effect.DECIDED, Remedy.NONE),
            // The server's limit. The client's own, for an answer, has another text: the call may have had its effect.
            new Line(Status.Code.RESOURCE_EXHAUSTED, "received message larger than max", Effect.NONE, Remedy.NONE),
            new Line(Status.Code.INVALID_ARGUMENT, "etcdserver: request is too large", Effect.NONE, Remedy.NONE),
            new Line(Status.Code.INVALID_ARGUMENT, "etcdserver: too many operations", Effect.NONE, Remedy.NONE),
            new Line(Status.Code.INVALID_ARGUMENT, "etcdserver: duplicate key", Effect.NONE, Remedy.NONE),
            // Tokens are checked before the call is looked at, and rights once more before it is carried out.
            new Line(Status.Code.UNAUTHENTICATED, "invalid auth token", Effect.NONE, Remedy.AUTHENTICATE),
            new Line(Status.Code.INVALID_ARGUMENT, "user name is empty", Effect.NONE, Remedy.AUTHENTICATE),
            new Line(Status.Code.INVALID_ARGUMENT, "revision of auth store is old", Effect.NONE, Remedy.AUTHENTICATE),
            new Line(Status.Code.INVALID_ARGUMENT, "authentication failed", Effect.NONE, Remedy.NONE),
            new Line(Status.Code.FAILED_PRECONDITION, "authentication is not enabled", Effect.NONE, Remedy.NONE),
            // The lease of this number is there: an earlier call of the same client has granted it.
            new Line(Status.Code.FAILED_PRECONDITION, "lease already exists", Effect.NONE, Remedy.NONE),
            new Line(Status.Code.PERMISSION_DENIED, "etcdserver: permission denied", Effect.NONE, Remedy.NONE),
            new Line(Status.Code.NOT_FOUND, "requested lease not found", Effect.NONE, Remedy.NONE),
            // Of readings only.
            new Line(Status.Code.OUT_OF_RANGE, "revision has been compacted", Effect.NONE, Remedy.NONE));

    private final Status.Code code;
    private final Effect effect;
    private final Remedy remedy;

    private EtcdCallException(
            String message, @Nullable Throwable cause, Status.Code code, Effect effect, Remedy remedy) {
        super(message, cause);
        this.code = code;
        this.effect = effect;
        this.remedy = remedy;
    }

    /**
     * Returns the failure of a call.
     *
     * @param call its name
     * @param endpoint which member it was made to
     * @param status not OK
     * @param sent whether anything of it may have left this process
     */
    static EtcdCallException of(String call, String endpoint, Status status, boolean sent) {
        Line line = sent ? lineOf(status) : NOT_SENT;
        String message = call + " at " + endpoint + " failed: " + text(status);
        return new EtcdCallException(message, status.getCause(), status.getCode(), line.effect(), line.remedy());
    }

    private static Line lineOf(Status status) {
        return TABLE.stream().filter(line -> line.matches(status)).findFirst().orElse(NOT_LISTED);
    }

    /** Returns this failure as that of a call that was not made because of it. */
    EtcdCallException withoutEffect() {
        return new EtcdCallException(String.valueOf(getMessage()), this, code, Effect.NONE, remedy);
    }

    Effect effect() {
        return effect;
    }

    Remedy remedy() {
        return remedy;
    }

    /** Returns whether another call may succeed where this one did not. */
    boolean mayPass() {
        return remedy == Remedy.NEXT_ENDPOINT || remedy == Remedy.WAIT;
    }

    /** Returns whether it is the client's own limit that an answer was above. */
    boolean isAnswerTooLarge() {
        return code == Status.Code.RESOURCE_EXHAUSTED && effect == Effect.OPEN;
    }

    /** Returns whether etcd refuses the request for its size in bytes; a smaller one may be taken. */
    boolean isRequestTooLarge() {
        return effect == Effect.NONE && (says("request is too large") || says("received message larger than max"));
    }

    /** Returns whether etcd refuses the transaction for the number of its operations. */
    boolean hasTooManyOperations() {
        return effect == Effect.NONE && says("too many operations");
    }

    private boolean says(String text) {
        return String.valueOf(getMessage()).contains(text);
    }

    /** Returns whether etcd can be read all the same: it has no space, or the client no right to write. */
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
