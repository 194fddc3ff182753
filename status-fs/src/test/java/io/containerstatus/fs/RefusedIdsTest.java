package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.opened;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.InvalidContainerIdException;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** A text that is not a valid id is rejected before a path is created from it. */
class RefusedIdsTest {
    @TempDir
    Path folder;

    static Stream<String> texts() {
        return Stream.of(
                "",
                ".",
                "..",
                "../web-1",
                "/",
                "/etc",
                "a/b",
                "a\\b",
                "a\0b",
                "\0",
                "a\nb",
                "a\n",
                "a\r",
                " ",
                "a ",
                "-a",
                "a-",
                "a..b",
                ".status.lock",
                "ä",
                "a".repeat(77),
                "a".repeat(100_000));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void nothingIsTouchedForIt(String text) {
        Path root = folder.resolve("root");
        HookedFileSystem files = HookedFileSystem.over(root);
        FileCheckpoints checkpoints = opened(files.hooked(root));
        complete(checkpoints.write("web-1", CREATED));
        List<String> touched = new CopyOnWriteArrayList<>();
        files.hook = (operation, path) -> touched.add(operation + " " + path);
        Map<String, String> before = FolderSnapshot.of(folder);

        for (Mono<?> refused :
                List.of(checkpoints.write(text, CREATED), checkpoints.read(text), checkpoints.delete(text))) {
            StepVerifier.create(refused)
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOfSatisfying(InvalidContainerIdException.class, e -> assertThat(e.id())
                                    .isEqualTo(text)))
                    .verify(PATIENCE);
        }
        assertThat(touched).isEmpty();
        assertThat(FolderSnapshot.of(folder)).isEqualTo(before);
        files.hook = Hook.NONE;
        complete(checkpoints.close());
    }
}
