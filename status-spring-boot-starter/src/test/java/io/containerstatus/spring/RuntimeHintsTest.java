package io.containerstatus.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.reactive.StatusChange;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

/** What Spring's processing ahead of time finds out, and keeps for a native image. */
class RuntimeHintsTest {

    private static void assertThatAChangeIsReadAsARecord(RuntimeHints hints) {
        assertThat(RuntimeHintsPredicates.reflection()
                        .onConstructorInvocation(StatusChange.class.getDeclaredConstructors()[0]))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(StatusChange.class, "revision"))
                .accepts(hints);
    }

    @Test
    void aChangeIsReadAsARecord() {
        RuntimeHints hints = new RuntimeHints();
        new ContainerStatusRuntimeHints().registerHints(hints, getClass().getClassLoader());
        assertThatAChangeIsReadAsARecord(hints);
    }

    @Test
    void theConfigurationIsProcessedAndOpensNothing(@TempDir Path folder) {
        Path root = folder.resolve("root");
        DefaultGenerationContext generation = new DefaultGenerationContext(
                new ClassNameGenerator(ClassName.get("service", "Service")), new InMemoryGeneratedFiles());
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            TestPropertyValues.of("container-status.root=" + root).applyTo(context);
            context.register(ContainerStatusAutoConfiguration.class);
            new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
        }

        assertThat(root).doesNotExist();
        assertThatAChangeIsReadAsARecord(generation.getRuntimeHints());
        assertThat(RuntimeHintsPredicates.reflection()
                        .onConstructorInvocation(ContainerStatusProperties.class.getDeclaredConstructors()[0]))
                .accepts(generation.getRuntimeHints());
        generation.writeGeneratedContent();
        assertThat(((InMemoryGeneratedFiles) generation.getGeneratedFiles())
                        .getGeneratedFiles(Kind.SOURCE)
                        .keySet())
                .anyMatch(file -> file.endsWith("ContainerStatusAutoConfiguration__BeanDefinitions.java"));
    }
}
