package io.containerstatus.examples;

import static io.containerstatus.StatusTransitions.created;
import static io.containerstatus.StatusTransitions.started;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.ContainerState;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** The Java snippet of docs/journal.md, run. {@link ReadmeTest} holds the document to the region marked here. */
class JournalSnippetsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path root;

    @Test
    void aStoreWithAJournal() {
        // region journal
        Mono<StatusStore> opening = StatusStore.builder(root).journaled().open();
        // endregion
        StatusStore store = opening.block(PATIENCE);
        StatusStorage web = store.create("web-1", created(Instant.now())).block(PATIENCE);
        web.apply(started(42, Instant.now())).block(PATIENCE);
        store.close().block(PATIENCE);
        StatusStore again = StatusStore.open(root).block(PATIENCE);
        assertThat(again.get("web-1").current().state()).isEqualTo(ContainerState.RUNNING);
        again.close().block(PATIENCE);
    }
}
