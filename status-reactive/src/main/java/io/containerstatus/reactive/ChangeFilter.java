package io.containerstatus.reactive;

import io.containerstatus.Status;

/**
 * Which changes a subscriber wants to hear of. It is asked on the thread that commits, so that what is left out takes no
 * place in any queue and wakes nobody.
 *
 * @param prefix what the id begins with; empty for all
 * @param statesOnly whether an update that leaves the state as it is is left out
 */
record ChangeFilter(String prefix, boolean statesOnly) {
    static final ChangeFilter NONE = new ChangeFilter("", /* statesOnly= */ false);

    ChangeFilter withPrefix(String prefix) {
        return new ChangeFilter(prefix, statesOnly);
    }

    ChangeFilter withStatesOnly() {
        return new ChangeFilter(prefix, /* statesOnly= */ true);
    }

    /** Returns whether the stream is about this container. */
    boolean isAbout(String id) {
        return id.startsWith(prefix);
    }

    /**
     * Returns whether to tell of a commit. Whoever looks at the newest only needs to look after these: the others left the
     * state as it was.
     */
    boolean passes(StatusChange change) {
        return isAbout(change.id())
                && (!statesOnly
                        || change.kind() != StatusChange.Kind.UPDATED
                        || change.previous() == null
                        || isNewState(change.previous(), change.current()));
    }

    /** Returns whether to tell what stands now to one who was told the other before. */
    boolean tells(Commit told, Commit now) {
        return !statesOnly || !now.isLive() || isNewState(told.status(), now.status());
    }

    private static boolean isNewState(Status before, Status after) {
        return before.state() != after.state();
    }
}
