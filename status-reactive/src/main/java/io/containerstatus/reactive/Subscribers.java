package io.containerstatus.reactive;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.UnaryOperator;

/** Those who watch one container, or all; an array that is replaced as a whole, so that publishing takes no lock. */
final class Subscribers {
    private static final ChangeSubscription[] NONE = {};

    private static final AtomicReferenceFieldUpdater<Subscribers, ChangeSubscription[]> ALL =
            AtomicReferenceFieldUpdater.newUpdater(Subscribers.class, ChangeSubscription[].class, "all");

    private volatile ChangeSubscription[] all = NONE;

    boolean isEmpty() {
        return all.length == 0;
    }

    void add(ChangeSubscription subscription) {
        replace(before -> with(before, subscription));
    }

    void remove(ChangeSubscription subscription) {
        replace(before -> without(before, subscription));
    }

    private void replace(UnaryOperator<ChangeSubscription[]> change) {
        ChangeSubscription[] before;
        do {
            before = all;
        } while (!ALL.compareAndSet(this, before, change.apply(before)));
    }

    private static ChangeSubscription[] with(ChangeSubscription[] before, ChangeSubscription subscription) {
        ChangeSubscription[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = subscription;
        return after;
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
        for (ChangeSubscription subscription : all) {
            if (subscription.sleeps()) {
                continue;
            }
            try {
                subscription.hear(lane, change);
            } catch (Throwable thrown) {
                // Nothing in there throws as long as there is memory; the others hear of the change in any case.
                subscription.abandon(thrown);
            }
        }
    }

    /** Has everyone hear that no commit will follow. */
    void end() {
        for (ChangeSubscription subscription : all) {
            try {
                subscription.hearEnd();
            } catch (Throwable thrown) {
                subscription.abandon(thrown);
            }
        }
    }
}
