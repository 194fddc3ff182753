package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.UnreadableStatusException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.Watchable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which ids each kind of event marks as changed. */
class FolderWatchTest {
    private static final DirtyIds.Cause STATUS = new DirtyIds.Cause(true, 7);
    private static final DirtyIds.Cause BESIDE = new DirtyIds.Cause(false, 7);

    @TempDir
    Path folder;

    private Path root;

    private FolderWatch watch;
    private final DirtyIds dirtyIds = new DirtyIds(() -> 7);

    @BeforeEach
    void open() throws IOException {
        root = Files.createDirectory(folder.toRealPath().resolve("root"));
        watch = FolderWatch.open(FollowedRootIdentity.of(root), FollowerMetricsGuard.NONE);
    }

    @AfterEach
    void close() throws IOException {
        watch.close();
    }

    private record Event(WatchEvent.Kind<Object> kind, Object context) implements WatchEvent<Object> {
        @SuppressWarnings("unchecked")
        static Event of(WatchEvent.Kind<?> kind, String name) {
            return new Event((WatchEvent.Kind<Object>) kind, name == null ? null : Path.of(name));
        }

        @Override
        public int count() {
            return 1;
        }
    }

    private record Key(Watchable watchable, boolean isValid, List<WatchEvent<?>> pollEvents) implements WatchKey {
        @Override
        public boolean reset() {
            return isValid;
        }

        @Override
        public void cancel() {
            throw new UnsupportedOperationException();
        }
    }

    private void arrives(Path folder, boolean valid, WatchEvent<?>... events) {
        watch.collect(new Key(folder, valid, List.of(events)), dirtyIds);
    }

    @Nested
    class OfTheRoot {
        @Test
        void aNameThatIsAnIdRequestsACheck() {
            arrives(
                    root,
                    true,
                    Event.of(StandardWatchEventKinds.ENTRY_CREATE, "web-1"),
                    Event.of(StandardWatchEventKinds.ENTRY_CREATE, "no..id"),
                    Event.of(StandardWatchEventKinds.ENTRY_DELETE, "web-2"));

            assertThat(dirtyIds.take()).containsExactly(Map.entry("web-1", STATUS), Map.entry("web-2", STATUS));
            assertThat(dirtyIds.takeEverything()).isFalse();
        }

        @Test
        void anOverflowRequestsAScan() {
            arrives(root, true, Event.of(StandardWatchEventKinds.OVERFLOW, null));

            assertThat(dirtyIds.takeEverything()).isTrue();
            assertThat(dirtyIds.takeEverything()).isFalse();
        }

        @Test
        void theEndMeansThatTheFolderIsGoneThoughThePathIsNot() {
            assertThatThrownBy(() -> arrives(root, false))
                    .isInstanceOf(UnreadableStatusException.class)
                    .hasMessage("cannot read " + root + ": its path leads to another folder now");
        }
    }

    @Nested
    class OfTheParent {
        private void rootIsReplaced() throws IOException {
            Files.move(root, root.resolveSibling("away"));
            Files.createDirectory(root);
        }

        private void assertNoticed(boolean valid, WatchEvent<?>... events) {
            assertThatThrownBy(() -> arrives(root.getParent(), valid, events))
                    .isInstanceOf(UnreadableStatusException.class)
                    .hasMessage("cannot read " + root + ": its path leads to another folder now");
        }

        @Test
        void theNameOfTheRootIsItsReplacement() throws IOException {
            rootIsReplaced();

            assertNoticed(true, Event.of(StandardWatchEventKinds.ENTRY_DELETE, "root"));
        }

        @Test
        void theNameOfTheRootIsNothingWhereItIsBack() {
            arrives(root.getParent(), true, Event.of(StandardWatchEventKinds.ENTRY_CREATE, "root"));

            assertThat(dirtyIds.take()).isEmpty();
            assertThat(dirtyIds.takeEverything()).isFalse();
        }

        @Test
        void anOverflowAndTheEndMayBeTheReplacementOfTheRoot() throws IOException {
            rootIsReplaced();

            assertNoticed(true, Event.of(StandardWatchEventKinds.OVERFLOW, null));
            assertNoticed(false);
        }

        @Test
        void otherNamesAreNothing() throws IOException {
            rootIsReplaced();

            arrives(root.getParent(), true, Event.of(StandardWatchEventKinds.ENTRY_CREATE, "a"));
            assertThat(dirtyIds.take()).isEmpty();
        }
    }

    @Nested
    class OfAContainer {
        @Test
        void theStatusIsDistinguishedFromOtherFiles() {
            arrives(root.resolve("a"), true, Event.of(StandardWatchEventKinds.ENTRY_MODIFY, ".tmp-status1"));
            arrives(root.resolve("b"), true, Event.of(StandardWatchEventKinds.ENTRY_CREATE, "status"));

            assertThat(dirtyIds.take()).containsExactly(Map.entry("a", BESIDE), Map.entry("b", STATUS));
        }

        @Test
        void oneEventOfTheStatusIsEnough() {
            arrives(
                    root.resolve("a"),
                    true,
                    Event.of(StandardWatchEventKinds.ENTRY_CREATE, "status"),
                    Event.of(StandardWatchEventKinds.ENTRY_CREATE, "other"));

            assertThat(dirtyIds.take()).containsExactly(Map.entry("a", STATUS));
        }

        @Test
        void anOverflowRequestsACheck() {
            arrives(root.resolve("a"), true, Event.of(StandardWatchEventKinds.OVERFLOW, null));

            assertThat(dirtyIds.take()).containsExactly(Map.entry("a", STATUS));
            assertThat(dirtyIds.takeEverything()).isFalse();
        }

        @Test
        void theEndRequestsACheck() {
            arrives(root.resolve("a"), false);

            assertThat(dirtyIds.take()).containsExactly(Map.entry("a", STATUS));
        }
    }

    @Nested
    class TooManyHints {
        @Test
        void becomeOneScan() {
            for (int i = 0; i < DirtyIds.MOST; i++) {
                dirtyIds.at("c" + i, true);
            }
            assertThat(dirtyIds.takeEverything()).isFalse();

            dirtyIds.at("c" + DirtyIds.MOST, true);

            assertThat(dirtyIds.take()).isEmpty();
            assertThat(dirtyIds.takeEverything()).isTrue();
        }
    }
}
