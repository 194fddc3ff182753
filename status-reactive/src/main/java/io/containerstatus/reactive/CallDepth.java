package io.containerstatus.reactive;

/**
 * How deeply runs through lanes are nested on one thread. A subscriber that submits an update in answer to a result, on
 * the thread that emits it, nests one run in another. From a fixed depth on, a lane thread of the store goes on instead, so
 * that updates in answer to updates do not fill a stack.
 */
final class CallDepth {
    /** Deep enough for every program that nests on purpose, and far from what fills a stack. */
    static final int LIMIT = 32;

    private static final ThreadLocal<CallDepth> OF_THREAD = ThreadLocal.withInitial(CallDepth::new);

    /** How many runs there are on this thread now. */
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
