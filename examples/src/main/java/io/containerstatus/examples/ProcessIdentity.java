package io.containerstatus.examples;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The identity of a process, which distinguishes it from all other processes that ever had its pid. A step of
 * the system's clock does not change the identity. After a reboot, no process has it.
 *
 * <p>Both parts belong to the pid namespace and the time namespace of this process. A supervisor in other
 * namespaces does not recognise the process.
 *
 * @param pid the process id
 * @param start identifies the start of the process, see {@link ProcessTable.Entry#start}
 */
record ProcessIdentity(long pid, String start) {
    /**
     * The largest error of a start time of {@link ProcessHandle}. It adds the time since the boot, in
     * hundredths of a second, to the time of the boot, which Linux provides in whole seconds.
     */
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    private static final Duration CHECK_EVERY = Duration.ofMillis(200);

    /**
     * Emits the identity of the process that has this pid now. The process must not be reaped yet. Fails with
     * an {@link IOException} if there is no such process, or if the process table cannot be read.
     */
    static Mono<ProcessIdentity> of(long pid) {
        return find(pid).switchIfEmpty(Mono.error(() -> new IOException("no process has the pid " + pid)));
    }

    /**
     * Emits the identity of the process that has this pid now, if it started within 2 seconds of this time.
     * Otherwise completes empty.
     *
     * <p>Without a recorded identity, there is no better check, and it may be wrong. If the clock was set by
     * more than 2 seconds in between, a running process is not found. If the pid was reused within 2 seconds
     * of the start, the wrong process is found.
     */
    static Mono<ProcessIdentity> startedAbout(long pid, Instant time) {
        return find(pid).filter(identity -> ProcessHandle.of(pid)
                .flatMap(process -> process.info().startInstant())
                .filter(start -> Duration.between(time, start).abs().compareTo(TOLERANCE) <= 0)
                .isPresent());
    }

    private static Mono<ProcessIdentity> find(long pid) {
        return Mono.fromCallable(() -> ProcessTable.SYSTEM
                        .find(pid)
                        .map(process -> new ProcessIdentity(pid, process.start()))
                        .orElse(null))
                .subscribeOn(Schedulers.boundedElastic());
    }

    /**
     * Emits whether the process is still running; or fails with an {@link IOException} if the process table
     * cannot be read.
     */
    Mono<Boolean> isRunning() {
        return Mono.fromCallable(() -> isRunningIn(ProcessTable.SYSTEM)).subscribeOn(Schedulers.boundedElastic());
    }

    /**
     * Returns whether the process is running. A zombie has ended. If pid 1 does not reap orphans, as in many
     * containers, it stays a zombie forever.
     */
    boolean isRunningIn(ProcessTable table) throws IOException {
        return table.find(pid)
                .filter(process -> process.start().equals(start) && !process.zombie())
                .isPresent();
    }

    /** Asks the process to end, unless it has ended. Completes at once, or fails with an {@link IOException}. */
    Mono<Void> terminate() {
        return signal(ProcessHandle::destroy);
    }

    /** Kills the process, unless it has ended. Completes at once, or fails with an {@link IOException}. */
    Mono<Void> kill() {
        return signal(ProcessHandle::destroyForcibly);
    }

    private Mono<Void> signal(Consumer<ProcessHandle> signal) {
        return Mono.<Void>fromCallable(() -> {
                    // The handle is created first, because it never signals a process that gets the pid later.
                    Optional<ProcessHandle> process = ProcessHandle.of(pid);
                    if (isRunningIn(ProcessTable.SYSTEM)) {
                        process.ifPresent(signal);
                    }
                    return null;
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    /**
     * Completes when the process has ended; at once if it has ended already. This polls the process table, as
     * {@link ProcessHandle#onExit} does for a process that is not a child of this one. But {@code onExit}
     * considers a zombie a running process.
     */
    Mono<Void> ended() {
        return isRunning()
                .filter(running -> !running)
                .repeatWhenEmpty(checks -> checks.delayElements(CHECK_EVERY))
                .then();
    }
}
