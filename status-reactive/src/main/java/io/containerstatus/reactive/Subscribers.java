package io.containerstatus.reactive;

import org.jspecify.annotations.Nullable;

/**
 * The subscribers to the changes of one container, or of the whole store. Publishing takes no lock. Adding
 * and removing take a lock for a short time, and take the same time for any number of subscribers.
 */
final class Subscribers {
    private static final int FIRST_LENGTH = 4;
    private static final Slots NONE = new Slots(0);

    private volatile Slots slots = NONE;

    /** An array to which subscribers are only appended. A subscriber that is removed leaves a gap at its index. */
    private static final class Slots {
        final @Nullable CommitListener[] array;
        /**
         * How many slots are in use, including gaps. Written after the slot that it covers, and read before it.
         */
        volatile int used;

        int gaps;

        Slots(int length) {
            array = new CommitListener[length];
        }

        void add(CommitListener subscription) {
            int index = used;
            array[index] = subscription;
            subscription.registeredAt(index);
            used = index + 1;
        }
    }

    boolean isEmpty() {
        return slots.used == 0;
    }

    /** Returns how many subscribers there are. */
    synchronized int count() {
        return slots.used - slots.gaps;
    }

    synchronized void add(CommitListener subscription) {
        if (slots.used == slots.array.length) {
            slots = withRoom(slots);
        }
        slots.add(subscription);
    }

    /** Returns the same subscribers without gaps, in an array that is at most half full. */
    private static Slots withRoom(Slots before) {
        Slots after = new Slots(Math.max(FIRST_LENGTH, 2 * (before.used - before.gaps)));
        for (CommitListener one : before.array) {
            if (one != null) {
                after.add(one);
            }
        }
        return after;
    }

    synchronized void remove(CommitListener subscription) {
        Slots now = slots;
        int index = subscription.registeredAt();
        if (index >= now.used || now.array[index] != subscription) {
            return;
        }
        now.array[index] = null;
        now.gaps++;
        if (now.gaps == now.used) {
            slots = NONE;
        } else if (2 * now.gaps > now.used) {
            // Removes the gaps, because publishing reads each of them.
            slots = withRoom(now);
        }
    }

    void publish(ContainerLane lane, StatusChange change) {
        Slots now = slots;
        int used = now.used;
        for (int i = 0; i < used; i++) {
            CommitListener subscription = now.array[i];
            if (subscription == null || subscription.sleeps()) {
                continue;
            }
            try {
                subscription.onCommit(lane, change);
            } catch (Throwable thrown) {
                // This subscriber has missed the change, so its stream must not continue. The others continue.
                subscription.fail(thrown);
            }
        }
    }

    /** Fails every subscriber that is about this container. */
    void fail(String id, Throwable reason) {
        Slots now = slots;
        int used = now.used;
        for (int i = 0; i < used; i++) {
            CommitListener subscription = now.array[i];
            if (subscription != null && subscription.isAbout(id)) {
                subscription.fail(reason);
            }
        }
    }

    /** Notifies all subscribers that no commit will follow. */
    void end() {
        Slots now = slots;
        int used = now.used;
        for (int i = 0; i < used; i++) {
            CommitListener subscription = now.array[i];
            if (subscription == null) {
                continue;
            }
            try {
                subscription.onEnd();
            } catch (Throwable thrown) {
                subscription.fail(thrown);
            }
        }
    }
}
