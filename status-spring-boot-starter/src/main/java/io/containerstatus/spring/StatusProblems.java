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
 * Converts failures of this library to problem details (RFC 9457), for handlers that the starter's advice
 * does not cover, such as functional endpoints. {@code docs/services.md} lists the HTTP statuses.
 */
public final class StatusProblems {
    /** The failures that are not internal errors. Each entry applies to subclasses that have none of their own. */
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
     * Returns the response to a failure. It has the HTTP status, and the simple name of the failure's class
     * as the member {@code failure}. If the status is not a server error, the detail is the failure's
     * message. A server error has no detail, because its message may name a path on the server: log the
     * message instead.
     *
     * @return a new object, which the caller may change
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
        for (Class<?> type = failure; type != StatusException.class; type = type.getSuperclass()) {
            HttpStatus status = STATUSES.get(type);
            if (status != null) {
                return status;
            }
        }
        return HttpStatus.INTERNAL_SERVER_ERROR;
    }
}
