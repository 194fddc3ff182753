package io.containerstatus.spring;

import io.containerstatus.NotWrittenException;
import io.containerstatus.StatusException;
import io.containerstatus.WatchLimitExceededException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Converts the failures of controllers to responses, and logs the failures that the response does not explain. Warns
 * only if an operator must act: an overload may cause thousands of the other failures, and they pass. An advice of the
 * application has precedence.
 */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
class StatusProblemAdvice {
    private static final Log LOG = LogFactory.getLog(StatusProblemAdvice.class);

    @ExceptionHandler
    ProblemDetail answer(StatusException failure) {
        ProblemDetail problem = StatusProblems.of(failure);
        if (problem.getStatus() == HttpStatus.INTERNAL_SERVER_ERROR.value()) {
            LOG.error(failure.getMessage(), failure);
        } else if (needsAnOperator(failure)) {
            LOG.warn(failure.getMessage());
        } else if (problem.getStatus() == HttpStatus.SERVICE_UNAVAILABLE.value()) {
            LOG.debug(failure.getMessage());
        }
        return problem;
    }

    private static boolean needsAnOperator(StatusException failure) {
        // A lost ownership is a NotWrittenException, too.
        return failure instanceof NotWrittenException || failure instanceof WatchLimitExceededException;
    }
}
