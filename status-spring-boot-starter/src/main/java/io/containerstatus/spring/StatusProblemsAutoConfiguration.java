package io.containerstatus.spring;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Converts the failures of this library to problem details, under Spring MVC and under WebFlux. */
@AutoConfiguration
@ConditionalOnWebApplication
@ConditionalOnClass({ProblemDetail.class, RestControllerAdvice.class})
@ConditionalOnBooleanProperty(name = "container-status.problem-details.enabled", matchIfMissing = true)
public final class StatusProblemsAutoConfiguration {

    StatusProblemsAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    StatusProblemAdvice statusProblemAdvice() {
        return new StatusProblemAdvice();
    }
}
