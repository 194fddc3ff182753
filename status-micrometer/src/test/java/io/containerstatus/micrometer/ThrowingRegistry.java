package io.containerstatus.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;

/** Registers meters that throw whenever something is recorded. */
final class ThrowingRegistry extends SimpleMeterRegistry {
    static final String MESSAGE = "a careless registry";

    @Override
    protected Timer newTimer(Meter.Id id, DistributionStatisticConfig distribution, PauseDetector pauses) {
        return throwing(Timer.class, id);
    }

    @Override
    protected Counter newCounter(Meter.Id id) {
        return throwing(Counter.class, id);
    }

    @Override
    protected DistributionSummary newDistributionSummary(
            Meter.Id id, DistributionStatisticConfig distribution, double scale) {
        return throwing(DistributionSummary.class, id);
    }

    private static <M extends Meter> M throwing(Class<M> type, Meter.Id id) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
                    return switch (method.getName()) {
                        case "getId" -> id;
                        case "hashCode" -> System.identityHashCode(proxy);
                        case "equals" -> proxy == given[0];
                        default -> throw new IllegalStateException(MESSAGE);
                    };
                }));
    }
}
