package io.containerstatus.testing;

import java.lang.management.ManagementFactory;

/**
 * Measures how many bytes of heap a call allocates on its thread, as counted by the virtual machine. Unlike a
 * time, the result is the same on every machine. Interpreted code allocates the most. Compiled code may
 * allocate less, but never more.
 */
public final class AllocatedBytes {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int CALLS = 1000;

    private AllocatedBytes() {}

    /**
     * Returns the bytes that 1000 calls allocate. As many calls before them load the classes and do
     * not count.
     */
    public static long ofThousand(Runnable call) {
        run(call);
        long thread = Thread.currentThread().getId();
        long before = THREADS.getThreadAllocatedBytes(thread);
        run(call);
        return THREADS.getThreadAllocatedBytes(thread) - before;
    }

    /** Returns the bytes that one call allocates on average. */
    public static long ofOne(Runnable call) {
        return ofThousand(call) / CALLS;
    }

    private static void run(Runnable call) {
        for (int i = 0; i < CALLS; i++) {
            call.run();
        }
    }
}
