package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusTransitions;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.test.InMemoryCheckpoints;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Tests which containers a publisher notes. The tests note each change themselves, as the stream does. */
class NodeContentTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Status CREATED = StatusTransitions.created(Instant.EPOCH.plusNanos(1));
    private static final int MANY = 10_000;

    private final Keys keys = new Keys("/status", "node7");
    private final StatusStore store =
            StatusStore.builder(new InMemoryCheckpoints()).open().block(PATIENCE);
    private final NodeContent content = new NodeContent(store, keys);

    @AfterEach
    void close() {
        store.close().block(PATIENCE);
    }

    @Nested
    class ContainersThatComeAndGo {
        @Test
        void beforeTheFirstComparisonLeaveNothing() {
            for (int i = 0; i < MANY; i++) {
                create("c" + i);
                delete("c" + i);
            }

            isUpToDate();
        }

        @Test
        void afterAComparisonLeaveNothing() {
            content.compare(List.of());
            for (int i = 0; i < MANY; i++) {
                create("c" + i);
                delete("c" + i);
            }

            isUpToDate();
        }

        @Test
        void whileTheirStatusesAreSentInVainLeaveNothing() {
            content.compare(List.of());
            for (int i = 0; i < 100; i++) {
                create("c" + i);
                StatusBatch batch = content.nextBatch();
                delete("c" + i);
                content.isNotSent(batch);
            }

            isUpToDate();
        }

        @Test
        void whileEtcdRefusesThemForTheirSizeLeaveNothing() {
            content.compare(List.of());
            create("large");
            StatusBatch batch = content.nextBatch();
            delete("large");
            content.isNotSent(batch);
            content.hold(batch);

            isUpToDate();
        }

        @Test
        void afterEtcdHasRefusedThemForTheirSizeLeaveNothing() {
            content.compare(List.of());
            create("large");
            StatusBatch batch = content.nextBatch();
            content.isNotSent(batch);
            content.hold(batch);
            delete("large");

            isUpToDate();
        }

        @Test
        void beforeTheFirstComparisonAreDeletedIfAnEarlierPublisherHasLeftThem() {
            create("web-1");
            delete("web-1");
            content.compare(List.of(stored("web-1")));

            deletes("web-1");
        }
    }

    @Nested
    class ADeletion {
        @Test
        void ofAPublishedContainerIsSent() {
            content.compare(List.of());
            create("web-1");
            content.isSent(content.nextBatch(), 11);
            delete("web-1");

            deletes("web-1");
        }

        @Test
        void ofAContainerWhoseStatusMayHaveArrivedIsSent() {
            content.compare(List.of());
            create("web-1");
            StatusBatch batch = content.nextBatch();
            content.mayBeSent(batch);
            delete("web-1");

            deletes("web-1");
        }

        @Test
        void whileTheStatusIsSentAndMayHaveArrivedIsSent() {
            content.compare(List.of());
            create("web-1");
            StatusBatch batch = content.nextBatch();
            delete("web-1");
            content.mayBeSent(batch);

            deletes("web-1");
        }

        @Test
        void whileTheStatusIsSentIsSentAfterIt() {
            content.compare(List.of());
            create("web-1");
            StatusBatch batch = content.nextBatch();
            delete("web-1");
            content.isSent(batch, 11);

            deletes("web-1");
        }

        @Test
        void beforeTheFirstComparisonComesBeforeTheNextStatusOfAContainerThatWasThere() {
            store.create("web-1", CREATED).block(PATIENCE);
            content.found("web-1");
            delete("web-1");
            create("web-1");
            content.compare(List.of(stored("web-1")));

            deletes("web-1");
            puts("web-1");
        }
    }

    @Nested
    class AContainerThatIsCreatedAgainBeforeTheStreamReportsItsDeletion {
        @BeforeEach
        void publish() {
            content.compare(List.of());
            create("web-1");
            content.isSent(content.nextBatch(), 3);
            store.delete("web-1").block(PATIENCE);
            create("web-1");
        }

        @Test
        void isDeletedOnceEvenIfItsStatusMayHaveArrived() {
            deletes("web-1");
            StatusBatch put = content.nextBatch();
            content.deleted("web-1");
            content.mayBeSent(put);

            puts("web-1");
        }

        @Test
        void isDeletedOnceEvenIfTheDeletionMayHaveArrived() {
            content.mayBeSent(content.nextBatch());
            deletes("web-1");
            puts("web-1");
            content.deleted("web-1");

            assertThat(content.nextBatch().isEmpty()).isTrue();
            isUpToDate();
        }

        @Test
        void isDeletedAfterAComparison() {
            content.compare(List.of(stored("web-1")));

            deletes("web-1");
            puts("web-1");
        }
    }

    private void create(String id) {
        store.create(id, CREATED).block(PATIENCE);
        content.changed(id);
    }

    private void delete(String id) {
        store.delete(id).block(PATIENCE);
        content.deleted(id);
    }

    private KeyValue stored(String id) {
        return KeyValue.newBuilder()
                .setKey(keys.status(id))
                .setModRevision(3)
                .setValue(ByteString.copyFrom(StatusCodec.encode(CREATED)))
                .build();
    }

    /** The next batch deletes this container only, and is sent. */
    private void deletes(String id) {
        StatusBatch batch = content.nextBatch();
        assertThat(batch.content()).containsOnlyKeys(id).containsValue(null);
        content.isSent(batch, 12);
    }

    /** The next batch puts the status of this container only, and is sent. */
    private void puts(String id) {
        StatusBatch batch = content.nextBatch();
        assertThat(batch.content()).containsOnlyKeys(id).doesNotContainValue(null);
        content.isSent(batch, 13);
    }

    private void isUpToDate() {
        assertThat(content.lag()).isEqualTo(Unpublished.Lag.NONE);
        assertThat(content.nextBatch().isEmpty()).isTrue();
    }
}
