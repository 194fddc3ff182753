package io.containerstatus.etcd;

/** Threads that keep no process alive. */
final class DaemonThread {
    private DaemonThread() {}

    /** Returns a thread that was not started yet. It inherits no thread-locals of the caller that happens to be the first. */
    static Thread of(Runnable task, String name) {
        Thread thread = new Thread(null, task, name, 0, /* inheritThreadLocals= */ false);
        thread.setDaemon(true);
        return thread;
    }
}
