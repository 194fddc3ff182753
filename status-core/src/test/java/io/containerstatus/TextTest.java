package io.containerstatus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTest {

    @Test
    void onlyUnpairedSurrogatesAreReplaced() {
        assertThat(Text.wellFormed("a\ud83d\ude00\ude00\ud83d\ud83d\ude00b\ud83d"))
                .isEqualTo("a\ud83d\ude00\ufffd\ufffd\ud83d\ude00b\ufffd");
    }
}
