package io.containerstatus.spring;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.AmbiguousIdException;
import io.containerstatus.ContainerDeletedException;
import io.containerstatus.ContainerNotFoundException;
import io.containerstatus.IllegalTransitionException;
import io.containerstatus.InvalidContainerIdException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.PendingUpdatesExceededException;
import io.containerstatus.RevisionConflictException;
import io.containerstatus.RootLockedException;
import io.containerstatus.StatusException;
import io.containerstatus.StatusTooLargeException;
import io.containerstatus.StoreClosedException;
import io.containerstatus.SubscriberLaggedException;
import io.containerstatus.WatchLimitExceededException;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;

/**
 * Failures of this library as problem details (RFC 9457), for handlers that the starter's advice does not reach, such as
 * functional endpoints. {@code docs/services.md} has the HTTP statuses as a table.
 */
public final class StatusProblems {
    /** The failures that are not an internal error, each for its subclasses, too. */
    private static final Map<Class<? extends StatusException>, HttpStatus> STATUSES = Map.ofEntries(
            Map.entry(AlreadyExistsException.class, HttpStatus.CONFLICT),
            Map.entry(AmbiguousIdException.class, HttpStatus.BAD_REQUEST),
            Map.entry(ContainerDeletedException.class, HttpStatus.GONE),
            Map.entry(ContainerNotFoundException.class, HttpStatus.NOT_FOUND),
            Map.entry(IllegalTransitionException.class, HttpStatus.CONFLICT),
            Map.entry(InvalidContainerIdException.class, HttpStatus.BAD_REQUEST),
            Map.entry(NotWrittenException.class, HttpStatus.SERVICE_UNAVAILABLE),
            Map.entry(PendingUpdatesExceededException.class, HttpStatus.SERVICE_UNAVAILABLE),
            Map.entry(RevisionConflictException.class, HttpStatus.CONFLICT),
            Map.entry(RootLockedException.class, HttpStatus.SERVICE_UNAVAILABLE),
            Map.entry(StatusTooLargeException.class, HttpStatus.CONTENT_TOO_LARGE),
            Map.entry(StoreClosedException.class, HttpStatus.SERVICE_UNAVAILABLE),
            Map.entry(SubscriberLaggedException.class, HttpStatus.SERVICE_UNAVAILABLE),
            Map.entry(WatchLimitExceededException.class, HttpStatus.SERVICE_UNAVAILABLE));

    private StatusProblems() {}

    /**
     * Returns what to answer: the HTTP status, and as the member {@code failure} the simple name of the class. The detail is the
     * message of the failure if the client can do something about it. With a server error there is no detail, because the
     * message may name a path on the server: log it instead.
     *
     * @return a new object; the caller may change it
     */
    public static ProblemDetail of(StatusException failure) {
        HttpStatus status = status(failure.getClass());
        ProblemDetail problem = ProblemDetail.forStatus(status);
        if (!status.is5xxServerError()) {
            problem.setDetail(failure.getMessage());
        }
        problem.setProperty("failure", failure.getClass().getSimpleName());
        return problem;
    }

    static HttpStatus status(Class<? extends StatusException> failure) {
        return STATUSES.entrySet().stream()
                .filter(entry -> entry.getKey().isAssignableFrom(failure))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(HttpStatus.INTERNAL_SERVER_ERROR);
    }
}
