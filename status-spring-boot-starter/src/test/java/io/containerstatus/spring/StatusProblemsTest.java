package io.containerstatus.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.AmbiguousIdException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.OwnershipLostException;
import io.containerstatus.StatusException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.http.ProblemDetail;

/** Failures as problem details. */
class StatusProblemsTest {

    @Test
    void theClientReadsWhatItCanDoSomethingAbout() {
        StatusException failure = new AmbiguousIdException("web", List.of("web-1", "web-2"), false);

        ProblemDetail problem = StatusProblems.of(failure);

        assertThat(problem.getStatus()).isEqualTo(400);
        assertThat(problem.getDetail()).isEqualTo(failure.getMessage()).contains("web-1");
        assertThat(problem.getProperties()).isEqualTo(Map.of("failure", "AmbiguousIdException"));
    }

    @Test
    void theClientReadsNothingOfTheServersDisk() {
        ProblemDetail problem =
                StatusProblems.of(new NotWrittenException("web-1", "/run/web/web-1: no space left", null));

        assertThat(problem.getStatus()).isEqualTo(503);
        assertThat(problem.getDetail()).isNull();
        assertThat(problem.getProperties()).isEqualTo(Map.of("failure", "NotWrittenException"));
    }

    @Test
    void aSubclassHasTheStatusOfItsParentAndItsOwnName() {
        ProblemDetail problem = StatusProblems.of(new OwnershipLostException("web-1", "node-1", "taken"));

        assertThat(problem.getStatus()).isEqualTo(503);
        assertThat(problem.getProperties()).isEqualTo(Map.of("failure", "OwnershipLostException"));
    }

    private static final AutoConfigurations CONFIGURATIONS =
            AutoConfigurations.of(StatusProblemsAutoConfiguration.class);

    @Test
    void theAdviceIsThereInBothKindsOfWebApplications() {
        new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS).run(context -> assertThat(context)
                .hasSingleBean(StatusProblemAdvice.class));
        new ReactiveWebApplicationContextRunner()
                .withConfiguration(CONFIGURATIONS)
                .run(context -> assertThat(context).hasSingleBean(StatusProblemAdvice.class));
    }

    @Test
    void theAdviceIsNotThereElsewhere() {
        new ApplicationContextRunner().withConfiguration(CONFIGURATIONS).run(context -> assertThat(context)
                .doesNotHaveBean(StatusProblemAdvice.class));
        new WebApplicationContextRunner()
                .withConfiguration(CONFIGURATIONS)
                .withPropertyValues("container-status.problem-details.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(StatusProblemAdvice.class));
        new ApplicationContextRunner()
                .withConfiguration(CONFIGURATIONS)
                .withClassLoader(new FilteredClassLoader("org.springframework.web"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("statusProblemAdvice"));
    }
}
