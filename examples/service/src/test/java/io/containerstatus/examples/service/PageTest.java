package io.containerstatus.examples.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of the page, as they are served. */
class PageTest {
    @TempDir
    Path root;

    @Test
    void thePageIsServedAndTakesNothingFromElsewhere() {
        try (Service service = Service.owning(root)) {
            for (String file : List.of("/", "/app.js", "/style.css", "/icon.svg")) {
                service.client()
                        .get()
                        .uri(file)
                        .exchange()
                        .expectStatus()
                        .isOk()
                        .expectHeader()
                        .value("Content-Security-Policy", policy -> assertThat(policy)
                                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"))
                        .expectHeader()
                        .valueEquals("Cache-Control", "no-cache")
                        .expectHeader()
                        .doesNotExist("Access-Control-Allow-Origin");
            }
        }
    }
}
