package io.containerstatus.spring;

import io.containerstatus.StatusException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Answers the failures of controllers, and logs those that the answer does not explain. An advice of the application goes first. */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
class StatusProblemAdvice {
    private static final Log LOG = LogFactory.getLog(StatusProblemAdvice.class);

    @ExceptionHandler
    ProblemDetail answer(StatusException failure) {
        ProblemDetail problem = StatusProblems.of(failure);
        if (problem.getStatus() == HttpStatus.INTERNAL_SERVER_ERROR.value()) {
            LOG.error(failure.getMessage(), failure);
        } else if (problem.getStatus() == HttpStatus.SERVICE_UNAVAILABLE.value()) {
            LOG.warn(failure.getMessage());
        }
        return problem;
    }
}
