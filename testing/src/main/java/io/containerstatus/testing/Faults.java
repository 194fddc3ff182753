package io.containerstatus.testing;

import io.containerstatus.testing.Fault.Moment;
import io.containerstatus.testing.Fault.Span;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** All the faults of one piece of work: each failure, at each of its operations, once and from then on. */
public final class Faults {
    private Faults() {}

    /**
     * Has the work done once without a fault, to count its operations, then once for each fault there is.
     *
     * @param dry does the work with the hook that it gets, which counts
     * @param faulty does the work with the fault that it gets, and checks what comes of it
     * @return how many faults there were
     */
    public static int each(Consumer<Fault> dry, Consumer<Fault> faulty) {
        int points = 0;
        for (Moment moment : Moment.values()) {
            Fault counting = Fault.none(moment);
            dry.accept(counting);
            for (Failure failure : possible(moment)) {
                for (Span span : Span.values()) {
                    points += each(counting.count(), index -> Fault.at(index, failure, span, moment), faulty);
                }
            }
        }
        return points;
    }

    private static int each(int count, Function<Integer, Fault> faults, Consumer<Fault> faulty) {
        for (int index = 0; index < count; index++) {
            Fault fault = faults.apply(index);
            try {
                faulty.accept(fault);
                if (fault.raised() == 0) {
                    throw new AssertionError("nothing was failed");
                }
            } catch (Throwable e) {
                throw new AssertionError(fault + ": " + e.getMessage(), e);
            }
        }
        return count;
    }

    /** What is refused has no effect: only these are reported of something that took place. */
    private static Set<Failure> possible(Moment moment) {
        return moment == Moment.AFTER_THE_EFFECT
                ? EnumSet.of(Failure.EIO, Failure.ENOSPC, Failure.UNEXPECTED)
                : EnumSet.allOf(Failure.class);
    }
}
