package io.containerstatus.testing;

import io.containerstatus.testing.FailingHook.Moment;
import io.containerstatus.testing.FailingHook.Span;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** Runs work with every fault: each failure at each operation, either once or from that operation on. */
public final class Faults {
    private Faults() {}

    /**
     * Runs the work without a fault, to count its operations. Then runs it once with each fault.
     *
     * @param dry does the work with the given hook, which only counts
     * @param faulty does the work with the given fault, and checks the result
     * @return the number of faults
     */
    public static int each(Consumer<FailingHook> dry, Consumer<FailingHook> faulty) {
        int points = 0;
        for (Moment moment : Moment.values()) {
            FailingHook counting = FailingHook.none(moment);
            dry.accept(counting);
            for (Failure failure : possible(moment)) {
                for (Span span : Span.values()) {
                    points += each(counting.count(), index -> FailingHook.at(index, failure, span, moment), faulty);
                }
            }
        }
        return points;
    }

    private static int each(int count, Function<Integer, FailingHook> faults, Consumer<FailingHook> faulty) {
        for (int index = 0; index < count; index++) {
            FailingHook fault = faults.apply(index);
            try {
                faulty.accept(fault);
                if (fault.raised() == 0) {
                    throw new AssertionError("the fault failed no operation");
                }
            } catch (Throwable e) {
                throw new AssertionError(fault + ": " + e.getMessage(), e);
            }
        }
        return count;
    }

    /**
     * Returns the failures that an operation can report at this moment. A refused operation has no effect, so
     * an operation that took effect cannot report a refusal.
     */
    private static Set<Failure> possible(Moment moment) {
        return moment == Moment.AFTER_THE_EFFECT
                ? EnumSet.of(Failure.EIO, Failure.ENOSPC, Failure.UNEXPECTED)
                : EnumSet.allOf(Failure.class);
    }
}
