package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.NotWrittenException;
import io.containerstatus.StatusException;
import io.containerstatus.test.InMemoryCheckpoints;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Hooks;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

class MetricsTest extends StoreTest {
    /** Records each call, and then throws if it is to. */
    private static class Recorder implements StatusMetrics {
        final List<String> calls = new ArrayList<>();

        @Nullable
        Throwable thrown;

        @Override
        public void recordWrite(
                String id,
                OperationKind kind,
                int operations,
                Duration waited,
                Duration elapsed,
                @Nullable StatusException failure) {
            assertThat(elapsed).isGreaterThanOrEqualTo(Duration.ZERO).isLessThan(PATIENCE);
            assertThat(waited).isGreaterThanOrEqualTo(Duration.ZERO).isLessThan(PATIENCE);
            record(kind + " of " + id + " by " + operations
                    + (failure == null ? "" : " " + failure.getClass().getSimpleName()));
        }

        @Override
        public void recordCommit(String id) {
            record("commit of " + id);
        }

        @Override
        public void recordRefused(String id) {
            record("refusal of " + id);
        }

        @Override
        public void recordLag(@Nullable String id, long missed) {
            record("lag of " + id + " by " + missed);
        }

        private void record(String what) {
            calls.add(what);
            if (thrown != null) {
                MetricsTest.<RuntimeException>sneak(thrown);
            }
        }
    }

    private final Recorder recorder = new Recorder();

    private StatusStorage recorded() {
        reopen(builder -> builder.metrics(recorder).maxPendingUpdates(2));
        StatusStorage web = container("web");
        recorder.calls.clear();
        return web;
    }

    private static void runOneOfEach(InMemoryCheckpoints checkpoints, StatusStorage web) {
        TestSubscriber<StatusChange> lagging =
                TestSubscriber.builder().initialRequest(1).build();
        web.changes(Delivery.every(3)).subscribe(lagging);
        web.update(pid(1)).block(PATIENCE);
        Held write = checkpoints.holdNext();
        subscribe(web.updateSync(pid(2)));
        subscribe(web.updateSync(pid(3)));
        subscribe(web.updateSync(pid(4)));
        assertThat(subscribe(web.updateSync(pid(5))).isTerminatedError()).isTrue();
        write.complete();
        assertThat(lagging.isTerminatedError()).isTrue();
        checkpoints.failNext(notWritten("web"));
        StepVerifier.create(web.updateSync(pid(6))).verifyError(NotWrittenException.class);
        web.delete().block(PATIENCE);
    }

    @Nested
    class ARecorder {
        @Test
        void receivesEveryWriteCommitRefusalAndLag() {
            StatusStorage web = recorded();
            runOneOfEach(checkpoints, web);
            assertThat(recorder.calls)
                    .containsExactly(
                            "commit of web",
                            "refusal of web",
                            "UPDATE of web by 1",
                            "commit of web",
                            "UPDATE of web by 2",
                            "commit of web",
                            "commit of web",
                            "lag of web by 4",
                            "UPDATE of web by 1 NotWrittenException",
                            "DELETE of web by 1",
                            "commit of web");
        }

        @Test
        void receivesAWriteButNoSecondCommitWhenOnlyTheDiskWasBehind() {
            StatusStorage web = recorded();
            web.update(pid(1)).block(PATIENCE);
            web.updateSync(status -> status).block(PATIENCE);
            assertThat(recorder.calls).containsExactly("commit of web", "UPDATE of web by 1");
        }

        @Test
        void receivesNoChangeWhenNothingChanged() {
            StatusStorage web = recorded();
            web.update(status -> status).block(PATIENCE);
            web.updateSync(status -> status).block(PATIENCE);
            store.delete("gone").block(PATIENCE);
            assertThat(recorder.calls).containsExactly("DELETE of gone by 1");
        }
    }

    @Nested
    class ARecorderThatThrows {
        private final List<Throwable> dropped = new CopyOnWriteArrayList<>();

        static List<Throwable> thrown() {
            return List.of(
                    new IllegalStateException("careless"),
                    new NoClassDefFoundError("half a class path"),
                    new StackOverflowError("deep"));
        }

        @AfterEach
        void resetHooks() {
            Hooks.resetOnErrorDropped();
        }

        @ParameterizedTest
        @MethodSource("thrown")
        void changesNothing(Throwable thrown) {
            StatusStorage web = recorded();
            Hooks.onErrorDropped(dropped::add);
            recorder.thrown = thrown;
            runOneOfEach(checkpoints, web);
            assertThat(recorder.calls).hasSize(11);
            assertThat(dropped).hasSize(11).containsOnly(thrown);
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }
}
