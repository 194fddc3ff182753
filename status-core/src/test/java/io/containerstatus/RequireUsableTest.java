package io.containerstatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the check of the libraries, in a class loader that lacks some of their classes. */
class RequireUsableTest {

    @Test
    void passesWithTheLibrariesOfThisBuild() {
        assertThatCode(StatusCodec::requireUsable).doesNotThrowAnyException();
        assertThatCode(StatusCodec::requireUsable).doesNotThrowAnyException();
    }

    @Test
    void passesWithoutDatabindAndAnnotations() throws Exception {
        try (Loader loader =
                new Loader(name -> name.startsWith("tools.jackson.databind.") || name.startsWith("com.fasterxml."))) {
            assertThat(loader.failureOfRequireUsable()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tools.jackson.core.",
                "tools.jackson.core.JsonParser",
                "tools.jackson.core.ObjectReadContext",
                "tools.jackson.core.StreamReadConstraints",
                "tools.jackson.core.exc.StreamConstraintsException",
                "tools.jackson.core.json.JsonFactory",
                "tools.jackson.core.json.ReaderBasedJsonParser",
                "tools.jackson.core.json.UTF8StreamJsonParser"
            })
    void namesTheArtifactTheVersionAndWhatIsMissing(String missing) throws Exception {
        try (Loader loader = new Loader(name -> name.startsWith(missing))) {
            Throwable first = loader.failureOfRequireUsable();
            Throwable second = loader.failureOfRequireUsable();

            for (Throwable failure : new Throwable[] {first, second}) {
                assertThat(failure.getClass().getName()).isEqualTo(IncompatibleDependencyException.class.getName());
                assertThat(failure)
                        .hasMessageStartingWith(
                                "tools.jackson.core:jackson-core on the class path or module path cannot be used: ")
                        .hasMessageContaining("tools.jackson.core")
                        .message()
                        .matches("(?s).*; use version 3[.\\d]+ or newer");
                assertThat(failure.getCause()).isInstanceOf(LinkageError.class);
            }
        }
    }

    @Test
    void writingNeedsNoJackson() throws Exception {
        try (Loader loader = new Loader(name -> name.startsWith("tools.jackson."))) {
            Object builder = loader.call("Status", "builder", null);
            Object status = builder.getClass().getMethod("build").invoke(builder);
            Class<?> type = loader.loadClass("io.containerstatus.Status");

            assertThat((byte[]) loader.loadClass("io.containerstatus.StatusCodec")
                            .getMethod("encode", type)
                            .invoke(null, status))
                    .isEqualTo(StatusCodec.encode(Status.builder().build()));
        }
    }

    /** Loads all classes anew from the class path, except the hidden ones. */
    private static final class Loader extends URLClassLoader {
        private final Predicate<String> hidden;

        Loader(Predicate<String> hidden) {
            super(classPath(), ClassLoader.getPlatformClassLoader());
            this.hidden = hidden;
        }

        private static URL[] classPath() {
            return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                    .map(entry -> {
                        try {
                            return Path.of(entry).toUri().toURL();
                        } catch (MalformedURLException e) {
                            throw new IllegalStateException(e);
                        }
                    })
                    .toArray(URL[]::new);
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (hidden.test(name)) {
                throw new ClassNotFoundException(name);
            }
            return super.findClass(name);
        }

        Object call(String type, String method, @org.jspecify.annotations.Nullable Object target) throws Exception {
            Method found = Arrays.stream(loadClass("io.containerstatus." + type).getMethods())
                    .filter(candidate -> candidate.getName().equals(method))
                    .findFirst()
                    .orElseThrow();
            return found.invoke(target);
        }

        @org.jspecify.annotations.Nullable
        Throwable failureOfRequireUsable() {
            Throwable thrown = catchThrowable(() -> call("StatusCodec", "requireUsable", null));
            return thrown instanceof InvocationTargetException ? thrown.getCause() : thrown;
        }

        @Override
        public void close() throws IOException {
            super.close();
        }
    }
}
