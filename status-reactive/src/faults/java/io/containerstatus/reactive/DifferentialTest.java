package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Compares our stream of the latest with the obvious alternative of Reactor, {@code replay().latest()} with
 * {@code onBackpressureLatest()}: where the two agree, and what only ours does.
 */
@Tag("exhaustive")
class DifferentialTest extends StoreTest {
    private static final int ROUNDS = 300;
    private static final int STEPS = 60;
    private static final int PAYLOAD = 10_000;

    private Sinks.Many<Status> sink;
    private StatusStorage web;

    @BeforeEach
    void begin() {
        web = container("web");
        sink = Sinks.many().replay().latest();
        sink.tryEmitNext(CREATED);
    }

    /** Passes the same update to both. */
    private void update(long pid) {
        Status status = web.update(pid(pid)).block(PATIENCE);
        assertThat(sink.tryEmitNext(status).isSuccess()).isTrue();
    }

    private Flux<Status> stock() {
        return sink.asFlux().onBackpressureLatest();
    }

    private Flux<StatusChange> ours() {
        return web.changes(Delivery.latest().on(Schedulers.immediate()));
    }

    /** Takes what it has requested, and remembers it. */
    private static final class Taking<T> extends BaseSubscriber<T> {
        private final List<T> taken = new ArrayList<>();
        private boolean ended;

        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        @Override
        protected void hookOnNext(T value) {
            taken.add(value);
        }

        @Override
        protected void hookOnComplete() {
            ended = true;
        }

        T last() {
            return taken.get(taken.size() - 1);
        }
    }

    @Nested
    class WithTheSameUpdatesAndTheSameDemand {
        @Test
        void bothEndWithTheSameAndOnlyOursReportsWhatItSkipped() {
            long seed = Long.getLong(
                    "status.randomized.seed", ThreadLocalRandom.current().nextLong());
            for (int round = 0; round < ROUNDS; round++) {
                try {
                    compare(new Random(seed + round));
                } catch (AssertionError failed) {
                    throw new AssertionError("with -Dstatus.randomized.seed=" + (seed + round), failed);
                }
            }
        }

        private void compare(Random random) {
            Taking<StatusChange> ours = new Taking<>();
            Taking<Status> stock = new Taking<>();
            long first = web.revision();
            ours().subscribe(ours);
            stock().subscribe(stock);
            for (int i = 0; i < STEPS; i++) {
                if (random.nextInt(3) > 0) {
                    update(web.revision());
                } else {
                    int n = 1 + random.nextInt(2);
                    ours.request(n);
                    stock.request(n);
                }
            }
            ours.request(Long.MAX_VALUE);
            stock.request(Long.MAX_VALUE);
            assertThat(ours.last().current()).isEqualTo(stock.last()).isEqualTo(web.current());
            assertThatNothingWentBackOrMissing(ours.taken, first);
            ours.cancel();
            stock.cancel();
        }

        private void assertThatNothingWentBackOrMissing(List<StatusChange> taken, long first) {
            long accountedFor = taken.get(0).revision();
            assertThat(accountedFor).isGreaterThanOrEqualTo(first);
            for (StatusChange change : taken.subList(1, taken.size())) {
                accountedFor += change.skipped() + 1;
                assertThat(change.revision()).isEqualTo(accountedFor);
            }
            assertThat(accountedFor).isEqualTo(web.revision());
        }
    }

    @Nested
    class ASubscriberThatStalls {
        @Test
        void receivesTheNewestFirstFromBoth() {
            Taking<StatusChange> ours = new Taking<>();
            Taking<Status> stock = new Taking<>();
            ours().subscribe(ours);
            stock().subscribe(stock);
            update(1);
            update(2);
            ours.request(1);
            stock.request(1);
            assertThat(ours.last().current().pid()).isEqualTo(2);
            assertThat(stock.last().pid()).isEqualTo(2);
        }

        /** Without onBackpressureLatest, the sink keeps every later value for this subscriber. */
        @Test
        void keepsNoOldValueAliveWithOurs() {
            Taking<Status> stock = new Taking<>();
            Taking<StatusChange> ours = new Taking<>();
            sink.asFlux().subscribe(stock);
            ours().subscribe(ours);
            stock.request(1);
            ours.request(1);
            WeakReference<Status> keptByTheSink = new WeakReference<>(emitPayload());
            WeakReference<Status> keptByUs = new WeakReference<>(updateWithPayload());
            for (int i = 1; i < 10; i++) {
                emitPayload();
                updateWithPayload();
            }
            Awaitility.await().atMost(PATIENCE).until(() -> {
                System.gc();
                return keptByUs.get() == null;
            });
            assertThat(keptByTheSink.get()).isNotNull();
            assertThat(stock.taken).hasSize(1);
            assertThat(ours.taken).hasSize(1);
        }

        private Status payload() {
            return CREATED.toBuilder()
                    .message("x".repeat(PAYLOAD))
                    .pid(ThreadLocalRandom.current().nextInt(1, 1_000_000))
                    .build();
        }

        private Status emitPayload() {
            Status status = payload();
            assertThat(sink.tryEmitNext(status).isSuccess()).isTrue();
            return status;
        }

        private Status updateWithPayload() {
            Status status = payload();
            return web.update(before -> status).block(PATIENCE);
        }
    }

    @Nested
    class AtTheEnd {
        @Test
        void onlyOursSaysThatTheContainerIsGone() {
            web.delete().block(PATIENCE);
            sink.tryEmitComplete();
            Taking<StatusChange> ours = new Taking<>();
            Taking<Status> stock = new Taking<>();
            ours().subscribe(ours);
            stock().subscribe(stock);
            ours.request(2);
            stock.request(2);
            assertThat(ours.ended).isTrue();
            assertThat(stock.ended).isTrue();
            assertThat(ours.last().kind()).isEqualTo(StatusChange.Kind.DELETED);
            assertThat(stock.taken).containsExactly(CREATED);
        }
    }

    @Nested
    class UpdatesFromManyThreads {
        @Test
        void areLostByTheSinkAndNotByUs() throws InterruptedException {
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch second = new CountDownLatch(1);
            // One thread is inside the sink, blocked by a subscriber, when the other thread comes.
            stock().filter(status -> status.pid() == 1).subscribe(status -> {
                inside.countDown();
                await(second);
            });
            Taking<StatusChange> ours = new Taking<>();
            ours().subscribe(ours);
            ours.request(Long.MAX_VALUE);
            Thread first = new Thread(() -> {
                sink.tryEmitNext(CREATED.toBuilder().pid(1).build());
                web.update(pid(1)).block(PATIENCE);
            });
            first.start();
            await(inside);
            Sinks.EmitResult refused =
                    sink.tryEmitNext(CREATED.toBuilder().pid(2).build());
            web.update(pid(2)).block(PATIENCE);
            second.countDown();
            first.join(PATIENCE.toMillis());
            assertThat(refused).isEqualTo(Sinks.EmitResult.FAIL_NON_SERIALIZED);
            assertThat(ours.taken).extracting(change -> change.current().pid()).containsExactlyInAnyOrder(0L, 1L, 2L);
        }

        private void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
