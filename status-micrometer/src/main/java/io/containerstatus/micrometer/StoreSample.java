package io.containerstatus.micrometer;

import io.containerstatus.ContainerState;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.reactive.StoreHealth;
import io.micrometer.core.instrument.Clock;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The state of a store at one moment. It holds no reference to the store. */
record StoreSample(StoreHealth health, Map<ContainerState, Integer> containers, long takenAt) {

    private static StoreSample of(StatusStore store, long now) {
        return new StoreSample(store.health(), store.countByState(), now);
    }

    int containers(ContainerState state) {
        return containers.getOrDefault(state, 0);
    }

    /**
     * Keeps a sample for one second. A scrape reads each gauge separately, and each sample visits all
     * containers, so one sample serves all gauges of a scrape.
     */
    static final class Latest {
        private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(1);

        private final Clock clock;
        private volatile @Nullable StoreSample latest;

        Latest(Clock clock) {
            this.clock = clock;
        }

        StoreSample of(StatusStore store) {
            long now = clock.monotonicTime();
            StoreSample sample = latest;
            if (sample == null || now - sample.takenAt >= KEPT_NANOS) {
                sample = StoreSample.of(store, now);
                latest = sample;
            }
            return sample;
        }
    }
}
