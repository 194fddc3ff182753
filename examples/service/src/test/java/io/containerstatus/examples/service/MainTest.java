package io.containerstatus.examples.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private static Map<String, String> parse(@Nullable String token, String... args) {
        return Main.parse(new ArrayDeque<>(List.of(args)), token);
    }

    @Test
    void aRootIsOwnedOnLoopbackWithoutAToken() {
        assertThat(parse(null, "--root", "/run/web"))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("container-status.root", "/run/web", "container-status.follow", "false"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void aBlankTokenIsNone(String token) {
        assertThat(parse(token, "--root", "/run/web")).doesNotContainKey("node.token");
        assertThat(parse(token, "--root", "/run/web", "--listen", "0.0.0.0").get("node.token"))
                .hasSize(32);
    }

    @Test
    void aRootIsFollowed() {
        assertThat(parse(null, "--follow", "/run/web", "--port", "0"))
                .containsEntry("container-status.follow", "true")
                .containsEntry("server.port", "0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.9.9.9", "::1", "localhost"})
    void onLoopbackNoTokenIsMade(String address) {
        assertThat(parse(null, "--root", "/run/web", "--listen", address)).doesNotContainKey("node.token");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "10.0.0.1"})
    void elsewhereATokenIsMadeThatNobodyGuesses(String address) {
        String token = parse(null, "--root", "/run/web", "--listen", address).get("node.token");

        assertThat(token).hasSize(32);
        assertThat(parse(null, "--root", "/run/web", "--listen", address)).doesNotContainEntry("node.token", token);
    }

    @Test
    void namesOfTheMachineAreCollected() {
        assertThat(parse(null, "--root", "/run/web")).doesNotContainKey("node.hosts");
        assertThat(parse(null, "--root", "/run/web", "--host", "a,b", "--host", "c"))
                .containsEntry("node.hosts", "a,b,c");
    }

    @Test
    void theGivenTokenIsTaken() {
        assertThat(parse("secret", "--root", "/run/web")).containsEntry("node.token", "secret");
        assertThat(parse("secret", "--root", "/run/web", "--listen", "0.0.0.0")).containsEntry("node.token", "secret");
    }

    @Test
    void whatIsWrongIsReported() {
        assertThatIllegalArgumentException().isThrownBy(() -> parse(null)).withMessageContaining("--root");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(null, "--root"))
                .withMessageContaining("after --root");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(null, "--root", ""))
                .withMessageContaining("after --root");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(null, "--root", "a", "--follow", "b"))
                .withMessageContaining("one root");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(null, "--verbose"))
                .withMessageContaining("--verbose");
    }
}
