package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Processor;
import reactor.core.publisher.Mono;

/** What the module exports to its users, and what it hides. */
class PublicApiTest {
    private static final List<Class<?>> TYPES = List.of(
            Delivery.class,
            OperationKind.class,
            RecoveredContainer.class,
            RecoveredContainer.Failed.class,
            RecoveredContainer.Missing.class,
            RecoveredContainer.Outcome.class,
            RecoveredContainer.Recovered.class,
            Recovery.class,
            StatusChange.class,
            StatusMetrics.class,
            StatusStorage.class,
            StatusStore.class,
            StatusStore.Builder.class,
            StatusStore.FileBuilder.class,
            StoreHealth.class);

    static Stream<Method> methods() {
        return TYPES.stream()
                .flatMap(type -> Stream.of(type.getDeclaredMethods()))
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic());
    }

    @Nested
    class Types {
        @Test
        void areTheseAndNoOthers() throws Exception {
            assertThat(PackageClasses.of(StatusStore.class))
                    .filteredOn(PublicApiTest::isPublic)
                    .containsExactlyInAnyOrderElementsOf(TYPES);
        }
    }

    @Nested
    class Methods {
        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.PublicApiTest#methods")
        void showNoSinkNoProcessorNoOptionalAndNoMonoOfABoolean(Method method) {
            List<Type> shown = Stream.concat(
                            Stream.of(method.getGenericReturnType()), Stream.of(method.getGenericParameterTypes()))
                    .toList();
            assertThat(shown).allSatisfy(PublicApiTest::assertIsFit);
        }
    }

    private static boolean isPublic(Class<?> type) {
        for (Class<?> one = type; one != null; one = one.getEnclosingClass()) {
            if (!Modifier.isPublic(one.getModifiers())) {
                return false;
            }
        }
        return true;
    }

    private static void assertIsFit(Type type) {
        assertThat(type.getTypeName()).doesNotContain("Sink").doesNotContain("Listener");
        if (type instanceof Class<?> plain) {
            assertThat(Processor.class.isAssignableFrom(plain)).isFalse();
            assertThat(plain).isNotEqualTo(Optional.class);
        }
        if (type instanceof ParameterizedType generic) {
            assertIsFit(generic.getRawType());
            for (Type argument : generic.getActualTypeArguments()) {
                assertIsFit(argument);
                if (generic.getRawType() == Mono.class) {
                    assertThat(argument).isNotEqualTo(Boolean.class);
                }
            }
        }
    }
}
