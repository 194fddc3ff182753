package io.containerstatus.spring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.containerstatus.ContainerNotFoundException;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.OwnershipLostException;
import io.containerstatus.PendingUpdatesExceededException;
import io.containerstatus.RootLockedException;
import io.containerstatus.StatusException;
import io.containerstatus.StoreClosedException;
import io.containerstatus.SubscriberLaggedException;
import io.containerstatus.WatchLimitExceededException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** What is logged of the failures that a client receives. */
class StatusProblemAdviceTest {
    private final Logger log = (Logger) LoggerFactory.getLogger(StatusProblemAdvice.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.setLevel(Level.DEBUG);
        log.addAppender(logged);
        logged.start();
    }

    @AfterEach
    void stopListening() {
        log.detachAppender(logged);
        log.setLevel(null);
    }

    private static ILoggingEvent only(ListAppender<ILoggingEvent> logged) {
        assertThat(logged.list).hasSize(1);
        return logged.list.get(0);
    }

    static Stream<StatusException> ofOverloadAndOfTheShutdown() {
        return Stream.of(
                new PendingUpdatesExceededException("web-1", 4096),
                new SubscriberLaggedException(5, 9, 4),
                new StoreClosedException(),
                new RootLockedException("/run/web"));
    }

    static Stream<StatusException> thatAnOperatorMustActOn() {
        return Stream.of(
                new NotWrittenException("web-1", "no space left", null),
                new OwnershipLostException("web-1", "node-1", "taken"),
                new WatchLimitExceededException("/run/web", "fs.inotify.max_user_watches", 3, "no more", null));
    }

    /** Under overload there are thousands of them, and each client gets a response. */
    @ParameterizedTest
    @MethodSource("ofOverloadAndOfTheShutdown")
    void failuresThatPassAreForDebuggingOnly(StatusException failure) {
        assertThat(new StatusProblemAdvice().answer(failure).getStatus()).isEqualTo(503);
        assertThat(only(logged).getLevel()).isEqualTo(Level.DEBUG);
        assertThat(only(logged).getFormattedMessage()).isEqualTo(failure.getMessage());
    }

    @ParameterizedTest
    @MethodSource("thatAnOperatorMustActOn")
    void failuresThatAnOperatorMustActOnAreWarnings(StatusException failure) {
        assertThat(new StatusProblemAdvice().answer(failure).getStatus()).isEqualTo(503);
        assertThat(only(logged).getLevel()).isEqualTo(Level.WARN);
        assertThat(only(logged).getFormattedMessage()).isEqualTo(failure.getMessage());
        assertThat(only(logged).getThrowableProxy()).isNull();
    }

    @Test
    void internalErrorsAreErrorsWithTheirStackTrace() {
        new StatusProblemAdvice().answer(new IndeterminateWriteException("web-1", "fsync failed", null));
        assertThat(only(logged).getLevel()).isEqualTo(Level.ERROR);
        assertThat(only(logged).getThrowableProxy()).isNotNull();
    }

    @Test
    void whatTheResponseExplainsIsNotLogged() {
        new StatusProblemAdvice().answer(new ContainerNotFoundException("db"));
        assertThat(logged.list).isEmpty();
    }
}
