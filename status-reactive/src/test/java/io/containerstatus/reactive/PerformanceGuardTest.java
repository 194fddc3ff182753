package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.test.ManualScheduler;
import io.containerstatus.testing.AllocatedBytes;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.subscriber.TestSubscriber;

/** Counts what makes the store fast, and measures no time. These numbers are the same on every machine. */
class PerformanceGuardTest extends StoreTest {
    private StatusStorage web;

    @BeforeEach
    void createContainer() {
        web = container("web");
    }

    @Nested
    class Writes {
        private static final int CALLERS = 64;
        private static final int UPDATES = 20;
        /**
         * The first caller that comes back finds no other to share its write with. Those that wait behind it
         * share the next one.
         */
        private static final int WRITES_A_ROUND = 2;

        private final ManualScheduler disk = new ManualScheduler();
        private final AtomicInteger done = new AtomicInteger();

        @Test
        void manyCallersOfOneContainerShareItsWrites() {
            checkpoints.answerOn(disk);
            Flux.range(0, CALLERS)
                    .flatMap(
                            caller -> web.updateSync(
                                            status -> pid(status.pid() + 1).apply(status))
                                    .doOnNext(status -> done.incrementAndGet())
                                    .repeat(UPDATES - 1),
                            CALLERS)
                    .subscribe();
            disk.runAll();

            assertThat(done).hasValue(CALLERS * UPDATES);
            assertThat(web.current().pid()).isEqualTo(CALLERS * UPDATES);
            assertThat(checkpoints.takeCalls()).hasSizeLessThanOrEqualTo(UPDATES * WRITES_A_ROUND);
        }
    }

    @Nested
    class Allocation {
        /** For one update in memory through its Mono, including the new Status. */
        private static final long BYTES_AN_UPDATE = 600;

        /** All subscribers receive the same object. */
        private static final long BYTES_A_CHANGE = 56;

        private Status last;

        @Test
        void readingTheCurrentStatusAllocatesNothing() {
            assertThat(AllocatedBytes.ofThousand(() -> last = web.current())).isZero();
        }

        @Test
        void anUpdateInMemoryAllocatesAFewSmallObjects() {
            assertThat(AllocatedBytes.ofOne(this::update)).isLessThanOrEqualTo(BYTES_AN_UPDATE);
        }

        @Test
        void publishingToSubscribersWithoutDemandAllocatesOneChange() {
            for (int i = 0; i < 100; i++) {
                web.changes()
                        .subscribe(TestSubscriber.builder().initialRequest(0).build());
            }
            assertThat(AllocatedBytes.ofOne(this::update)).isLessThanOrEqualTo(BYTES_AN_UPDATE + BYTES_A_CHANGE);
        }

        private void update() {
            web.update(status -> pid(status.pid() % 1000 + 1).apply(status)).subscribe(status -> last = status);
        }
    }
}
