package io.containerstatus.reactive;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;

/** Those who watch one container, or all; an array that is replaced as a whole, so that publishing takes no lock. */
final class Subscribers {
    private static final ChangeSubscription[] NONE = {};

    private final AtomicReference<ChangeSubscription[]> all = new AtomicReference<>(NONE);

    boolean isEmpty() {
        return all.get().length == 0;
    }

    void add(ChangeSubscription subscription) {
        all.updateAndGet(before -> {
            ChangeSubscription[] after = Arrays.copyOf(before, before.length + 1);
            after[before.length] = subscription;
            return after;
        });
    }

    void remove(ChangeSubscription subscription) {
        all.updateAndGet(before -> without(before, subscription));
    }

    private static ChangeSubscription[] without(ChangeSubscription[] before, ChangeSubscription subscription) {
        int index = Arrays.asList(before).indexOf(subscription);
        if (index < 0) {
            return before;
        }
        if (before.length == 1) {
            return NONE;
        }
        ChangeSubscription[] after = Arrays.copyOf(before, before.length - 1);
        System.arraycopy(before, index + 1, after, index, after.length - index);
        return after;
    }

    void publish(ContainerLane lane, StatusChange change) {
        for (ChangeSubscription subscription : all.get()) {
            subscription.onCommit(lane, change);
        }
    }

    /** Has everyone look whether its stream has ended. */
    void wake() {
        for (ChangeSubscription subscription : all.get()) {
            subscription.wake();
        }
    }
}
