package io.containerstatus.testing;

import java.lang.management.ManagementFactory;

/**
 * How many bytes of heap a call allocates on its thread, counted by the virtual machine: no time, and the same on every
 * machine. Interpreted code allocates most; what is compiled may need less, never more.
 */
public final class AllocatedBytes {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int CALLS = 1000;

    private AllocatedBytes() {}

    /** Returns the bytes of so many calls; as many before them, which load classes, do not count. */
    public static long ofThousand(Runnable call) {
        run(call);
        long thread = Thread.currentThread().getId();
        long before = THREADS.getThreadAllocatedBytes(thread);
        run(call);
        return THREADS.getThreadAllocatedBytes(thread) - before;
    }

    /** Returns the bytes of one call, on average. */
    public static long ofOne(Runnable call) {
        return ofThousand(call) / CALLS;
    }

    private static void run(Runnable call) {
        for (int i = 0; i < CALLS; i++) {
            call.run();
        }
    }
}
