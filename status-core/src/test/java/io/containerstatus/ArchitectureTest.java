package io.containerstatus;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.Serializable;
import java.util.List;
import java.util.Set;
import java.util.Timer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What this module may use, and what it may expose. */
@Tag("long")
class ArchitectureTest {
    private static final String JSON = "io.containerstatus.json";

    private final JavaClasses core = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.containerstatus");

    @Test
    void checksEveryClass() {
        assertThat(core.contain(Status.class)).isTrue();
        assertThat(core.contain(StatusCodec.class)).isTrue();
        assertThat(core.contain(CodecFuzzTest.class)).isFalse();
        assertThat(core).hasSizeGreaterThan(40);
    }

    @Test
    void dependsOnTheJdkReactiveStreamsJspecifyAndJacksonsStreamingParserOnly() {
        classes()
                .that()
                .resideOutsideOfPackage(JSON)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        "io.containerstatus..",
                        "java..",
                        "org.jspecify.annotations..",
                        "org.reactivestreams..",
                        "tools.jackson.core.."))
                .check(core);
    }

    @Test
    void onlyTheJacksonModuleNeedsTheDatabind() {
        classes()
                .that()
                .resideInAPackage(JSON)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        "io.containerstatus..",
                        "java..",
                        "org.jspecify.annotations..",
                        "tools.jackson.core..",
                        "tools.jackson.databind.."))
                .check(core);
        noClasses()
                .that()
                .resideOutsideOfPackage(JSON)
                .should()
                .dependOnClassesThat(resideInAnyPackage(JSON))
                .check(core);
    }

    @Test
    void onlyWhatReadsDocumentsDependsOnJackson() {
        noClasses()
                .that()
                .resideOutsideOfPackage(JSON)
                .and()
                .doNotBelongToAnyOf(DocumentParser.class, DocumentPositions.class, WireReader.class)
                .should()
                .dependOnClassesThat(resideInAnyPackage("tools.jackson.."))
                .check(core);
    }

    @Test
    void doesNoInputOutputAndStartsNoThread() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                                "java.io..",
                                "java.nio.file..",
                                "java.nio.channels..",
                                "java.net..",
                                "java.util.concurrent..",
                                "java.util.logging..")
                        .and(not(belongToAnyOf(Serializable.class))))
                .orShould()
                .dependOnClassesThat(belongToAnyOf(
                        Thread.class,
                        ThreadLocal.class,
                        Process.class,
                        ProcessBuilder.class,
                        Runtime.class,
                        System.Logger.class,
                        Timer.class))
                .check(core);
    }

    @Test
    void showsNoJacksonType() {
        List<String> shown = core.stream()
                .filter(type -> !type.getPackageName().equals(JSON))
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .flatMap(ArchitectureTest::signatures)
                .filter(name -> name.startsWith("tools.jackson"))
                .toList();

        assertThat(shown).isEmpty();
        assertThat(signatures(core.get(StatusCodec.class))).contains(Status.class.getName());
    }

    /** Returns the names of all types that a user of this type can see in it. */
    private static Stream<String> signatures(JavaClass type) {
        Stream<JavaType> supertypes = Stream.concat(type.getRawSuperclass().stream(), type.getRawInterfaces().stream());
        Stream<JavaType> fields = type.getFields().stream()
                .filter(field -> isVisible(field.getModifiers()))
                .map(JavaField::getType);
        Stream<JavaType> methods = type.getCodeUnits().stream()
                .filter(method -> isVisible(method.getModifiers()))
                .flatMap(ArchitectureTest::types);
        return Stream.of(supertypes, fields, methods)
                .flatMap(types -> types)
                .flatMap(shown -> shown.getAllInvolvedRawTypes().stream())
                .map(JavaClass::getName);
    }

    private static Stream<JavaType> types(JavaCodeUnit method) {
        Stream<JavaType> thrown = method.getExceptionTypes().stream().map(JavaType.class::cast);
        Stream<JavaType> parameters = method.getParameterTypes().stream();
        return Stream.of(Stream.of(method.getReturnType()), parameters, thrown).flatMap(types -> types);
    }

    private static boolean isVisible(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }
}
