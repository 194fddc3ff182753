package io.containerstatus.reactive;

/**
 * The nesting depth of runs through lanes on one thread. If a subscriber receives a result and submits
 * another update on the same thread, one run is nested in another. From a fixed depth on, a lane thread of
 * the store takes over, so that such updates do not overflow the stack.
 */
final class CallDepth {
    /** Enough for every program that nests on purpose, and far below the depth that fills a stack. */
    static final int LIMIT = 32;

    private static final ThreadLocal<CallDepth> OF_THREAD = ThreadLocal.withInitial(CallDepth::new);

    /** How many runs are in progress on this thread. */
    int runs;

    private CallDepth() {}

    /** Returns the depth of this thread. */
    static CallDepth ofThread() {
        return OF_THREAD.get();
    }

    boolean isAtLimit() {
        return runs >= LIMIT;
    }
}
