package io.containerstatus.micrometer;

import io.containerstatus.ContainerState;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.reactive.StoreHealth;
import io.micrometer.core.instrument.Clock;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The state of a store at one moment. It does not lead to the store. */
record StoreSample(StoreHealth health, Map<ContainerState, Integer> containers, long takenAt) {

    private static StoreSample of(StatusStore store, long now) {
        Map<ContainerState, Integer> containers = new EnumMap<>(ContainerState.class);
        for (StatusStorage storage : store.list()) {
            containers.merge(storage.current().state(), 1, Integer::sum);
        }
        return new StoreSample(store.health(), containers, now);
    }

    int containers(ContainerState state) {
        return containers.getOrDefault(state, 0);
    }

    /**
     * Keeps a sample for a second. A scrape asks for each gauge by itself, and each sample looks at all containers: so
     * one is enough for them all.
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
